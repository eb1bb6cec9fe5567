using Weld.Core.Diagnostics;
using Weld.Managed;
using static Weld.Tests.Optimizer.Rewrites;

namespace Weld.Tests.Optimizer;

public class AlgebraicTests
{
    private const string Pass = "algebraic";

    [Theory]
    [InlineData("x + 0L", "x")]
    [InlineData("0L + x", "x")]
    [InlineData("x - 0L", "x")]
    [InlineData("x * 1L", "x")]
    [InlineData("x / 1L", "x")]
    [InlineData("x << 64L", "x")]
    [InlineData("x >> 0L", "x")]
    [InlineData("x & -1L", "x")]
    [InlineData("x | 0L", "x")]
    [InlineData("x ^ 0L", "x")]
    [InlineData("min(x, 9223372036854775807L)", "x")]
    [InlineData("x * 0L", "0L")]
    [InlineData("x & 0L", "0L")]
    [InlineData("x | -1L", "-1L")]
    [InlineData("x % 1L", "0L")]
    [InlineData("3L + x", "x + 3L")]
    [InlineData("(x + 3L) + 4L", "x + 7L")]
    [InlineData("3L + x - 5L", "x + -2L")]
    [InlineData("(x - 3L) - 4L", "x - 7L")]
    [InlineData("(x - 3L) + 4L", "x + 1L")]
    [InlineData("x * 3L * 4L", "x * 12L")]
    [InlineData("max(max(x, 3L), 4L)", "max(x, 4L)")]
    [InlineData("min(x, x)", "x")]
    [InlineData("x & x", "x")]
    [InlineData("x - x", "0L")]
    [InlineData("x ^ x", "0L")]
    [InlineData("-(-x)", "x")]
    [InlineData("~~x", "x")]
    [InlineData("x + -y", "x - y")]
    [InlineData("-x + y", "y - x")]
    [InlineData("x - -y", "x + y")]
    [InlineData("-x * -y", "x * y")]
    [InlineData("-x * 3L", "x * -3L")]
    [InlineData("x * -1L", "-x")]
    [InlineData("x / -1L", "-x")]
    [InlineData("0L - x", "-x")]
    [InlineData("abs(-x)", "abs(x)")]
    [InlineData("i64(x)", "x")]
    [InlineData("compare(x, x)", "0")]
    public void IntegersSimplify(string input, string output) => Optimizes(Pass, $"|x: i64, y: i64| {input}", $"|x: i64, y: i64| {output}");

    [Theory]
    [InlineData("3L < x", "x > 3L")]
    [InlineData("x + 3L == 5L", "x == 2L")]
    [InlineData("x - 3L != 5L", "x != 8L")]
    [InlineData("-x == 5L", "x == -5L")]
    [InlineData("x == x", "true")]
    [InlineData("x < x", "false")]
    [InlineData("!(x < y)", "x >= y")]
    [InlineData("!(x == y)", "x != y")]
    [InlineData("(x < y) == false", "x >= y")]
    [InlineData("!!c", "c")]
    [InlineData("c ^ true", "!c")]
    [InlineData("c && c", "c")]
    [InlineData("if(c, true, false)", "c")]
    [InlineData("if(c, false, true)", "!c")]
    [InlineData("if(c, x / y > 1L, false)", "c && x / y > 1L")]
    [InlineData("if(c, true, x > 1L)", "c || x > 1L")]
    [InlineData("select(c, x > 1L, false)", "c & x > 1L")]
    [InlineData("if(!c, x, y) > 1L", "if(c, y, x) > 1L")]
    [InlineData("if(c, x, x) > 1L", "x > 1L")]
    [InlineData("u8(x) < 0u8", "false")]
    [InlineData("u8(x) >= 0u8", "true")]
    [InlineData("i64(i16(i8(x))) > 1L", "i64(i8(x)) > 1L")]
    public void ConditionsSimplify(string input, string output) =>
        Optimizes(Pass, $"|x: i64, y: i64, c: bool| {input}", $"|x: i64, y: i64, c: bool| {output}");

    [Theory]
    [InlineData("x + -0.0", "x")]
    [InlineData("x - 0.0", "x")]
    [InlineData("x * 1.0", "x")]
    [InlineData("x / 1.0", "x")]
    [InlineData("1.0 * x", "x")]
    [InlineData("x / 8.0", "x * 0.125")]
    [InlineData("x / -0.5", "x * -2.0")]
    [InlineData("x * -1.0", "-x")]
    [InlineData("x + -y", "x - y")]
    [InlineData("-(-x)", "x")]
    [InlineData("max(x, x)", "x")]
    [InlineData("f64(f32(f64(f32(x))))", "f64(f32(x))")]
    public void FloatsKeepTheirBits(string input, string output) => Optimizes(Pass, $"|x: f64, y: f64| {input}", $"|x: f64, y: f64| {output}");

    [Theory]
    [InlineData("x + 0.0")]
    [InlineData("x - -0.0")]
    [InlineData("x * 0.0")]
    [InlineData("x - x")]
    [InlineData("x + 1.0 + 2.0")]
    [InlineData("x * 2.0 * 3.0")]
    [InlineData("x / 3.0")]
    [InlineData("x / 1e-310")]
    [InlineData("0.0 - x")]
    [InlineData("x == x")]
    [InlineData("!(x < y)")]
    [InlineData("x + 1.0 == 2.0")]
    [InlineData("f64(i64(x))")]
    [InlineData("f64(f32(x))")]
    public void FloatsStay(string input) => Keeps(Pass, $"|x: f64, y: f64| {input}");

    [Theory]
    [InlineData("x / y * 6L")]
    [InlineData("x * y / 6L")]
    [InlineData("x * 6L / 3L")]
    [InlineData("x / 6L * 6L")]
    [InlineData("6L / (x * y)")]
    [InlineData("6L / (x / 3L)")]
    [InlineData("6L / (3L / x)")]
    [InlineData("x / 2L / 3L")]
    [InlineData("x + 3L > 6L")]
    [InlineData("x - 3L < 6L")]
    [InlineData("x * 2L > 5L")]
    [InlineData("x * 2L == 6L")]
    [InlineData("x / 2L > 5L")]
    [InlineData("-x < 6L")]
    [InlineData("x / y * 0L")]
    [InlineData("x / y & 0L")]
    [InlineData("if(x / y > 1L, x, x)")]
    [InlineData("select(x / y > 1L, x, x)")]
    [InlineData("x / y - x / y")]
    [InlineData("i64(u32(i8(x)))")]
    [InlineData("abs(-u8(x))")]
    public void WhatTheOriginalGotWrongStays(string input) => Keeps(Pass, $"|x: i64, y: i64| {input}");

    [Theory]
    [InlineData("let q = x / y; q * 0L")]
    [InlineData("let q = x / y; q - q")]
    [InlineData("let q = x / y; compare(q, q)")]
    [InlineData("let q = x / y; let r = q + 1L; if(r > 1L, x, x)")]
    [InlineData("let q = {x / y, x}; select(q.$0 > 1L, x, x)")]
    public void UsesOfWhatMayFailStay(string input) => Keeps(Pass, $"|x: i64, y: i64| {input}");

    [Fact]
    public void AnErrorThatIsUsedComesWhateverTheUseAmountsTo()
    {
        var module = WeldModule.Compile("|v: vec[{i64, i64}]| if(lookup(map(v, |p| {p.$0, p.$1}), 3L).$1 > 0L, 7L, 7L)");
        var error = Assert.Throws<WeldRuntimeException>(() => module.Run(new[] { (1L, 2L) }));
        Assert.Equal(RuntimeCode.ArrayOutOfBounds, error.Code);
    }
}
