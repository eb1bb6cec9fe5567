using static Weld.Tests.Optimizer.Rewrites;

namespace Weld.Tests.Optimizer;

public class DeadCodeTests
{
    private const string Pass = "dead-code";

    [Theory]
    [InlineData("|a: i64| let x = a + 1L; a", "|a: i64| a")]
    [InlineData("|a: i64| let x = a + 1L; let y = x + x; a", "|a: i64| a")]
    [InlineData("|a: i64, v: vec[i64]| let x = lookup(v, a); a", "|a: i64, v: vec[i64]| a")]
    [InlineData("|v: vec[i64]| let x = map(v, |y| let z = y; y + 1L); 1L", "|v: vec[i64]| 1L")]
    [InlineData("|v: vec[i64]| map(v, |y| let z = y / 2L; y + 1L)", "|v: vec[i64]| map(v, |y| y + 1L)")]
    [InlineData("|a: i64| let b = appender[i64]; a", "|a: i64| a")]
    public void UnusedValuesGo(string input, string output) => Optimizes(Pass, input, output);

    [Theory]
    [InlineData("|a: bool| let x = assert(a); 1L")]
    [InlineData("|v: vec[bool]| let x = map(v, |y| assert(y)); 1L")]
    [InlineData("|a: i64| let x = cudf[note, i64](a); a")]
    [InlineData("|a: i64| let x = a + 1L; x + x")]
    public void AssertionsAndEffectsStay(string input) => Keeps(Pass, input);

    [Fact]
    public void ABuilderFromOutsideIsStillUsed() =>
        Keeps(Pass, "|a: i64, c: bool| let b = merge(appender[i64], a); if(c, (let r = result(b); a), len(result(b)))");

    [Theory]
    [InlineData(
        "|v: vec[i64]| result(for(v, {appender[i64], merger[i64,+]}, |b, i, x| {merge(b.$0, x), merge(b.$1, x)})).$1",
        "|v: vec[i64]| result(for(v, merger[i64,+], |b, i, x| merge(b, x)))")]
    [InlineData(
        "|v: vec[i64]| let r = result(for(v, {appender[i64], merger[i64,+]}, |b, i, x| {merge(b.$0, x / x), merge(b.$1, x)})); r.$1 + r.$1",
        "|v: vec[i64]| let r = result(for(v, merger[i64,+], |b, i, x| merge(b, x))); r + r")]
    [InlineData(
        "|v: vec[i64]| let r = result(for(v, {merger[i64,+], appender[i64], merger[i64,max]}, |b, i, x| if(x > i, {merge(b.$0, x), merge(b.$1, x), b.$2}, b))); r.$0 + r.$2",
        "|v: vec[i64]| let r = result(for(v, {merger[i64,+], merger[i64,max]}, |b, i, x| if(x > i, {merge(b.$0, x), b.$1}, b))); r.$0 + r.$1")]
    [InlineData(
        "|v: vec[i64]| let r = result(for(v, {merger[i64,+], appender[i64]}, |b, i, x| let c = {merge(b.$0, x), b.$1}; let d = merge(c.$1, x); {c.$0, d})); r.$0",
        "|v: vec[i64]| let r = result(for(v, merger[i64,+], |b, i, x| let c = merge(b, x); c)); r")]
    [InlineData(
        "|v: vec[vec[i64]]| result(for(v, {merger[i64,+], appender[i64]}, |b, i, w| for(w, b, |c, j, x| {merge(c.$0, x), merge(c.$1, x)}))).$0",
        "|v: vec[vec[i64]]| result(for(v, merger[i64,+], |b, i, w| for(w, b, |c, j, x| merge(c, x))))")]
    [InlineData(
        "|v: vec[vec[i64]]| result(for(v, {merger[i64,+], appender[i64]}, |b, i, w| {for(w, b.$0, |c, j, x| merge(c, x)), for(w, b.$1, |c, j, x| merge(c, x))})).$0",
        "|v: vec[vec[i64]]| result(for(v, merger[i64,+], |b, i, w| for(w, b, |c, j, x| merge(c, x))))")]
    public void BuildersThatNothingReadsLeaveTheLoop(string input, string output) => Optimizes(Pass, input, output);

    [Theory]
    [InlineData("|v: vec[i64]| result(for(v, {appender[bool], merger[i64,+]}, |b, i, x| {merge(b.$0, assert(x > 0L)), merge(b.$1, x)})).$1")]
    [InlineData("|v: vec[i64]| result(for(v, {appender[i64], merger[i64,+]}, |b, i, x| {merge(b.$0, cudf[note, i64](x)), merge(b.$1, x)})).$1")]
    [InlineData("|v: vec[i64]| let r = result(for(v, {appender[i64], merger[i64,+]}, |b, i, x| {merge(b.$0, x), merge(b.$1, x)})); {r, r.$0}")]
    [InlineData("|v: vec[i64]| let r = result(for(v, {appender[i64], merger[i64,+]}, |b, i, x| {merge(b.$0, x), merge(b.$1, x)})); {len(r.$0), r.$1}")]
    [InlineData("|v: vec[i64], b: {appender[i64], merger[i64,+]}| result(for(v, b, |b, i, x| {merge(b.$0, x), merge(b.$1, x)})).$0")]
    [InlineData("|v: vec[i64]| result(for(v, (let a = appender[i64]; {a, (let w = 1L; merge(merger[i64,+], w))}), |b, i, x| {merge(b.$0, x), merge(b.$1, x)})).$1")]
    public void BuildersThatCountStay(string input) => Keeps(Pass, input);
}
