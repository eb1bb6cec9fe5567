using System.Diagnostics;
using System.Globalization;
using BenchmarkDotNet.Running;
using Weld.Bench.Compare;
using Weld.Bench.Measures;

namespace Weld.Bench;

internal static class Program
{
    private const string Usage = $"""
        usage: dotnet run -c Release --project Weld.Bench -- COMMAND
          measure                 every figure of the project in about a minute, as Markdown
          optimizer               the part of it that is about the optimizer
          lazy                    what a graph of series costs besides computing
          workloads ROWS [NAME…]  the programs of examples/programs on data of that size, beside plain C#
          selectivity             sums of filtered rows, as 1 %, 50 % and 99 % of them pass
          {CompareCommand.Usage}
          bdn ARGUMENTS           the same as measure through BenchmarkDotNet, such as: bdn --filter *
          first                   one program, text to answer; prints the milliseconds since Main
        """;

    private static int Main(string[] arguments)
    {
        var start = Stopwatch.GetTimestamp();
        switch (arguments)
        {
            case ["first"]:
                FirstProgram.Run(start);
                return 0;
            case ["measure"]:
                Report.Write(Console.Out);
                return 0;
            case ["optimizer"]:
                OptimizerTable.Write(Console.Out);
                return 0;
            case ["lazy"]:
                LazyTable.Write(Console.Out);
                return 0;
            case ["workloads", var size, .. var names] when long.TryParse(size, CultureInfo.InvariantCulture, out var rows):
                WorkloadTable.Write(Console.Out, rows, names);
                return 0;
            case ["selectivity"]:
                Selectivity.Write(Console.Out);
                return 0;
            case ["compare", .. var options]:
                return CompareCommand.Run(options);
            case ["bdn", .. var rest]:
                Benchmark(rest);
                return 0;
            default:
                Console.Error.WriteLine(Usage);
                return 2;
        }
    }

    private static void Benchmark(string[] arguments) => BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(arguments);
}
