using Weld.Frames;
using Weld.Managed;

namespace CrossLibrary.Vectors;

/// <summary>A small library of arrays of floats, each operation a loop over whole arrays. It knows nothing of tables.</summary>
public sealed class Vector(LazyValue value) : ILazy<Vector>
{
    private static readonly LazyFunction Added = new("Add", "|v: vec[f64], w: vec[f64]| map(zip(v, w), |x| x.$0 + x.$1)");
    private static readonly LazyFunction Multiplied = new("Multiply", "|v: vec[f64], factor: f64| map(v, |x| x * factor)");
    private static readonly LazyFunction Divided = new("Divide", "|v: vec[f64], divisor: f64| map(v, |x| x / divisor)");
    private static readonly LazyFunction Exponential = new("Exp", "|v: vec[f64]| map(v, |x| exp(x))");
    private static readonly LazyFunction Total = new("Sum", "|v: vec[f64]| sum(v)");

    /// <inheritdoc/>
    public LazyValue Value => value;

    public static Vector operator +(Vector v, Vector w) => new(Added.Apply(v.Value, w.Value));

    public static Vector operator *(Vector v, double factor) => new(Multiplied.Apply(v.Value, LazyValue.Of(factor)));

    public static Vector operator /(Vector v, double divisor) => new(Divided.Apply(v.Value, LazyValue.Of(divisor)));

    /// <summary>e to the power of each element.</summary>
    public Vector Exp() => new(Exponential.Apply(Value));

    /// <summary>The elements divided by their sum.</summary>
    public Vector Normalise() => new(Divided.Apply(Value, Total.Apply(Value)));

    /// <inheritdoc/>
    public Vector Read(WeldView computed) => new(LazyValue.Of(computed));
}

/// <summary>A matrix, kept by its columns.</summary>
public sealed class Matrix(params IReadOnlyList<Vector> columns)
{
    /// <summary>The matrix times a vector.</summary>
    public Vector Dot(params IReadOnlyList<double> weights) => columns.Zip(weights, (column, weight) => column * weight).Aggregate((sum, term) => sum + term);
}
