using Weld.Core;
using Weld.Core.Diagnostics;
using Weld.Managed;

namespace Weld.Tests.Managed;

/// <summary>Products of matrices of any shape, whose rows go together where there are enough.</summary>
public sealed class MatrixProductTests
{
    private const string Product = """
        |a: vec[vec[f64]], b: vec[vec[f64]], columns: i64|
            map(a, |row| map(rangeiter(0L, columns, 1L), |j| result(for(zip(row, b), merger[f64,+], |s, i, e| merge(s, e.$0 * lookup(e.$1, j))))))
        """;

    private const string LookedUp = """
        |a: vec[vec[f64]], b: vec[vec[f64]], columns: i64|
            map(a, |row| map(rangeiter(0L, len(lookup(b, 0L)), 1L), |j| result(for(zip(row, b), merger[f64,+], |s, i, e| merge(s, e.$0 * lookup(e.$1, j))))))
        """;

    // Whole numbers, so that no sum rounds.
    [Theory]
    [InlineData(0)]
    [InlineData(128)]
    [InlineData(256)]
    [InlineData(512)]
    public void EveryShape(int width)
    {
        WeldModule[] modules = [Compile(Product, width), Compile(LookedUp, width)];
        var (a, b) = (Whole(40, 65, 1), Whole(65, 40, 2));
        var expected = Multiplied(a, b, 40);
        for (var rows = 0; rows <= 40; rows++)
        {
            for (var columns = 0; columns <= 40; columns++)
            {
                var way = VectorLoop.OnThreads[((41 * rows) + columns) % VectorLoop.OnThreads.Count];
                AssertProduct(modules[(rows + (columns / 4)) % 2], way, a[..rows], [.. b.Select(r => r[..columns])], expected, columns);
            }
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(63)]
    [InlineData(64)]
    [InlineData(127)]
    [InlineData(128)]
    [InlineData(129)]
    [InlineData(256)]
    [InlineData(257)]
    [InlineData(1_025)]
    public void EveryLength(int inner)
    {
        var (a, b) = (Whole(37, inner, 3), Whole(inner, 35, 4));
        var expected = Multiplied(a, b, 35);
        foreach (var (width, way) in VectorLoop.Widths.SelectMany(_ => VectorLoop.OnThreads, (w, o) => (w, o)))
        {
            AssertProduct(Compile(Product, width), way, a, b, expected, 35);
        }
    }

    [Theory]
    [InlineData("f64", "+", 71)]
    [InlineData("f64", "+", 64)]
    [InlineData("f64", "+", 300)]
    [InlineData("f32", "+", 65)]
    [InlineData("f64", "max", 66)]
    [InlineData("i32", "+", 64)]
    public void ProductsOfMatrices(string type, string op, int inner)
    {
        var three = type switch { "f64" => "3.0", "f32" => "3.0f", _ => "3" };
        VectorLoop.CheckOnThreads(
            $$"""
            |v: vec[{{type}}], n: i64|
                let columns = (n & 31L) + 1L;
                let a = map(v, |x| map(rangeiter(0L, {{inner}}L, 1L), |k| x * {{type}}(k % 7L) - {{type}}(k)));
                let m = map(rangeiter(0L, {{inner}}L, 1L), |k| map(rangeiter(0L, columns, 1L), |j| {{type}}(k * 3L - j * j) * {{three}}));
                map(a, |row| map(rangeiter(0L, columns, 1L), |j| result(for(zip(row, m), merger[{{type}},{{op}}], |b, i, e| merge(b, e.$0 * lookup(e.$1, j))))))
            """,
            [0, 1, 3, 4, 5, 15, 16, 17, 18, 33, 36, 50]);
    }

    // Rows that lie in one place stand for each other.
    [Theory]
    [InlineData("0L")]
    [InlineData("k / 2L")]
    [InlineData("k / 4L")]
    [InlineData("k / 5L")]
    [InlineData("min(k, 6L)")]
    [InlineData("k % 2L")]
    [InlineData("(k / 4L) % 2L")]
    public void RowsInOnePlace(string which) => VectorLoop.CheckOnThreads(
        $$"""
        |v: vec[f64]|
            let r = map(v, |x| map(rangeiter(0L, 70L, 1L), |k| x * f64(k % 7L) - f64(k)));
            let m = map(rangeiter(0L, 70L, 1L), |k| map(rangeiter(0L, 37L, 1L), |j| f64(k * 3L - j * j) / 7.0));
            let a = map(rangeiter(0L, len(v), 1L), |k| lookup(r, {{which}}));
            map(a, |row| map(rangeiter(0L, 37L, 1L), |j| result(for(zip(row, m), merger[f64,+], |b, i, e| merge(b, e.$0 * lookup(e.$1, j))))))
        """,
        [4, 5, 8, 13, 16, 17, 21, 33, 39]);

    [Theory]
    [InlineData(0)]
    [InlineData(31)]
    [InlineData(69)]
    public void RowsThatAreTooShort(int at)
    {
        foreach (var (width, way) in VectorLoop.Widths.SelectMany(_ => VectorLoop.OnThreads, (w, o) => (w, o)))
        {
            var b = Whole(70, 40, 5);
            b[at] = b[at][..33];
            AssertFails(Compile(Product, width), way, Whole(50, 70, 6), b, 40L, RuntimeCode.ArrayOutOfBounds);
            var a = Whole(50, 70, 7);
            a[at % 50] = a[at % 50][..69];
            AssertFails(Compile(Product, width), way, a, Whole(70, 40, 8), 40L, RuntimeCode.MismatchedZipSize);
        }
    }

    [Fact]
    public void ColumnsOfNoRow()
    {
        foreach (var way in VectorLoop.OnThreads)
        {
            AssertFails(Compile(LookedUp, 256), way, Whole(20, 0, 1), [], 0L, RuntimeCode.ArrayOutOfBounds);
            Assert.Empty(Compile(LookedUp, 256).Run(way, Array.Empty<double[]>(), Array.Empty<double[]>(), 0L).As<double[][]>());
        }
    }

    [Fact]
    public void MayBeStoppedAnywhere()
    {
        var module = Compile(Product, 256);
        var (a, b) = (Whole(300, 200, 9), Whole(200, 300, 10));
        var expected = Multiplied(a, b, 300);
        for (var ticks = 1; ticks < 60_000; ticks += ticks)
        {
            var way = new RunOptions { Threads = 8, Grain = 1, Timeout = TimeSpan.FromTicks(ticks) };
            try
            {
                AssertProduct(module, way, a, b, expected, 300);
            }
            catch (WeldRuntimeException e)
            {
                Assert.Equal(RuntimeCode.Timeout, e.Code);
            }
        }
    }

    private static WeldModule Compile(string program, int width) => WeldModule.Compile(program, new CompileOptions { Backend = Backend.Compiled, VectorWidth = width });

    private static void AssertProduct(WeldModule module, RunOptions way, double[][] a, double[][] b, double[][] expected, int columns)
    {
        using var result = module.Run(way, a, b, (long)columns);
        var found = result.As<double[][]>();
        Assert.Equal(a.Length, found.Length);
        for (var row = 0; row < found.Length; row++)
        {
            Assert.True(found[row].AsSpan().SequenceEqual(expected[row].AsSpan(0, columns)), $"{a.Length} rows, {columns} columns, {way.Threads} threads: row {row}");
        }
    }

    private static void AssertFails(WeldModule module, RunOptions way, double[][] a, double[][] b, long columns, RuntimeCode code) =>
        Assert.Equal(code, Assert.ThrowsAny<WeldRuntimeException>(() => module.Run(way, a, b, columns).Dispose()).Code);

    private static double[][] Whole(int rows, int columns, int seed) =>
        [.. Enumerable.Range(0, rows).Select(i => Enumerable.Range(0, columns).Select(j => (double)(((i * 31) + (j * 17) + (i * j * seed)) % 23) - 11).ToArray())];

    private static double[][] Multiplied(double[][] a, double[][] b, int columns) =>
        [.. a.Select(row => Enumerable.Range(0, columns).Select(j => row.Select((x, k) => x * b[k][j]).Sum()).ToArray())];
}
