using System.Linq.Expressions;
using Weld.Core;
using Weld.Core.Diagnostics;
using Weld.Core.Evaluation;
using Weld.Core.IR;
using Weld.Core.Operators;
using Weld.Core.Types;
using Weld.Core.Values;
using Weld.Managed;

namespace Weld.Tests.Properties;

/// <summary>How a run ended.</summary>
/// <param name="Value">With this value, or</param>
/// <param name="Code">for this reason without one.</param>
internal sealed record Outcome(Value? Value, RuntimeCode? Code)
{
    /// <summary>How a run ends.</summary>
    public static Outcome Of(Func<Value> run)
    {
        try
        {
            return new(run(), null);
        }
        catch (WeldRuntimeException e) when (e.Code != RuntimeCode.Internal)
        {
            return new(null, e.Code);
        }
    }

    public override string ToString() => Value is null ? $"{Code}" : ValueText.Print(Value);
}

/// <summary>One way in which a program does not mean the same everywhere.</summary>
/// <param name="Kind">What went wrong.</param>
/// <param name="Detail">What was expected and what was found.</param>
internal sealed record Failure(string Kind, string Detail);

/// <summary>One program through all rooms: the front end accepts it, its text reads back, and compiled as it is written, for vectors of a width that the seed chooses, it gives what the interpreter gives.</summary>
internal static class Differential
{
    private static readonly int[] Widths = [0, 128, 256, 512];

    /// <summary>The most iterations for which expressions are interpreted.</summary>
    private const long FewIterations = 2_000;

    /// <summary>So many ranges of a program's loops are enough.</summary>
    private const long MostRanges = 4_096;

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(60);

    /// <summary>What is wrong with a program, or null.</summary>
    /// <param name="p">The program.</param>
    /// <param name="seen">Told how the program ended and how many iterations it took.</param>
    /// <param name="timeout">How long each run may take.</param>
    public static Failure? Check(RandomProgram p, Action<Outcome, long>? seen = null, TimeSpan? timeout = null)
    {
        CheckedProgram program;
        try
        {
            program = FrontEnd.Check(p.Program, HostFunctions.All);
        }
        catch (WeldException e)
        {
            return new("the front end refuses the program", e.Message);
        }

        if (program.Program.Type != p.Program.Type)
        {
            return new("the front end changes the type", $"expected {p.Program.Type}, found {program.Program.Type}");
        }

        if (Verifier.Verify(program.Program) is { Count: > 0 } violations)
        {
            return new("the verifier finds fault with the program", string.Join('\n', violations));
        }

        if (RoundTrip(program.Program) is { } unread)
        {
            return unread;
        }

        Outcome expected;
        var work = new Work();
        try
        {
            expected = Outcome.Of(() => Interpreter.Run(program.Program, p.Arguments, new InterpreterOptions { Functions = HostFunctions.All, Timeout = timeout ?? Timeout, Work = work }));
        }
        catch (Exception e)
        {
            return new("the interpreter fails", e.ToString());
        }

        var result = program.Program.Body.Type;
        if (expected.Value is { } value && !ValueShape.Fits(value, result))
        {
            return new("the interpreter's value is not of the type", $"expected {result}, found {expected}");
        }

        if (expected.Code is { } code && !PossibleCodes(p.Program).Contains(code))
        {
            return new("the interpreter raises what the program cannot", $"found {code}");
        }

        seen?.Invoke(expected, work.Iterations);
        Outcome actual;
        try
        {
            var isFirstTier = p.Seed % 5 == 0 && work.Iterations <= FewIterations;
            var options = new CompileOptions { VectorWidth = isFirstTier ? 0 : WidthOf(p.Seed), ExpressionCompiler = isFirstTier ? FirstTier : null };
            var way = WayOf(p.Seed);
            actual = Outcome.Of(() => Compiled(program.Program, p.Arguments, options, way with { Grain = Grain(way.Grain, work.Iterations), Timeout = timeout ?? Timeout }));
        }
        catch (Exception e)
        {
            return new("compiled code fails", $"expected {expected}, found {e}");
        }

        return expected.Value is not null && actual.Value is not null && !expected.Value.Equals(actual.Value) ? new("the values differ", $"expected {expected}\nfound    {actual}")
            : expected.Value is null != actual.Value is null || (actual.Code is { } raised && !PossibleCodes(p.Program).Contains(raised)) ? new("the runs end differently", $"expected {expected}\nfound    {actual}")
            : null;
    }

    /// <summary>At which width of registers a program runs.</summary>
    public static int WidthOf(ulong seed) => Widths[(int)(seed / 8 % (ulong)Widths.Length)];

    /// <summary>On how many threads a program runs, and how many iterations of a loop each takes at a time.</summary>
    public static RunOptions WayOf(ulong seed) => (seed % 8) switch
    {
        0 => new RunOptions { Threads = 1 },
        1 => new RunOptions { Threads = 2 },
        2 => new RunOptions { Threads = 2, Grain = 1 },
        3 => new RunOptions { Threads = 3, Grain = 2 },
        4 => new RunOptions { Threads = 8, Grain = 3 },
        5 => new RunOptions { Threads = 8, Grain = 100 },
        6 => new RunOptions { Threads = 3, Grain = 5_000 },
        _ => new RunOptions { Threads = 2, Grain = 70_000 },
    };

    /// <summary>Long loops are not taken a few iterations at a time: more ranges show no more.</summary>
    private static long? Grain(long? grain, long iterations) => grain is { } few ? Math.Max(few, iterations / MostRanges) : null;

    private static Value Compiled(Lambda program, Seq<Value> arguments, CompileOptions compile, RunOptions options)
    {
        var module = WeldModule.Compile(program, compile with { Passes = ["vectorize"], Functions = HostFunctions.All, Backend = Backend.Compiled });
        return module.Evaluate(arguments, options);
    }

    /// <summary>What runs before machine code is ready.</summary>
    private static Delegate FirstTier(LambdaExpression function) => function.Compile(preferInterpretation: true);

    private static Failure? RoundTrip(Lambda program)
    {
        var text = Printer.Print(program);
        try
        {
            var read = FrontEnd.Check(new SourceText(text), HostFunctions.All).Program;
            return AlphaEquality.Equal(WithQuotients(program), WithQuotients(read)) ? null : new("the text reads back differently", $"expected {text}\nfound    {Printer.Print(read)}");
        }
        catch (WeldException e)
        {
            return new("the text does not read back", $"{text}\n{e.Message}");
        }
    }

    /// <summary>With the quotients of a literal and 0 as literals: text has no other form for the infinities and NaN, so that both read as one.</summary>
    private static Expr WithQuotients(Expr e) => e.Map(WithQuotients) switch
    {
        Binary { Left: Literal { Value: var x }, Right: Literal { Value: var y } } b when b.Operator == OperatorTable.Divide && y.Kind.IsFloat() && y == Scalar.Zero(y.Kind) =>
            new Literal(OperatorTable.Divide.Apply(x, y)),
        var other => other,
    };

    /// <summary>The errors that some operation of the program can raise.</summary>
    public static HashSet<RuntimeCode> PossibleCodes(Expr e)
    {
        var codes = new HashSet<RuntimeCode>();
        Collect(e);
        return codes;

        void Collect(Expr node)
        {
            codes.UnionWith(CodesOf(node));
            foreach (var child in node.Children)
            {
                Collect(child);
            }
        }
    }

    private static IEnumerable<RuntimeCode> CodesOf(Expr node) => node switch
    {
        Binary { Operator.ChecksZero: true } => [RuntimeCode.DivideByZero],
        Lookup { Collection.Type: DictionaryType } => [RuntimeCode.KeyNotFound],
        Lookup or Slice or Merge { Builder.Type: VecMergerType } => [RuntimeCode.ArrayOutOfBounds],
        Zip => [RuntimeCode.MismatchedZipSize],
        For f => f.Iters.Count > 1 ? [RuntimeCode.BadIteratorLength, RuntimeCode.MismatchedZipSize] : [RuntimeCode.BadIteratorLength],
        Assertion => [RuntimeCode.AssertionError],
        Deserialize => [RuntimeCode.DeserializationError],
        _ => [],
    };
}
