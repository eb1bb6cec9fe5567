using static Weld.Tests.Optimizer.Rewrites;

namespace Weld.Tests.Optimizer;

public class CseTests
{
    private const string Pass = "cse";

    [Theory]
    [InlineData("|a: i64| (a + 1L) * (a + 1L)", "|a: i64| let t = a + 1L; t * t")]
    [InlineData("|a: i64| ((a + 1L) * 2L) - ((a + 1L) * 2L)", "|a: i64| let t = (a + 1L) * 2L; t - t")]
    [InlineData("|a: i64| (a + 1L) * ((a + 1L) * 2L - (a + 1L) * 2L)", "|a: i64| let s = a + 1L; let t = s * 2L; s * (t - t)")]
    [InlineData("|a: i64| let x = a + 1L; let y = a + 1L; x * y", "|a: i64| let x = a + 1L; x * x")]
    [InlineData("|a: i64| let x = a * 2L; let y = x + 1L; y - (a * 2L + 1L)", "|a: i64| let x = a * 2L; let y = x + 1L; y - y")]
    [InlineData("|a: i64, b: i64| a / b - a / b", "|a: i64, b: i64| let t = a / b; t - t")]
    [InlineData("|a: i64, c: bool| if(c, (a + 1L) * 2L, a + 1L)", "|a: i64, c: bool| let t = a + 1L; if(c, t * 2L, t)")]
    [InlineData("|a: i64, b: i64, c: bool| if(c, a / b * 2L, a / b)", "|a: i64, b: i64, c: bool| let t = a / b; if(c, t * 2L, t)")]
    [InlineData("|a: i64, b: i64, c: bool| if(c, a / b, 0L) + a / b", "|a: i64, b: i64, c: bool| let t = a / b; if(c, t, 0L) + t")]
    [InlineData("|v: vec[i64]| sum(v) * sum(v)", "|v: vec[i64]| let t = sum(v); t * t")]
    [InlineData("|v: vec[i64]| sum(map(v, |x| x * 2L)) - len(map(v, |y| y * 2L))", "|v: vec[i64]| let t = map(v, |x| x * 2L); sum(t) - len(t)")]
    [InlineData("|v: vec[i64], k: i64| map(v, |x| x + k * k)", "|v: vec[i64], k: i64| let t = k * k; map(v, |x| x + t)")]
    [InlineData("|v: vec[i64], w: vec[i64]| map(v, |x| x + sum(w))", "|v: vec[i64], w: vec[i64]| let t = sum(w); map(v, |x| x + t)")]
    [InlineData("|v: vec[i64], w: vec[i64], k: i64| map(v, |x| sum(map(w, |y| y + x * k + k * 3L)))",
        "|v: vec[i64], w: vec[i64], k: i64| let s = k * 3L; map(v, |x| let t = x * k; sum(map(w, |y| y + t + s)))")]
    [InlineData("|v: vec[i64], k: i64| map(v, |x| let y = k + 1L; y * y * x)", "|v: vec[i64], k: i64| let t = k + 1L; let s = t * t; map(v, |x| s * x)")]
    [InlineData("|v: vec[i64], k: i64| iterate(k, |x| {x + lookup(v, 0L), x < 9L})", "|v: vec[i64], k: i64| let t = lookup(v, 0L); iterate(k, |x| {x + t, x < 9L})")]
    [InlineData("|a: bool| let x = assert(a); let y = assert(a); x && y", "|a: bool| let x = assert(a); x && x")]
    [InlineData("|a: i64| (let x = a + 1L; x * (a + 1L)) + 2L", "|a: i64| let t = a + 1L; t * t + 2L")]
    [InlineData("|d: dict[i64, i64], k: i64| optlookup(d, k).$0 && optlookup(d, k).$1 > 2L", "|d: dict[i64, i64], k: i64| let t = optlookup(d, k); t.$0 && t.$1 > 2L")]
    public void ValuesAreComputedOnce(string input, string output) => Optimizes(Pass, input, output);

    [Theory]
    [InlineData("|v: vec[i64], w: vec[i64]| map(v, |x| x + lookup(w, 0L))")]
    [InlineData("|v: vec[i64], k: i64| map(v, |x| x / k)")]
    [InlineData("|a: i64, b: i64, c: bool, d: bool| if(c, a / b, 0L) + if(d, a / b, 1L)")]
    [InlineData("|a: i64, b: i64, c: bool| if(c, a / b, b)")]
    [InlineData("|a: i64, b: i64, c: bool| c && a / b > 1L || a / b > 2L")]
    [InlineData("|v: vec[i64]| {map(v, |x| x + 1L), map(v, |x| x + 2L)}")]
    [InlineData("|v: vec[i64], w: vec[f64]| {map(v, |x| x), map(w, |x| x)}")]
    [InlineData("|a: i64| cudf[note, i64](a) + cudf[note, i64](a)")]
    [InlineData("|a: i64, b: i64| let x = cudf[note, i64](a); x + a / b + (let y = cudf[note, i64](b); y + a / b)")]
    [InlineData("|v: vec[i64]| {@(grain_size: 9) result(for(v, merger[i64,+], |b, i, x| merge(b, x))), result(for(v, merger[i64,+], |b, i, x| merge(b, x)))}")]
    [InlineData("|a: i64| {result(merge(appender[i64], a)), result(merge(merger[i64,+], a))}")]
    [InlineData("|s: {i64, i64}| s.$0 + s.$0")]
    [InlineData("|v: vec[i64]| let a = for(v, {merger[i64,+], merger[i64,max]}, |b, i, x| {merge(b.$0, x), merge(b.$1, x)}); let c = for(v, {merger[i64,+], merger[i64,max]}, |b, i, x| {merge(b.$0, x), merge(b.$1, x)}); {result(a.$0), result(merge(a.$1, 1L)), result(c.$0), result(merge(c.$1, 2L))}")]
    [InlineData("|v: vec[i64]| let a = for(v, {merger[i64,+], merger[i64,max]}, |b, i, x| b); let c = for(v, {merger[i64,+], merger[i64,max]}, |b, i, x| b); let e = a.$0; let f = c.$0; {result(e), result(merge(a.$1, 1L)), result(f), result(merge(c.$1, 2L))}")]
    [InlineData("|v: vec[f32], k: f32| result(for(simditer(v), merger[f32,+], |b, i, x| merge(b, x * broadcast(k))))")]
    public void WhatMayNotMoveStays(string input) => Keeps(Pass, input);

    [Fact]
    public void AValueThatIgnoresAnAssertionIsNoSubstituteForOneThatMakesIt() =>
        Optimizes(
            Pass,
            "|a: i64, c: bool| (a * 2L + 1L) * ((let x = assert(c); a * 2L) + 1L)",
            "|a: i64, c: bool| let t = a * 2L; (t + 1L) * ((let x = assert(c); t) + 1L)");
}
