using Weld.Core.IR;

namespace Weld.Core.Optimizer.Passes;

/// <summary>A value goes to where it is used: an atom to every use, any other value to its only use if it is evaluated there just as often.</summary>
internal static class InlineLet
{
    public static readonly Pass Pass = new("inline-let", "A value that is used once, or costs nothing, goes to where it is used.", Inline) { MostRounds = 1 };

    private static Lambda Inline(Lambda program) => (Lambda)new Inliner(Uses.Of(program)).Visit(program);

    // let x = a; e  =>  e[x := a]                        where a is an atom, or x is used once and MayMove says so
    // let x = (let y = a; b); e  =>  let y = a; let x = b; e
    private sealed class Inliner
    {
        private readonly Uses _uses;
        private readonly Dictionary<Symbol, Expr> _values = new(ReferenceEqualityComparer.Instance);
        private readonly Func<Expr, Expr> _visit;

        public Inliner(Uses uses)
        {
            _uses = uses;
            _visit = Visit;
        }

        public Expr Visit(Expr expr) => StackGuard.Walk(expr, static a => a.This.Step(a.Expr), (This: this, Expr: expr));

        private Expr Step(Expr expr) => expr switch
        {
            Ident i => _values.GetValueOrDefault(i.Symbol, i),
            Literal => expr,
            Let let => LetChain(let),
            _ => expr.Map(_visit),
        };

        /// <summary>Decides on values as they have become, so that what moves twice is judged twice.</summary>
        private Expr LetChain(Let first)
        {
            var kept = new List<(Let Let, Expr Value)>();
            Expr expr = first;
            for (; expr is Let let; expr = let.Body)
            {
                var value = Visit(let.Value);
                for (; value is Let inner; value = inner.Body)
                {
                    kept.Add((inner, inner.Value));
                }

                if (Atoms.IsAtom(value) || (_uses[let.Symbol] is { Count: 1 } use && MayMove(value, use, let)))
                {
                    _values[let.Symbol] = value;
                }
                else
                {
                    kept.Add((let, value));
                }
            }

            var body = Visit(expr);
            for (var i = kept.Count - 1; i >= 0; i--)
            {
                var (let, value) = kept[i];
                body = ReferenceEquals(value, let.Value) && ReferenceEquals(body, let.Body) ? let : let with { Value = value, Body = body };
            }

            return body;
        }
    }

    /// <summary>
    /// Whether a value may go to its only use: never into a function that repeats; into a branch only what cannot fail, takes no loop and no builder; no error past a
    /// host function with effects, which would then have run.
    /// </summary>
    private static bool MayMove(Expr value, Use use, Let let)
    {
        var facts = value.Facts;
        return !use.Repeats && !facts.Has(Effects.Acts)
            && (!use.Skips || !(facts.Has(Effects.Fails | Effects.Loops) || (facts.Has(Effects.Builds) && Dropping.TakesBuilder(value, static _ => true))))
            && (!facts.Has(Effects.Fails) || !let.Body.Facts.Has(Effects.Acts));
    }
}
