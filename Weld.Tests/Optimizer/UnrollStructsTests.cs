using static Weld.Tests.Optimizer.Rewrites;

namespace Weld.Tests.Optimizer;

public class UnrollStructsTests
{
    private const string Pass = "unroll-structs";

    [Theory]
    [InlineData("|a: i64, b: i64| {a, b + 1L}.$1", "|a: i64, b: i64| b + 1L")]
    [InlineData("|a: i64, b: i64| {a / b, b}.$1", "|a: i64, b: i64| b")]
    [InlineData("|a: i64, b: i64| {{a, b}, a}.$0.$1", "|a: i64, b: i64| b")]
    [InlineData("|a: i64, b: i64| (let x = a + b; {x, x * x}).$1", "|a: i64, b: i64| let x = a + b; x * x")]
    [InlineData("|a: i64, s: {i64, i64}, c: bool| if(c, {a, a + 1L}, s).$1", "|a: i64, s: {i64, i64}, c: bool| if(c, a + 1L, s.$1)")]
    [InlineData("|a: i64, b: i64, c: bool| select(c, {a, b}, {b, a}).$0", "|a: i64, b: i64, c: bool| select(c, a, b)")]
    [InlineData("|d: dict[i64, i64], k: i64| optlookup(d, k).$0", "|d: dict[i64, i64], k: i64| keyexists(d, k)")]
    [InlineData("|s: {i64, f64}| {s.$0, s.$1}", "|s: {i64, f64}| s")]
    [InlineData("|s: {{i64, f64}, i64}| {s.$0.$0, s.$0.$1}", "|s: {{i64, f64}, i64}| s.$0")]
    [InlineData("|a: i64, b: i64| let s = {a + b, a * b}; s.$0 * s.$0 + s.$1", "|a: i64, b: i64| let x = a + b; let y = a * b; x * x + y")]
    [InlineData("|a: i64| let s = {{a, 1L}, a * 2L}; s.$0.$1 + s.$1", "|a: i64| let x = a; let y = 1L; let z = a * 2L; y + z")]
    [InlineData("|a: i64| result({merge(appender[i64], a), merge(merger[i64,+], a)})", "|a: i64| {result(merge(appender[i64], a)), result(merge(merger[i64,+], a))}")]
    [InlineData("|v: vec[i64]| let s = {appender[i64], merger[i64,+]}; result(for(v, s.$1, |b, i, x| merge(b, x)))", "|v: vec[i64]| let a = appender[i64]; let m = merger[i64,+]; result(for(v, m, |b, i, x| merge(b, x)))")]
    [InlineData(
        "|a: i64, b: i64| iterate({a, b * 2L}, |s| {{s.$0 + s.$1, s.$1}, s.$0 < 9L})",
        "|a: i64, b: i64| let x = b * 2L; let r = iterate(a, |t| {t + x, t < 9L}); {r, x}")]
    [InlineData(
        "|s: {i64, i64, bool}| iterate(s, |t| let n = t.$0 + t.$1; {{n, t.$1, n > 5L}, n < 9L}).$0",
        "|s: {i64, i64, bool}| let x = s.$1; let r = iterate({s.$0, s.$2}, |t| let n = t.$0 + x; {{n, n > 5L}, n < 9L}); r.$0")]
    [InlineData(
        "|a: i64| result(iterate({appender[i64], 1L, a}, |s| {{merge(s.$0, s.$2), s.$1 + 1L, s.$2}, s.$1 < s.$2}).$0)",
        "|a: i64| result((let x = a; let r = iterate({appender[i64], 1L}, |s| {{merge(s.$0, x), s.$1 + 1L}, s.$1 < x}); r.$0))")]
    public void FieldsAreValues(string input, string output) => Optimizes(Pass, input, output);

    [Theory]
    [InlineData("|a: i64, c: bool| {assert(c), a}.$1")]
    [InlineData("|a: i64| {cudf[note, i64](a), a}.$1")]
    [InlineData("|s: {i64, f64, i64}| {s.$0, s.$1}")]
    [InlineData("|s: {i64, i64}| {s.$1, s.$0}")]
    [InlineData("|s: {i64, i64}, t: {i64, i64}| {s.$0, t.$1}")]
    [InlineData("|a: i64, b: i64| let s = {a, b}; {s, s.$0}")]
    [InlineData("|a: i64, c: bool| let b = merge(appender[i64], a); if(c, {result(b), [a]}.$1, result(b))")]
    [InlineData("|a: i64, b: i64| iterate({a, b}, |s| {{s.$1, s.$0}, s.$0 < 9L})")]
    [InlineData("|a: i64, b: i64| iterate({a, b}, |s| {s, s.$0 < 9L})")]
    [InlineData("|a: i64, b: i64| iterate({a, b}, |s| let t = s; {{t.$0 + 1L, s.$1}, s.$0 < 9L})")]
    public void WhatMustBeMadeStays(string input) => Keeps(Pass, input);
}
