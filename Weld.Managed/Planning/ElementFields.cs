using Weld.Core.IR;

namespace Weld.Managed.Planning;

/// <summary>Gathers which iterators' elements expressions of a loop's body read.</summary>
internal sealed class ElementFields(For loop)
{
    private readonly HashSet<Expr> _seen = new(ReferenceEqualityComparer.Instance);
    private readonly HashSet<int> _fields = [];

    /// <summary>Those of these expressions, and of all before.</summary>
    public IReadOnlySet<int> Of(IEnumerable<Expr> exprs)
    {
        foreach (var expr in exprs)
        {
            Visit(expr);
        }

        return _fields;
    }

    private int Visit(Expr expr) => StackGuard.Run(static a => a.This.Step(a.Expr), (This: this, Expr: expr));

    private int Step(Expr expr)
    {
        var element = loop.Function.Parameters[2];
        if (!_seen.Add(expr))
        {
            return _fields.Count;
        }

        if (expr is Field { Operand: Ident { Symbol: var owner }, Index: var field } && owner == element && loop.Iters.Count > 1)
        {
            _fields.Add(field);
        }
        else if (expr is Ident { Symbol: var symbol } && symbol == element)
        {
            _fields.UnionWith(Enumerable.Range(0, loop.Iters.Count));
        }
        else
        {
            foreach (var child in expr.Children.Span)
            {
                Visit(child);
            }
        }

        return _fields.Count;
    }
}
