namespace Weld.Tests.Optimizer;

public class LimitTests
{
    private const string Pass = "limit";

    [Theory]
    [InlineData("|v: vec[i64], n: i64| slice(result(for(v, appender, |b, i, x| if(x > 3L, merge(b, x), b))), 0L, n)")]
    [InlineData("|v: vec[i64], n: i64| slice(result(for(v, appender, |b, i, x| merge(b, 7L / x + i))), n, n)")]
    [InlineData("|v: vec[i64], w: vec[i64], n: i64| slice(result(for(zip(v, w), appender, |b, i, x| merge(b, x.$0))), 0L, n)")]
    [InlineData("|v: vec[vec[i64]], n: i64| slice(result(for(v, appender[i64], |b, i, w| for(w, b, |c, j, x| merge(c, x)))), 1L, n)")]
    [InlineData("|v: vec[i64], n: i64| slice(result(for(rangeiter(0L, n, 1L), appender([5L]), |b, i, x| merge(b, x))), 0L, 3L)")]
    public void LoopsThatMakeMoreThanTheSliceAreMarked(string program) =>
        Rewrites.Optimizes(Pass, program, program.Replace("slice(", "@(limit: true) slice(", StringComparison.Ordinal));

    [Theory]
    [InlineData("slice(result(for(v, appender, |b, i, x| merge(b, x / n))), 0L, n)", "result(for(slice(v, 0L, n), appender, |b, i, x| merge(b, x / n)))")]
    [InlineData("slice(result(for(v, appender, |b, i, x| merge(b, x * i))), 0L, n)", "result(for(slice(v, 0L, n), appender, |b, i, x| merge(b, x * i)))")]
    [InlineData(
        "slice(result(for(sort(v, |p, q| compare(p, q)), appender, |b, i, x| let y = x + 1L; if(y > 3L, merge(b, y), merge(b, 0L)))), n, 5L)",
        "result(for(slice(sort(v, |p, q| compare(p, q)), n, 5L), appender, |b, i, x| let y = x + 1L; if(y > 3L, merge(b, y), merge(b, 0L))))")]
    public void ASliceGoesThroughALoopThatMergesOnceEachTime(string before, string after) =>
        Rewrites.Optimizes(Pass, $"|v: vec[i64], n: i64| {before}", $"|v: vec[i64], n: i64| {after}");

    [Theory]
    [InlineData("slice(result(for(v, appender, |b, i, x| if(x > 3L, merge(b, cudf[note,i64](x)), b))), 0L, n)")] // acts
    [InlineData("slice(result(for(v, appender, |b, i, x| if(assert(x > 3L), merge(b, x), b))), 0L, n)")] // an assertion is never dropped
    [InlineData("slice(result(for(v, appender, |b, i, x| merge(b, x))), 0L, cudf[note,i64](n))")]
    [InlineData("slice(result(for(v, {appender[i64], merger[i64,+]}, |b, i, x| {merge(b.$0, x), merge(b.$1, x)})).$0, 0L, n)")] // the sum needs all
    [InlineData("slice(v, 0L, n)")]
    [InlineData("@(limit: false) slice(result(for(v, appender, |b, i, x| merge(b, x))), 0L, n)")]
    [InlineData("let w = result(for(v, appender, |b, i, x| merge(b, x))); {slice(w, 0L, n), w}")]
    public void WhatNeedsTheWholeLoopKeepsIt(string body) => Rewrites.Keeps(Pass, $"|v: vec[i64], n: i64| {body}");
}
