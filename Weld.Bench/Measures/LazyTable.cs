using System.Globalization;
using Weld.Frames;
using Weld.Managed;

namespace Weld.Bench.Measures;

/// <summary>What a graph of series costs besides computing: building it, finding the program that was compiled for its shape, writing it as a program.</summary>
internal static class LazyTable
{
    private static readonly double[] Left = [1, 2, 3];
    private static readonly double[] Right = [4, 5, 6];

    public static void Write(TextWriter output)
    {
        output.WriteLine("| series, steps | build, µs | find its program | write its program | build, find, run over 3 values |\n|---|---|---|---|---|");
        foreach (var steps in new[] { 1, 10, 100, 1_000 })
        {
            var graph = Graph(steps);
            var build = Paired.Time(() => Graph(steps));
            var find = Paired.Time(() => LazyProgram.Of([graph.Value]).Compile(CompileOptions.Default));
            var write = Paired.Time(() => LazyProgram.Of([graph.Value]).ToFunction());
            var run = Paired.Time(() => Graph(steps).ToArray());
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {steps:N0} | {build / 1e3:F1} | {find / 1e3:F1} | {write / 1e3:F1} | {run / 1e3:F1} |"));
        }
    }

    private static Series<double> Graph(int steps)
    {
        var (x, y) = (Series.Of(Left), Series.Of(Right));
        for (var i = 0; i < steps; i++)
        {
            x = i % 2 == 0 ? x + y : x * 2.0;
        }

        return x;
    }
}
