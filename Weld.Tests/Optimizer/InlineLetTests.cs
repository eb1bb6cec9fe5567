using Weld.Core.IR;
using Weld.Core.Operators;
using Weld.Core.Types;
using static Weld.Tests.Optimizer.Rewrites;

namespace Weld.Tests.Optimizer;

public class InlineLetTests
{
    private const string Pass = "inline-let";

    [Theory]
    [InlineData("|a: i64| let x = a + 1L; x * 2L", "|a: i64| (a + 1L) * 2L")]
    [InlineData("|a: i64| let x = a; let y = x; x * y", "|a: i64| a * a")]
    [InlineData("|a: i64| let x = 2L; x + a * x", "|a: i64| 2L + a * 2L")]
    [InlineData("|s: {{i64, i64}, i64}| let x = s.$0; let y = x.$1; y * y", "|s: {{i64, i64}, i64}| s.$0.$1 * s.$0.$1")]
    [InlineData("|a: i64| let x = a + 1L; let y = x * 2L; let z = y * y; z", "|a: i64| let y = (a + 1L) * 2L; y * y")]
    [InlineData("|v: vec[i64], a: i64| let k = a; map(v, |x| x + k)", "|v: vec[i64], a: i64| map(v, |x| x + a)")]
    [InlineData("|v: vec[i64]| let w = map(v, |x| x + 1L); sum(w)", "|v: vec[i64]| sum(map(v, |x| x + 1L))")]
    [InlineData("|v: vec[i64]| let b = appender[i64]; let c = for(v, b, |b, i, x| merge(b, x)); result(c)", "|v: vec[i64]| result(for(v, appender[i64], |b, i, x| merge(b, x)))")]
    [InlineData("|a: i64, c: bool| let x = a * 3L; if(c, x, a)", "|a: i64, c: bool| if(c, a * 3L, a)")]
    [InlineData("|v: vec[i64], i: i64| let x = lookup(v, i); let y = lookup(v, i + 1L); y - x", "|v: vec[i64], i: i64| lookup(v, i + 1L) - lookup(v, i)")]
    [InlineData("|a: i64| let x = (let y = a + 1L; y * y); x * x", "|a: i64| let y = a + 1L; let x = y * y; x * x")]
    public void ValuesGoToTheirUses(string input, string output) => Optimizes(Pass, input, output);

    [Theory]
    [InlineData("|a: i64| let x = a + 1L; x * x")]
    [InlineData("|v: vec[i64], a: i64| let k = a * 3L; map(v, |x| x + k)")]
    [InlineData("|a: i64| let k = a * 3L; iterate(a, |x| {x + k, x < 9L})")]
    [InlineData("|v: vec[i64], a: i64| let k = a * 3L; sort(v, |x, y| compare(x + k, y))")]
    public void WorkIsNotRepeated(string input) => Keeps(Pass, input);

    [Theory]
    [InlineData("|v: vec[i64], c: bool| let x = lookup(v, 0L); if(c, x, 1L)")]
    [InlineData("|v: vec[bool], c: bool| let x = lookup(v, 0L); c && x")]
    [InlineData("|a: i64, b: i64, c: bool| let x = a / b; if(c, x, 1L)")]
    [InlineData("|c: bool, d: bool| let x = assert(c); if(d, x, false)")]
    [InlineData("|a: i64, c: bool| let x = iterate(a, |x| {x + 1L, x < 9L}); if(c, x, 1L)")]
    public void AnErrorStaysOutsideABranch(string input) => Keeps(Pass, input);

    [Fact]
    public void AnErrorStaysBeforeAnEffect() => Keeps(Pass, "|v: vec[i64]| let x = lookup(v, 0L); let y = cudf[note, i64](1L); y + y + x");

    [Fact]
    public void AnEffectStaysWhereItIs() => Keeps(Pass, "|a: i64| let x = cudf[note, i64](a); let y = cudf[note, i64](a); y - x");

    [Fact]
    public void ABuilderIsNotLeftOverOnTheOtherBranch() =>
        Keeps(Pass, "|c: bool| let b = {merge(merger[i64,+], 1L), merge(merger[i64,max], 2L)}; let s = result(b.$0) + result(b.$1); if(c, s, 0L)");

    [Fact]
    public void WhatMovesTwiceIsJudgedTwice() => Optimizes(
        Pass,
        "|v: vec[i64], c: bool| let x = lookup(v, 0L); let y = x + 1L; if(c, y, 1L)",
        "|v: vec[i64], c: bool| let y = lookup(v, 0L) + 1L; if(c, y, 1L)");

    [Fact]
    public void AChainOfTenThousandLetsIsOneWalk()
    {
        var a = new Symbol("a", ScalarType.I64);
        var symbols = Enumerable.Range(0, 10_000).Select(i => new Symbol($"x{i}", ScalarType.I64)).ToArray();
        Expr body = new Ident(symbols[^1]);
        for (var i = symbols.Length - 1; i >= 0; i--)
        {
            body = new Let(symbols[i], new Binary(OperatorTable.Add, new Ident(i == 0 ? a : symbols[i - 1]), new Ident(a)), body);
        }

        var run = Run(Pass, new Lambda([a], body));
        Assert.Equal(1, run.Rounds);
        Assert.Equal(20_001, run.Program.Body.Facts.Size);
        Assert.IsType<Binary>(run.Program.Body);
    }
}
