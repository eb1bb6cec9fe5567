using Weld.Core.IR;
using Weld.Core.Types;

namespace Weld.Core.Operators;

/// <summary>What a reducing builder does with a value: one operator throughout, or one for each field of a struct.</summary>
public abstract record MergeOperator
{
    private protected MergeOperator()
    {
    }

    /// <summary>The operator that reduces a struct by one operator a field: one for all, where they are one.</summary>
    internal static MergeOperator OfFields(Seq<MergeOperator> fields) => fields is [SingleOperator first, ..] && fields.All(f => f == first) ? first : new StructOperator(fields);

    /// <summary>The operator for field <paramref name="index"/> of a struct value.</summary>
    /// <param name="index">0-based.</param>
    public abstract MergeOperator Field(int index);

    /// <summary>Whether values of <paramref name="type"/> can be reduced with this: scalars in the operators' domains, structs of such with the same shape.</summary>
    /// <param name="type">A value type.</param>
    public bool Accepts(WeldType type) => type switch
    {
        ScalarType s => this is SingleOperator { Operator: { Reduces: true } o } && o.Domain.Contains(s.Kind),
        StructType s => (this is not StructOperator fields || fields.Fields.Count == s.Fields.Count)
            && Enumerable.Range(0, s.Fields.Count).All(i => Field(i).Accepts(s.Fields[i])),
        _ => false,
    };

    /// <inheritdoc/>
    public abstract override string ToString();
}

/// <summary>One operator for a scalar, or for every scalar of a struct.</summary>
/// <param name="Operator">An operator with an identity.</param>
public sealed record SingleOperator(BinaryOperator Operator) : MergeOperator
{
    /// <inheritdoc/>
    public override MergeOperator Field(int index) => this;

    /// <inheritdoc/>
    public override string ToString() => Operator.Name;
}

/// <summary>One operator for each field.</summary>
/// <param name="Fields">The operators in field order.</param>
public sealed record StructOperator(Seq<MergeOperator> Fields) : MergeOperator
{
    /// <inheritdoc/>
    public override MergeOperator Field(int index) => Fields[index];

    /// <inheritdoc/>
    public override string ToString() => $"{{{string.Join(",", Fields)}}}";
}
