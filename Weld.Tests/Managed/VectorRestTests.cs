namespace Weld.Tests.Managed;

/// <summary>What is left of a range after whole steps, in lanes of which the last do not take part; and steps whose computations go together.</summary>
public sealed class VectorRestTests
{
    private static readonly string[] Passes = ["inline-apply", "vectorize"];
    private static readonly int[] Borders = [.. Enumerable.Range(0, 36), 47, 50, 63, 64, 65, 66, 79, 127, 129, 4_095, 4_096, 4_097, 4_110];

    private const string Chain = "((((((((((((x + 0.1) * c + 0.3) * c - 0.5) * x + 0.7) * c - 0.9) * c + 1.1) * x - 1.3) * c + 1.5) * x + 1.7) * c - 1.9) * x + 2.1) * c)";
    private const string Whole = "(((((((((((((x + 1L) ^ 3L) * 5L) - c) ^ 7L) + c) * 3L) ^ c) - 9L) | 1L) + c) ^ 11L) - 13L)";

    [Theory]
    [InlineData("|v: vec[f64], w: vec[f64]| map(rangeiter(0L, 3L, 1L), |n| result(for(zip(v, w), merger[f64,+], |b, i, e| merge(b, e.$0 * e.$1 + f64(n)))))")]
    [InlineData("|v: vec[f32], w: vec[f32]| map(rangeiter(0L, 3L, 1L), |n| result(for(zip(v, w), merger[f32,*](0.5f), |b, i, e| if(e.$0 < e.$1, merge(b, e.$0), merge(merge(b, e.$1), 1.5f)))))")]
    [InlineData("|v: vec[f64], w: vec[i32]| map(rangeiter(0L, 3L, 1L), |n| result(for(zip(v, w), {merger[f64,+], merger[i32,min], merger[{f64,i64},{max,+}]}, |b, i, e| {merge(b.$0, e.$0), if(e.$1 > 0, merge(b.$1, e.$1), b.$1), merge(b.$2, {e.$0, i})})).$2.$1)")]
    [InlineData("|v: vec[i64], w: vec[f64]| map(rangeiter(0L, 3L, 1L), |n| result(for(v, merger[i64,max], |b, i, x| if(x > n || i == 2L, merge(b, x ^ i), b))))")]
    [InlineData("|v: vec[f64], w: vec[i8]| map(rangeiter(0L, 3L, 1L), |n| result(for(zip(v, w), merger[f64,+], |b, i, e| if(e.$1 > 0i8, merge(b, e.$0), b))))")] // bytes are not read in part
    [InlineData("|v: vec[f64], w: vec[f64]| map(rangeiter(0L, 3L, 1L), |n| result(for(rangeiter(n, len(v) + n, 1L), merger[f64,+], |b, i, x| merge(b, f64(x * i)))))")]
    [InlineData("|v: vec[f64], w: vec[f64]| map(rangeiter(0L, 3L, 1L), |n| result(for(v, merger[f64,+], |b, i, x| merge(b, 1.0 / x))))")] // of lanes behind the end, by 0
    [InlineData("|v: vec[f64], w: vec[f64]| map(rangeiter(0L, 3L, 1L), |n| result(for(v, merger[f64,+], |b, i, x| merge(b, exp(x) - x))))")]
    [InlineData("|v: vec[f64], w: vec[f64]| map(rangeiter(0L, 3L, 1L), |n| result(for(v, merger[i64,&], |b, i, x| merge(b, i64(x)))))")]
    public void Reductions(string program)
    {
        Assert.All(VectorLoop.Plans(program, 256, Passes).Where(p => p.Parent is not null), p => Assert.NotNull(p.Vector));
        VectorLoop.Check(program, Borders, Passes);
    }

    [Theory]
    [InlineData("|v: vec[f64], w: vec[f64]| sum(map(zip(v, w), |e| e.$0 * e.$1))")]
    [InlineData("|v: vec[i32], w: vec[i32]| result(for(zip(v, w), {merger[i32,+], merger[i64,*]}, |b, i, e| {merge(b.$0, e.$0), if(e.$1 > 1, merge(b.$1, i), b.$1)}))")]
    public void Outermost(string program) => VectorLoop.Check(program, [.. Borders, 65_535, 65_536, 65_539], Passes);

    [Theory]
    [InlineData("|v: vec[f64], w: vec[f64]| map(rangeiter(0L, 3L, 1L), |n| result(for(v, merger[f64,+], |b, i, x| merge(b, x + lookup(w, i)))))")]
    [InlineData("|v: vec[f64], w: vec[f64]| map(rangeiter(0L, 3L, 1L), |n| result(for(v, merger[f64,+], |b, i, x| merge(b, x + lookup(w, i + 1L)))))")] // the last one fails
    [InlineData("|v: vec[f64], w: vec[bool]| map(rangeiter(0L, 3L, 1L), |n| result(for(v, merger[f64,+], |b, i, x| if(lookup(w, i), merge(b, x), b))))")]
    [InlineData("|v: vec[i64], w: vec[f64]| map(rangeiter(0L, 3L, 1L), |n| result(for(v, merger[f64,+], |b, i, x| merge(b, lookup(w, len(w) - 1L - i)))))")]
    [InlineData("|v: vec[i64], w: vec[f64]| map(rangeiter(0L, 3L, 1L), |n| result(for(v, merger[f64,+], |b, i, x| if(x >= 0L && x < len(w), merge(b, lookup(w, x)), b))))")]
    [InlineData("|v: vec[i64], w: vec[f64]| map(rangeiter(0L, 3L, 1L), |n| result(for(v, merger[i64,+], |b, i, x| let ok = assert(i != len(v) - 1L || n < 2L); if(ok, merge(b, x), b))))")]
    [InlineData("|v: vec[i64], w: vec[i64]| map(rangeiter(0L, 3L, 1L), |n| result(for(zip(v, w), merger[i64,+], |b, i, e| merge(b, if(e.$1 == 0L, 0L, e.$0 / e.$1) + e.$0 % (i + 1L)))))")] // of lanes behind the end, by 0
    [InlineData("|v: vec[i32], w: vec[i32]| map(rangeiter(0L, 3L, 1L), |n| result(for(zip(v, w), merger[i32,+], |b, i, e| merge(b, e.$0 / (e.$1 | 1) + e.$0 / (i32(len(v) - 1L - i) - i32(n))))))")] // some by 0
    public void Checks(string program) => VectorLoop.Check(program, Borders.Where(b => b < 600), Passes);

    [Theory]
    [InlineData("|v: vec[f64], c: vec[f64]| result(for(rangeiter(0L, 70L, 1L), vecmerger[f64,+](c), |b, k, n| for(iter(v, 0L, (len(v) * (n & 3L)) / 3L % (len(v) + 1L), 1L), b, |d, i, x| merge(d, {i, x * f64(n)}))))")] // of changing lengths
    [InlineData("|v: vec[f64], c: vec[f64]| result(for(rangeiter(0L, 9L, 1L), vecmerger[f64,+](c), |b, k, n| for(v, b, |d, i, x| if(x > f64(n) - 4.0, merge(d, {i, x * f64(n)}), d))))")]
    [InlineData("|v: vec[i32], c: vec[i32]| result(for(rangeiter(0L, 9L, 1L), vecmerger[i32,min](c), |b, k, n| for(v, b, |d, i, x| if((x & 3) == i32(n & 3L), merge(d, {i, x ^ i32(n)}), d))))")]
    [InlineData("|v: vec[f32], c: vec[f32]| result(for(rangeiter(0L, 9L, 1L), vecmerger[f32,*](c), |b, k, n| for(v, b, |d, i, x| merge(d, {i, x * f32(n)}))))")]
    [InlineData("|v: vec[i16], c: vec[i16]| result(for(rangeiter(0L, 9L, 1L), vecmerger[i16,+](c), |b, k, n| for(v, b, |d, i, x| merge(d, {i, x}))))")]
    [InlineData("|v: vec[f64], c: vec[f64]| result(for(rangeiter(0L, 9L, 1L), {vecmerger[f64,+](c), vecmerger[f64,*](c)}, |b, k, n| for(v, b, |d, i, x| {merge(d.$0, {i, x}), if(n > 3L, merge(d.$1, {i, x}), d.$1)})))")]
    [InlineData("|v: vec[f64], c: vec[f64]| let first = for(v, vecmerger[f64,+](c), |d, i, x| merge(d, {i, x})); result(for(rangeiter(0L, 3L, 1L), merge(first, {0L, 2.5}), |b, k, n| for(v, merge(b, {len(c) - 1L, 0.5}), |d, i, x| merge(d, {i, x}))))")]
    [InlineData("|v: vec[f64], c: vec[f64]| result(for(rangeiter(0L, 9L, 1L), vecmerger[f64,+](c), |b, k, n| for(v, b, |d, i, x| merge(d, {i + (n & 1L), x * f64(n)}))))")] // the last one is outside
    public void NeighbouringCells(string program) => VectorLoop.Check(program, Borders, Passes);

    [Fact]
    public void NeighbouringCellsOfSeveralBlocks() => VectorLoop.Check(
        "|v: vec[f64]| result(for(rangeiter(0L, 140000L, 1L), vecmerger[f64,+](v), |b, k, n| for(iter(v, 0L, if((n & 7L) == 0L, len(v), len(v) / 2L), 1L), b, |d, i, x| if(x > f64(n & 1L), merge(d, {i, x * f64(n & 3L)}), d))))", [5, 9], Passes);

    [Theory]
    [InlineData("|v: vec[f64], c: f64| map(v, |x| " + Chain + ")")]
    [InlineData("|v: vec[f64], c: f64| sum(map(v, |x| " + Chain + "))")]
    [InlineData("|v: vec[f64], c: f64| filter(map(v, |x| " + Chain + "), |y| y > c)")]
    [InlineData("|v: vec[i64], c: i64| result(for(v, {appender[i64], merger[i64,+], vecmerger[i64,+](v)}, |b, i, x| let y = " + Whole + "; {merge(b.$0, y), if(y > c, merge(b.$1, y ^ i), b.$1), merge(b.$2, {i, y})}))")]
    [InlineData("|v: vec[i64], c: i64| result(for(v, {appender[i64], merger[i64,+]}, |b, i, x| let y = " + Whole + "; let z = if(y == 7L || i == 37L, lookup(v, i + i64(y == y) * 60L), y); {merge(b.$0, z), merge(b.$1, y)}))")] // some computation fails
    [InlineData("|v: vec[i64], c: i64| result(for(v, appender[i64], |b, i, x| let y = " + Whole + "; if(y > c, merge(merge(b, y), i), merge(b, c))))")]
    [InlineData("|v: vec[i64], c: i64| result(for(v, vecmerger[i64,+]([0L, 0L, 0L]), |b, i, x| let y = " + Whole + "; merge(b, {y & 1L, x})))")]
    public void Chains(string program)
    {
        Assert.True(VectorLoop.Plans(program, 256, Passes)[0].Vector is { Interleaves: true, Copies: > 1 });
        VectorLoop.Check(program, Borders, Passes);
        VectorLoop.Check(program, [65_535, 65_537], Passes);
    }
}
