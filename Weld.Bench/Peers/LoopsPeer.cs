using System.Runtime.InteropServices;
using Weld.Bench.Compare;

namespace Weld.Bench.Peers;

/// <summary>The example programs as plain C#: loops over arrays, dictionaries, strings; on one thread.</summary>
internal sealed class LoopsPeer : Peer
{
    public override string Name => ".NET loops";

    public override string Version => RuntimeInformation.FrameworkDescription;

    public override string? Absent => null;

    public override Entry? Enter(Comparison comparison, object[] arguments, int threads) =>
        comparison.Loops is { } loops && threads == 1 ? new LoopsEntry(loops, arguments) : null;

    private sealed class LoopsEntry(Func<object[], object> loops, object[] arguments) : Entry
    {
        public override void Run() => GC.KeepAlive(loops(arguments));

        public override Array[] Answer() => FlatAnswer.Of(loops(arguments));

        public override void Dispose()
        {
        }
    }
}
