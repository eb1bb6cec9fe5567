using System.Runtime.CompilerServices;
using Weld.Core.IR;
using Weld.Core.Types;

namespace Weld.Core.Values;

/// <summary>A Weld value as a tree of objects: what the interpreter computes with, what compiled programs are compared by, and the dynamic form in which a host without types hands values over. Equality is bitwise.</summary>
public abstract record Value
{
    private protected Value()
    {
    }

    /// <summary>The value as program-like text, for people: <c>{1L, [2.5]}</c>; a dictionary as <c>dict(key: value, …)</c>; long vectors are cut.</summary>
    public sealed override string ToString() => ValueText.Print(this);
}

/// <summary>A scalar; inside a simd loop also the current lane of a simd value.</summary>
/// <param name="Scalar">The value.</param>
public sealed record ScalarValue(Scalar Scalar) : Value
{
    /// <summary>All values of i8 and u8, which strings and serialized bytes are made of.</summary>
    private static readonly ScalarValue[][] Small = [AllBytes(ScalarKind.I8), AllBytes(ScalarKind.U8)];

    /// <summary>true.</summary>
    public static ScalarValue True { get; } = new(Scalar.Bool(true));

    /// <summary>false.</summary>
    public static ScalarValue False { get; } = new(Scalar.Bool(false));

    /// <summary>An i64.</summary>
    /// <param name="value">The value.</param>
    public static ScalarValue I64(long value) => new(Scalar.I64(value));

    /// <summary>A byte as i8 or u8.</summary>
    internal static ScalarValue Byte(ScalarKind kind, byte value) => Small[kind == ScalarKind.U8 ? 1 : 0][value];

    private static ScalarValue[] AllBytes(ScalarKind kind) =>
        [.. Enumerable.Range(0, 256).Select(b => new ScalarValue(Scalar.Integer(kind, b)))];
}

/// <summary>A struct.</summary>
/// <param name="Fields">The fields in order.</param>
public sealed record StructValue(Seq<Value> Fields) : Value;

/// <summary>A vector; a slice of one shares its elements.</summary>
/// <param name="Elements">The elements in order.</param>
public sealed record VectorValue(ReadOnlyMemory<Value> Elements) : Value
{
    /// <summary>No elements.</summary>
    public static VectorValue Empty { get; } = new(ReadOnlyMemory<Value>.Empty);

    /// <summary>How many elements there are.</summary>
    public int Count => Elements.Length;

    /// <summary>What must live as long as the elements do, such as the charge for them on a run's memory account.</summary>
    internal object? Owner { get; init; }

    /// <summary>A vector of bytes, as i8 or u8.</summary>
    internal static VectorValue OfBytes(ReadOnlySpan<byte> bytes, ScalarKind kind)
    {
        var elements = new Value[bytes.Length];
        for (var i = 0; i < elements.Length; i++)
        {
            elements[i] = ScalarValue.Byte(kind, bytes[i]);
        }

        return new VectorValue(elements);
    }

    /// <inheritdoc/>
    public bool Equals(VectorValue? other) => other is not null && Elements.Span.SequenceEqual(other.Elements.Span);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = default(HashCode);
        foreach (var element in Elements.Span)
        {
            hash.Add(element);
        }

        return hash.ToHashCode();
    }
}

/// <summary>A dictionary; entries stand in the order of each key's first merge. Keys are normalised by whoever builds one (language.md §4.13: −0 is +0).</summary>
public sealed record DictionaryValue : Value
{
    private readonly Dictionary<Value, int> _index;

    /// <summary>Takes over entries and the index that leads from each key to its place in them.</summary>
    internal DictionaryValue(Seq<KeyValuePair<Value, Value>> entries, Dictionary<Value, int> index)
    {
        Entries = entries;
        _index = index;
    }

    /// <summary>Makes a dictionary.</summary>
    /// <param name="entries">The entries, no key twice.</param>
    /// <exception cref="ArgumentException">A key stands twice.</exception>
    public DictionaryValue(Seq<KeyValuePair<Value, Value>> entries)
    {
        Entries = entries;
        _index = new Dictionary<Value, int>(entries.Count);
        for (var i = 0; i < entries.Count; i++)
        {
            _index.Add(entries[i].Key, i);
        }
    }

    /// <summary>No entries.</summary>
    public static DictionaryValue Empty { get; } = new([]);

    /// <summary>What must live as long as the entries do, such as the charge for them on a run's memory account.</summary>
    internal object? Owner { get; init; }

    /// <summary>The entries in order.</summary>
    public Seq<KeyValuePair<Value, Value>> Entries { get; }

    /// <summary>The value of a key, or null.</summary>
    /// <param name="key">A normalised key.</param>
    public Value? Find(Value key) => _index.TryGetValue(key, out var index) ? Entries[index].Value : null;

    /// <inheritdoc/>
    public bool Equals(DictionaryValue? other)
    {
        if (other is null || Entries.Count != other.Entries.Count)
        {
            return false;
        }

        for (var i = 0; i < Entries.Count; i++)
        {
            if (!Entries[i].Key.Equals(other.Entries[i].Key) || !Entries[i].Value.Equals(other.Entries[i].Value))
            {
                return false;
            }
        }

        return true;
    }

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = default(HashCode);
        foreach (var (key, value) in Entries.Span)
        {
            hash.Add(key);
            hash.Add(value);
        }

        return hash.ToHashCode();
    }
}

/// <summary>An unfinished builder: what a program returned without <c>result</c>. It can be given to one other run, which consumes it when it starts.</summary>
public abstract record BuilderValue : Value
{
    internal BuilderValue(BuilderType type) => Type = type;

    /// <summary>The builder's type.</summary>
    public BuilderType Type { get; }

    /// <summary>Whether a run has taken the builder; then it cannot be used any more.</summary>
    public abstract bool IsConsumed { get; }

    /// <summary>A builder is equal to itself only.</summary>
    /// <param name="other">The other builder.</param>
    public virtual bool Equals(BuilderValue? other) => ReferenceEquals(this, other);

    /// <inheritdoc/>
    public override int GetHashCode() => RuntimeHelpers.GetHashCode(this);
}
