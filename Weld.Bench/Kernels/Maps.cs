using Weld.Bench.Compare;
using Weld.Managed;

namespace Weld.Bench.Kernels;

/// <summary>One pass, elements for elements (maps.c).</summary>
internal static class Maps
{
    public static IEnumerable<Comparison> All =>
    [
        new()
        {
            Name = "axpy-f32", Twin = "axpy", Program = "|x: vec[f32], a: f32, b: f32| result(for(x, appender[f32], |c, i, e| merge(c, a * e + b)))",
            Arguments = rows => [Draw.Column(10, rows, bits => (float)Draw.Unit(bits)), 2.5f, 0.5f],
            Buffers = a => [new float[((float[])a[0]).Length]], Read = r => [r.AsSpan<float>().ToArray()], Tolerance = 1e-6, IsFloat = true,
        },
        new()
        {
            Name = "black-scholes", Twin = "black_scholes", Program = Example("black-scholes"), Rows = 4_000_000,
            Arguments = rows =>
            [
                Draw.Between(11, rows, 80, 120), Draw.Between(12, rows, 80, 120), Draw.Between(13, rows, 0.5, 2),
                Draw.Between(14, rows, 0, 0.05), Draw.Between(15, rows, 0.2, 0.5),
            ],
            Buffers = a => [new double[Length(a)], new double[Length(a)]],
            Read = r => [r[0].AsSpan<double>().ToArray(), r[1].AsSpan<double>().ToArray()], Tolerance = 1e-12, IsFloat = true,
        },
        new()
        {
            Name = "haversine", Twin = "haversine", Program = Example("haversine"),
            Arguments = rows => [Draw.Between(16, rows, 40.5, 44.5), Draw.Between(17, rows, -78.5, -74.5), new[] { 40.671, -73.985 }],
            Buffers = a => [new double[Length(a)]], Read = r => [r.AsSpan<double>().ToArray()], Tolerance = 1e-9, IsFloat = true,
        },
        Filter("filter-1", 0.01),
        Filter("filter-50", 0.5),
        Filter("filter-99", 0.99),
    ];

    /// <summary>A program of examples/programs.</summary>
    public static string Example(string name) => File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "examples", "programs", $"{name}.weld"));

    private static int Length(object[] arguments) => ((double[])arguments[0]).Length;

    private static Comparison Filter(string name, double limit) => new()
    {
        Name = name, Twin = "filter", Program = "|v: vec[f64], limit: f64| result(for(v, appender[f64], |b, i, x| if(x < limit, merge(b, x), b)))",
        Arguments = rows => [Draw.Between(18, rows, 0, 1), limit],
        Buffers = a => [new double[Length(a)]], Read = r => [r.AsSpan<double>().ToArray()],
    };
}
