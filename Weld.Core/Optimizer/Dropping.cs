using Weld.Core.IR;

namespace Weld.Core.Optimizer;

/// <summary>Whether a value that nothing uses may go (language.md §4.14): its errors may vanish; assertions and calls with effects may not.</summary>
internal static class Dropping
{
    /// <summary>Whether it may go from where it stands: it also takes no builder that is bound outside it and would then be left over.</summary>
    public static bool MayGo(Expr value) => IsQuiet(value) && (!value.Facts.Has(Effects.Builds) || !TakesBuilder(value, static _ => true));

    /// <summary>Whether a value may go, and always gives one: what its variables hold is <see cref="Soundness"/>'s to say.</summary>
    public static bool IsSound(Expr value) => !value.Facts.Has(Effects.Fails) && MayGo(value);

    /// <summary>Whether it neither asserts nor acts.</summary>
    public static bool IsQuiet(Expr value) => !value.Facts.Has(Effects.Acts | Effects.Asserts);

    /// <summary>Whether a value uses up a builder bound outside it that is <paramref name="foreign"/>.</summary>
    public static bool TakesBuilder(Expr value, Func<Symbol, bool> foreign)
    {
        var bound = new HashSet<Symbol>(ReferenceEqualityComparer.Instance);
        Func<Expr, bool> visit = null!;
        visit = StackGuard.Guarded<bool>(Step);
        return visit(value);

        bool Step(Expr expr)
        {
            if (expr is Ident i)
            {
                return i.Symbol.Type.ContainsBuilder && !bound.Contains(i.Symbol) && foreign(i.Symbol);
            }

            // A field that is no builder leaves those beside it alone.
            if (expr is Field && Atoms.IsAtom(expr) && !expr.Type.ContainsBuilder)
            {
                return false;
            }

            bound.UnionWith(expr.Binders);
            foreach (var child in expr.Children.Span)
            {
                if (visit(child))
                {
                    return true;
                }
            }

            return false;
        }
    }
}
