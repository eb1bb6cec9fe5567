using Weld.Bench.Compare;

namespace Weld.Bench.Kernels;

/// <summary>Matrices are vectors of rows (matrices.c).</summary>
internal static class Matrices
{
    public static IEnumerable<Comparison> All =>
    [
        new()
        {
            Name = "matrix-vector", Twin = "matrix_vector",
            Program = "|m: vec[vec[f64]], v: vec[f64]| map(m, |row| result(for(zip(row, v), merger[f64, +], |b, i, e| merge(b, e.$0 * e.$1))))",
            Arguments = rows => [Of(50, Math.Max(1, rows / 2_500), 2_500), Draw.Between(51, 2_500, -1, 1)],
            Buffers = a => [new double[((Matrix)a[0]).Values.Length / 2_500]], Read = r => [r.AsSpan<double>().ToArray()], Tolerance = 1e-11, IsFloat = true,
        },
        new()
        {
            Name = "matrix-product", Twin = "matrix_product", Program = Maps.Example("matrix-product"), Rows = 512, IsFixed = true,
            Arguments = rows => [Of(52, rows, (int)rows), Of(53, rows, (int)rows)],
            Buffers = a => [new double[((Matrix)a[0]).Values.Length]],
            Read = r => [Enumerable.Range(0, checked((int)r.Length)).SelectMany(i => r[i].AsSpan<double>().ToArray()).ToArray()], Tolerance = 1e-11, IsFloat = true,
        },
        new()
        {
            Name = "logistic-step", Twin = "logistic_step", Program = Maps.Example("logistic-regression"), Rows = 200_000,
            Arguments = rows => [Of(54, rows, 50), Draw.Column(55, rows, bits => (double)(bits & 1)), Draw.Between(56, 50, -1, 1), 0.5],
            Buffers = a => [new double[50]], Read = r => [r.AsSpan<double>().ToArray()], Tolerance = 1e-10, IsFloat = true,
        },
    ];

    private static Matrix Of(int seed, long rows, int columns) => new(Draw.Between(seed, rows * columns, -1, 1), columns);
}
