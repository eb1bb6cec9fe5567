using Weld.Bench.Compare;
using Weld.Core.Types;

namespace Weld.Bench.Kernels;

/// <summary>An elementary function of one kind of floats over arrays (functions.c).</summary>
/// <param name="Function">The function.</param>
/// <param name="Kind">The kind.</param>
/// <param name="Comparison">As a computation of all peers.</param>
internal sealed record ElementaryMap(string Function, ScalarKind Kind, Comparison Comparison)
{
    /// <summary>Of arguments, and of results: both are in the second nearest cache, and a run takes much longer than its beginning and end.</summary>
    private const int Bytes = 1 << 17;

    private static readonly Domain Positive = new(0.01, 100);
    private static readonly Domain Usual = new(-10, 10);

    private static readonly (string Function, Domain[] Domains)[] Functions =
    [
        ("exp", [Usual]), ("exp2", [Usual]), ("expm1", [new(-3, 3)]), ("sinh", [new(-5, 5)]), ("cosh", [new(-5, 5)]), ("tanh", [new(-5, 5)]),
        ("log", [Positive]), ("log2", [Positive]), ("log10", [Positive]), ("log1p", [new(-0.9, 10)]),
        ("sin", [Usual]), ("cos", [Usual]), ("tan", [Usual]), ("asin", [new(-1, 1)]), ("acos", [new(-1, 1)]), ("atan", [Usual]),
        ("erf", [new(-3, 3)]), ("cbrt", [new(-100, 100)]),
        ("pow", [new(0.01, 10), Usual]), ("atan2", [Usual, Usual]),
    ];

    /// <summary>All functions, of f64 and of f32.</summary>
    public static IReadOnlyList<ElementaryMap> All { get; } = [.. Functions.SelectMany(f => new[] { Of(f.Function, f.Domains, ScalarKind.F64), Of(f.Function, f.Domains, ScalarKind.F32) })];

    private static ElementaryMap Of(string function, Domain[] domains, ScalarKind kind)
    {
        var (type, isDouble) = (kind.Name(), kind == ScalarKind.F64);
        return new(function, kind, new Comparison
        {
            Name = $"{function}-{type}",
            Twin = $"{function}_{type}",
            Program = domains.Length == 1
                ? $"|v: vec[{type}]| result(for(v, appender[{type}], |b, i, x| merge(b, {function}(x))))"
                : $"|v: vec[{type}], w: vec[{type}]| result(for(zip(v, w), appender[{type}], |b, i, p| merge(b, {function}(p.$0, p.$1))))",
            Rows = Bytes / kind.Size(),
            Arguments = rows => [.. domains.Select((d, i) => isDouble ? (object)d.Doubles(40 + i, rows) : d.Floats(40 + i, rows))],
            Buffers = a => isDouble ? [new double[((double[])a[0]).Length]] : [new float[((float[])a[0]).Length]],
            Read = r => isDouble ? [r.AsSpan<double>().ToArray()] : [r.AsSpan<float>().ToArray()],
            Tolerance = isDouble ? 1e-13 : 1e-5,
            IsFloat = true,
        });
    }

    /// <summary>The numbers from one up to another.</summary>
    private sealed record Domain(double From, double To)
    {
        public double[] Doubles(int seed, long rows) => Draw.Between(seed, rows, From, To);

        public float[] Floats(int seed, long rows) => Array.ConvertAll(Doubles(seed, rows), x => (float)x);
    }
}
