using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using Weld.Bench.Compare;
using Weld.Bench.Measures;

namespace Weld.Bench;

internal static class Program
{
    private const int WidestName = 60;

    private static int Main(string[] arguments)
    {
        // The clock of a first program runs from here, and no other code has run before it.
        var start = Stopwatch.GetTimestamp();
        switch (arguments)
        {
            case ["first"]:
                FirstProgram.Run(start);
                return 0;
            case ["first", var operators] when int.TryParse(operators, CultureInfo.InvariantCulture, out var count):
                FirstProgram.Run(start, count);
                return 0;
            default:
                return Root().Parse(arguments).Invoke();
        }
    }

    /// <summary>All commands.</summary>
    public static RootCommand Root() => new("Measures Weld, alone and beside what else one would use.")
    {
        CompareCommand.Create(),
        Table("measure", "Every figure of the project in about a minute, as Markdown.", Report.Write),
        Table("optimizer", "The part of it that is about the optimizer.", OptimizerTable.Write),
        Table("lazy", "What a graph of series costs besides computing.", LazyTable.Write),
        Table("profile", "What it costs a run that a profile is made of it.", ProfileTable.Write),
        Table("selectivity", "Sums of filtered rows, as 1 %, 50 % and 99 % of them pass.", Selectivity.Write),
        Benchmarks(),
        new Command("first", "One program, or a chain of as many operators as named, text to answer; prints the milliseconds since Main.") { new Argument<int?>("operators") },
    };

    private static Command Table(string name, string description, Action<TextWriter> write)
    {
        var command = new Command(name, description);
        command.SetAction(line => write(line.InvocationConfiguration.Output));
        return command;
    }

    private static Command Benchmarks()
    {
        var command = new Command("bdn", "The kernels and the compiler through BenchmarkDotNet; what follows is for it, such as: bdn --filter *") { TreatUnmatchedTokensAsErrors = false };
        command.SetAction(line => BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(
            [.. line.UnmatchedTokens], DefaultConfig.Instance.WithSummaryStyle(SummaryStyle.Default.WithMaxParameterColumnWidth(WidestName))));
        return command;
    }
}
