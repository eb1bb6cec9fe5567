using System.Diagnostics;
using System.Globalization;
using Weld.Bench.Workloads;
using Weld.Managed;

namespace Weld.Bench.Measures;

/// <summary>The workloads as Weld programs and as plain C#, of any size, as Markdown.</summary>
internal static class WorkloadTable
{
    private const int Repeats = 5;

    /// <summary>Times the workloads.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="rows">The size.</param>
    /// <param name="names">Which, or all if none is named.</param>
    public static void Write(TextWriter output, long rows, IReadOnlyList<string> names)
    {
        output.WriteLine("| program | rows | compile, ms | Weld, ms | plain C#, ms |\n|---|---|---|---|---|");
        foreach (var workload in Workload.All.Where(w => names.Count == 0 || names.Contains(w.Name)))
        {
            var text = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, workload.Path));
            var start = Stopwatch.GetTimestamp();
            var module = WeldModule.Compile(text);
            var compile = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            var arguments = workload.Arguments(rows);
            var bound = Workload.Bind(arguments);
            var weld = Median(() => module.Run(bound).Dispose());
            var plain = Median(() => workload.Expected(arguments));
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {workload.Name} | {rows} | {compile:F1} | {weld:F2} | {plain:F2} |"));
        }
    }

    private static double Median(Action action)
    {
        var times = new double[Repeats];
        for (var i = 0; i < Repeats; i++)
        {
            var start = Stopwatch.GetTimestamp();
            action();
            times[i] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        }

        return Paired.Median(times);
    }
}
