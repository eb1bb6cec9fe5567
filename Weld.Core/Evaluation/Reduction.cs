using Weld.Core.IR;
using Weld.Core.Operators;
using Weld.Core.Types;
using Weld.Core.Values;

namespace Weld.Core.Evaluation;

/// <summary>How a merger, dictmerger or vecmerger joins two values: scalar by scalar with the operator.</summary>
internal sealed class Reduction(WeldType type, MergeOperator op)
{
    /// <summary>e with e ∘ x = x.</summary>
    public Value Identity { get; } = IdentityOf(type, op);

    /// <summary>Whether the order of the merges shows in the bits.</summary>
    public bool MindsOrder { get; } = ReductionOrder.IsSensitive(type, op);

    /// <summary>x ∘ y.</summary>
    public Value Combine(Value x, Value y) => Combine(x, y, op);

    private static Value Combine(Value x, Value y, MergeOperator op)
    {
        if (x is ScalarValue a && y is ScalarValue b)
        {
            return new ScalarValue(((SingleOperator)op).Operator.Apply(a.Scalar, b.Scalar));
        }

        var (left, right) = (((StructValue)x).Fields, ((StructValue)y).Fields);
        var fields = new Value[left.Count];
        for (var i = 0; i < fields.Length; i++)
        {
            fields[i] = Combine(left[i], right[i], op.Field(i));
        }

        return new StructValue(fields.ToSeq());
    }

    private static Value IdentityOf(WeldType type, MergeOperator op) => type switch
    {
        ScalarType s => new ScalarValue(((SingleOperator)op).Operator.Identity(s.Kind)),
        StructType s => new StructValue(Enumerable.Range(0, s.Fields.Count).Select(i => IdentityOf(s.Fields[i], op.Field(i))).ToSeq()),
        _ => throw new InvalidOperationException($"expected a type that reduces, found {type}"),
    };
}
