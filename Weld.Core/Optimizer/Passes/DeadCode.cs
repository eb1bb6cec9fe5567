using Weld.Core.IR;

namespace Weld.Core.Optimizer.Passes;

/// <summary>What nothing uses goes.</summary>
internal static class DeadCode
{
    public static readonly Pass Pass = new("dead-code", "What nothing uses is not computed.", program => (Lambda)new Remover().Visit(program)) { MostRounds = 1 };

    // let x = a; e  =>  e    where e does not use x, a neither asserts nor acts, and a takes no builder from outside, which would then be left over
    private sealed class Remover
    {
        private readonly HashSet<Symbol> _used = new(ReferenceEqualityComparer.Instance);
        private readonly Func<Expr, Expr> _visit;

        public Remover() => _visit = Visit;

        public Expr Visit(Expr expr) => StackGuard.Run(static a => a.This.Step(a.Expr), (This: this, Expr: expr));

        private Expr Step(Expr expr)
        {
            switch (expr)
            {
                case Ident i:
                    _used.Add(i.Symbol);
                    return i;
                case Literal:
                    return expr;
                case Let let:
                    return LetChain(let);
                default:
                    return expr.Map(_visit);
            }
        }

        /// <summary>From the last let to the first: uses in values that go do not count.</summary>
        private Expr LetChain(Let first)
        {
            var chain = new List<Let>();
            Expr expr = first;
            for (; expr is Let let; expr = let.Body)
            {
                chain.Add(let);
            }

            var body = Visit(expr);
            for (var i = chain.Count - 1; i >= 0; i--)
            {
                var let = chain[i];
                if (!_used.Contains(let.Symbol) && MayGo(let.Value))
                {
                    continue;
                }

                var value = Visit(let.Value);
                body = ReferenceEquals(value, let.Value) && ReferenceEquals(body, let.Body) ? let : let with { Value = value, Body = body };
            }

            return body;
        }
    }

    private static bool MayGo(Expr value) =>
        !value.Facts.Has(Effects.Acts | Effects.Asserts) && (!value.Facts.Has(Effects.Builds) || !TakesBuilder(value));

    /// <summary>Whether the value uses up a builder that is bound outside it.</summary>
    private static bool TakesBuilder(Expr value)
    {
        var bound = new HashSet<Symbol>(ReferenceEqualityComparer.Instance);
        return Visit(value);

        bool Visit(Expr expr) => StackGuard.Run(Step, expr);

        bool Step(Expr expr)
        {
            bound.UnionWith(expr.Binders);
            if (expr is Ident i)
            {
                return i.Symbol.Type.ContainsBuilder && !bound.Contains(i.Symbol);
            }

            foreach (var child in expr.Children.Span)
            {
                if (Visit(child))
                {
                    return true;
                }
            }

            return false;
        }
    }
}
