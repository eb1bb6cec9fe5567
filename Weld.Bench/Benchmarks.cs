using BenchmarkDotNet.Attributes;
using Weld.Bench.Kernels;
using Weld.Bench.Measures;
using Weld.Core;
using Weld.Core.Diagnostics;
using Weld.Managed;

namespace Weld.Bench;

/// <summary>Compiled programs against the same loops by hand.</summary>
public class KernelBenchmarks
{
    private KernelPair _pair = null!;

    [Params("sum", "map-filter-sum", "Q6")]
    public string Kernel { get; set; } = null!;

    [Params(16_384, 1_048_576, 4_194_304)]
    public int Rows { get; set; }

    [GlobalSetup]
    public void Prepare() => _pair = new KernelPair(Kernels.Kernel.All.First(k => k.Name == Kernel), Rows);

    [Benchmark(Baseline = true)]
    public double ByHand() => _pair.ByHand();

    [Benchmark]
    public double Weld() => _pair.Weld();
}

/// <summary>Text to checked program, and text to delegate, each time of another program.</summary>
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
public class DoublingBenchmarks
{
    private int _number;

    [Params(10, 20, 30)]
    public int Depth { get; set; }

    [Benchmark]
    public object Compile() => WeldModule.Compile(Programs.Doubling(Depth, ++_number));
}
