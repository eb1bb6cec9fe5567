using Weld.Core.Diagnostics;
using Weld.Core.Syntax;

namespace Weld.Core.IR;

/// <summary>Makes a program out of a tree that a host built: every variable bound in one place, nothing shared that binds, a function outermost.</summary>
internal static class HostTree
{
    public static Lambda Read(Expr program, List<Diagnostic> warnings)
    {
        var bindings = new Stack<Let>();
        var copy = Substitution.Copy(program, new NodeBudget());
        Warn(copy, warnings);
        var core = copy;
        for (; core is Let let; core = let.Body)
        {
            bindings.Push(let);
        }

        if (core is not Lambda function)
        {
            return new Lambda([], copy) { Span = copy.Span };
        }

        var body = function.Body;
        foreach (var let in bindings)
        {
            body = let with { Body = body };
        }

        return function with { Body = body };
    }

    private static void Warn(Expr expr, List<Diagnostic> warnings)
    {
        foreach (var annotation in expr.Annotations.Span)
        {
            if (AnnotationRules.Check(annotation) is { } warning)
            {
                warnings.Add(new Diagnostic(CompileCode.Syntax, expr.Span, warning));
            }
        }

        foreach (var child in expr.Children.Span)
        {
            StackGuard.Run(static a => { Warn(a.Child, a.Warnings); return true; }, (Child: child, Warnings: warnings));
        }
    }
}
