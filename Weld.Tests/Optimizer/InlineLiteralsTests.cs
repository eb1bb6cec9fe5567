using static Weld.Tests.Optimizer.Rewrites;

namespace Weld.Tests.Optimizer;

public class InlineLiteralsTests
{
    private const string Pass = "inline-literals";

    [Theory]
    [InlineData("1 + 2 * 3", "7")]
    [InlineData("2147483647 + 1", "-2147483648")]
    [InlineData("-128c / -1c", "-128c")]
    [InlineData("200u8 + 100u8", "44u8")]
    [InlineData("1L << 65L", "2L")]
    [InlineData("0.1 + 0.2", "0.30000000000000004")]
    [InlineData("-(0.0)", "-0.0")]
    [InlineData("0.0 * -1.0", "-0.0")]
    [InlineData("min(0.0, -0.0)", "-0.0")]
    [InlineData("7.0 % 0.0", "0.0 / 0.0")]
    [InlineData("sqrt(2.0f)", "1.4142135f")]
    [InlineData("i64(2.9) + i64(u8(300))", "46L")]
    [InlineData("i32(1e20)", "2147483647")]
    [InlineData("bool(256)", "true")]
    [InlineData("compare(1.0, 0.0 / 0.0)", "-1")]
    [InlineData("1.0 < 0.0 / 0.0", "false")]
    [InlineData("|a: i64| if(1 < 2, a, a + 1L)", "|a: i64| a")]
    [InlineData("|a: i64, b: i64| if(false, a / b, b)", "|a: i64, b: i64| b")]
    [InlineData("|a: i64, b: i64| select(true, a, b)", "|a: i64, b: i64| a")]
    [InlineData("|a: bool| true && a || false", "|a: bool| a")]
    [InlineData("|a: bool| (a || true) && !false", "|a: bool| true")]
    [InlineData("|a: i64, b: i64| 1 > 2 && a / b > 1L", "|a: i64, b: i64| false")]
    [InlineData("assert(1 < 2)", "true")]
    [InlineData("|a: i64| len([a, a, a])", "|a: i64| 3L")]
    [InlineData("len(\"four\")", "4L")]
    [InlineData("|a: i64, b: i64| lookup([a, b], 1L)", "|a: i64, b: i64| b")]
    [InlineData("lookup(\"abc\", 1L)", "98c")]
    public void ConstantsFold(string input, string output) => Optimizes(Pass, input, output);

    [Theory]
    [InlineData("1 / 0")]
    [InlineData("7u8 % 0u8")]
    [InlineData("assert(false)")]
    [InlineData("|a: i64| lookup([a, a], 2L)")]
    [InlineData("|a: i64| lookup([a, a], -1L)")]
    [InlineData("|a: i64, b: i64| lookup([a / b, a], 1L)")]
    [InlineData("|a: i64, b: i64| len([a / b])")]
    [InlineData("|a: i64, b: i64| select(true, a, a / b)")]
    [InlineData("|a: i64, b: i64| a / b > 1L && false")]
    public void ErrorsStay(string input) => Keeps(Pass, input);
}
