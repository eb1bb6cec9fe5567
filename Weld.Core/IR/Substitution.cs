using Weld.Core.Diagnostics;

namespace Weld.Core.IR;

/// <summary>Copies of trees whose bound variables are new, so that every variable stays bound in one place; and trees with free variables replaced.</summary>
public static class Substitution
{
    /// <summary>A copy with a new symbol for every bound variable.</summary>
    /// <typeparam name="TExpr">The kind of node.</typeparam>
    /// <param name="expr">The tree.</param>
    public static TExpr Copy<TExpr>(TExpr expr)
        where TExpr : Expr => (TExpr)new Copier([], new NodeBudget()).Visit(expr);

    /// <summary>The tree with the free occurrences of <paramref name="symbol"/> replaced; each occurrence gets bound variables of its own.</summary>
    /// <param name="expr">The tree.</param>
    /// <param name="symbol">A variable that is free in it.</param>
    /// <param name="replacement">What stands for the variable; of its type.</param>
    public static Expr Replace(Expr expr, Symbol symbol, Expr replacement) => Replace(expr, new Dictionary<Symbol, Expr> { [symbol] = replacement });

    /// <summary>The tree with free variables replaced all at once.</summary>
    /// <param name="expr">The tree.</param>
    /// <param name="replacements">What stands for each variable.</param>
    public static Expr Replace(Expr expr, IReadOnlyDictionary<Symbol, Expr> replacements)
    {
        var used = new HashSet<Symbol>();
        Func<Expr, Expr> visit = null!;
        visit = StackGuard.Guarded<Expr>(Step);
        return visit(expr);

        Expr Step(Expr e) => e is not Ident i ? e.Map(visit)
            : !replacements.TryGetValue(i.Symbol, out var r) ? e
            : used.Add(i.Symbol) ? r : Copy(r);
    }

    /// <summary>Copies within a budget that copies share, which bounds what macros and let-bound functions expand to.</summary>
    internal static TExpr Copy<TExpr>(TExpr expr, NodeBudget budget)
        where TExpr : Expr => (TExpr)new Copier([], budget).Visit(expr);

    private sealed class Copier(Dictionary<Symbol, Symbol> renamed, NodeBudget budget)
    {
        private static readonly Func<(Copier Copier, Expr Expr), Expr> Guarded = static a => a.Copier.Step(a.Expr);
        private Func<Expr, Expr>? _visit;

        public Expr Visit(Expr expr) => StackGuard.Run(Guarded, (this, expr));

        private Expr Step(Expr expr)
        {
            budget.Take(expr.Span);
            switch (expr)
            {
                case Ident i:
                    return renamed.TryGetValue(i.Symbol, out var symbol) ? i with { Symbol = symbol } : i;
                case Let l:
                    return LetChain(l);
                case Lambda f:
                    var hidden = f.Parameters.To(p => renamed.GetValueOrDefault(p));
                    var copy = f with { Parameters = f.Parameters.To(Rename), Body = Visit(f.Body) };
                    for (var i = 0; i < hidden.Count; i++)
                    {
                        Restore(f.Parameters[i], hidden[i]);
                    }

                    return copy;
                default:
                    return expr.Map(_visit ??= Visit);
            }
        }

        private Expr LetChain(Let first)
        {
            var chain = new List<(Let Original, Expr Value, Symbol Symbol, Symbol? Hidden)>();
            Expr expr = first;
            for (; expr is Let l; expr = l.Body)
            {
                budget.Take(l.Span);
                var value = Visit(l.Value);
                var hidden = renamed.GetValueOrDefault(l.Symbol);
                chain.Add((l, value, Rename(l.Symbol), hidden));
            }

            var body = Visit(expr);
            for (var i = chain.Count - 1; i >= 0; i--)
            {
                Restore(chain[i].Original.Symbol, chain[i].Hidden);
                body = chain[i].Original with { Symbol = chain[i].Symbol, Value = chain[i].Value, Body = body };
            }

            return body;
        }

        private Symbol Rename(Symbol symbol) => renamed[symbol] = symbol.Fresh();

        private void Restore(Symbol symbol, Symbol? hidden)
        {
            if (hidden is null)
            {
                renamed.Remove(symbol);
            }
            else
            {
                renamed[symbol] = hidden;
            }
        }
    }
}

/// <summary>How many nodes expansion may still make (language.md §8).</summary>
internal sealed class NodeBudget
{
    public const int Most = 1_000_000;

    private int _left = Most;

    public void Take(SourceSpan span)
    {
        if (--_left < 0)
        {
            throw new LimitException(span, $"expected a program of at most {Most:N0} nodes after expansion, found more");
        }
    }
}
