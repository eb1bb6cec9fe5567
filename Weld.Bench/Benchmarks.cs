using BenchmarkDotNet.Attributes;
using Weld.Bench.Compare;
using Weld.Bench.Measures;
using Weld.Bench.Peers.DotNet;
using Weld.Core;
using Weld.Core.Diagnostics;
using Weld.Managed;

namespace Weld.Bench;

/// <summary>A kernel by a peer.</summary>
/// <param name="Kernel">The comparison's name.</param>
/// <param name="Peer">The peer's.</param>
public readonly record struct KernelByPeer(string Kernel, string Peer)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Kernel} by {Peer}";
}

/// <summary>What <c>compare</c> compares, by the peers in this process.</summary>
[MemoryDiagnoser]
public class KernelBenchmarks
{
    private const long FewRows = 16;

    private static readonly Peer[] Peers = [new WeldPeer(), TwinPeer.Plain, ManagedPeer.Loops, ManagedPeer.Linq, ManagedPeer.Tensors];

    private Entry _entry = null!;

    /// <summary>Each kernel by each peer that takes part.</summary>
    public static IEnumerable<KernelByPeer> Pairs =>
        from comparison in CompareCommand.Comparisons
        let arguments = comparison.Arguments(FewRows)
        from peer in Peers
        where TakesPart(peer, comparison, arguments)
        select new KernelByPeer(comparison.Name, peer.Name);

    [ParamsSource(nameof(Pairs))]
    public KernelByPeer Pair { get; set; }

    /// <summary>The share of the usual rows.</summary>
    [Params(0.01, 1)]
    public double Scale { get; set; }

    [GlobalSetup]
    public void Prepare()
    {
        var comparison = CompareCommand.Comparisons.Single(c => c.Name == Pair.Kernel);
        _entry = Peers.Single(p => p.Name == Pair.Peer).Enter(comparison, comparison.Arguments(comparison.RowsAt(Scale)), threads: 1)!;
    }

    [GlobalCleanup]
    public void Dispose() => _entry.Dispose();

    [Benchmark]
    public void Run() => _entry.Run();

    private static bool TakesPart(Peer peer, Comparison comparison, object[] arguments)
    {
        using var entry = peer.Enter(comparison, arguments, threads: 1);
        return entry is not null;
    }
}

/// <summary>Text to checked program, and text to delegate, each time of another program.</summary>
[MemoryDiagnoser]
public class CompileBenchmarks
{
    private int _number;

    [Params(10, 100, 1_000, 10_000)]
    public int Operators { get; set; }

    [Benchmark]
    public object Check() => FrontEnd.Check(new SourceText(Programs.Operators(Operators, ++_number)));

    [Benchmark]
    public object Compile() => WeldModule.Compile(Programs.Operators(Operators, ++_number));
}

/// <summary>Lets that each use the one before twice, text to delegate.</summary>
[MemoryDiagnoser]
public class DoublingBenchmarks
{
    private int _number;

    [Params(10, 20, 30)]
    public int Depth { get; set; }

    [Benchmark]
    public object Compile() => WeldModule.Compile(Programs.Doubling(Depth, ++_number));
}
