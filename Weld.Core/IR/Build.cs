using Weld.Core.Types;

namespace Weld.Core.IR;

/// <summary>A new builder.</summary>
/// <param name="BuilderType">Its type.</param>
/// <param name="Argument">The optional (for a vecmerger mandatory) argument of language.md §5: a capacity or first vector, an initial value, dictionary or vector.</param>
public sealed record NewBuilder(BuilderType BuilderType, Expr? Argument = null) : Expr
{
    private protected override Seq<Expr> ChildrenRule() => Argument is null ? [] : [Argument];

    private protected override WeldType TypeRule()
    {
        var (operand, op) = BuilderType switch
        {
            MergerType m => (m.Element, m.Operator),
            DictMergerType d => (d.Value, d.Operator),
            VecMergerType v => (v.Element, v.Operator),
            _ => (null, null),
        };
        if (op is not null && !op.Accepts(operand!))
        {
            throw new IllTypedException(this, $"expected a type that {op} reduces, found {operand}");
        }

        if (BuilderType is DictMergerType or GroupMergerType && !BuilderType.Parts[0].IsHashable)
        {
            throw new IllTypedException(this, $"expected a key of scalars, structs and vectors, found {BuilderType.Parts[0]}");
        }

        var fits = BuilderType is AppenderType
            ? Argument is null || Argument.Type.Is(ScalarKind.I64) || Argument.Type == BuilderType.ResultType
            : Argument is null ? BuilderType is not VecMergerType : Argument.Type == BuilderType.ResultType;
        return fits ? BuilderType : throw new IllTypedException(Argument ?? this, $"expected an argument of type {BuilderType.ResultType}, found {Argument?.Type.ToString() ?? "none"}");
    }

    internal override Expr Map(Func<Expr, Expr> f) =>
        Argument is null ? this : f(Argument) is var a && ReferenceEquals(a, Argument) ? this : this with { Argument = a };
}

/// <summary>The builder after one more value.</summary>
/// <param name="Builder">A builder; consumed.</param>
/// <param name="Value">A value of its merge type; for an appender or merger in a simd loop, simd of that.</param>
public sealed record Merge(Expr Builder, Expr Value) : Expr
{
    private protected override Seq<Expr> ChildrenRule() => [Builder, Value];

    private protected override WeldType TypeRule() =>
        Builder.Type is not BuilderType b ? throw Expected("a builder", Builder)
        : Value.Type == b.MergeType || (b is AppenderType or MergerType && Value.Type is SimdType s && s.Element == b.MergeType) ? b
        : throw Expected($"{b.MergeType}", Value);

    internal override Expr Map(Func<Expr, Expr> f) => f(Builder) is var b && f(Value) is var v
        && ReferenceEquals(b, Builder) && ReferenceEquals(v, Value) ? this : this with { Builder = b, Value = v };
}

/// <summary>The value of a finished builder; of a struct of builders, the struct of their values.</summary>
/// <param name="Builder">A builder or struct of builders; consumed.</param>
public sealed record Result(Expr Builder) : Expr
{
    private protected override Seq<Expr> ChildrenRule() => [Builder];

    private protected override WeldType TypeRule() => Builder.Type.IsBuilder ? Of(Builder.Type) : throw Expected("a builder", Builder);

    internal override Expr Map(Func<Expr, Expr> f) => f(Builder) is var b && ReferenceEquals(b, Builder) ? this : this with { Builder = b };

    /// <summary>What <c>result</c> gives for a builder type or struct of such.</summary>
    internal static WeldType Of(WeldType type) => type switch
    {
        BuilderType b => b.ResultType,
        StructType s => new StructType(s.Fields.To(Of)),
        _ => throw new ArgumentException($"expected a builder type, found {type}", nameof(type)),
    };
}
