using System.Numerics.Tensors;
using System.Reflection;
using System.Runtime.InteropServices;
using MathNet.Numerics;
using Weld.Bench.Compare;

namespace Weld.Bench.Peers.DotNet;

/// <summary>.NET as it is written today, in this process. Texts are strings, made before any time is taken.</summary>
/// <param name="name">What to call it by.</param>
/// <param name="version">Versions of what is used besides the framework.</param>
/// <param name="functions">The kernels, for a number of threads; none where it does not run on as many.</param>
internal sealed class ManagedPeer(string name, string version, Func<int, IReadOnlyDictionary<string, Function>> functions) : Peer
{
    private const int FewRows = 5_000;
    private static readonly TimeSpan Warm = TimeSpan.FromMilliseconds(600);
    private static readonly Dictionary<string, Function> None = [];
    private static readonly string ForErf = $"{Library(typeof(SpecialFunctions))} for erf";

    private readonly HashSet<string> _warmed = [];

    /// <summary>Loops and dictionaries.</summary>
    public static ManagedPeer Loops { get; } = new(".NET loops", ForErf, OnOneThread(LoopFunctions.All)) { TakesLoops = true };

    public static ManagedPeer Linq { get; } = new("LINQ", ForErf, OnOneThread(LinqFunctions.All));

    public static ManagedPeer ParallelLinq { get; } = new("PLINQ", ForErf, threads => threads > 1 ? ParallelLinqFunctions.All(threads) : None);

    public static ManagedPeer Tensors { get; } = new("TensorPrimitives", Library(typeof(TensorPrimitives)), OnOneThread(TensorFunctions.All));

    public override string Name => name;

    public override string Version => $"{RuntimeInformation.FrameworkDescription}, {version}";

    public override string? Absent => null;

    /// <summary>Whether it runs the loops of a comparison that has some.</summary>
    private bool TakesLoops { get; init; }

    public override Entry? Enter(Comparison comparison, object[] arguments, int threads) =>
        comparison.Function is { } name && functions(threads).TryGetValue(name, out var function)
            ? new ManagedEntry(_warmed, name, comparison, function.Bind, arguments, answer => comparison.ReadColumns(NaturalAnswer.Columns(answer)))
        : TakesLoops && threads == 1 && comparison.Loops is { } loops ? new ManagedEntry(_warmed, comparison.Name, comparison, Function.Of(loops).Bind, arguments, FlatAnswer.Of)
        : null;

    private static string Library(Type type) => $"{type.Assembly.GetName().Name} {type.Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0]}";

    private static Func<int, IReadOnlyDictionary<string, Function>> OnOneThread(IReadOnlyDictionary<string, Function> functions) => threads => threads == 1 ? functions : None;

    private sealed class ManagedEntry(HashSet<string> warmed, string function, Comparison comparison, Func<object[], Func<object>> bind, object[] arguments, Func<object, Array[]> columns) : Entry
    {
        private readonly Func<object> _run = bind(arguments);

        /// <summary>
        /// Runs often on few rows, once for each function: the runtime compiles anew what is called thirty times, a while after it noticed, first to see what occurs, then for speed.
        /// </summary>
        public override void WarmUp()
        {
            if (!warmed.Add(function))
            {
                return;
            }

            var run = bind(comparison.Arguments(Math.Min(FewRows, comparison.IsFixed ? comparison.Rows / 8 : FewRows)));
            for (var start = Clock.Processor.Now(); Clock.Processor.Now() - start < Warm;)
            {
                GC.KeepAlive(run());
            }
        }

        public override void Run() => GC.KeepAlive(_run());

        /// <summary>Collects what the runs left, so that the next peer does not in its time.</summary>
        public override TimeSpan Time(int runs, Clock clock)
        {
            var time = base.Time(runs, clock);
            GC.Collect();
            return time;
        }

        /// <summary>All that it allocates, for it is not known when that is collected.</summary>
        public override long? PeakMemory()
        {
            var before = GC.GetTotalAllocatedBytes(precise: true);
            Run();
            return GC.GetTotalAllocatedBytes(precise: true) - before;
        }

        public override Array[] Answer() => columns(_run());

        public override void Dispose()
        {
        }
    }
}
