using Weld.Bench.Compare;
using Weld.Bench.Kernels;
using Weld.Bench.Peers.DotNet;
using Weld.Tests.Elementary;

namespace Weld.Tests.Bench;

/// <summary>The command <c>compare functions</c>, on little data.</summary>
public sealed class FunctionsTests
{
    public static TheoryData<string> Names => [.. FunctionsPage.Names];

    [Fact]
    public void EveryElementaryFunctionIsThere() =>
        Assert.Equal(ElementaryFunctions.Names.SelectMany(n => new[] { $"{n}-f64", $"{n}-f32" }).Order(StringComparer.Ordinal), FunctionsPage.Names.Order(StringComparer.Ordinal));

    /// <summary>All who take part compute the function: none errs by more than libraries say; TensorPrimitives says nothing, and loses digits near 0.</summary>
    [Theory]
    [MemberData(nameof(Names))]
    public void ErrorsAreSmall(string name)
    {
        var errors = FunctionsPage.Errors(ElementaryMap.All.Single(m => m.Comparison.Name == name));
        Assert.InRange(errors.Single(e => e.Key is WeldPeer).Value, 0.4, 1.4);
        Assert.All(errors, e => Assert.True(e.Value < (e.Key == ManagedPeer.Tensors ? 1e5 : 6), $"{e.Key.Name} errs by {e.Value} ulp"));
    }

    /// <summary>No vector of the libraries' is left half done at an end that does not fill one.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(37)]
    public void PeersAgreeOnAnyLength(int rows)
    {
        foreach (var comparison in ElementaryMap.All.Select(m => m.Comparison).Where(c => c.Name.StartsWith("atan", StringComparison.Ordinal)))
        {
            var arguments = comparison.Arguments(rows);
            Array[]? expected = null;
            foreach (var peer in FunctionsPage.Peers.Where(p => p.Absent is null))
            {
                using var entry = peer.Enter(comparison, arguments, 1);
                var found = entry?.Answer();
                expected ??= found;
                Assert.Null(found is null ? null : Answers.Difference(expected!, found, comparison.Tolerance));
            }
        }
    }

    [Fact]
    public void ThePageHasTimesErrorsAndTheBest()
    {
        var page = FunctionsPage.Run(new Request { Command = "compare functions", Only = ["tanh-f32"], Scale = 0.1, Progress = TextWriter.Null });
        var table = page.Sections[^1].Table!;
        Assert.Equal("tanh-f32", table.Rows[0].Cells[0]);
        Assert.Equal("compare functions --only tanh-f32 --scale 0.1", table.Rows[0].Command);
        Assert.Contains(table.Rows[0].Cells, c => c.EndsWith(" ulp", StringComparison.Ordinal));
        Assert.Contains("TensorPrimitives", table.Columns);
        Assert.Equal("÷ best", table.Columns[^1]);
        Assert.Contains(page.Measurements, m => m is { Subject: "tanh-f32", Peer: "Weld", Quantity: "ns per element", Median: > 0 });
    }
}
