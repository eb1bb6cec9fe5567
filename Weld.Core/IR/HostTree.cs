using Weld.Core.Diagnostics;
using Weld.Core.Syntax;

namespace Weld.Core.IR;

/// <summary>Makes a program out of a tree that a host built: every variable bound in one place, nothing shared that binds, a function outermost.</summary>
internal static class HostTree
{
    public static Lambda Read(Expr program, DiagnosticBag diagnostics, List<Diagnostic> warnings)
    {
        var bindings = new Stack<Let>();
        var copy = Substitution.Copy(program, new NodeBudget());
        new Walk(diagnostics, warnings).Visit(copy);
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

    /// <summary>Finds variables out of scope, and annotations that mean nothing.</summary>
    private sealed class Walk(DiagnosticBag diagnostics, List<Diagnostic> warnings)
    {
        private readonly HashSet<Symbol> _inScope = new(ReferenceEqualityComparer.Instance);

        public void Visit(Expr expr) => StackGuard.Run(static a => a.This.Step(a.Expr), (This: this, Expr: expr));

        private bool Step(Expr expr)
        {
            foreach (var annotation in expr.Annotations.Span)
            {
                if (AnnotationRules.Check(annotation) is { } warning)
                {
                    warnings.Add(new Diagnostic(CompileCode.Syntax, expr.Span, warning));
                }
            }

            switch (expr)
            {
                case Ident i when !_inScope.Contains(i.Symbol):
                    diagnostics.Add(CompileCode.Name, i.Span, $"expected a variable in scope, found '{i.Symbol.Name}', which is not bound here");
                    return true;
                case Let l:
                    Visit(l.Value);
                    Scope(l.Binders, l.Body);
                    return true;
                case Lambda f:
                    Scope(f.Binders, f.Body);
                    return true;
            }

            foreach (var child in expr.Children.Span)
            {
                Visit(child);
            }

            return true;
        }

        private void Scope(Seq<Symbol> symbols, Expr body)
        {
            _inScope.UnionWith(symbols);
            Visit(body);
            _inScope.ExceptWith(symbols);
        }
    }
}
