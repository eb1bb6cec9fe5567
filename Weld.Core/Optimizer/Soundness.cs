using Weld.Core.IR;

namespace Weld.Core.Optimizer;

/// <summary>
/// Which values of a program may be left out where they are used but turn out not to matter (language.md §4.14): those that are sure to exist. A variable's value may fail too, and once
/// nothing used the variable, its error would vanish with it.
/// </summary>
/// <param name="program">The program.</param>
internal sealed class Soundness(Lambda program)
{
    private HashSet<Symbol>? _fallible;

    /// <summary>The variables bound to what may fail, or to what uses such a variable.</summary>
    private HashSet<Symbol> Fallible
    {
        get
        {
            if (_fallible is null)
            {
                _fallible = new(ReferenceEqualityComparer.Instance);
                Read(program);
            }

            return _fallible;
        }
    }

    /// <summary>Whether a value may be left out.</summary>
    public bool Of(Expr value) => Dropping.IsSound(value) && (value is Literal || !program.Facts.Has(Effects.Fails) || !Uses(value));

    /// <summary>Whether a tree uses a fallible variable.</summary>
    private bool Uses(Expr expr) => StackGuard.Walk(
        expr,
        static a =>
        {
            if (a.Expr is Ident i)
            {
                return a.This.Fallible.Contains(i.Symbol);
            }

            foreach (var child in a.Expr.Children.Span)
            {
                if (a.This.Uses(child))
                {
                    return true;
                }
            }

            return false;
        },
        (This: this, Expr: expr));

    /// <summary>Collects the fallible variables that a tree binds; whether it uses one.</summary>
    private bool Read(Expr expr) => StackGuard.Walk(expr, static a => a.This.Step(a.Expr), (This: this, Expr: expr));

    private bool Step(Expr expr)
    {
        var uses = false;
        for (; expr is Let let; expr = let.Body)
        {
            var isFallible = Read(let.Value) || let.Value.Facts.Has(Effects.Fails);
            uses |= isFallible;
            if (isFallible)
            {
                _fallible!.Add(let.Symbol);
            }
        }

        if (expr is Ident i)
        {
            return uses || _fallible!.Contains(i.Symbol);
        }

        foreach (var child in expr.Children.Span)
        {
            uses |= Read(child);
        }

        return uses;
    }
}
