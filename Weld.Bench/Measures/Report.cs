using System.Globalization;
using System.Runtime.InteropServices;
using Weld.Bench.Kernels;
using Weld.Core;
using Weld.Core.Diagnostics;
using Weld.Core.Syntax;
using Weld.Managed;

namespace Weld.Bench.Measures;

/// <summary>All figures as Markdown.</summary>
internal static class Report
{
    private static readonly int[] ProgramSizes = [100, 1_000, 10_000];
    private static readonly int[] Depths = [10, 20, 30];
    private static readonly int[] RowCounts = [16_384, 1_048_576, 4_194_304];

    public static void Write(TextWriter output)
    {
        Line(output, $"{RuntimeInformation.FrameworkDescription}, {RuntimeInformation.RuntimeIdentifier}, {Environment.ProcessorCount} processors; medians.\n");
        FrontEndTable(output);
        DoublingTable(output);
        OptimizerTable.Write(output);
        Line(output, $"Text to delegate, 10 operators, warm: {Compiling():F3} ms.  ");
        Remembered(output);
        Line(output, $"First program in a fresh process, from Main: {FirstProgram.Measure():F0} ms.  ");
        var least = new KernelPair(Kernel.All[0], 1);
        Line(output, $"A run over one row, arguments and result included: {Paired.Time(() => least.Weld()) / 1e3:F2} µs.\n");
        KernelTable(output);
    }

    private static void FrontEndTable(TextWriter output)
    {
        Line(output, $"| front end: operators | tokens | ms | million tokens/s |\n|---|---|---|---|");
        foreach (var operators in ProgramSizes)
        {
            var text = new SourceText(Programs.Operators(operators, 255));
            var tokens = Lexer.Lex(text.Text, new DiagnosticBag()).Length;
            var time = Paired.Time(() => FrontEnd.Check(text));
            Line(output, $"| {operators} | {tokens} | {time / 1e6:F3} | {tokens / time * 1e3:F2} |");
        }

        output.WriteLine();
    }

    /// <summary>Every time another program, so that nothing can be remembered; so too below.</summary>
    private static void DoublingTable(TextWriter output)
    {
        Line(output, $"| `let c = (c + c) / 2L`, times | text to delegate, ms |\n|---|---|");
        foreach (var depth in Depths)
        {
            var number = 0;
            Line(output, $"| {depth} | {Paired.Time(() => WeldModule.Compile(Programs.Doubling(depth, ++number))) / 1e6:F3} |");
        }

        output.WriteLine();
    }

    private static double Compiling()
    {
        var number = 0;
        return Paired.Time(() => WeldModule.Compile(Programs.Operators(10, ++number))) / 1e6;
    }

    private static void Remembered(TextWriter output)
    {
        var text = Programs.Operators(100, 255);
        var tree = FrontEnd.Check(new SourceText(text)).Program;
        WeldModule.Compile(text);
        Line(output, $"A program of 100 operators that is known: by its text {Paired.Time(() => WeldModule.Compile(text)) / 1e3:F2} µs, by a tree with other variables {Paired.Time(() => WeldModule.Compile(tree)) / 1e3:F1} µs.  ");
    }

    private static void KernelTable(TextWriter output)
    {
        Line(output, $"| kernel | rows | Weld, ms | C# by hand, ms | ratio | of the fastest rounds |\n|---|---|---|---|---|---|");
        foreach (var kernel in Kernel.All)
        {
            foreach (var rows in RowCounts)
            {
                var pair = new KernelPair(kernel, rows);
                var (weld, byHand, ratio, fastest) = Paired.Time(() => pair.Weld(), () => pair.ByHand());
                Line(output, $"| {kernel.Name} | {rows} | {weld / 1e6:F4} | {byHand / 1e6:F4} | {ratio:F2} | {fastest:F2} |");
            }
        }
    }

    private static void Line(TextWriter output, FormattableString text) => output.WriteLine(FormattableString.Invariant(text));
}
