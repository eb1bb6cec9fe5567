using Weld.Core.IR;
using Weld.Core.Optimizer;
using Weld.Core.Types;

namespace Weld.Managed.Planning;

/// <summary>What an iteration of a loop costs, as far as its text tells.</summary>
internal static class LoopCost
{
    /// <summary>How often an inner loop is taken to run: nobody knows.</summary>
    private const int InnerIterations = 16;

    /// <summary>The cycles of an iteration, at least 1.</summary>
    public static long CyclesOf(For loop) => Math.Max(1, new Walk().Of(loop.Function.Body));

    /// <summary>Whether an iteration takes as long as the data say: it has a loop of its own, or compares, orders or copies what may be long.</summary>
    public static bool Varies(For loop) => Contains(loop.Function.Body, static e => e is For or Sort or Iterate or Apply or Serialize or Deserialize or Slice or ToVector or Compare { Left.Type: not ScalarType });

    /// <summary>Whether there is such a node in an expression.</summary>
    public static bool Contains(Expr expr, Func<Expr, bool> isOne) => new Search(isOne).In(expr);

    /// <summary>A node that stands in several places counts once, so that a small graph is walked quickly.</summary>
    private sealed class Walk
    {
        private readonly HashSet<Expr> _seen = new(ReferenceEqualityComparer.Instance);

        public long Of(Expr expr) => StackGuard.Run(static a => a.Walk.Step(a.Expr), (Walk: this, Expr: expr));

        private long Step(Expr expr)
        {
            if (!_seen.Add(expr))
            {
                return 0;
            }

            var cycles = 0L;
            foreach (var child in expr.Children.Span)
            {
                cycles += Of(child) * (expr is For or Iterate or Sort && child is Lambda ? InnerIterations : 1);
            }

            return Math.Min(Own(expr) + cycles, 1L << 40);
        }

        private static long Own(Expr expr) => expr switch
        {
            Merge { Builder.Type: MergerType } => 1,
            Merge { Builder.Type: AppenderType or VecMergerType } => 3,
            For or Result or NewBuilder => 40,
            Lookup { Collection.Type: DictionaryType } or Merge => 30,
            _ => Cost.OfNode(expr),
        };
    }

    private sealed class Search(Func<Expr, bool> isOne)
    {
        private readonly HashSet<Expr> _seen = new(ReferenceEqualityComparer.Instance);

        public bool In(Expr expr) => StackGuard.Run(static a => a.Search.Step(a.Expr), (Search: this, Expr: expr));

        private bool Step(Expr expr)
        {
            if (!_seen.Add(expr))
            {
                return false;
            }

            if (isOne(expr))
            {
                return true;
            }

            foreach (var child in expr.Children.Span)
            {
                if (In(child))
                {
                    return true;
                }
            }

            return false;
        }
    }
}
