using System.Globalization;
using Weld.Bench.Compare;
using Weld.Managed;

namespace Weld.Bench.Measures;

/// <summary>What it costs a run that a profile is made of it.</summary>
internal static class ProfileTable
{
    /// <summary>A tenth of the usual rows: the clock is read so often for a loop and a range, however long they are.</summary>
    private const double Scale = 0.1;

    public static void Write(TextWriter output)
    {
        output.WriteLine("Runs with a profile beside runs without; ms, medians of interleaved rounds (of the fastest rounds).\n");
        output.WriteLine("| program | rows | without | with | ratio | of the fastest |\n|---|---|---|---|---|---|");
        var ratios = new List<double>();
        foreach (var comparison in CompareCommand.Comparisons.Where(c => c.Twin is not null))
        {
            var rows = comparison.RowsAt(Scale);
            var module = WeldModule.Compile(comparison.Program, new CompileOptions { Backend = Backend.Compiled });
            var arguments = comparison.Arguments(rows);
            using var without = new ModuleEntry(comparison, module, arguments, RunOptions.Default);
            using var with = new ModuleEntry(comparison, module, arguments, new RunOptions { Profile = static _ => { } });
            var (a, b, ratio, fastest) = Paired.Time(with.Run, without.Run);
            ratios.Add(ratio);
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {comparison.Name} | {rows} | {b / 1e6:F2} | {a / 1e6:F2} | {ratio:F3} | {fastest:F3} |"));
        }

        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"\nGeometric mean of the ratios: {Math.Exp(ratios.Average(Math.Log)):F3}."));
    }
}
