using Weld.Bench.Compare;
using Weld.Bench.Measures;
using Weld.Bench.Peers.Children;
using Weld.Core.Diagnostics;
using Weld.Managed;

namespace Weld.Tests.Bench;

/// <summary>What is measured by the number of rows, keys and operators.</summary>
public sealed class GrowthTests
{
    private static readonly double[] Values = [0.25, 3, -1];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(10)]
    [InlineData(11)]
    [InlineData(100)]
    [InlineData(1_000)]
    public void AChainComputesWhatItSays(int operators)
    {
        var chain = new ChainProgram(operators, 7);
        var expected = chain.Of(Values[^1]);
        Assert.All([CompileRoute.Automatic, CompileRoute.Compiled, CompileRoute.Known], route => Assert.Equal(expected, route.Go(chain.Text, Values)));
        Assert.Equal(operators, chain.Text.Count(c => c is '*') + chain.Text.Count(c => c is '+'));
    }

    [LlvmFact]
    public void AChainComputesTheSameThroughLlvm()
    {
        var chain = new ChainProgram(25, 7);
        Assert.Equal(chain.Of(Values[^1]), CompileRoute.Llvm.Go(chain.Text, Values));
    }

    [Fact]
    public void ACrossingIsWhereALineStaysBelow()
    {
        (double, double)[] other = [(1, 10), (2, 10), (3, 10), (4, 10)];
        Assert.Equal(3, GrowthPage.Crossing([(1, 9), (2, 11), (3, 9), (4, 8)], other));
        Assert.Equal(1, GrowthPage.Crossing([(1, 9), (2, 9), (3, 9), (4, 8)], other));
        Assert.Null(GrowthPage.Crossing([(1, 9), (4, 11)], other));
    }

    /// <summary>With 2 % less the run fails, with as much it does not.</summary>
    [Fact]
    public void TheLeastMemoryIsTheLeast()
    {
        var step = Sweep.All(0.001).Single(s => s.Name == "rows/filter-50").Steps[0];
        var arguments = step.Comparison.Arguments(step.Comparison.Rows);
        var least = LeastMemory.Of(step.Comparison, arguments, 1);
        var module = WeldModule.Compile(step.Comparison.Program, new CompileOptions { Backend = Backend.Compiled });
        module.Run(new RunOptions { Threads = 1, MemoryLimit = least }, arguments).Dispose();
        Assert.Equal(RuntimeCode.OutOfMemory, Assert.Throws<WeldRuntimeException>(() => module.Run(new RunOptions { Threads = 1, MemoryLimit = (long)(least / 1.03) }, arguments)).Code);
    }

    [Fact]
    public void SizesGrowTenfoldUpToAShareOfTheUsual()
    {
        var sweeps = Sweep.All(0.01).ToDictionary(s => s.Name, s => s.Steps.Select(t => t.At));
        Assert.Equal([1_000L, 10_000, 100_000, 1_000_000], sweeps["rows/q6"]);
        Assert.Equal([10L, 100, 1_000, 10_000, 100_000], sweeps["keys"]);
        Assert.Equal([1L, 10, 100, 1_000, 10_000], sweeps["operators"]);
    }

    /// <summary>All hold their copies at the same time, one after the other runs: 100 for the arguments, 40 for results, 100 and 200 more for copies, and 10 for a run.</summary>
    [Theory]
    [InlineData(600, null, null)]
    [InlineData(400, null, 210L)]
    [InlineData(250, 110L, 210L)]
    public void PeersTakePartThatFitBesideEachOther(long free, long? array, long? table)
    {
        var room = Room.For([new WeldPeer(), ChildPeer.NumPy, ChildPeer.Pandas], free, 100, 1, _ => 10);
        Assert.Equal([null, array, table], room.Select(r => r.Needs));
    }

    [Fact]
    public void ThePageHasTimeMemoryAndCrossings()
    {
        var page = GrowthPage.Run(new Request { Command = "compare growth", Only = ["rows/q6"], Peers = [new WeldPeer()], Scale = 0.0001, Progress = TextWriter.Null });
        Assert.Equal(["rows/q6: ns per row", "rows/q6: bytes per row"], page.Sections.Select(s => s.Title));
        Assert.All(page.Sections, s => Assert.Equal(["1000", "10000"], s.Table!.Rows.Select(r => r.Cells[0])));
        Assert.Equal(4, page.Measurements.Count);
    }
}
