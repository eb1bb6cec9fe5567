using Weld.Core.IR;

namespace Weld.Core.Types;

/// <summary>The type of a Weld value. Equal types are equal as records; <see cref="object.ToString"/> gives program text.</summary>
public abstract record WeldType
{
    private protected WeldType()
    {
    }

    /// <summary>The types this one is built from, in order.</summary>
    public abstract Seq<WeldType> Parts { get; }

    /// <summary>How many nodes the type has when written out; saturates. Bounds the work that a type can cause.</summary>
    internal long Weight => _weight != 0 ? _weight : _weight = Math.Min(1L << 40, 1 + Parts.Sum(p => p.Weight));

    private long _weight;

    /// <summary>Whether a builder occurs anywhere in the type.</summary>
    public bool ContainsBuilder => this is BuilderType || Parts.Any(p => p.ContainsBuilder);

    /// <summary>Whether the type is a builder or a non-empty struct of nothing but such.</summary>
    public bool IsBuilder => this is BuilderType || (this is StructType { Fields.Count: > 0 } s && s.Fields.All(f => f.IsBuilder));

    /// <summary>Whether values may be dictionary keys: scalars, structs and vectors of such.</summary>
    public bool IsHashable => this is ScalarType || (this is VectorType or StructType && Parts.All(p => p.IsHashable));

    /// <summary>Whether values of the type hold no pointer: scalars and structs of such.</summary>
    public bool IsFlat => this is ScalarType || (this is StructType && Parts.All(p => p.IsFlat));

    /// <summary>Whether nothing is left to infer.</summary>
    public bool IsClosed => this is not TypeVariable && Parts.All(p => p.IsClosed);

    /// <inheritdoc/>
    public abstract override string ToString();

    /// <summary>Whether the type is this scalar.</summary>
    internal bool Is(ScalarKind kind) => this is ScalarType s && s.Kind == kind;

    /// <summary>The kind of a scalar, or of the lanes of a simd value; null for any other type.</summary>
    internal ScalarKind? LaneKind => this switch
    {
        ScalarType s => s.Kind,
        SimdType { Element: ScalarType s } => s.Kind,
        _ => null,
    };
}

/// <summary>A scalar.</summary>
/// <param name="Kind">Which one.</param>
public sealed record ScalarType(ScalarKind Kind) : WeldType
{
    /// <summary>bool.</summary>
    public static ScalarType Bool { get; } = new(ScalarKind.Bool);

    /// <summary>i8.</summary>
    public static ScalarType I8 { get; } = new(ScalarKind.I8);

    /// <summary>u8.</summary>
    public static ScalarType U8 { get; } = new(ScalarKind.U8);

    /// <summary>i32.</summary>
    public static ScalarType I32 { get; } = new(ScalarKind.I32);

    /// <summary>i64.</summary>
    public static ScalarType I64 { get; } = new(ScalarKind.I64);

    /// <summary>f32.</summary>
    public static ScalarType F32 { get; } = new(ScalarKind.F32);

    /// <summary>f64.</summary>
    public static ScalarType F64 { get; } = new(ScalarKind.F64);

    /// <inheritdoc/>
    public override Seq<WeldType> Parts => [];

    /// <inheritdoc/>
    public override string ToString() => Kind.Name();
}

/// <summary>A machine vector of scalars; its width is not part of the language.</summary>
/// <param name="Element">A scalar, or a type variable before inference.</param>
public sealed record SimdType(WeldType Element) : WeldType
{
    /// <inheritdoc/>
    public override Seq<WeldType> Parts => [Element];

    /// <inheritdoc/>
    public override string ToString() => $"simd[{Element}]";
}

/// <summary>A vector: pointer and i64 length over contiguous elements.</summary>
/// <param name="Element">The element type.</param>
public sealed record VectorType(WeldType Element) : WeldType
{
    /// <summary>vec[i8], the type of a string literal.</summary>
    public static VectorType Text { get; } = new(ScalarType.I8);

    /// <inheritdoc/>
    public override Seq<WeldType> Parts => [Element];

    /// <inheritdoc/>
    public override string ToString() => $"vec[{Element}]";
}

/// <summary>A dictionary.</summary>
/// <param name="Key">A hashable type.</param>
/// <param name="Value">The value type.</param>
public sealed record DictionaryType(WeldType Key, WeldType Value) : WeldType
{
    /// <inheritdoc/>
    public override Seq<WeldType> Parts => [Key, Value];

    /// <inheritdoc/>
    public override string ToString() => $"dict[{Key},{Value}]";
}

/// <summary>A struct; <c>{}</c> is legal.</summary>
/// <param name="Fields">The field types in order.</param>
public sealed record StructType(Seq<WeldType> Fields) : WeldType
{
    /// <inheritdoc/>
    public override Seq<WeldType> Parts => Fields;

    /// <inheritdoc/>
    public override string ToString() => $"{{{string.Join(",", Fields)}}}";
}

/// <summary>A function; never the type of a value that lives at run time.</summary>
/// <param name="Parameters">The parameter types.</param>
/// <param name="Result">The result type.</param>
public sealed record FunctionType(Seq<WeldType> Parameters, WeldType Result) : WeldType
{
    /// <inheritdoc/>
    public override Seq<WeldType> Parts => [.. Parameters, Result];

    /// <inheritdoc/>
    public override string ToString() => $"|{string.Join(",", Parameters)}|({Result})";
}

/// <summary>A type still to be inferred; printed <c>?</c>.</summary>
/// <param name="Id">Tells one variable from another.</param>
public sealed record TypeVariable(int Id) : WeldType
{
    /// <inheritdoc/>
    public override Seq<WeldType> Parts => [];

    /// <inheritdoc/>
    public override string ToString() => "?";
}
