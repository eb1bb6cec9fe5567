using System.Globalization;
using Weld.Managed;

namespace Weld.Bench.Measures;

/// <summary>A filtered sum with branches, without, and in the form that the data choose, where 1 %, 50 % and 99 % of the rows pass, at random.</summary>
internal static class Selectivity
{
    private const int Rows = 10_000_000;

    private static readonly double[] Phases = [0.01, 0.5, 0.99];
    private static readonly string[] Forms = ["@(predicate: false) ", "@(predicate: true) ", ""];

    public static void Write(TextWriter output)
    {
        output.WriteLine($"A sum of filtered rows, {Rows:N0} in three phases; ms, medians of interleaved rounds (of the fastest rounds).\n");
        output.WriteLine("| sum of | rows that pass | with branches | without | adaptive | adaptive / best | of the fastest |\n|---|---|---|---|---|---|---|");
        Write(output, "f64", form => $"|v: vec[f64]| result(for(v, merger[f64,+], |b, i, x| {form}if(x < 0.5, merge(b, x), b)))", p => Data(p, r => r / 2, r => 0.5 + (r / 2)));
        Write(output, "i64", form => $"|v: vec[i64]| result(for(v, merger[i64,+], |b, i, x| {form}if(x < 500L, merge(b, x), b)))", p => Data(p, r => (long)(r * 500), r => 500 + (long)(r * 500)));
    }

    private static void Write<T>(TextWriter output, string type, Func<string, string> program, Func<double, T[]> data)
    {
        var modules = Forms.Select(f => WeldModule.Compile(program(f))).ToArray();
        T[][] parts = [.. Phases.Select(data)];
        foreach (var (name, rows) in Phases.Select((p, i) => ($"{p:P0}", parts[i])).Append(("1 → 50 → 99 %", [.. parts.SelectMany(p => p)])))
        {
            Line(output, type, name, Times(modules, rows));
        }
    }

    private static void Line(TextWriter output, string type, string phase, double[][] times)
    {
        var medians = times.Select(Paired.Median).ToArray();
        var fastest = times.Select(t => t.Min()).ToArray();
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"| {type} | {phase} | {medians[0]:F2} | {medians[1]:F2} | {medians[2]:F2} | {medians[2] / Math.Min(medians[0], medians[1]):F2} | {fastest[2] / Math.Min(fastest[0], fastest[1]):F2} |"));
    }

    /// <summary>The times of each program, in turn, in milliseconds. All give the same bits.</summary>
    private static double[][] Times<T>(WeldModule[] modules, T[] rows)
    {
        var answers = modules.Select(m => Run(m, rows)).Distinct().ToArray();
        if (answers.Length != 1)
        {
            throw new InvalidOperationException($"expected one answer, found {string.Join(", ", answers)}");
        }

        return Paired.Times([.. modules.Select<WeldModule, Action>(m => () => Run(m, rows))]);
    }

    private static object Run<T>(WeldModule module, T[] rows)
    {
        using var result = module.Run(rows);
        return result.As<T>()!;
    }

    private static T[] Data<T>(double selectivity, Func<double, T> passing, Func<double, T> failing)
    {
        var random = new Random(7);
        return [.. Enumerable.Range(0, Rows / Phases.Length).Select(_ => random.NextDouble() < selectivity ? passing(random.NextDouble()) : failing(random.NextDouble()))];
    }
}
