using System.Diagnostics.CodeAnalysis;
using Weld.Core.Diagnostics;
using Weld.Core.IR;
using Weld.Core.Syntax;
using Weld.Core.Types;
using Weld.Core.Values;

namespace Weld.Core;

/// <summary>A program that has passed the front end: closed, typed, linear.</summary>
/// <param name="Program">The program as a function, without parameters if it was no function.</param>
/// <param name="Source">Its text, or null for a program that was not text.</param>
/// <param name="Warnings">What is odd but legal, such as an unknown annotation.</param>
public sealed record CheckedProgram(Lambda Program, SourceText? Source, Seq<Diagnostic> Warnings);

/// <summary>From text or tree to a checked program: lex, parse, infer, check linearity.</summary>
public static class FrontEnd
{
    private const int MostText = 16 << 20;

    /// <summary>Checks a program's text.</summary>
    /// <param name="source">The text.</param>
    /// <param name="functions">The host's functions; none if null.</param>
    /// <exception cref="WeldCompileException">Something is wrong; all that was found.</exception>
    public static CheckedProgram Check(SourceText source, ForeignFunctions? functions = null) =>
        TryCheck(source, functions, out var program, out var diagnostics) ? program : throw new WeldCompileException(diagnostics, source);

    /// <summary>Checks a program that a host made as a tree. Its symbols and nodes are replaced by new ones; what is shared in it is copied.</summary>
    /// <param name="program">A function, or the body of one without parameters.</param>
    /// <param name="functions">The host's functions; none if null.</param>
    /// <exception cref="WeldCompileException">Something is wrong; all that was found.</exception>
    public static CheckedProgram Check(Expr program, ForeignFunctions? functions = null)
    {
        ArgumentNullException.ThrowIfNull(program);
        var diagnostics = new DiagnosticBag();
        var warnings = new List<Diagnostic>();
        var lambda = Guarded(() => Tree(HostTree.Read(program, diagnostics, warnings), functions, diagnostics), diagnostics);
        return lambda is not null ? new CheckedProgram(lambda, null, warnings.ToSeq()) : throw new WeldCompileException(diagnostics.All);
    }

    /// <summary>Checks a program's text without throwing.</summary>
    /// <param name="source">The text.</param>
    /// <param name="functions">The host's functions; none if null.</param>
    /// <param name="program">The checked program.</param>
    /// <param name="diagnostics">What is wrong where there is no program.</param>
    public static bool TryCheck(SourceText source, ForeignFunctions? functions, [NotNullWhen(true)] out CheckedProgram? program, out Seq<Diagnostic> diagnostics)
    {
        ArgumentNullException.ThrowIfNull(source);
        var found = new DiagnosticBag();
        var warnings = default(Seq<Diagnostic>);
        var lambda = Guarded(() => Text(source.Text, functions, found, out warnings), found);
        program = lambda is null ? null : new CheckedProgram(lambda, source, warnings);
        diagnostics = found.All;
        return program is not null;
    }

    private static Lambda? Text(string text, ForeignFunctions? functions, DiagnosticBag diagnostics, out Seq<Diagnostic> warnings)
    {
        if (text.Length > MostText || System.Text.Encoding.UTF8.GetByteCount(text) > MostText)
        {
            throw new LimitException(default, "expected a program of at most 16 MiB, found a longer one");
        }

        var tree = Parser.Parse(text, diagnostics, out warnings);
        return Tree(tree, functions, diagnostics);
    }

    private static Lambda? Tree(Lambda tree, ForeignFunctions? functions, DiagnosticBag diagnostics)
    {
        if (diagnostics.Count > 0)
        {
            return null;
        }

        var typed = Inference.Infer(tree, functions ?? ForeignFunctions.None, diagnostics);
        if (typed is not null)
        {
            Linearity.Check(typed, diagnostics);
        }

        return diagnostics.Count > 0 ? null : typed;
    }

    private static Lambda? Guarded(Func<Lambda?> check, DiagnosticBag diagnostics)
    {
        try
        {
            return check();
        }
        catch (LimitException e)
        {
            diagnostics.Add(CompileCode.Limit, e.Span, e.Message);
            return null;
        }
        catch (InsufficientExecutionStackException)
        {
            diagnostics.Add(CompileCode.Limit, default, "expected a program that nests less deep, found one that takes more stack than any machine should give");
            return null;
        }
    }
}
