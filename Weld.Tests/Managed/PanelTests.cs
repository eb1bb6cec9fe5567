using Weld.Managed;
using Weld.Managed.Runtime;

namespace Weld.Tests.Managed;

/// <summary>Loops in SIMD whose bodies reduce into more sums than fit the registers.</summary>
public sealed class PanelTests
{
    private static readonly string[] Passes = ["inline-apply", "vectorize"];
    private static readonly int[] Borders = [0, 1, 2, 3, 5, 8, 16, 17, 33, 64, 65, 130, 257];
    private const string Ten = "{f64,f64,f64,f64,f64,f64,f64,f64,f64,f64}";
    private const string TenValues = "{s, s * y, s - 1.0, s * s, t * s, s + t, f64(i) * s, s * c, t, if(s > c, s, y)}";
    private const string TenSums = "r.$0 + r.$1 * 2.0 - r.$2 + r.$3 * 0.5 + r.$4 - r.$5 + r.$6 * 3.0 + r.$7 - r.$8 + r.$9";

    [Theory]
    [InlineData("|v: vec[f64], w: vec[f64], c: f64| map(v, |x| let r = result(@(vectorize: false) for(w, merger[" + Ten + ",+], |b, i, y| let s = x * y; let t = y + 1.0; merge(b, " + TenValues + "))); " + TenSums + ")")]
    [InlineData("|v: vec[f64], w: vec[f64], c: f64| map(v, |x| let r = result(@(vectorize: false) for(w, merger[" + Ten + ",max], |b, i, y| let t = y * c; let s = x - t; merge(b, " + TenValues + "))); " + TenSums + ")")]
    [InlineData("|v: vec[i64], w: vec[i64], c: i64| map(v, |x| let r = result(@(vectorize: false) for(w, merger[{i64,i64,i64,i64,i64},+], |b, i, y| let s = x * y; merge(b, {s, s - i, s ^ y, s * c, s & x}))); r.$0 + r.$1 * 3L + r.$2 - r.$3 + r.$4)")] // one value is of the lane
    [InlineData("|v: vec[i32], w: vec[f32], c: i32| map(v, |x| let r = result(@(vectorize: false) for(w, merger[{f32,f32,f32,f32,f32,f32,f32,f32,f32},+], |b, i, y| let s = f32(x) * y; let n = x + c; merge(b, {s, s * y, s - f32(n), y, s * 2.0f, s * s, -s, s + y, f32(n)}))); r.$0 + r.$1 - r.$2 + r.$3 * r.$4 - r.$5 + r.$6 + r.$7 - r.$8)")]
    [InlineData("|v: vec[f64], w: vec[f64], c: f64| map(v, |x| let r = result(@(vectorize: false) for(w, merger[{f64,f64,f64,f64,f64},{+,+,*,+,+}], |b, i, y| let s = x * y; merge(b, {s, s + c, s, y, s * 2.0}))); r.$0 + r.$1 + r.$2 - r.$3 + r.$4)")] // operators differ
    [InlineData("|v: vec[f64], w: vec[f64], c: f64| map(v, |x| let r = result(@(vectorize: false) for(w, merger[{f64,f64,f64,f64,f64},+]({x, c, 1.0, x, c}), |b, i, y| let s = x * y; merge(b, {s, s + c, s, y, s * 2.0}))); r.$0 + r.$1 + r.$2 - r.$3 + r.$4)")] // initial values
    [InlineData("|v: vec[f64], w: vec[f64], c: f64| map(v, |x| let r = result(@(vectorize: false) for(w, merger[{f64,f64,f64,f64,f64},+], |b, i, y| let s = x * y; if(s > c, merge(b, {s, s + c, s, y, s * 2.0}), b))); r.$0 + r.$1 + r.$2 - r.$3 + r.$4)")] // not each time
    [InlineData("|v: vec[f64], w: vec[f64], u: vec[f64]| map(v, |x| let r = result(@(vectorize: false) for(zip(w, u), merger[{f64,{f64,f64},f64,f64},+], |b, i, y| let s = x * y.$0; merge(b, {s, {s + y.$1, s}, y.$0, s * 2.0}))); r.$0 + r.$1.$0 + r.$1.$1 - r.$2 + r.$3)")]
    [InlineData("|v: vec[f64], w: vec[f64], u: vec[f64]| result(for(v, merger[f64,+], |b, j, x| let r = result(@(vectorize: false) for(zip(w, u), merger[{f64,f64,f64,f64,f64},+], |b, i, y| let s = lookup(w, j) * y.$0; merge(b, {s, s + y.$1, s * x, y.$0, s * y.$1}))); merge(b, r.$0 + r.$1 + r.$2 - r.$3 + r.$4)))")]
    public void ManySums(string program)
    {
        VectorLoop.AssertOutermostVector(program, Passes);
        VectorLoop.Check(program, Borders, Passes);
    }

    [Theory]
    [InlineData("|w: vec[f64], c: f64| map(rangeiter(0L, 17L, 1L), |x| let r = result(@(vectorize: false) for(w, merger[" + Ten + ",+], |b, i, y| let s = f64(x) * y; let t = y + 1.0; merge(b, " + TenValues + "))); " + TenSums + ")")]
    [InlineData("|w: vec[i64], c: i64| map(rangeiter(0L, 9L, 1L), |x| let r = result(@(vectorize: false) for(w, merger[{i64,i64,i64,i64,i64},min], |b, i, y| let s = x * y; merge(b, {s, s - i, s ^ y, s * c, -s}))); r.$0 + r.$1 * 3L + r.$2 - r.$3 + r.$4)")]
    public void ManySumsAcrossBlocks(string program) => VectorLoop.Check(program, [65_537], Passes);

    [Theory]
    [InlineData("|w: vec[f64], c: i64| map(rangeiter(0L, 37L, 1L), |x| let r = result(@(vectorize: false) for(w, merger[{f64,f64,f64,f64,f64},+], |b, i, y| let s = lookup(w, x) * y; merge(b, {s, s + 1.0, s * y, y, s * 2.0}))); r.$0 + r.$1 + r.$2 - r.$3 + r.$4)")]
    [InlineData("|w: vec[f64], c: i64| map(rangeiter(0L, 37L, 1L), |x| let r = result(@(vectorize: false) for(w, merger[{f64,f64,f64,f64,f64},+], |b, i, y| let s = lookup(w, i + x - 30L) * y; merge(b, {s, s + 1.0, s * y, y, s * 2.0}))); r.$0 + r.$1 + r.$2 - r.$3 + r.$4)")]
    [InlineData("|w: vec[f64], c: i64| map(rangeiter(0L, 37L, 1L), |x| let r = result(@(vectorize: false) for(w, merger[{f64,f64,f64,f64,f64},+], |b, i, y| let s = f64(x) * y; merge(b, {s, s + lookup(w, i + c - c), lookup(w, 36L), y, s * 2.0}))); r.$0 + r.$1 + r.$2 - r.$3 + r.$4)")]
    public void ErrorsInside(string program) => VectorLoop.Check(program, [0, 1, 36, 37, 38, 67, 68], Passes);

    [Fact]
    public void NoSums() => VectorLoop.Check("|v: vec[bool], w: vec[f64]| result(for(v, merger[{},*], |b, i, x| merge(b, result(for(w, merger[{},+], |c, j, y| c)))))", [0, 1, 40]);

    // The outer loop runs the inner one again and again, whose panels stay.
    [Theory]
    [InlineData("let s = lookup(w, x) * y;", "rangeiter(0L, len(w), 1L)", "w")]
    [InlineData("let s = lookup(w, x) * y + r;", "rangeiter(0L, len(w), 1L)", "w")] // what is shared differs for each row
    [InlineData("let s = lookup(w, x) * y;", "rangeiter(0L, len(w), 1L)", "slice(w, 0L, j + 1L)")] // so does how many there are of it
    [InlineData("let s = f64(x + i);", "rangeiter(0L, len(w), 1L)", "slice(w, 0L, j + 1L)")] // or only the latter
    [InlineData("let s = lookup(w, x) * y;", "rangeiter(j, len(w) + j, 1L)", "w")] // other columns; the lookup fails
    [InlineData("let s = lookup(w, x % len(w)) * y;", "rangeiter(j, len(w) + j, 1L)", "w")]
    [InlineData("let t = y + r; let s = t * f64(x);", "rangeiter(0L, len(w), 1L)", "w")] // through a variable
    [InlineData("let t = y + 1.0; let s = t * f64(x);", "rangeiter(0L, len(w), 1L)", "w")]
    public void PanelsOfNestedLoops(string shared, string columns, string data) => VectorLoop.CheckOnThreads(
        $$"""
        |v: vec[f64], w: vec[f64]| map(result(for(v, appender[vec[f64]], |a, j, r| let j = j % 11L; merge(a,
            result(for({{columns}}, appender[f64], |b, k, x|
                let m = result(@(vectorize: false) for({{data}}, merger[{f64,f64,f64,f64,f64},+], |c, i, y| {{shared}} merge(c, {s, s + r, s * r, r - s, s + s})));
                merge(b, m.$0 + m.$1 * 2.0 - m.$2 + m.$3 + m.$4)))))), |row| result(for(row, merger[f64,+], |c, i, y| merge(c, y))))
        """,
        [0, 1, 4, 17, 40],
        Passes);

    [Fact]
    public void PanelsOfSeveralProductsInOneLoop() => VectorLoop.CheckOnThreads(
        """
        |v: vec[f64], n: i64|
            let columns = 37L;
            let a = map(v, |x| map(rangeiter(0L, 70L, 1L), |k| x * f64(k % 7L) - f64(k)));
            let m = map(rangeiter(0L, 70L, 1L), |k| map(rangeiter(0L, columns, 1L), |j| f64(k * 3L - j * j)));
            let q = iterate({m, 0L}, |s| let p = map(s.$0, |row| map(row, |x| x * 0.5 + 1.0));
                {{p, s.$1 + 1L}, s.$1 < 2L});
            let first = map(a, |row| map(rangeiter(0L, columns, 1L), |j| result(for(zip(row, m), merger[f64,+], |b, i, e| merge(b, e.$0 * lookup(e.$1, j))))));
            let second = map(a, |row| map(rangeiter(0L, columns, 1L), |j| result(for(zip(row, q.$0), merger[f64,+], |b, i, e| merge(b, e.$0 * lookup(e.$1, j))))));
            {first, second}
        """,
        [4, 33]);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public void PanelsTakeNoMoreThanThereIs(int threads)
    {
        var module = WeldModule.Compile(
            """
            |n: i64|
                let m = map(rangeiter(0L, 300L, 1L), |k| map(rangeiter(0L, 300L, 1L), |j| f64(k * 3L - j * j)));
                map(m, |row| map(rangeiter(0L, 300L, 1L), |j| result(for(zip(row, m), merger[f64,+], |b, i, e| merge(b, e.$0 * lookup(e.$1, j))))))
            """,
            new CompileOptions { Backend = Backend.Compiled });
        var sums = new HashSet<double>();
        foreach (var limit in (long[])[2_500_000, 3_000_000, 3_500_000, 4_500_000, 5_500_000, 1 << 30])
        {
            using var result = module.Run(new RunOptions { MemoryLimit = limit, Threads = threads }, 1L);
            sums.Add(result.As<double[][]>().Sum(static row => row.Sum()));
        }

        Assert.Single(sums);
    }
}
