using Weld.Core.IR;

namespace Weld.Core.Optimizer;

/// <summary>
/// The expressions that take one builder out of a struct of builders which is bound around them. Such an expression cannot be left out by itself: the builder in it would be left over,
/// while the others of the struct are used.
/// </summary>
internal sealed class TakenParts
{
    private readonly Dictionary<Expr, Seq<Symbol>> _known = new(ReferenceEqualityComparer.Instance);

    /// <summary>The variables that stand for a field of such a struct.</summary>
    private readonly HashSet<Symbol> _fields = new(ReferenceEqualityComparer.Instance);

    /// <summary>Whether an expression is one.</summary>
    public bool In(Expr expr) => expr.Facts.Has(Effects.Builds) && Of(expr).Count > 0;

    /// <summary>Tells of a binding before what it is for is asked about.</summary>
    public void Bind(Let let)
    {
        if (let.Value is Field { Type.ContainsBuilder: true })
        {
            _fields.Add(let.Symbol);
        }
    }

    /// <summary>The variables around an expression that it takes a part of.</summary>
    private Seq<Symbol> Of(Expr expr) => StackGuard.Walk(expr, static a => a.This.Step(a.Expr), (This: this, Expr: expr));

    private Seq<Symbol> Step(Expr expr)
    {
        if (!expr.Facts.Has(Effects.Builds))
        {
            return [];
        }

        if (_known.TryGetValue(expr, out var known))
        {
            return known;
        }

        HashSet<Symbol>? found = null;
        if (expr is Field { Type.ContainsBuilder: true } field && Root(field) is { } root)
        {
            Add([root]);
        }
        else if (expr is Ident i && _fields.Contains(i.Symbol))
        {
            Add([i.Symbol]);
        }

        foreach (var child in expr.Children.Span)
        {
            Add(Of(child));
        }

        found?.ExceptWith(expr.Binders);
        return _known[expr] = found?.ToSeq() ?? [];

        void Add(Seq<Symbol> symbols)
        {
            if (symbols.Count > 0)
            {
                (found ??= new(ReferenceEqualityComparer.Instance)).UnionWith(symbols);
            }
        }
    }

    private static Symbol? Root(Field field)
    {
        Expr expr = field;
        while (expr is Field f)
        {
            expr = f.Operand;
        }

        return (expr as Ident)?.Symbol;
    }
}
