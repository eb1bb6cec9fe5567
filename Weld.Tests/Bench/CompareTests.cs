using System.CommandLine;
using System.Text.Json;
using Weld.Bench.Compare;
using Weld.Bench.Peers.DotNet;
using Weld.Bench.Workloads;
using Weld.Tests.IO;

namespace Weld.Tests.Bench;

/// <summary>The command <c>compare</c>, on little data.</summary>
public sealed class CompareTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public static TheoryData<string> ExampleNames => [.. ExamplePrograms.All.Select(c => c.Name)];

    public void Dispose() => _directory.Dispose();

    /// <summary>Weld and plain C# give the same columns, else nothing would be timed.</summary>
    [Theory]
    [MemberData(nameof(ExampleNames))]
    public void PeersAgreeOnExamplePrograms(string name)
    {
        var comparison = ExamplePrograms.All.Single(c => c.Name == name);
        var arguments = comparison.Arguments(2_000);
        using var weld = new WeldPeer().Enter(comparison, arguments, 1);
        var (expected, found) = (FlatAnswer.Of(comparison.Loops!([.. arguments.Select(Function.Native)])), weld.Answer());
        Assert.Null(Answers.Difference(expected, found, comparison.Tolerance));
        Assert.True(expected.Sum(c => c.Length) > 0);
    }

    [Fact]
    public void ComparesOnWhatIsAsked()
    {
        var (code, output, _) = Run("compare", "--only", "programs/tpch-q6,sum", "--peers", "weld,.NET loops", "--scale", "0.001", "--threads", "1,2", "--clock", "cpu", "--json", Path.Combine(_directory.Path, "a.json"), "--html", Path.Combine(_directory.Path, "a.html"));
        Assert.Equal(0, code);
        Assert.Contains("compare --only programs/tpch-q6 --peers \"Weld,.NET loops\" --scale 0.001 --threads 2 --clock cpu", output, StringComparison.Ordinal);
        Assert.Contains("## From 1 to 2 threads", output, StringComparison.Ordinal);
        using var json = JsonDocument.Parse(File.ReadAllText(Path.Combine(_directory.Path, "a.json")));
        Assert.Equal(
            ["sum/Weld/1", "sum/.NET loops/1", "sum/Weld/2", "programs/tpch-q6/Weld/1", "programs/tpch-q6/.NET loops/1", "programs/tpch-q6/Weld/2"],
            json.RootElement.GetProperty("Measurements").EnumerateArray().Where(m => m.GetProperty("Quantity").GetString() == "ms").Select(m => $"{m.GetProperty("Subject")}/{m.GetProperty("Peer")}/{m.GetProperty("Threads")}"));
        Assert.Contains("Where Weld loses", File.ReadAllText(Path.Combine(_directory.Path, "a.html")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("compare", "--scale", "0")]
    [InlineData("compare", "--scale", "much")]
    [InlineData("compare", "--threads", "0")]
    [InlineData("compare", "--threads", "1,x")]
    [InlineData("compare", "--clock", "sun")]
    [InlineData("compare", "--other", "1")]
    [InlineData("compare", "ablation", "--peers", "C")]
    [InlineData("compare", "latency", "--threads", "2")]
    public void WrongOptionsAreErrors(params string[] arguments) => Assert.NotEqual(0, Run(arguments).Code);

    [Theory]
    [InlineData("matrix-product", "compare", "--only", "nothing")]
    [InlineData("keys", "compare", "growth", "--only", "sum")]
    [InlineData("1000", "compare", "latency", "--only", "7")]
    [InlineData("data.table", "compare", "--peers", "LINQ,nobody")]
    public void NamesThatAreNotThereAreAnsweredWithThoseThatAre(string name, params string[] arguments)
    {
        var (code, _, error) = Run(arguments);
        Assert.NotEqual(0, code);
        Assert.Contains(name, error, StringComparison.Ordinal);
    }

    [Fact]
    public void WeldTakesPartUnnamed()
    {
        var (code, output, _) = Run("compare", "--only", "sum", "--peers", "linq", "--scale", "0.001");
        Assert.Equal(0, code);
        Assert.Contains("| kernel | rows | Weld | LINQ |", output, StringComparison.Ordinal);
    }

    /// <summary>Who fails, when entering or later, is named; the others are timed.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void PeersThatFailAreNamed(bool entering)
    {
        var comparison = ExamplePrograms.All.Single(c => c.Name == "programs/tpch-q6");
        var request = new Request { Command = "compare", Scale = 0.001, Progress = TextWriter.Null };
        var outcome = Contest.Run(comparison, [new WeldPeer(), new FailingPeer(entering)], request);
        Assert.Equal("Weld", Assert.Single(outcome.Timings).Peer.Name);
        Assert.Equal("out of order", Assert.Single(outcome.Dropouts).Why);
        var section = ContestPage.Of(request, [outcome], []).Sections.Single(s => s.Title == "Did not take part");
        Assert.Equal(["programs/tpch-q6", "F", "1", "out of order"], Assert.Single(section.Table!.Rows).Cells);
    }

    [Fact]
    public void AnswersOfOtherColumnsDiffer() => Assert.Equal("1 and 2 columns", Answers.Difference([new[] { 1L }], [new[] { 1L }, new[] { 2L }], 0));

    [Fact]
    public void ClocksHaveSteps() => Assert.All(Clock.All, c => Assert.True(c.Resolution > TimeSpan.Zero));

    /// <summary>A peer whose answer is another is not timed, and the command fails.</summary>
    [Fact]
    public void AnswersThatDifferAreNamed()
    {
        var comparison = ExamplePrograms.All.Single(c => c.Name == "programs/tpch-q6") with { Loops = _ => 0.5 };
        var request = new Request { Command = "compare", Scale = 0.001, Progress = TextWriter.Null };
        Assert.Throws<AnswersDifferException>(() => Contest.Run(comparison, [new WeldPeer(), ManagedPeer.Loops], request));
    }

    private static (int Code, string Output, string Error) Run(params string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var code = Weld.Bench.Program.Root().Parse(arguments).Invoke(new InvocationConfiguration { Output = output, Error = error });
        return (code, output.ToString(), error.ToString());
    }

    private sealed class FailingPeer(bool entering) : Peer
    {
        public override string Name => "F";

        public override string? Version => "1";

        public override string? Absent => null;

        public override Entry? Enter(Comparison comparison, object[] arguments, int threads) => entering ? throw new PeerFailedException("out of order") : new FailingEntry();
    }

    private sealed class FailingEntry : Entry
    {
        public override void Run() => throw new PeerFailedException("out of order");

        public override Array[] Answer() => throw new PeerFailedException("out of order");

        public override void Dispose()
        {
        }
    }
}
