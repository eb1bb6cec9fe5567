using System.Reflection;
using System.Runtime.InteropServices;
using Weld.Managed;

namespace Weld.Bench.Compare;

/// <summary>Weld, through its public interface: arguments lie where the host has them, results are given back unread.</summary>
internal sealed class WeldPeer : Peer
{
    public override string Name => "Weld";

    public override string Version =>
        $"{typeof(WeldModule).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion}, {RuntimeInformation.FrameworkDescription}";

    public override string? Absent => null;

    public override Entry Enter(Comparison comparison, object[] arguments, int threads) => ModuleEntry.Compile(
        comparison, () => WeldModule.Compile(comparison.Program, new CompileOptions { Backend = Backend.Compiled }), arguments, new RunOptions { Threads = threads },
        () => LeastMemory.Of(comparison, arguments, threads));
}
