using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using Weld.Core.IR;
using Weld.Core.Operators;
using Weld.Managed;

namespace Weld.Frames;

/// <summary>Makes series.</summary>
public static class Series
{
    internal static readonly LazyFunction CountOf = new("Count", v => new Length(v[0]));
    internal static readonly LazyFunction FilterOf = new("Filter", v => Loops.Filter(v[0], v[1]));
    internal static readonly LazyFunction SelectOf = new("Select", v => Loops.Map(v, x => new Select(x[0], x[1], x[2])));
    internal static readonly LazyFunction SelectScalarOf = new("Select", v => Loops.Map([v[0], v[1]], x => new Select(x[0], x[1], v[2])));
    private static readonly LazyFunction DotOf = new("Dot", Dot);

    /// <summary>A series over an array, without a copy.</summary>
    /// <typeparam name="T">bool, an integer of 8 to 64 bits, float or double.</typeparam>
    /// <param name="values">The array. What is written to it before a graph runs is seen.</param>
    /// <param name="name">What messages call the series: without one, what the array is called in the code.</param>
    public static Series<T> Of<T>(T[] values, [CallerArgumentExpression(nameof(values))] string name = "")
        where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(values);
        return new Series<T>(LazyValue.Of(values, Elements<T>.Vector, LazyValue.NameIn(name, "series")), values.Length);
    }

    /// <summary>A series over memory, without a copy.</summary>
    /// <typeparam name="T">bool, an integer of 8 to 64 bits, float or double.</typeparam>
    /// <param name="values">The memory. What is written to it before a graph runs is seen.</param>
    /// <param name="name">What messages call the series: without one, what the memory is called in the code.</param>
    public static Series<T> Of<T>(ReadOnlyMemory<T> values, [CallerArgumentExpression(nameof(values))] string name = "")
        where T : unmanaged => Over(values, LazyValue.NameIn(name, "series"));

    /// <summary>A series over memory, without a copy.</summary>
    /// <typeparam name="T">bool, an integer of 8 to 64 bits, float or double.</typeparam>
    /// <param name="values">The memory. What is written to it before a graph runs is seen.</param>
    /// <param name="name">What messages call the series: without one, what the memory is called in the code.</param>
    public static Series<T> Of<T>(Memory<T> values, [CallerArgumentExpression(nameof(values))] string name = "")
        where T : unmanaged => Of((ReadOnlyMemory<T>)values, name);

    /// <summary>A series over a column, without a copy.</summary>
    /// <typeparam name="T">bool, an integer of 8 to 64 bits, float or double.</typeparam>
    /// <param name="column">The column.</param>
    public static Series<T> Of<T>(Column<T> column)
        where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(column);
        return Over(column.Values, column.Name);
    }

    /// <summary>A series over a column of texts, without a copy.</summary>
    /// <param name="column">The column.</param>
    public static Series<string> Of(TextColumn column)
    {
        ArgumentNullException.ThrowIfNull(column);
        return new Series<string>(LazyValue.Of(column.Vectors, Elements<string>.Vector, column.Name), column.Length);
    }

    /// <summary>A series of texts, copied as UTF-8.</summary>
    /// <param name="values">The texts; no null.</param>
    /// <param name="name">What messages call the series: without one, what the array is called in the code.</param>
    public static Series<string> Of(string[] values, [CallerArgumentExpression(nameof(values))] string name = "")
    {
        ArgumentNullException.ThrowIfNull(values);
        var offsets = new int[values.Length + 1];
        for (var i = 0; i < values.Length; i++)
        {
            offsets[i + 1] = checked(offsets[i] + Encoding.UTF8.GetByteCount(values[i] ?? throw new ArgumentException($"expected a text at {i}, found null", nameof(values))));
        }

        var bytes = new byte[offsets[^1]];
        for (var i = 0; i < values.Length; i++)
        {
            Encoding.UTF8.GetBytes(values[i], bytes.AsSpan(offsets[i]));
        }

        return Of(new TextColumn(LazyValue.NameIn(name, "series"), bytes, offsets));
    }

    /// <summary>The sum of series, each times its weight: the rows of the matrix whose columns they are, times the vector of the weights.</summary>
    /// <typeparam name="T">A number.</typeparam>
    /// <param name="terms">The series and their weights; at least one.</param>
    /// <exception cref="ArgumentException">There is none, or the series are known to be of different lengths.</exception>
    public static Series<T> Dot<T>(params ReadOnlySpan<(Series<T> Series, LazyScalar<T> Weight)> terms)
        where T : unmanaged, System.Numerics.INumber<T>
    {
        if (terms.IsEmpty)
        {
            throw new ArgumentException("Dot: expected at least one series, found none", nameof(terms));
        }

        var (inputs, length, count) = (new LazyValue[terms.Length * 2], terms[0].Series.Length, terms.Length);
        for (var i = 0; i < count; i++)
        {
            length = OneLength("Dot", terms[0].Series.Value, length, terms[i].Series.Value, terms[i].Series.Length);
            (inputs[i], inputs[count + i]) = (terms[i].Series.Value, terms[i].Weight.Value);
        }

        return new Series<T>(DotOf.Apply(inputs), length);
    }

    /// <summary>As many vectors, then as many weights.</summary>
    private static Expr Dot(Seq<Expr> terms)
    {
        var count = terms.Count / 2;
        return Loops.Map(terms.Take(count).ToSeq(), x => Enumerable.Range(0, count)
            .Select(i => (Expr)new Binary(OperatorTable.Multiply, x[i], terms[count + i]))
            .Aggregate((sum, term) => new Binary(OperatorTable.Add, sum, term)));
    }

    /// <summary>A whole array is the same input as that array.</summary>
    private static Series<T> Over<T>(ReadOnlyMemory<T> values, string name)
        where T : unmanaged
    {
        var isArray = MemoryMarshal.TryGetArray(values, out var part) && part.Offset == 0 && part.Count == part.Array!.Length;
        return new Series<T>(LazyValue.Of(isArray ? (object)part.Array! : values, Elements<T>.Vector, name), values.Length);
    }

    /// <summary>The one length of two series that belong together, as far as it is known before anything runs.</summary>
    internal static long? OneLength(string step, LazyValue left, long? leftLength, LazyValue right, long? rightLength) =>
        leftLength is { } l && rightLength is { } r && l != r
            ? throw new ArgumentException($"{step}: expected series of one length, found {left.Name} of {l} and {right.Name} of {r}")
            : leftLength ?? rightLength;
}

/// <summary>
/// A vector of values that is not computed yet. Operators and methods make other series; nothing runs before <see cref="Lazy.Collect{T}"/>,
/// <see cref="ToArray"/> or an enumeration, and then everything runs as one program.
/// </summary>
/// <typeparam name="T">bool, an integer of 8 to 64 bits, float, double or string.</typeparam>
public sealed partial class Series<T> : ILazy<Series<T>>
    where T : notnull
{
    /// <summary>Gives a value of a graph this coat.</summary>
    /// <param name="value">A vector of the type that <typeparamref name="T"/> has in Weld, a string being <c>vec[u8]</c>.</param>
    /// <exception cref="ArgumentException">It is of another type.</exception>
    public Series(LazyValue value)
        : this(value, null)
    {
    }

    internal Series(LazyValue value, long? length)
    {
        ArgumentNullException.ThrowIfNull(value);
        Value = value.Type == Elements<T>.Vector ? value : throw new ArgumentException($"expected a value of type {Elements<T>.Vector}, found {value.Type}", nameof(value));
        Length = length;
    }

    /// <inheritdoc/>
    public LazyValue Value { get; }

    /// <summary>How many values there are, where that is known before anything runs.</summary>
    public long? Length { get; }

    /// <summary>A series over what was computed, which stays where it lies.</summary>
    /// <param name="computed">The computed value.</param>
    public Series<T> Read(WeldView computed) => new(LazyValue.Of(computed, Value.Name), computed.Length);

    /// <summary>Computes the values.</summary>
    /// <param name="options">How; null for the defaults.</param>
    public T[] ToArray(CollectOptions? options = null)
    {
        using var result = Lazy.Run([Value], options);
        return result.As<T[]>();
    }

    /// <summary>Computes the values and goes through them.</summary>
    public IEnumerator<T> GetEnumerator() => ((IEnumerable<T>)ToArray()).GetEnumerator();

    /// <summary>The values where the mask is true.</summary>
    /// <param name="mask">A series of the same length.</param>
    /// <exception cref="ArgumentException">The series are known to be of different lengths.</exception>
    public Series<T> Filter(Series<bool> mask)
    {
        ArgumentNullException.ThrowIfNull(mask);
        Series.OneLength("Filter", Value, Length, mask.Value, mask.Length);
        return new Series<T>(Series.FilterOf.Apply(Value, mask.Value));
    }

    /// <summary>The values where the mask is true, those of another series elsewhere.</summary>
    /// <param name="mask">A series of the same length.</param>
    /// <param name="other">A series of the same length.</param>
    /// <exception cref="ArgumentException">The series are known to be of different lengths.</exception>
    public Series<T> Select(Series<bool> mask, Series<T> other)
    {
        ArgumentNullException.ThrowIfNull(other);
        ArgumentNullException.ThrowIfNull(mask);
        return new Series<T>(
            Series.SelectOf.Apply(mask.Value, Value, other.Value),
            Series.OneLength("Select", Value, Series.OneLength("Select", Value, Length, other.Value, other.Length), mask.Value, mask.Length));
    }

    /// <summary>The values where the mask is true, another value elsewhere.</summary>
    /// <param name="mask">A series of the same length.</param>
    /// <param name="other">The other value.</param>
    /// <exception cref="ArgumentException">The series are known to be of different lengths.</exception>
    public Series<T> Select(Series<bool> mask, LazyScalar<T> other)
    {
        ArgumentNullException.ThrowIfNull(mask);
        ArgumentNullException.ThrowIfNull(other);
        return new Series<T>(
            Series.SelectScalarOf.Apply(mask.Value, Value, other.Value),
            Series.OneLength("Select", Value, Length, mask.Value, mask.Length));
    }

    /// <summary>The values as another type: a float becomes an integer without its fraction and saturates, NaN as 0; an integer keeps its low bits.</summary>
    /// <typeparam name="TOther">bool, an integer of 8 to 64 bits, float or double.</typeparam>
    public Series<TOther> Cast<TOther>()
        where TOther : unmanaged => new(Elements<TOther>.CastVector.Apply(Value), Length);

    /// <summary>How many values there are.</summary>
    public LazyScalar<long> Count() => new(Series.CountOf.Apply(Value));

    /// <summary>The values in groups, one for each key.</summary>
    /// <typeparam name="TKey">The type of the keys.</typeparam>
    /// <param name="keys">For each value the key of its group.</param>
    /// <exception cref="ArgumentException">The series are known to be of different lengths.</exception>
    public Groups<TKey, T> GroupBy<TKey>(Series<TKey> keys)
        where TKey : notnull
    {
        ArgumentNullException.ThrowIfNull(keys);
        Series.OneLength("GroupBy", Value, Length, keys.Value, keys.Length);
        return new Groups<TKey, T>(keys, this);
    }

    /// <inheritdoc/>
    public override bool Equals(object? obj) => ReferenceEquals(this, obj);

    /// <inheritdoc/>
    public override int GetHashCode() => RuntimeHelpers.GetHashCode(this);

    /// <summary>What it is, without computing it.</summary>
    public override string ToString() => $"{Value}: {Value.Type}{(Length is { } length ? $" of {length}" : "")}";
}
