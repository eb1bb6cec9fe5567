using Weld.Core;
using Weld.Core.Diagnostics;
using Weld.Core.IR;
using Weld.Core.Types;
using Weld.Core.Values;

namespace Weld.Tests.Syntax;

/// <summary>One-line checks of the front end.</summary>
internal static class Programs
{
    /// <summary>Host functions that programs in these tests may call: <c>twice: |i64|(i64)</c> and <c>stamp: ||(i64)</c>.</summary>
    public static ForeignFunctions Functions { get; } = ForeignFunctions.None
        .Add(new ForeignFunction("twice", new FunctionType([ScalarType.I64], ScalarType.I64), false, a => a[0]))
        .Add(new ForeignFunction("stamp", new FunctionType([], ScalarType.I64), true, _ => new ScalarValue(Scalar.I64(0))));

    public static CheckedProgram Checked(string program) => FrontEnd.Check(new SourceText(program), Functions);

    /// <summary>The program compiles, and its type prints so; of a program without parameters, its result's.</summary>
    public static void HasType(string program, string type)
    {
        var typed = Checked(program).Program;
        Assert.Equal(type, typed.Parameters.Count == 0 ? typed.Body.Type.ToString() : typed.Type.ToString());
    }

    /// <summary>The program compiles, and what it prints, on one line and on many, compiles to the same tree and prints the same again.</summary>
    public static void RoundTrips(string program)
    {
        var tree = Checked(program).Program;
        foreach (var print in (Func<Expr, string>[])[Printer.Print, Printer.PrintProgram])
        {
            var text = print(tree);
            var again = Checked(text).Program;
            Assert.True(AlphaEquality.Equal(tree, again), $"{program}\n=> {text}\n=> {print(again)}");
            Assert.Equal(AlphaEquality.Hash(tree), AlphaEquality.Hash(again));
            Assert.Equal(text, print(again));
        }
    }

    /// <summary>The program prints so.</summary>
    public static void Prints(string program, string text) => Assert.Equal(text, Printer.Print(Checked(program).Program));

    /// <summary>The two programs are the same tree.</summary>
    public static void Same(string program, string other) =>
        Assert.True(AlphaEquality.Equal(Checked(program).Program, Checked(other).Program), $"{Checked(program).Program}\n{Checked(other).Program}");

    public static Seq<Diagnostic> ErrorsOf(string program)
    {
        FrontEnd.TryCheck(new SourceText(program), Functions, out var compiled, out var diagnostics);
        Assert.True(compiled is null, $"expected an error, found {compiled?.Program}");
        return diagnostics;
    }

    /// <summary>The program has one error: this code, a message with this in it, and this place.</summary>
    public static void Fails(string program, CompileCode code, string message, int line = 0, int column = 0)
    {
        var diagnostics = ErrorsOf(program);
        var shown = string.Join("\n", diagnostics.Select(d => Render.One(d, new SourceText(program))));
        Assert.True(diagnostics.Count == 1 && diagnostics[0].Code == code && diagnostics[0].Message.Contains(message), shown);
        if (line > 0)
        {
            Assert.True(new SourceText(program).Locate(diagnostics[0].Span.Start) == (line, column), shown);
        }
    }

    /// <summary>The program has exactly these errors, in order: each a code, line and column such as <c>Syntax 1:5</c>.</summary>
    public static void FailsWith(string program, params string[] errors)
    {
        var source = new SourceText(program);
        var found = ErrorsOf(program).Select(d => $"{d.Code} {source.Locate(d.Span.Start).Line}:{source.Locate(d.Span.Start).Column}");
        Assert.Equal(errors, found);
    }
}
