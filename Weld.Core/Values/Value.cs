using Weld.Core.IR;

namespace Weld.Core.Values;

/// <summary>A Weld value as a tree of objects: what the interpreter computes with, what compiled programs are compared by, and the dynamic form in which a host without types hands values over. Equality is bitwise.</summary>
public abstract record Value
{
    private protected Value()
    {
    }
}

/// <summary>A scalar; inside a simd loop also the current lane of a simd value.</summary>
/// <param name="Scalar">The value.</param>
public sealed record ScalarValue(Scalar Scalar) : Value;

/// <summary>A struct.</summary>
/// <param name="Fields">The fields in order.</param>
public sealed record StructValue(Seq<Value> Fields) : Value;

/// <summary>A vector; a slice of one shares its elements.</summary>
/// <param name="Elements">The elements in order.</param>
public sealed record VectorValue(ReadOnlyMemory<Value> Elements) : Value
{
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

    /// <summary>The entries in order.</summary>
    public Seq<KeyValuePair<Value, Value>> Entries { get; }

    /// <summary>The value of a key, or null.</summary>
    /// <param name="key">A normalised key.</param>
    public Value? Find(Value key) => _index.TryGetValue(key, out var index) ? Entries[index].Value : null;

    /// <inheritdoc/>
    public bool Equals(DictionaryValue? other) => other is not null && Entries == other.Entries;

    /// <inheritdoc/>
    public override int GetHashCode() => Entries.GetHashCode();
}
