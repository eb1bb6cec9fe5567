using System.Globalization;
using Weld.Core;
using Weld.Core.Diagnostics;
using Weld.Core.Evaluation;
using Weld.Core.IR;
using Weld.Core.Types;
using Weld.Core.Values;
using Weld.Managed;
using Weld.Managed.Emit;
using Weld.Managed.Planning;
using Weld.Managed.Runtime;
using Weld.Tests.Properties;

namespace Weld.Tests.Managed;

/// <summary>A program at every width of vectors against the interpreter, bit for bit.</summary>
internal static class VectorLoop
{
    /// <summary>The bits of vectors; 0 for one element at a time.</summary>
    public static IReadOnlyList<int> Widths { get; } = [0, 128, 256, 512];

    /// <summary>Runs a program on arguments of the sizes and holds the results against the interpreter's.</summary>
    /// <param name="text">The program, whose parameters are vectors and scalars.</param>
    /// <param name="sizes">The lengths of its vectors.</param>
    /// <param name="passes">The optimizer's passes.</param>
    public static void Check(string text, IEnumerable<int> sizes, params string[] passes) => Check(FrontEnd.Check(new SourceText(text)).Program, sizes, passes);

    /// <summary>The same on several threads, each of which takes few iterations at a time.</summary>
    public static void CheckOnThreads(string text, IEnumerable<int> sizes, params string[] passes) => Check(FrontEnd.Check(new SourceText(text)).Program, sizes, passes, OnThreads);

    /// <summary>Few iterations at a time on one thread and on several.</summary>
    public static IReadOnlyList<RunOptions> OnThreads { get; } =
        [new() { Threads = 1, Grain = 1 }, new() { Threads = 2, Grain = 1 }, new() { Threads = 3, Grain = 2 }, new() { Threads = 8, Grain = 1 }];

    /// <summary>The same for a tree.</summary>
    public static void Check(Lambda program, IEnumerable<int> sizes, params string[] passes) => Check(program, sizes, passes, [new RunOptions()]);

    private static void Check(Lambda program, IEnumerable<int> sizes, string[] passes, IReadOnlyList<RunOptions> ways)
    {
        var modules = Widths.Select(w => (Width: w, Module: Compile(program, w, passes))).ToList();
        foreach (var size in sizes)
        {
            var values = new RandomValues(new RandomSource((ulong)size), dyadic: false);
            var arguments = program.Parameters.To(p => values.Of(p.Type, p.Type is VectorType ? size : -1));
            var expected = Outcome.Of(() => Interpreter.Run(Optimized(modules[0].Module), arguments));
            foreach (var (way, (width, module)) in ways.SelectMany(_ => modules, (w, m) => (w, m)))
            {
                var found = Outcome.Of(() => module.Evaluate(arguments, way));
                if (expected != found)
                {
                    Assert.Fail($"{size} elements, {width} bits, {way.Threads?.ToString(CultureInfo.InvariantCulture) ?? "all"} threads: {Difference(expected, found)}\n{Printer.Print(program)}");
                }
            }
        }
    }

    /// <summary>Runs a program on arguments at every width, on one thread and in short ranges on three, and holds the results against the interpreter's.</summary>
    /// <param name="text">The program.</param>
    /// <param name="arguments">Its arguments.</param>
    public static void Check(string text, Seq<Value> arguments)
    {
        var program = FrontEnd.Check(new SourceText(text)).Program;
        var expected = Interpreter.Run(program, arguments);
        foreach (var width in Widths)
        {
            var module = Compile(program, width, []);
            Assert.Equal(expected, module.Evaluate(arguments, new RunOptions { Threads = 1 }));
            Assert.Equal(expected, module.Evaluate(arguments, new RunOptions { Threads = 3, Grain = 100 }));
        }
    }

    /// <summary>A vector of texts as the interpreter has it.</summary>
    public static Value Texts(IEnumerable<byte[]> texts) =>
        new VectorValue(texts.Select(t => (Value)new VectorValue(t.Select(c => (Value)new ScalarValue(Scalar.Integer(ScalarKind.U8, c))).ToArray())).ToArray());

    /// <summary>Whether each of the outermost loops runs in SIMD, at every width but 0.</summary>
    public static void AssertVector(string text, params string[] passes)
    {
        foreach (var width in Widths.Where(w => w > 0))
        {
            Assert.All(Plans(text, width, passes), p => Assert.True(p.Vector is not null, $"{width} bits: {p}"));
        }
    }

    /// <summary>Whether the outermost loop runs in SIMD, whatever loops its body has.</summary>
    public static void AssertOutermostVector(string text, params string[] passes) =>
        Assert.All(Widths.Where(w => w > 0), width => Assert.NotNull(Plans(text, width, passes)[0].Vector));

    public static IReadOnlyList<LoopPlan> Plans(string text, int width, params string[] passes) => Compiled(Compile(FrontEnd.Check(new SourceText(text)).Program, width, passes)).Loops;

    private static WeldModule Compile(Lambda program, int width, string[] passes) =>
        WeldModule.Compile(program, new CompileOptions { Backend = Backend.Compiled, VectorWidth = width, Passes = passes.Length == 0 ? null : passes.ToSeq() });

    private static CompiledProgram Compiled(WeldModule module) => ((CompiledEngine)module.Engine).Program;

    private static Lambda Optimized(WeldModule module) => Compiled(module).Program;

    private static string Difference(Outcome expected, Outcome found)
    {
        if (expected.Value is VectorValue x && found.Value is VectorValue y && x.Count == y.Count)
        {
            var at = Enumerable.Range(0, x.Count).First(i => !x.Elements.Span[i].Equals(y.Elements.Span[i]));
            return $"at {at} expected {x.Elements.Span[at]}, found {y.Elements.Span[at]}";
        }

        return $"expected {Cut(expected)}, found {Cut(found)}";

        static string Cut(Outcome outcome) => outcome.ToString() is { Length: > 200 } text ? text[..200] : outcome.ToString();
    }
}
