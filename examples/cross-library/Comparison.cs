using System.Diagnostics;
using System.Globalization;
using Weld.Frames;
using Weld.Managed;

namespace CrossLibrary;

/// <summary>Times the ways to compute the crime index against each other, and holds their results to be equal.</summary>
public static class Comparison
{
    private const int Rounds = 11;
    private const double Tolerance = 1e-9;

    /// <summary>Runs all ways in turn, round by round, and prints the median of each, and of its ratio to the first within a round.</summary>
    public static void Write(TextWriter output, Cities cities)
    {
        var columns = cities.Columns();
        var notFused = new CollectOptions { Compile = new CompileOptions { Passes = [] } };
        (string Name, Func<(string, double)[]> Run)[] ways =
        [
            ("two libraries, one program", () => CrimeIndex.WithLibraries(columns).ToArray()),
            ("the same without the optimizer", () => CrimeIndex.WithLibraries(columns).ToArray(notFused)),
            ("LINQ", () => CrimeIndex.WithLinq(cities)),
            ("loops by hand", () => CrimeIndex.WithLoops(cities)),
        ];

        var times = ways.Select(_ => new double[Rounds]).ToArray();
        for (var round = -2; round < Rounds; round++)
        {
            (string, double)[]? first = null;
            for (var i = 0; i < ways.Length; i++)
            {
                var start = Stopwatch.GetTimestamp();
                var result = ways[i].Run();
                var time = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
                Check(ways[i].Name, first ??= result, result);
                if (round >= 0)
                {
                    times[i][round] = time;
                }
            }
        }

        for (var i = 0; i < ways.Length; i++)
        {
            var ratio = Median(times[i].Zip(times[0], (time, first) => time / first));
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{ways[i].Name,-31}{Median(times[i]),8:F1} ms {ratio,6:F2} x"));
        }
    }

    /// <summary>Throws unless both results have the same states in the same order, with the same indexes but for rounding.</summary>
    private static void Check(string name, (string State, double Index)[] expected, (string State, double Index)[] found)
    {
        if (expected.Length != found.Length || expected.Zip(found).Any(p => p.First.State != p.Second.State || !(Math.Abs(p.First.Index - p.Second.Index) <= Tolerance)))
        {
            throw new InvalidOperationException($"{name}: expected {string.Join(", ", expected)}, found {string.Join(", ", found)}");
        }
    }

    private static double Median(IEnumerable<double> values) => values.Order().ElementAt(Rounds / 2);
}
