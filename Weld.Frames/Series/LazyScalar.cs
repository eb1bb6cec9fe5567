using Weld.Managed;

namespace Weld.Frames;

/// <summary>One value of a graph, such as the sum of a series or a constant. A constant is an input of the program: with another one, the program is the same.</summary>
/// <typeparam name="T">bool, an integer of 8 to 64 bits, float, double or string.</typeparam>
public sealed class LazyScalar<T> : ILazy<T>
    where T : notnull
{
    /// <summary>Gives a value of a graph this coat.</summary>
    /// <param name="value">A value of the type that <typeparamref name="T"/> has in Weld, a string being <c>vec[u8]</c>.</param>
    /// <exception cref="ArgumentException">It is of another type.</exception>
    public LazyScalar(LazyValue value)
    {
        ArgumentNullException.ThrowIfNull(value);
        Value = value.Type == Elements<T>.Type ? value : throw new ArgumentException($"expected a value of type {Elements<T>.Type}, found {value.Type}", nameof(value));
    }

    /// <inheritdoc/>
    public LazyValue Value { get; }

    /// <summary>A constant.</summary>
    /// <param name="value">The constant.</param>
    public static implicit operator LazyScalar<T>(T value) => new(LazyValue.Of(value, Elements<T>.Type, "constant"));

    /// <inheritdoc/>
    public T Read(WeldView computed) => computed.As<T>();

    /// <summary>The value as another type: a float becomes an integer without its fraction and saturates, NaN as 0; an integer keeps its low bits.</summary>
    /// <typeparam name="TOther">The type.</typeparam>
    public LazyScalar<TOther> Cast<TOther>()
        where TOther : unmanaged => new(Elements<TOther>.CastScalar.Apply(Value));

    /// <summary>What it is, without computing it.</summary>
    public override string ToString() => $"{Value}: {Value.Type}";
}
