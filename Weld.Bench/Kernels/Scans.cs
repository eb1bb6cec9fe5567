using System.Globalization;
using Weld.Bench.Compare;
using Weld.Managed;

namespace Weld.Bench.Kernels;

/// <summary>One pass, one number (scans.c).</summary>
internal static class Scans
{
    public static IEnumerable<Comparison> All =>
    [
        new()
        {
            Name = "sum", Twin = "sum", Program = new Sum().Program, Arguments = rows => [Draw.Between(1, rows, 0, 1)],
            Buffers = One, Read = Number, Tolerance = 1e-12, IsFloat = true,
        },
        new()
        {
            Name = "map-filter-sum", Twin = "map_filter_sum", Program = new MapFilterSum().Program, Arguments = rows => [Draw.Between(2, rows, 0, 1)],
            Buffers = One, Read = Number, Tolerance = 1e-12, IsFloat = true,
        },
        new()
        {
            Name = "q6", Twin = "q6", Program = new Q6().Program, Arguments = Orders,
            Buffers = One, Read = Number, Tolerance = 1e-12, IsFloat = true,
        },
        new()
        {
            // Not for fast-math: it adds up the forty constants beforehand.
            Name = "chain", Twin = "chain", Program = Chain(40), Arguments = rows => [Draw.Between(3, rows, 0, 1)],
            Buffers = One, Read = Number, Tolerance = 1e-12,
        },
    ];

    private static Array[] One(object[] arguments) => [new double[1]];

    private static Array[] Number(WeldResult result) => [new[] { result.As<double>() }];

    private static object[] Orders(long rows) =>
    [
        Draw.Column(4, rows, bits => (int)(((1992 + Draw.Below(bits, 7)) * 10_000) + ((1 + Draw.Below(bits << 8, 12)) * 100) + 1 + Draw.Below(bits << 16, 28))),
        Draw.Column(5, rows, bits => Draw.Below(bits, 11) / 100.0),
        Draw.Column(6, rows, bits => 1.0 + Draw.Below(bits, 50)),
        Draw.Column(7, rows, bits => 900 + (Draw.Below(bits, 10_410_000) / 100.0)),
    ];

    /// <summary>Σ ((x + 0.1) + 0.2) + …, each addition a map of its own.</summary>
    private static string Chain(int count)
    {
        var maps = Enumerable.Range(1, count).Select(k => string.Create(CultureInfo.InvariantCulture, $"let v = map(v, |x| x + {k * 0.1:R}{((k * 0.1) % 1 == 0 ? ".0" : "")});"));
        return $"|v: vec[f64]| {string.Join('\n', maps)} result(for(v, merger[f64, +], |b, i, x| merge(b, x)))";
    }
}
