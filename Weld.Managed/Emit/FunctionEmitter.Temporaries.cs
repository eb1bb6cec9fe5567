using System.Linq.Expressions;
using Weld.Core.IR;
using Weld.Managed.Builders;

namespace Weld.Managed.Emit;

/// <summary>Builders whose values do not outlive an iteration: the next iteration uses the object and its memory again.</summary>
internal sealed partial class FunctionEmitter
{
    private static readonly HashSet<Expr> None = new(ReferenceEqualityComparer.Instance);

    private HashSet<Expr> _passing = None;
    private readonly List<ParameterExpression> _temporaries = [];

    /// <summary>A variable of the function, null at first, for the object of a builder that is made at most once in an iteration and whose value does not outlive it; null for another builder.</summary>
    public ParameterExpression? TemporaryOf(NewBuilder node, Type type)
    {
        if (!_passing.Contains(node))
        {
            return null;
        }

        var place = Expression.Variable(type, "temporary");
        _temporaries.Add(place);
        return place;
    }

    private IEnumerable<Expression> DropTemporaries() => _temporaries.Select(t => Clr.Call(typeof(Builder), nameof(Builder.Drop), t));

    /// <summary>The builders that an iteration makes at most once: those of its body outside of other functions.</summary>
    private static HashSet<Expr> PassingIn(Expr body)
    {
        var (own, others) = (new HashSet<Expr>(ReferenceEqualityComparer.Instance), new HashSet<Expr>(ReferenceEqualityComparer.Instance));
        Visit(body, own);
        own.ExceptWith(others);
        return own;

        void Visit(Expr node, HashSet<Expr> seen) => StackGuard.Walk(
            node,
            _ =>
            {
                if (seen.Add(node) && node.Facts.Has(Effects.Builds))
                {
                    foreach (var child in node.Children.Span)
                    {
                        Visit(child, child is Lambda && node is not Apply ? others : seen);
                    }
                }

                return true;
            },
            node);
    }
}
