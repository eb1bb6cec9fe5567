using Weld.Bench.Compare;
using Weld.Bench.Peers;
using Weld.Bench.Workloads;

namespace Weld.Tests.Bench;

/// <summary>The example programs without each pass of the optimizer give the same answers; sums of floats follow the loops that are there, and may round otherwise.</summary>
public sealed class AblationTests
{
    private const long Rows = 400;

    public static TheoryData<string> Names => [.. ExamplePrograms.All.Select(c => c.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void AnswersAreTheSameWithoutAnyPass(string name)
    {
        var comparison = ExamplePrograms.All.Single(c => c.Name == name);
        var arguments = comparison.Arguments(Rows);
        using var whole = new WeldPeer().Enter(comparison, arguments, 1);
        var expected = whole.Answer();
        var without = 0;
        foreach (var peer in AblationPage.Peers.OfType<WithoutPeer>())
        {
            using var entry = peer.Enter(comparison, arguments, 1);
            without += entry is null ? 0 : 1;
            Assert.Null(entry is null ? null : Answers.Difference(expected, entry.Answer(), comparison.Tolerance));
        }

        Assert.True(without > 1, "expected passes that change the program");
    }

    /// <summary>A pass that finds nothing to do is not timed against itself.</summary>
    [Fact]
    public void APassThatChangesNothingTakesNoPart()
    {
        var comparison = ExamplePrograms.All.Single(c => c.Name == "programs/tpch-q6");
        Assert.Null(new WithoutPeer("sort-slice").Enter(comparison, comparison.Arguments(Rows), 1));
        Assert.NotNull(new WithoutPeer("loop-fusion").Enter(comparison, comparison.Arguments(Rows), 1));
    }

    [Fact]
    public void TheFiguresOfThePaperStandBeside()
    {
        var page = AblationPage.Run(new Request { Command = "compare ablation", Only = ["programs/crime-index-simple"], Scale = 0.0005, Progress = TextWriter.Null });
        var table = page.Sections[0].Table!;
        var row = Assert.Single(table.Rows);
        Assert.EndsWith(" [15.86]", row.Cells[table.Columns.ToList().IndexOf("loop-fusion")], StringComparison.Ordinal);
        Assert.Equal("compare ablation --only programs/crime-index-simple --scale 0.0005 --threads 1", row.Command);
        Assert.Contains(page.Sections[1].Table!.Rows, r => r.Cells[0] == "any pass");
    }
}
