using System.Text;
using Weld.Core.Types;

namespace Weld.Core.IR;

/// <summary>A vector of given elements.</summary>
/// <param name="Element">The element type.</param>
/// <param name="Elements">Elements of that type; there may be none.</param>
public sealed record VectorLiteral(WeldType Element, Seq<Expr> Elements) : Expr
{
    private protected override Seq<Expr> ChildrenRule() => Elements;

    private protected override WeldType TypeRule()
    {
        foreach (var e in Elements)
        {
            if (e.Type != Element)
            {
                throw Expected($"{Element}", e);
            }
        }

        return new VectorType(Element);
    }

    internal override Expr Map(Func<Expr, Expr> f) => Elements.Map(f) is var e && e.SameAs(Elements) ? this : this with { Elements = e };
}

/// <summary>Constant bytes: a string literal.</summary>
/// <param name="Element">i8, or u8 where the context asks for that; a type variable before inference.</param>
/// <param name="Bytes">The bytes, without a trailing NUL.</param>
public sealed record StringLiteral(WeldType Element, Seq<byte> Bytes) : Expr
{
    /// <summary>A literal of the UTF-8 bytes of <paramref name="text"/> as <c>vec[i8]</c>.</summary>
    /// <param name="text">The text.</param>
    public StringLiteral(string text)
        : this(ScalarType.I8, Encoding.UTF8.GetBytes(text).ToSeq())
    {
    }

    private protected override Seq<Expr> ChildrenRule() => [];

    private protected override WeldType TypeRule() => new VectorType(Element);

    internal override Expr Map(Func<Expr, Expr> f) => this;
}

/// <summary>A struct of given fields; of builders too.</summary>
/// <param name="Fields">The fields.</param>
public sealed record StructLiteral(Seq<Expr> Fields) : Expr
{
    private protected override Seq<Expr> ChildrenRule() => Fields;

    private protected override WeldType TypeRule() => new StructType(Fields.To(f => f.Type));

    internal override Expr Map(Func<Expr, Expr> f) => Fields.Map(f) is var e && e.SameAs(Fields) ? this : this with { Fields = e };
}

/// <summary>A field of a struct: <c>e.$n</c>.</summary>
/// <param name="Operand">A struct.</param>
/// <param name="Index">0-based.</param>
public sealed record Field(Expr Operand, int Index) : Expr
{
    private protected override Seq<Expr> ChildrenRule() => [Operand];

    private protected override WeldType TypeRule() =>
        Operand.Type is StructType s && Index < s.Fields.Count ? s.Fields[Index] : throw Expected($"a struct with a field ${Index}", Operand);

    internal override Expr Map(Func<Expr, Expr> f) => f(Operand) is var x && ReferenceEquals(x, Operand) ? this : this with { Operand = x };
}

/// <summary>Vectors of one length as a vector of structs; of one vector, that vector. Outside the first place of a <see cref="For"/>.</summary>
/// <param name="Vectors">One or more vectors.</param>
public sealed record Zip(Seq<Expr> Vectors) : Expr
{
    private protected override Seq<Expr> ChildrenRule() => Vectors;

    private protected override WeldType TypeRule()
    {
        var elements = Vectors.To(v => v.Type is VectorType t ? t.Element : throw Expected("a vector", v));
        return new VectorType(elements.Count == 1 ? elements[0] : new StructType(elements));
    }

    internal override Expr Map(Func<Expr, Expr> f) => Vectors.Map(f) is var e && e.SameAs(Vectors) ? this : this with { Vectors = e };
}

/// <summary>The length of a vector, i64.</summary>
/// <param name="Vector">A vector.</param>
public sealed record Length(Expr Vector) : Expr
{
    private protected override Seq<Expr> ChildrenRule() => [Vector];

    private protected override WeldType TypeRule() => Vector.Type is VectorType ? ScalarType.I64 : throw Expected("a vector", Vector);

    internal override Expr Map(Func<Expr, Expr> f) => f(Vector) is var x && ReferenceEquals(x, Vector) ? this : this with { Vector = x };
}

/// <summary>An element of a vector (or <c>ArrayOutOfBounds</c>), or the value of a key (or <c>KeyNotFound</c>).</summary>
/// <param name="Collection">A vector or dictionary.</param>
/// <param name="Key">An i64 index, or a key.</param>
public sealed record Lookup(Expr Collection, Expr Key) : Expr
{
    private protected override Seq<Expr> ChildrenRule() => [Collection, Key];

    private protected override WeldType TypeRule() => Collection.Type switch
    {
        VectorType v => Key.Type.Is(ScalarKind.I64) ? v.Element : throw Expected("i64", Key),
        DictionaryType d => Key.Type == d.Key ? d.Value : throw Expected($"{d.Key}", Key),
        _ => throw Expected("a vector or dictionary", Collection),
    };

    internal override Expr Map(Func<Expr, Expr> f) =>
        f(Collection) is var c && f(Key) is var k && ReferenceEquals(c, Collection) && ReferenceEquals(k, Key) ? this : this with { Collection = c, Key = k };
}

/// <summary><c>{true, value}</c> of a key, or <c>{false, zero}</c>.</summary>
/// <param name="Dictionary">A dictionary.</param>
/// <param name="Key">A key.</param>
public sealed record OptLookup(Expr Dictionary, Expr Key) : Expr
{
    private protected override Seq<Expr> ChildrenRule() => [Dictionary, Key];

    private protected override WeldType TypeRule() =>
        Dictionary.Type is not DictionaryType d ? throw Expected("a dictionary", Dictionary)
        : Key.Type != d.Key ? throw Expected($"{d.Key}", Key)
        : new StructType([ScalarType.Bool, d.Value]);

    internal override Expr Map(Func<Expr, Expr> f) =>
        f(Dictionary) is var c && f(Key) is var k && ReferenceEquals(c, Dictionary) && ReferenceEquals(k, Key) ? this : this with { Dictionary = c, Key = k };
}

/// <summary>Whether a dictionary has a key.</summary>
/// <param name="Dictionary">A dictionary.</param>
/// <param name="Key">A key.</param>
public sealed record KeyExists(Expr Dictionary, Expr Key) : Expr
{
    private protected override Seq<Expr> ChildrenRule() => [Dictionary, Key];

    private protected override WeldType TypeRule() =>
        Dictionary.Type is not DictionaryType d ? throw Expected("a dictionary", Dictionary)
        : Key.Type != d.Key ? throw Expected($"{d.Key}", Key)
        : ScalarType.Bool;

    internal override Expr Map(Func<Expr, Expr> f) =>
        f(Dictionary) is var c && f(Key) is var k && ReferenceEquals(c, Dictionary) && ReferenceEquals(k, Key) ? this : this with { Dictionary = c, Key = k };
}

/// <summary>A part of a vector, without a copy. <c>0 ≤ start ≤ len</c> and <c>count ≥ 0</c>, else <c>ArrayOutOfBounds</c>; the count is clamped to what is left.</summary>
/// <param name="Vector">A vector.</param>
/// <param name="Start">i64.</param>
/// <param name="Count">i64.</param>
public sealed record Slice(Expr Vector, Expr Start, Expr Count) : Expr
{
    private protected override Seq<Expr> ChildrenRule() => [Vector, Start, Count];

    private protected override WeldType TypeRule() =>
        Vector.Type is not VectorType ? throw Expected("a vector", Vector)
        : !Start.Type.Is(ScalarKind.I64) ? throw Expected("i64", Start)
        : !Count.Type.Is(ScalarKind.I64) ? throw Expected("i64", Count)
        : Vector.Type;

    internal override Expr Map(Func<Expr, Expr> f) => f(Vector) is var v && f(Start) is var s && f(Count) is var c
        && ReferenceEquals(v, Vector) && ReferenceEquals(s, Start) && ReferenceEquals(c, Count) ? this : this with { Vector = v, Start = s, Count = c };
}

/// <summary>The elements in the order of a comparator, stably. An inconsistent comparator gives some permutation.</summary>
/// <param name="Vector">A vector.</param>
/// <param name="Comparator">(T, T) → i32, negative for less.</param>
public sealed record Sort(Expr Vector, Lambda Comparator) : Expr
{
    private protected override Seq<Expr> ChildrenRule() => [Vector, Comparator];

    private protected override WeldType TypeRule() =>
        Vector.Type is not VectorType v ? throw Expected("a vector", Vector)
        : Comparator.Type != new FunctionType([v.Element, v.Element], ScalarType.I32) ? throw Expected($"|{v.Element},{v.Element}|(i32)", Comparator)
        : Vector.Type;

    internal override Expr Map(Func<Expr, Expr> f) => f(Vector) is var v && f(Comparator) is var c
        && ReferenceEquals(v, Vector) && ReferenceEquals(c, Comparator) ? this : this with { Vector = v, Comparator = (Lambda)c };
}

/// <summary>The <c>{key, value}</c> pairs of a dictionary in the order of each key's first merge.</summary>
/// <param name="Dictionary">A dictionary.</param>
public sealed record ToVector(Expr Dictionary) : Expr
{
    private protected override Seq<Expr> ChildrenRule() => [Dictionary];

    private protected override WeldType TypeRule() =>
        Dictionary.Type is DictionaryType d ? new VectorType(new StructType([d.Key, d.Value])) : throw Expected("a dictionary", Dictionary);

    internal override Expr Map(Func<Expr, Expr> f) => f(Dictionary) is var x && ReferenceEquals(x, Dictionary) ? this : this with { Dictionary = x };
}

/// <summary>The bytes of a value, <c>vec[u8]</c> (language.md §4.12).</summary>
/// <param name="Operand">A value without builders and simd.</param>
public sealed record Serialize(Expr Operand) : Expr
{
    private protected override Seq<Expr> ChildrenRule() => [Operand];

    private protected override WeldType TypeRule() => Bytes.Holds(Operand.Type) ? new VectorType(ScalarType.U8) : throw Expected("a type that serializes", Operand);

    internal override Expr Map(Func<Expr, Expr> f) => f(Operand) is var x && ReferenceEquals(x, Operand) ? this : this with { Operand = x };
}

/// <summary>The value of bytes; every length and offset is checked (<c>DeserializationError</c>).</summary>
/// <param name="ResultType">A type without builders and simd.</param>
/// <param name="Operand">vec[u8].</param>
public sealed record Deserialize(WeldType ResultType, Expr Operand) : Expr
{
    private protected override Seq<Expr> ChildrenRule() => [Operand];

    private protected override WeldType TypeRule() =>
        Operand.Type != new VectorType(ScalarType.U8) ? throw Expected("vec[u8]", Operand)
        : !Bytes.Holds(ResultType) ? throw new IllTypedException(this, $"expected a type that serializes, found {ResultType}")
        : ResultType;

    internal override Expr Map(Func<Expr, Expr> f) => f(Operand) is var x && ReferenceEquals(x, Operand) ? this : this with { Operand = x };
}

internal static class Bytes
{
    /// <summary>Whether values of the type can be serialized: no builder, function or simd in it.</summary>
    internal static bool Holds(WeldType type) => type is not (BuilderType or FunctionType or SimdType or TypeVariable) && type.Parts.All(Holds);
}
