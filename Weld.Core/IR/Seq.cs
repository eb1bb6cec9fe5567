using System.Collections;
using System.Runtime.CompilerServices;

namespace Weld.Core.IR;

/// <summary>An immutable sequence that compares by its elements, so that records holding one compare by value.</summary>
/// <typeparam name="T">The element type.</typeparam>
[CollectionBuilder(typeof(Seq), nameof(Seq.Create))]
public readonly struct Seq<T> : IReadOnlyList<T>, IEquatable<Seq<T>>
{
    private readonly T[]? _items;

    internal Seq(T[] items) => _items = items;

    /// <summary>The elements as a span.</summary>
    public ReadOnlySpan<T> Span => _items;

    /// <summary>The array that holds the elements, which nobody writes to.</summary>
    internal T[] Array => _items ?? [];

    /// <summary>How many elements there are.</summary>
    public int Count => _items?.Length ?? 0;

    /// <summary>The element at <paramref name="index"/>.</summary>
    /// <param name="index">0-based.</param>
    public T this[int index] => _items is null ? throw new ArgumentOutOfRangeException(nameof(index)) : _items[index];

    /// <summary>Applies <paramref name="f"/> to every element; the same sequence if no element changes identity.</summary>
    internal Seq<T> Map(Func<T, T> f)
    {
        T[]? changed = null;
        for (var i = 0; i < Count; i++)
        {
            var mapped = f(_items![i]);
            if (changed is null && !ReferenceEquals(mapped, _items[i]))
            {
                changed = (T[])_items.Clone();
            }

            if (changed is not null)
            {
                changed[i] = mapped;
            }
        }

        return changed is null ? this : new Seq<T>(changed);
    }

    /// <summary>Whether both are one and the same sequence, as after a <see cref="Map"/> that changed nothing.</summary>
    internal bool SameAs(Seq<T> other) => ReferenceEquals(_items, other._items);

    /// <summary>Applies <paramref name="f"/> to every element.</summary>
    internal Seq<TResult> To<TResult>(Func<T, TResult> f)
    {
        var result = new TResult[Count];
        for (var i = 0; i < Count; i++)
        {
            result[i] = f(_items![i]);
        }

        return new Seq<TResult>(result);
    }

    /// <inheritdoc/>
    public bool Equals(Seq<T> other) => Span.SequenceEqual(other.Span, EqualityComparer<T>.Default);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Seq<T> other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = default(HashCode);
        foreach (var item in Span)
        {
            hash.Add(item);
        }

        return hash.ToHashCode();
    }

    /// <summary>Element-wise equality.</summary>
    /// <param name="left">One sequence.</param>
    /// <param name="right">The other.</param>
    public static bool operator ==(Seq<T> left, Seq<T> right) => left.Equals(right);

    /// <summary>Element-wise inequality.</summary>
    /// <param name="left">One sequence.</param>
    /// <param name="right">The other.</param>
    public static bool operator !=(Seq<T> left, Seq<T> right) => !left.Equals(right);

    /// <inheritdoc/>
    public IEnumerator<T> GetEnumerator() => ((IEnumerable<T>)(_items ?? [])).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}

/// <summary>Makes <see cref="Seq{T}"/> values.</summary>
public static class Seq
{
    /// <summary>A sequence of a copy of <paramref name="items"/>.</summary>
    /// <param name="items">The elements.</param>
    public static Seq<T> Create<T>(params ReadOnlySpan<T> items) => new(items.ToArray());

    /// <summary>A sequence of the elements of <paramref name="items"/>.</summary>
    /// <param name="items">The elements.</param>
    public static Seq<T> ToSeq<T>(this IEnumerable<T> items) => new([.. items]);
}
