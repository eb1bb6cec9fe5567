using Weld.Core.IR;
using Weld.Core.Operators;
using Weld.Core.Types;

namespace Weld.Managed.Planning;

/// <summary>What a comparator compares first, second and so on: the same of both elements, in the order of <c>compare</c>.</summary>
/// <param name="Value">It, of the comparator's first parameter: a scalar or vector.</param>
/// <param name="Descending">Whether the greater comes first.</param>
internal sealed record SortKey(Expr Value, bool Descending);

/// <summary>
/// A sort by keys that are computed once for each element, instead of each time that elements are compared. What is evaluated in any comparison may fail in a
/// key of two or more elements; what only some comparisons evaluate may not, and is no key. The comparator as a whole is consistent.
/// </summary>
/// <param name="Keys">The first keys; at least one.</param>
/// <param name="IsComplete">Whether elements with equal keys are equal to the comparator, else they must be compared.</param>
internal sealed record SortPlan(IReadOnlyList<SortKey> Keys, bool IsComplete)
{
    private const int LargestComparator = 500;

    /// <summary>The plan; null if no key was recognised.</summary>
    public static SortPlan? Of(Lambda comparator)
    {
        if (comparator.Facts.Has(Effects.Acts | Effects.Asserts | Effects.Loops | Effects.Builds | Effects.Allocates) || comparator.Facts.Size > LargestComparator)
        {
            return null;
        }

        var reader = new Reader(comparator.Parameters[0], comparator.Parameters[1]);
        return reader.Order(comparator.Body, isLazy: false) is { Keys.Count: > 0 } plan ? plan : null;
    }

    /// <summary>Reads expressions whose value is an order.</summary>
    private sealed class Reader(Symbol a, Symbol b)
    {
        /// <summary>The keys of an i32 that is below, above or 0 as they order; null if it is something else.</summary>
        public SortPlan? Order(Expr order, bool isLazy) => order switch
        {
            Let { Body: var body } l when Substituted(l) is { } e => Order(e, isLazy),
            Compare c => Keys(c.Left, c.Right, isLazy),
            Literal { Value.Bits: 0 } => new SortPlan([], true),
            Unary { Operator: var op, Operand: var x } when op == OperatorTable.Negate => Reversed(Order(x, isLazy)),
            Binary { Operator: var op, Left: Literal { Value.Bits: 0 }, Right: var x } when op == OperatorTable.Subtract => Reversed(Order(x, isLazy)),
            Binary { Operator: var op, Left: Cast x, Right: Cast y } when op == OperatorTable.Subtract && IsShort(x) && IsShort(y) => Keys(x.Operand, y.Operand, isLazy),
            If { Condition: Binary c } e => Branch(c, e.Then, e.Else, isLazy),
            Select { Condition: Binary c } e => Branch(c, e.Then, e.Else, isLazy),
            _ => null,
        };

        // if(x == 0, rest, x), if(x != 0, x, rest): x decides, then the rest; also with p == q of integers for compare(p, q) == 0.
        // if(p < q, -1, if(p > q, 1, rest)): p, then the rest.
        private SortPlan? Branch(Binary condition, Expr then, Expr @else, bool isLazy)
        {
            if (condition.Operator == OperatorTable.Equal || condition.Operator == OperatorTable.NotEqual)
            {
                var (rest, decided) = condition.Operator == OperatorTable.Equal ? (then, @else) : (@else, then);
                var first = Order(decided, isLazy) ?? OfUnequal(decided, isLazy);
                return first is { IsComplete: true } && Asks(condition, decided, first) ? Then(first, rest) : null;
            }

            return Relate(condition, then, @else, isLazy) is { } r && Relate(r.Other, isLazy) is { } s && SameKeys(r.Key, s.Key) ? Then(r.Key, s.Other) : null;
        }

        // Whether the condition asks for equality of what the order is of.
        private bool Asks(Binary equality, Expr order, SortPlan keys) =>
            (IsZero(equality.Right) && AlphaEquality.Equal(equality.Left, order)) || (IsZero(equality.Left) && AlphaEquality.Equal(equality.Right, order))
            || (IsInteger(equality.Left) && Keys(equality.Left, equality.Right, isLazy: false) is { } asked
                && (SameKeys(asked, keys) || SameKeys(Reversed(asked)!, keys)));

        // if(p < q, -1, 1), and the like, where p and q are not equal.
        private SortPlan? OfUnequal(Expr order, bool isLazy) =>
            Relate(order, isLazy) is { Other: Literal { Value.AsInt64: var other } } r && Math.Sign(other) == -r.Sign ? r.Key : null;

        private Relation? Relate(Expr order, bool isLazy) => order switch
        {
            If { Condition: Binary c } e => Relate(c, e.Then, e.Else, isLazy),
            Select { Condition: Binary c } e => Relate(c, e.Then, e.Else, isLazy),
            _ => null,
        };

        private Relation? Relate(Binary condition, Expr then, Expr other, bool isLazy)
        {
            var isLess = condition.Operator == OperatorTable.Less;
            return (isLess || condition.Operator == OperatorTable.Greater) && IsInteger(condition.Left) && then is Literal { Value.AsInt64: var value and not 0 }
                && Keys(condition.Left, condition.Right, isLazy) is { Keys.Count: 1 } key
                ? new Relation(isLess == value < 0 ? key : Reversed(key)!, Math.Sign(value), other)
                : null;
        }

        private SortPlan? Then(SortPlan first, Expr rest) => Join([first, Order(rest, isLazy: true)]);

        /// <summary>The keys that two values are, of one element and of the other; null if they are not.</summary>
        private SortPlan? Keys(Expr left, Expr right, bool isLazy)
        {
            if (left is StructLiteral x && right is StructLiteral y)
            {
                return Join(x.Fields.Zip(y.Fields, (l, r) => Keys(l, r, isLazy)));
            }

            var (key, mirrored, descending) = Mentions(left, b) ? (right, left, true) : (left, right, false);
            return Mentions(key, b) || !AlphaEquality.Equal(Substitution.Replace(key, a, new Ident(b)), mirrored) ? null
                : isLazy && key.Facts.Has(Effects.Fails) ? new SortPlan([], false)
                : Mentions(key, a) ? OfValue(key, descending)
                : new SortPlan([], true);
        }

        private static SortPlan? OfValue(Expr value, bool descending) => value.Type is StructType s
            ? Join(Enumerable.Range(0, s.Fields.Count).Select(i => OfValue(value is StructLiteral l ? l.Fields[i] : new Field(value, i), descending)))
            : new SortPlan([new SortKey(value, descending)], true);

        // Keys up to the first that is not known; null if an order is not one of keys.
        private static SortPlan? Join(IEnumerable<SortPlan?> parts)
        {
            var (keys, isComplete) = (new List<SortKey>(), true);
            foreach (var part in parts)
            {
                if (part is null)
                {
                    return null;
                }

                keys.AddRange(isComplete ? part.Keys : []);
                isComplete &= part.IsComplete;
            }

            return new SortPlan(keys, isComplete);
        }

        private static SortPlan? Reversed(SortPlan? plan) => plan is null ? null : plan with { Keys = [.. plan.Keys.Select(k => k with { Descending = !k.Descending })] };

        private static bool SameKeys(SortPlan x, SortPlan y) =>
            x.Keys.Count == y.Keys.Count && x.Keys.Zip(y.Keys).All(p => p.First.Descending == p.Second.Descending && AlphaEquality.Equal(p.First.Value, p.Second.Value));

        private static Expr? Substituted(Let let)
        {
            var body = Substitution.Replace(let.Body, let.Symbol, let.Value);
            return body.Facts.Size <= LargestComparator ? body : null;
        }

        private static bool Mentions(Expr e, Symbol symbol) => e is Ident i ? i.Symbol == symbol : e.Children.Any(c => Mentions(c, symbol));

        private static bool IsZero(Expr e) => e is Literal { Value.Bits: 0 };

        private static bool IsInteger(Expr e) => e.Type is ScalarType { Kind: var kind } && !kind.IsFloat();

        // No difference of two such numbers overflows.
        private static bool IsShort(Cast cast) => cast is { Kind: ScalarKind.I32, Operand.Type: ScalarType { Kind: var kind } } && !kind.IsFloat() && kind.Size() < sizeof(int);

        /// <summary><c>if(p &lt; q, -1, other)</c> or <c>if(p &gt; q, 1, other)</c>, and the like, of integers.</summary>
        /// <param name="Key">What p is.</param>
        /// <param name="Sign">Of the value where the condition holds.</param>
        /// <param name="Other">The value where it does not.</param>
        private sealed record Relation(SortPlan Key, int Sign, Expr Other);
    }
}
