namespace Weld.Tests.Managed;

/// <summary>Loops in SIMD: bodies, builders, borders, errors.</summary>
public sealed class VectorLoopTests
{
    private static readonly string[] Passes = ["inline-apply", "vectorize"];
    private static readonly int[] Borders = [0, 1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 64, 65, 127, 128, 129, 511, 512, 513, 4_095, 4_096, 4_097, 5_003];
    private static readonly int[] Blocks = [65_535, 65_536, 65_537, 200_003];

    [Theory]
    [InlineData("|v: vec[f64]| sum(v)")]
    [InlineData("|v: vec[f32]| result(for(v, merger[f32,*](0.5f), |b, i, x| merge(b, x)))")]
    [InlineData("|v: vec[f64], c: f64| sum(map(filter(v, |x| x > c), |x| x * x - c))")]
    [InlineData("|v: vec[f32], w: vec[f32]| result(for(zip(v, w), merger[f32,+], |b, i, x| if(x.$0 < x.$1, merge(b, x.$0 * x.$1), b)))")]
    [InlineData("|v: vec[i32], w: vec[f64]| result(for(zip(v, w), {merger[f64,+], merger[i32,max], appender[f64]}, |b, i, x| {merge(b.$0, x.$1), merge(b.$1, x.$0), if(x.$0 > 3, merge(b.$2, x.$1), b.$2)}))")]
    [InlineData("|v: vec[f64]| result(for(v, merger[{f64,i64,f32},{+,min,*}], |b, i, x| if(x > 0.0, merge(b, {x, i, f32(x)}), b)))")]
    public void Reductions(string program)
    {
        VectorLoop.AssertVector(program, Passes);
        VectorLoop.Check(program, Borders, Passes);
        VectorLoop.Check(program, Blocks, Passes);
    }

    [Theory]
    [InlineData("|v: vec[f64], c: f64| map(v, |x| x * c + 1.5)")]
    [InlineData("|v: vec[f32]| map(v, |x| x > 0.5f)")]
    [InlineData("|v: vec[bool], w: vec[i8]| result(for(zip(v, w), appender[i8], |b, i, x| merge(b, if(x.$0, x.$1, ~x.$1))))")]
    [InlineData("|v: vec[u8]| result(for(v, appender[i64], |b, i, x| if(x == 7u8, merge(b, i), b)))")]
    [InlineData("|v: vec[i8], c: f64| result(for(v, {appender[f64], appender[i64]}, |b, i, x| {merge(b.$0, c), if(x > 3i8, merge(b.$1, 7L), merge(b.$1, 8L))}))")]
    [InlineData("|v: vec[i16]| filter(v, |x| x > 3i16)")]
    [InlineData("|v: vec[i8]| filter(v, |x| x > 3i8)")]
    [InlineData("|v: vec[i32]| filter(v, |x| (x & 1) == 0)")]
    [InlineData("|v: vec[f32]| filter(map(v, |x| x * 2.0f), |x| x < 3.0f)")]
    [InlineData("|v: vec[i64], a: i64| filter(v, |x| x > a && x < a + 100L || x == 0L)")]
    [InlineData("|v: vec[f64]| result(for(v, appender[f64], |b, i, x| if(x > 0.0, merge(b, x), merge(b, -x))))")]
    [InlineData("|v: vec[f64]| result(for(v, appender[f64], |b, i, x| if(x > 0.0, merge(merge(b, x), -x), merge(b, 0.5))))")]
    [InlineData("|v: vec[f64]| result(for(v, appender[f64], |b, i, x| if(x > 0.0, if(x > 1.0, merge(b, x), b), if(x < -1.0, merge(b, -x), merge(b, 0.0)))))")]
    [InlineData("|v: vec[f64]| result(for(v, {appender[f64], appender[f32], appender[bool]}, |b, i, x| {merge(b.$0, x), if(x > 1.0, merge(b.$1, f32(x)), b.$1), if(i > 5L, merge(b.$2, x == 2.0), b.$2)}))")]
    [InlineData("|v: vec[i64], n: i64| result(for(rangeiter(0L, len(v), 1L), appender[i64], |b, i, x| merge(b, x * n + i)))")]
    [InlineData("|v: vec[i64]| result(for(iter(v, 0L, len(v), 1L), appender[i64], |b, i, x| merge(b, x << (x & 7L))))")]
    [InlineData("|v: vec[f64], w: vec[f64]| result(for(zip(v, w), appender[f64], |b, i, x| let y = x.$0 * x.$1; let big = y > 1.0; merge(b, if(big, exp(y), if(y < -1.0, log(y), sqrt(y))))))")]
    public void Appenders(string program)
    {
        VectorLoop.AssertVector(program, Passes);
        VectorLoop.Check(program, Borders, Passes);
    }

    [Theory]
    [InlineData("|v: vec[f64], c: f64| map(v, |x| x * c + 1.5)")]
    [InlineData("|v: vec[f64], c: f64| filter(v, |x| x > c)")]
    [InlineData("|v: vec[i32]| filter(v, |x| x > 3)")]
    public void AppendersAcrossBlocks(string program) => VectorLoop.Check(program, Blocks, Passes);

    [Theory]
    [InlineData("|v: vec[i64]| result(for(v, vecmerger[i64,+]([1L, 2L, 3L, 4L]), |b, i, x| merge(b, {x & 3L, (x * x + i) * (x ^ 5L) - (x & i) + 7L * x})))")]
    [InlineData("|v: vec[f64]| result(for(v, vecmerger[f64,+]([0.0, 0.0]), |b, i, x| if(x > 0.0, merge(b, {i & 1L, x}), merge(merge(b, {0L, -x}), {1L, x * 2.0}))))")]
    [InlineData("|v: vec[i64]| result(for(v, {vecmerger[i64,max]([1L, 2L]), merger[i64,+]}, |b, i, x| {merge(b.$0, {x & 1L, x}), merge(b.$1, x)}))")]
    [InlineData("|v: vec[i64]| result(for(v, vecmerger[i64,+]([1L, 2L, 3L]), |b, i, x| merge(b, {x & 3L, (x + i * x) * (x ^ 5L) - (x & i) + 7L * x})))")]
    public void KeyedBuilders(string program)
    {
        VectorLoop.AssertVector(program, Passes);
        VectorLoop.Check(program, Borders, Passes);
    }

    [Theory]
    [InlineData("|v: vec[f64], c: vec[f64]| result(for(rangeiter(0L, 70L, 1L), vecmerger[f64,+](c), |b, k, n| for(v, b, |d, i, x| merge(d, {i, x * f64(n)}))))")]
    [InlineData("|v: vec[f64], c: vec[f64]| result(for(rangeiter(0L, 30L, 1L), vecmerger[f64,*](c), |b, k, n| for(v, merge(b, {n & 1L, 1.5}), |d, i, x| if(x > 0.0 - f64(n), merge(d, {i, x}), merge(d, {0L, x})))))")]
    [InlineData("|v: vec[f64], c: vec[f64]| result(for(rangeiter(0L, 9L, 1L), vecmerger[f64,+](c), |b, k, n| for(iter(v, 0L, len(v) / 2L, 1L), b, |d, i, x| merge(merge(d, {i, x}), {i + n, -x}))))")]
    [InlineData("|v: vec[i64], c: vec[i64]| result(for(rangeiter(0L, 9L, 1L), vecmerger[i64,+](c), |b, k, n| for(v, b, |d, i, x| merge(d, {i, x ^ n}))))")]
    [InlineData("|v: vec[f32], c: vec[f32]| result(for(rangeiter(0L, 9L, 1L), vecmerger[f32,max](c), |b, k, n| for(v, b, |d, i, x| merge(d, {i, x * f32(n)}))))")]
    [InlineData("|v: vec[f32], c: vec[f32]| result(for(rangeiter(0L, 9L, 1L), vecmerger[f32,+](c), |b, k, n| for(v, b, |d, i, x| merge(d, {i, x * f32(n)}))))")]
    [InlineData("|v: vec[f64], c: vec[f64]| result(for(v, vecmerger[f64,+](c), |b, i, x| merge(b, {i, x})))")]
    [InlineData("|v: vec[f64], c: vec[f64]| result(for(v, {vecmerger[f64,+](c), merger[f64,+]}, |b, i, x| {merge(b.$0, {i, x}), merge(b.$1, x)}))")]
    public void NeighbouringCells(string program)
    {
        VectorLoop.Check(program, Borders.Where(b => b < 600), Passes);
        VectorLoop.Check(program, [4_097], Passes);
    }

    [Fact]
    public void NeighbouringCellsOfSeveralBlocks() => VectorLoop.Check(
        "|v: vec[f64]| result(for(rangeiter(0L, 140000L, 1L), vecmerger[f64,+](v), |b, k, n| for(v, b, |d, i, x| merge(d, {i, x * f64(n & 3L)}))))", [5, 9], Passes);

    [Theory]
    [InlineData("|v: vec[i64], t: vec[f64]| result(for(v, merger[f64,+], |b, i, x| if(x >= 0L && x < len(t), merge(b, lookup(t, x)), b)))")]
    [InlineData("|v: vec[i64], t: vec[i32]| result(for(v, appender[i32], |b, i, x| if(x >= 0L && x < len(t), merge(b, lookup(t, x)), b)))")]
    [InlineData("|v: vec[i64], t: vec[bool]| result(for(v, appender[bool], |b, i, x| if(x >= 0L && x < len(t), merge(b, lookup(t, x)), b)))")]
    [InlineData("|v: vec[i64], t: vec[i16]| result(for(v, appender[i16], |b, i, x| merge(b, if(x >= 0L && x < len(t), lookup(t, x), 7i16))))")]
    [InlineData("|v: vec[i64], t: vec[f32]| result(for(v, appender[f32], |b, i, x| merge(b, lookup(t, len(t) - 1L - i))))")]
    [InlineData("|v: vec[i64], t: vec[f32]| result(for(v, appender[f32], |b, i, x| merge(b, lookup(t, i + 1L))))")]
    [InlineData("|v: vec[i64], t: vec[i64]| result(for(v, merger[i64,+], |b, i, x| let first = lookup(t, 0L); if(x > (first | 1L), merge(b, x + (first & 7L)), b)))")]
    [InlineData("|v: vec[i64]| result(for(v, {appender[i64], merger[i64,+]}, |b, i, x| let ok = assert(i < 1000L); {merge(b.$0, x), merge(b.$1, if(ok, i, x))}))")]
    [InlineData("|v: vec[i64]| result(for(v, merger[i64,+], |b, i, x| if(i == 77L && assert(x == 77L), merge(b, x), b)))")]
    public void Checks(string program)
    {
        VectorLoop.AssertVector(program, Passes);
        VectorLoop.Check(program, Borders, Passes);
    }

    [Theory]
    [InlineData("|v: vec[f64], w: vec[f64]| result(for(v, appender[f64], |b, i, x| merge(b, result(for(w, merger[f64,+], |c, j, y| merge(c, x * y))))))")]
    [InlineData("|v: vec[f64], w: vec[f64]| result(for(v, merger[f64,+], |b, i, x| for(w, b, |c, j, y| if(y > x, merge(c, x - y), c))))")]
    [InlineData("|v: vec[i64], w: vec[i64]| result(for(v, merger[i64,max], |b, i, x| for(w, b, |c, j, y| merge(c, x ^ y))))")]
    [InlineData("|v: vec[i64], w: vec[i64]| result(for(v, appender[i64], |b, i, x| for(w, b, |c, j, y| if(y > x, merge(c, y), c))))")]
    [InlineData("|v: vec[i64], w: vec[f32]| result(for(v, appender[vec[f32]], |b, i, x| merge(b, result(for(w, appender[f32], |c, j, y| merge(c, y * f32(x)))))))")]
    public void InnerLoops(string program)
    {
        Assert.All(VectorLoop.Plans(program, 256, Passes).Where(p => p.Parent is not null), p => Assert.NotNull(p.Vector));
        VectorLoop.Check(program, [0, 1, 3, 8, 17, 64, 67, 130], Passes);
    }

    [Theory]
    [InlineData("|v: vec[f64], w: vec[vec[f64]], n: i64| result(for(rangeiter(0L, len(v), 1L), appender[f64], |b, i, x| merge(b, result(for(w, merger[f64,+](0.5), |c, j, y| if(len(y) > x, merge(c, lookup(y, x) * f64(j)), merge(c, 1.5)))))))")]
    [InlineData("|v: vec[f32], w: vec[{f32,i32}]| result(for(v, merger[f32,+], |b, i, x| let r = result(for(w, merger[{f32,i32},{*,max}], |c, j, y| merge(c, {y.$0 + x, y.$1}))); merge(b, r.$0 + f32(r.$1))))")]
    [InlineData("|v: vec[i64], w: vec[{i64,i64}]| result(for(v, appender[i64], |b, i, x| let r = result(for(w, merger[i64,+](i), |c, j, y| if(y.$0 < x, merge(c, y.$1), merge(c, j)))); if(r > 3L, merge(b, r), b)))")]
    [InlineData("|v: vec[f64], w: vec[vec[f64]], n: i64| result(for(rangeiter(0L, len(v), 1L), {appender[f64], appender[f64]}, |b, i, x| let y = x * 2L - i; let r = result(for(w, merger[{f64,f64},{+,max}], |c, j, z| merge(c, if(x < len(z), {lookup(z, y) * 0.5, lookup(z, x)}, {0.5, 1.5})))); let q = result(for(w, merger[f64,*](r.$0), |c, j, z| if(len(z) > j + x, merge(c, f64(x) - 0.5), c))); {merge(b.$0, r.$0 + f64(y)), if(q > r.$1, merge(b.$1, q), b.$1)}))")]
    [InlineData("|v: vec[f32], w: vec[{f32,i32}]| result(for(v, merger[f32,+], |b, i, x| let s = result(for(w, merger[bool,&], |c, j, y| merge(c, y.$0 > x))); merge(b, if(s, x, exp(x)))))")]
    [InlineData("|v: vec[f64], w: vec[{f64,f64}]| result(for(v, appender[f64], |b, i, x| merge(b, result(for(w, merger[f64,+](result(for(w, merger[f64,max], |c, j, y| merge(c, y.$0 * x)))), |c, j, y| merge(c, y.$1 + x * 2.0))))))")]
    [InlineData("|v: vec[f64], w: vec[{f64,f64}]| result(for(v, appender[f64], |b, i, x| let m = result(for(w, merger[f64,max], |c, j, y| merge(c, y.$0 * x))); merge(b, result(for(w, merger[f64,+], |c, j, y| merge(c, y.$1 - m))) + m)))")]
    public void LoopsInLanes(string program)
    {
        VectorLoop.AssertOutermostVector(program, Passes);
        VectorLoop.Check(program, [0, 1, 3, 4, 5, 8, 9, 17, 64, 67, 130, 300], Passes);
    }

    [Theory]
    [InlineData("f64", "merge(s, e.$0 * lookup(e.$1, x))")]
    [InlineData("f64", "merge(s, (e.$0 + f64(k)) * (lookup(e.$1, x) - 0.5))")]
    [InlineData("f32", "merge(s, if(e.$0 > 0.5f, lookup(e.$1, x), e.$0))")]
    public void ProductsOfMatrices(string kind, string merge) => VectorLoop.Check(
        $"""
        |v: vec[{kind}]|
          let a = map(rangeiter(0L, 11L, 1L), |r| map(v, |x| x * {kind}(r)));
          let m = map(v, |x| map(rangeiter(0L, 21L, 1L), |c| x + {kind}(c)));
          map(a, |row| map(rangeiter(0L, 21L, 1L), |x| result(for(zip(row, m), merger[{kind},+], |s, k, e| {merge}))))
        """,
        [0, 5, 63, 64, 67, 1_100],
        "inline-apply", "tile", "vectorize");

    [Theory]
    [InlineData("|v: vec[bool], w: vec[f64]| result(for(v, merger[{},*], |b, i, x| merge(b, result(for(w, merger[{},+], |c, j, y| c)))))")]
    public void ALoopThatReducesNothing(string program) => VectorLoop.Check(program, [0, 1, 64, 100]);

    [Theory]
    [InlineData("|w: vec[vec[f64]]| result(for(rangeiter(0L, 64L, 1L), appender[f64], |b, i, x| merge(b, result(for(w, merger[f64,+], |c, j, y| merge(c, lookup(y, x)))))))")]
    public void ALaneThatFailsInALoopOfItsOwn(string program) => VectorLoop.Check(program, [0, 1, 5, 64, 100], Passes);

    [Theory]
    [InlineData(2, "|v: vec[f64], w: vec[f64]| result(for(zip(v, w), appender[f64], |b, i, x| merge(b, sin(x.$0) * cos(x.$1))))")]
    [InlineData(3, "|v: vec[f64], c: f64| result(for(v, appender[f64], |b, i, x| let y = x * c + sqrt(x); let z = y / 3.0; merge(b, exp(log(y) + z) + sin(y - z) + exp(c) + z)))")]
    [InlineData(3, "|v: vec[f64]| result(for(v, merger[f64,+], |b, i, x| let y = exp(x) + cos(sin(x)); if(y > 1.0, merge(b, log(y) + f64(i)), merge(b, asin(sin(y))))))")]
    [InlineData(3, "|v: vec[f32], w: vec[f64]| result(for(zip(v, w), {appender[f32], merger[f64,+]}, |b, i, x| let y = sin(x.$0); let z = f64(y); {merge(b.$0, atan2(y, x.$0)), if(y > 0.0f, merge(b.$1, pow(z, x.$1)), b.$1)}))")]
    [InlineData(2, "|v: vec[f32]| result(for(v, appender[f32], |b, i, x| let y = exp(x) + exp(-x); if(y < 2.5f, merge(b, y), b)))")]
    [InlineData(2, "|v: vec[f64], t: vec[f64]| result(for(v, appender[f64], |b, i, x| let y = lookup(t, i); let ok = assert(i < 4000L); merge(b, if(x > 0.0, exp(y), log(y)) + sin(y) * cos(x))))")]
    [InlineData(2, "|v: vec[f64], c: f64| result(for(v, appender[f64], |b, i, x| let y = x * c + 1.0; let z = y - c * x; merge(b, exp(x) + sin(z) + (if(x > 0.0, let t = y * 2.0; t + z, (|u| u * y)(z))))))")]
    [InlineData(2, "|v: vec[i64]| result(for(v, vecmerger[f64,+]([0.5, 1.5, 2.5, 3.5]), |b, i, x| let y = (|z| sin(z) + cos(z))(f64(i) * 0.25); merge(b, {x & 3L, y})))")]
    [InlineData(3, "|v: vec[f32], w: vec[f32]| result(for(zip(v, w), merger[f32,+], |b, i, x| merge(b, expm1((let y = x.$0 * 2.0f; cos(y))) * (|e| e.$0 - e.$1)({(|z| sqrt(z))(x.$1), (|z| tan(z))(x.$0)}))))")]
    public void FunctionsOverTiles(int stages, string program)
    {
        Assert.Equal(stages, Assert.Single(VectorLoop.Plans(program, 256, "vectorize")).Vector!.Stages.Count);
        VectorLoop.Check(program, [.. Borders, 65_537], "vectorize");
        VectorLoop.Check(program, [300], Passes);
    }

    [Theory]
    [InlineData(0, "width")]
    [InlineData(256, null)]
    public void ThePlanSaysWhyNot(int width, string? reason)
    {
        var plan = Assert.Single(VectorLoop.Plans("|v: vec[f64]| sum(v)", width, Passes));
        Assert.Equal(reason, plan.Reason);
        Assert.Equal(reason is null ? 4 : null, plan.Vector?.Lanes);
    }
}
