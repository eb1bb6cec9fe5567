namespace Weld.Tests.Managed;

/// <summary>Loops that run one element at a time, whose elementary functions go over tiles in lanes.</summary>
public sealed class FunctionTileTests
{
    private static readonly string[] Passes = ["inline-apply", "vectorize"];
    private static readonly int[] Borders = [0, 1, 2, 3, 4, 7, 8, 9, 63, 64, 65, 127, 128, 129, 500];

    [Theory]
    [InlineData("|v: vec[f64]| tovec(result(for(v, dictmerger[i64,f64,+], |b, i, x| merge(b, {i & 7L, exp(x) * log(x)}))))", 2)]
    [InlineData("|v: vec[f64], c: f64| tovec(result(for(v, dictmerger[i64,f64,+], |b, i, x| let y = x * c; let z = pow(x, y) + y; merge(b, {i64(y) & 15L, z + sin(y)}))))", 2)]
    [InlineData("|v: vec[f32], w: vec[f64]| tovec(result(for(zip(v, w), groupmerger[i64,{f32,f64}], |b, i, x| merge(b, {i & 3L, {sin(x.$0), tanh(x.$1)}}))))", 2)]
    [InlineData("|v: vec[f64]| result(for(v, appender[{f64,f64}], |b, i, x| let y = exp(x); merge(b, {y, log(y + 1.0) * exp(x)})))", 2)] // the second exp stands for itself, log needs the first
    [InlineData("|v: vec[f64]| result(for(v, appender[{f64,i64}], |b, i, x| if(exp(x) > 1.0, merge(b, {cos(x), i}), b)))", 1)]
    [InlineData("|v: vec[f64]| result(for(v, appender[{f64,i64}], |b, i, x| if(x > 0.0, merge(b, {log(x), i}), b)))", 0)]
    [InlineData("|v: vec[f64], c: i64| result(for(v, {appender[{f64,i64}], dictmerger[i64,f64,max], merger[f64,+]}, |b, i, x| let t = i % 5L; let e = expm1(x); {merge(b.$0, {e, t}), merge(b.$1, {t, e}), merge(b.$2, e)}))", 1)]
    [InlineData("|m: vec[vec[f64]], c: f64| result(for(m, appender[{f64,f64,f64}], |b, i, r| let s = result(for(r, merger[f64,+], |d, j, x| merge(d, x * c))); merge(b, {s, exp(s), tanh(s * 0.5)})))", 2)]
    [InlineData("|m: vec[vec[f64]], c: f64| result(for(m, appender[vec[f64]], |b, i, r| let t = map(r, |x| x * c); let s = result(for(t, merger[f64,max], |d, j, x| merge(d, x))); let e = exp(s); merge(b, map(t, |x| x + e))))", 0)] // a vector would be made twice
    [InlineData("|m: vec[vec[f64]], v: vec[f64]| result(for(zip(m, v), vecmerger[f64,+]([0.0, 1.0, 2.0]), |b, i, e| let y = 1.0 / (exp(-result(for(map(e.$0, |x| x + 1.0), merger[f64,+], |d, j, x| merge(d, x)))) + 1.0) - e.$1; for(e.$0, b, |d, j, x| merge(d, {j % 3L, x * y}))))", 1)]
    public void FunctionsOfOtherLoops(string program, int functions)
    {
        Assert.All(VectorLoop.Widths.Where(w => w > 0), width => Assert.Equal(functions, VectorLoop.Plans(program, width, Passes)[0].Functions?.Functions.Count ?? 0));
        VectorLoop.Check(program, Borders, Passes);
    }

    [Theory]
    [InlineData("|v: vec[f64], w: vec[i64]| tovec(result(for(v, dictmerger[i64,f64,+], |b, i, x| merge(b, {lookup(w, i + (i / 60L)), exp(x)}))))")]
    [InlineData("|v: vec[f64], w: vec[i64]| tovec(result(for(v, dictmerger[i64,f64,+], |b, i, x| merge(b, {i % lookup(w, i), exp(f64(7L / lookup(w, i)))}))))")]
    [InlineData("|v: vec[f64], w: vec[f64]| slice(result(for(v, appender[{f64,i64}], |b, i, x| merge(b, {exp(lookup(w, i * 2L)), i}))), 0L, 3L)")]
    [InlineData("|v: vec[f64], d: vec[i64]| let t = result(for(d, dictmerger[i64,i64,+], |b, i, k| merge(b, {k, i}))); tovec(result(for(v, dictmerger[i64,f64,+], |b, i, x| merge(b, {i % 3L, log(f64(lookup(t, lookup(d, i))) + x)}))))")]
    public void ErrorsInside(string program)
    {
        VectorLoop.Check(program, Borders, Passes);
        VectorLoop.Check(program, Borders);
    }

    [Fact]
    public void AcrossBlocks() => VectorLoop.Check(
        "|v: vec[f64]| tovec(result(for(v, dictmerger[i64,f64,+], |b, i, x| merge(b, {i64(x) & 1023L, exp(x * 0.01) + f64(i)}))))", [65_535, 65_536, 65_537, 140_001], Passes);
}
