using System.Globalization;
using System.Text;
using Weld.Core;
using Weld.Core.Diagnostics;
using Weld.Core.IR;
using Weld.Core.Optimizer;

namespace Weld.Bench.Measures;

/// <summary>What optimising costs: a program of 100 operators, pass by pass; a thousand maps; ten thousand operators.</summary>
internal static class OptimizerTable
{
    private const int Rounds = 501;

    public static void Write(TextWriter output)
    {
        Shares(output);
        output.WriteLine("| optimising | nodes before | after | ms |\n|---|---|---|---|");
        Row(output, "100 operators in a loop", Programs.Operators(100, 255));
        Row(output, "1,000 maps, each of the one before", Maps(1_000));
        Row(output, "10,000 operators in a loop", Programs.Operators(10_000, 255));
        Row(output, "`let c = (c + c) / 2L`, 40 times", Programs.Doubling(40, 255));
        output.WriteLine();
    }

    /// <summary>The medians of each pass's own times, as the gate takes them; the rest is the gate's checks.</summary>
    private static void Shares(TextWriter output)
    {
        var program = Checked(Columns);
        var total = Paired.Time(() => ProgramOptimizer.Optimize(program)) / 1e3;
        var times = Pipeline.Default.To(_ => new double[Rounds]);
        var changed = Pipeline.Default.To(_ => false).ToArray();
        for (var round = 0; round < Rounds; round++)
        {
            var runs = ProgramOptimizer.Optimize(program).Runs;
            for (var i = 0; i < runs.Count; i++)
            {
                times[i][round] = runs[i].Time.TotalMicroseconds;
                changed[i] = runs[i].Changed;
            }
        }

        var medians = times.To(Paired.Median);
        Line(output, $"Optimising a program of {Operators(program)} operators over columns, checks of the gate included: {total:F0} µs.\n");
        output.WriteLine("| pass | µs | share | changes it |\n|---|---|---|---|");
        for (var i = 0; i < medians.Count; i++)
        {
            Line(output, $"| {Pipeline.Default[i].Name} | {medians[i]:F1} | {medians[i] / total:P0} | {(changed[i] ? "yes" : "")} |");
        }

        Line(output, $"| the gate's checks | {total - medians.Sum():F1} | {1 - (medians.Sum() / total):P0} | |\n");
    }

    private static void Row(TextWriter output, string name, string text)
    {
        var program = Checked(text);
        var time = Paired.Time(() => ProgramOptimizer.Optimize(program));
        Line(output, $"| {name} | {Nodes(program)} | {Nodes(ProgramOptimizer.Optimize(program).Program)} | {time / 1e6:F3} |");
    }

    /// <summary>Three columns, sixteen lazy values that a library would make of them, and four results: about a hundred operators.</summary>
    private static string Columns
    {
        get
        {
            var text = new StringBuilder("|a: vec[f64], b: vec[f64], k: vec[i64]|\n");
            for (var i = 0; i < 16; i++)
            {
                var (x, y) = (i == 0 ? "a" : $"c{i - 1}", i < 2 ? "b" : $"c{i - 2}");
                text.Append(CultureInfo.InvariantCulture, $"let c{i} = map(zip({x}, {y}), |p| (p.$0 * 0.5 + p.$1) * (p.$0 - {i}.0) + p.$1 / 3.0);\n");
            }

            return text.Append("""
                let passed = filter(zip(c15, k), |p| p.$0 > 0.0 && p.$1 < 100L);
                let groups = result(for(passed, groupmerger[i64,f64], |m, i, p| merge(m, {p.$1 & 7L, p.$0 * 2.0})));
                {sum(c15), sum(map(c14, |x| x * x)), len(passed), map(tovec(groups), |g| {g.$0, sum(g.$1), len(g.$1)})}
                """).ToString();
        }
    }

    private static string Maps(int count)
    {
        var text = new StringBuilder("|v: vec[i64]| let c = v;\n");
        for (var i = 0; i < count; i++)
        {
            text.Append("let c = map(c, |x| (x * 3L) ^ 5L);\n");
        }

        return text.Append('c').ToString();
    }

    private static Lambda Checked(string text) => FrontEnd.Check(new SourceText(text)).Program;

    private static int Operators(Expr program) => (program is Unary or Binary or Logical or Cast ? 1 : 0) + program.Children.Sum(Operators);

    private static long Nodes(Lambda program) => program.Facts.Size;

    private static void Line(TextWriter output, FormattableString text) => output.WriteLine(FormattableString.Invariant(text));
}
