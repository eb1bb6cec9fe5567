using System.Text.Json;
using System.Text.RegularExpressions;
using Weld.Bench.Workloads;
using Weld.Core;
using Weld.Core.Diagnostics;
using Weld.Core.Values;
using Weld.Managed;
using Weld.Tests.Cli;
using Weld.Tests.Repository;

namespace Weld.Tests.Examples;

/// <summary>The workloads in examples/programs give what plain loops over the same data give: with their own data through the command, with drawn data through the API.</summary>
public sealed partial class ExampleProgramsTests
{
    private const long MostData = 300_000;

    public static TheoryData<string> Names => [.. Workload.All.Select(w => w.Name)];

    /// <summary>No row, one, few, many, and more than a reduction's block.</summary>
    public static TheoryData<string, long> NamesAndRows
    {
        get
        {
            var data = new TheoryData<string, long>();
            foreach (var workload in Workload.All)
            {
                foreach (var rows in new[] { 0L, 1, 50, 3_000, 70_000 })
                {
                    data.Add(workload.Name, rows);
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(NamesAndRows))]
    public void CompiledCodeComputesWhatPlainLoopsDo(string name, long rows) => Run(name, rows, Backend.Compiled);

    [Theory]
    [MemberData(nameof(Names))]
    public void TheInterpreterComputesWhatPlainLoopsDo(string name) => Run(name, 400, Backend.Interpreter);

    [Theory]
    [MemberData(nameof(Names))]
    public void TheCommandComputesWhatPlainLoopsDo(string name)
    {
        var workload = Find(name);
        var command = ExampleCommand.Of(workload.Path);
        Assert.Equal(["weld", "run", workload.Path], command.Words[..3]);
        var shown = Command.Run([.. command.Arguments(), "--json"]);
        Assert.True(shown.ExitCode == 0, shown.Error);
        using var document = JsonDocument.Parse(shown.Output);
        var type = FrontEnd.Check(new SourceText(Checkout.Read(workload.Path))).Program.Body.Type;
        Answer.Equal(workload.Expected(ExampleData.Arguments(workload)), ValueJson.Read(document.RootElement.GetProperty("value"), type), workload.Tolerance);
    }

    /// <summary>An answer without elements would be right whatever the program did.</summary>
    [Theory]
    [MemberData(nameof(Names))]
    public void TheSampleHasAnAnswer(string name)
    {
        var workload = Find(name);
        var expected = workload.Expected(ExampleData.Arguments(workload));
        Assert.False(expected is Array { Length: 0 } or 0.0 || expected is double.NaN);
    }

    /// <summary><c>WELD_BLESS=1</c> writes the files.</summary>
    [Fact]
    public void TheDataIsWhatTheWorkloadsDraw()
    {
        var files = ExampleData.Files();
        if (Checkout.Bless)
        {
            foreach (var (path, bytes) in files)
            {
                Directory.CreateDirectory(Path.GetDirectoryName(Checkout.FullPath(path))!);
                File.WriteAllBytes(Checkout.FullPath(path), bytes);
            }
        }

        string[] data = [.. Checkout.Files("examples/programs/data").Where(f => !f.EndsWith(".md", StringComparison.Ordinal))];
        Assert.Equal(files.Keys.Append(ExampleData.Real).Order(StringComparer.Ordinal), data.Order(StringComparer.Ordinal));
        Assert.All(files, f => Assert.Equal(f.Value, File.ReadAllBytes(Checkout.FullPath(f.Key))));
        Assert.InRange(data.Sum(f => new FileInfo(Checkout.FullPath(f)).Length), 1, MostData);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void TheHeaderSaysHowManyLoopsAPersonWouldWrite(string name) => Assert.Single(ByHand().Matches(Checkout.Read(Find(name).Path)));

    private static Workload Find(string name) => Workload.All.Single(w => w.Name == name);

    private static void Run(string name, long rows, Backend backend)
    {
        var workload = Find(name);
        var arguments = workload.Arguments(rows);
        using var result = WeldModule.Compile(Checkout.Read(workload.Path), new CompileOptions { Backend = backend }).Run(Workload.Bind(arguments));
        Answer.Equal(workload.Expected(arguments), result.ToValue(), workload.Tolerance);
    }

    [GeneratedRegex(@"^# By hand, (\d+) loops?: ", RegexOptions.Multiline)]
    private static partial Regex ByHand();
}
