using Weld.Core.IR;
using Weld.Core.Operators;

namespace Weld.Core.Types;

/// <summary>A write-only accumulator, consumed exactly once.</summary>
public abstract record BuilderType : WeldType
{
    /// <summary>The type of the value that <c>merge</c> takes.</summary>
    public abstract WeldType MergeType { get; }

    /// <summary>The type that <c>result</c> gives.</summary>
    public abstract WeldType ResultType { get; }
}

/// <summary>Appends values to a vector, in merge order.</summary>
/// <param name="Element">The element type.</param>
public sealed record AppenderType(WeldType Element) : BuilderType
{
    /// <inheritdoc/>
    public override WeldType MergeType => Element;

    /// <inheritdoc/>
    public override WeldType ResultType => new VectorType(Element);

    /// <inheritdoc/>
    public override Seq<WeldType> Parts => [Element];

    /// <inheritdoc/>
    public override string ToString() => $"appender[{Element}]";
}

/// <summary>Reduces values to one with an associative operator.</summary>
/// <param name="Element">A numeric scalar or a struct of such, nested too.</param>
/// <param name="Operator">The operator, or one a field.</param>
public sealed record MergerType(WeldType Element, MergeOperator Operator) : BuilderType
{
    /// <inheritdoc/>
    public override WeldType MergeType => Element;

    /// <inheritdoc/>
    public override WeldType ResultType => Element;

    /// <inheritdoc/>
    public override Seq<WeldType> Parts => [Element];

    /// <inheritdoc/>
    public override string ToString() => $"merger[{Element},{Operator}]";
}

/// <summary>Reduces the values of each key to one.</summary>
/// <param name="Key">A hashable type.</param>
/// <param name="Value">A numeric scalar or a struct of such, nested too.</param>
/// <param name="Operator">The operator, or one a field.</param>
public sealed record DictMergerType(WeldType Key, WeldType Value, MergeOperator Operator) : BuilderType
{
    /// <inheritdoc/>
    public override WeldType MergeType => new StructType([Key, Value]);

    /// <inheritdoc/>
    public override WeldType ResultType => new DictionaryType(Key, Value);

    /// <inheritdoc/>
    public override Seq<WeldType> Parts => [Key, Value];

    /// <inheritdoc/>
    public override string ToString() => $"dictmerger[{Key},{Value},{Operator}]";
}

/// <summary>Collects the values of each key in a vector, in merge order.</summary>
/// <param name="Key">A hashable type.</param>
/// <param name="Value">The value type.</param>
public sealed record GroupMergerType(WeldType Key, WeldType Value) : BuilderType
{
    /// <inheritdoc/>
    public override WeldType MergeType => new StructType([Key, Value]);

    /// <inheritdoc/>
    public override WeldType ResultType => new DictionaryType(Key, new VectorType(Value));

    /// <inheritdoc/>
    public override Seq<WeldType> Parts => [Key, Value];

    /// <inheritdoc/>
    public override string ToString() => $"groupmerger[{Key},{Value}]";
}

/// <summary>Reduces values into the cells of a copy of a vector.</summary>
/// <param name="Element">A numeric scalar or a struct of such, nested too.</param>
/// <param name="Operator">The operator, or one a field.</param>
public sealed record VecMergerType(WeldType Element, MergeOperator Operator) : BuilderType
{
    /// <inheritdoc/>
    public override WeldType MergeType => new StructType([ScalarType.I64, Element]);

    /// <inheritdoc/>
    public override WeldType ResultType => new VectorType(Element);

    /// <inheritdoc/>
    public override Seq<WeldType> Parts => [Element];

    /// <inheritdoc/>
    public override string ToString() => $"vecmerger[{Element},{Operator}]";
}
