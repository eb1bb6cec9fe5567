using Weld.Core.Operators;

namespace Weld.Core.Values;

/// <summary>The comparisons of scalars lifted to structs and vectors (language.md §4.5).</summary>
internal static class ValueOrder
{
    /// <summary>x == y: field by field, of vectors the length first; elements compare as their own type compares, so NaN is not equal to itself.</summary>
    public static bool IsEqual(Value x, Value y) =>
        x is ScalarValue a && y is ScalarValue b ? OperatorTable.Equal.Apply(a.Scalar, b.Scalar).AsBool : AreEqual(Parts(x), Parts(y));

    /// <summary>x &lt; y: the first pair that is not equal decides; a proper prefix is less.</summary>
    public static bool IsLess(Value x, Value y)
    {
        if (x is ScalarValue a && y is ScalarValue b)
        {
            return OperatorTable.Less.Apply(a.Scalar, b.Scalar).AsBool;
        }

        var left = Parts(x);
        var right = Parts(y);
        for (var i = 0; i < Math.Min(left.Length, right.Length); i++)
        {
            if (!IsEqual(left[i], right[i]))
            {
                return IsLess(left[i], right[i]);
            }
        }

        return left.Length < right.Length;
    }

    /// <summary>compare(x, y): −1, 0 or 1 in the total order, where NaN equals NaN and follows every number.</summary>
    public static int Compare(Value x, Value y)
    {
        if (x is ScalarValue a && y is ScalarValue b)
        {
            return TotalOrder.Compare(a.Scalar, b.Scalar);
        }

        var left = Parts(x);
        var right = Parts(y);
        for (var i = 0; i < Math.Min(left.Length, right.Length); i++)
        {
            if (Compare(left[i], right[i]) is not 0 and var order)
            {
                return order;
            }
        }

        return left.Length.CompareTo(right.Length);
    }

    private static bool AreEqual(ReadOnlySpan<Value> x, ReadOnlySpan<Value> y)
    {
        if (x.Length != y.Length)
        {
            return false;
        }

        for (var i = 0; i < x.Length; i++)
        {
            if (!IsEqual(x[i], y[i]))
            {
                return false;
            }
        }

        return true;
    }

    private static ReadOnlySpan<Value> Parts(Value value) => value switch
    {
        StructValue s => s.Fields.Span,
        VectorValue v => v.Elements.Span,
        _ => throw new ArgumentException($"expected a value with an order, found {value}", nameof(value)),
    };
}
