using Weld.Core.IR;

namespace Weld.Core.Types;

/// <summary>The type of a Weld value. Equal types are equal as records; <see cref="object.ToString"/> gives program text.</summary>
public abstract record WeldType
{
    private protected WeldType()
    {
    }

    /// <summary>Copies nothing: what is known of a type follows from its parts.</summary>
    /// <param name="original">The type copied.</param>
    protected WeldType(WeldType original)
    {
    }

    /// <summary>Equality of the parts, which the derived records compare.</summary>
    /// <param name="other">The other type.</param>
    public virtual bool Equals(WeldType? other) => other is not null && EqualityContract == other.EqualityContract;

    /// <inheritdoc/>
    public override int GetHashCode() => EqualityContract.GetHashCode();

    /// <summary>The types this one is built from, in order.</summary>
    public abstract Seq<WeldType> Parts { get; }

    /// <summary>
    /// How many nodes the type has when written out; saturates, and does so at once in a type nested deeper than <see cref="MostDepth"/>. Bounds the
    /// work that a type can cause, and the stack that a recursion over its values takes.
    /// </summary>
    internal long Weight => KnownFacts.Weight;

    /// <summary>The heaviest type that a program may have (language.md §8).</summary>
    internal const int MostWeight = 10_000;

    /// <summary>The deepest type that a program may have (language.md §8).</summary>
    internal const int MostDepth = 1_000;

    private const long Saturated = 1L << 40;

    /// <summary>Whether a builder occurs anywhere in the type.</summary>
    public bool ContainsBuilder => KnownFacts.Builder;

    /// <summary>Whether simd occurs anywhere in the type.</summary>
    internal bool ContainsSimd => KnownFacts.Simd;

    /// <summary>Whether the type is a builder or a non-empty struct of nothing but such.</summary>
    public bool IsBuilder => KnownFacts.AllBuilders;

    /// <summary>Whether values may be dictionary keys: scalars, structs and vectors of such.</summary>
    public bool IsHashable => KnownFacts.Hashable;

    /// <summary>Whether values of the type hold no pointer: scalars and structs of such.</summary>
    public bool IsFlat => KnownFacts.Flat;

    /// <summary>Whether nothing is left to infer.</summary>
    public bool IsClosed => KnownFacts.Closed;

    private Facts? _facts;

    private Facts KnownFacts => _facts ??= StackGuard.Run(static t => new Facts(t), this);

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

    /// <summary>What is asked of a type over and over, computed once from its parts.</summary>
    private sealed class Facts
    {
        public Facts(WeldType type)
        {
            var parts = type.Parts;
            var (hashable, flat, builders) = (true, true, true);
            Weight = 1;
            Builder = type is BuilderType;
            Simd = type is SimdType;
            Closed = type is not TypeVariable;
            foreach (var part in parts.Span)
            {
                var known = part.KnownFacts;
                Weight = Math.Min(Saturated, Weight + known.Weight);
                Depth = Math.Max(Depth, known.Depth + 1);
                Builder |= known.Builder;
                Simd |= known.Simd;
                Closed &= known.Closed;
                hashable &= known.Hashable;
                flat &= known.Flat;
                builders &= known.AllBuilders;
            }

            Weight = Depth > MostDepth ? Saturated : Weight;
            Hashable = type is ScalarType || (hashable && (type is VectorType or StructType));
            Flat = type is ScalarType || (flat && type is StructType);
            AllBuilders = type is BuilderType || (builders && type is StructType && parts.Count > 0);
        }

        public long Weight { get; }

        public int Depth { get; }

        public bool Builder { get; }

        public bool Simd { get; }

        public bool AllBuilders { get; }

        public bool Hashable { get; }

        public bool Flat { get; }

        public bool Closed { get; }
    }
}

/// <summary>A scalar.</summary>
/// <param name="Kind">Which one.</param>
public sealed record ScalarType(ScalarKind Kind) : WeldType
{
    private static readonly ScalarType[] Known = [.. ScalarKinds.All.Select(k => new ScalarType(k))];

    /// <summary>The type of a kind; always the same object.</summary>
    /// <param name="kind">The kind.</param>
    public static ScalarType Of(ScalarKind kind) => Known[(int)kind];

    /// <summary>bool.</summary>
    public static ScalarType Bool { get; } = Of(ScalarKind.Bool);

    /// <summary>i8.</summary>
    public static ScalarType I8 { get; } = Of(ScalarKind.I8);

    /// <summary>u8.</summary>
    public static ScalarType U8 { get; } = Of(ScalarKind.U8);

    /// <summary>i32.</summary>
    public static ScalarType I32 { get; } = Of(ScalarKind.I32);

    /// <summary>i64.</summary>
    public static ScalarType I64 { get; } = Of(ScalarKind.I64);

    /// <summary>f32.</summary>
    public static ScalarType F32 { get; } = Of(ScalarKind.F32);

    /// <summary>f64.</summary>
    public static ScalarType F64 { get; } = Of(ScalarKind.F64);

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
    /// <summary>The type that a program leaves out or writes <c>?</c>; each place is a variable of its own.</summary>
    public static TypeVariable Unknown { get; } = new(0);

    /// <inheritdoc/>
    public override Seq<WeldType> Parts => [];

    /// <inheritdoc/>
    public override string ToString() => "?";
}
