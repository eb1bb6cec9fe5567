using static Weld.Tests.Optimizer.Rewrites;

namespace Weld.Tests.Optimizer;

public class ShortCircuitBooleansTests
{
    private const string Pass = "short-circuit-booleans";

    [Theory]
    [InlineData("|a: i64, c: bool| c && a > 1L", "|a: i64, c: bool| c & (a > 1L)")]
    [InlineData("|a: i64, c: bool| c || a > 1L && a + 2L < 5L", "|a: i64, c: bool| c | ((a > 1L) & (a + 2L < 5L))")]
    [InlineData("|a: i64, b: i64| a / b > 1L && a > 1L", "|a: i64, b: i64| (a / b > 1L) & (a > 1L)")]
    public void CheapConditionsTakeNoBranch(string input, string output) => Optimizes(Pass, input, output);

    [Theory]
    [InlineData("|a: i64, b: i64| b != 0L && a / b > 1L")]
    [InlineData("|v: vec[i64], i: i64| i < len(v) && lookup(v, i) > 1L")]
    [InlineData("|c: bool, d: bool| c || assert(d)")]
    [InlineData("|a: f64, c: bool| c && sin(a) > 0.5")]
    [InlineData("|d: dict[i64, i64], c: bool| c && keyexists(d, 1L)")]
    [InlineData("|v: vec[i64], w: vec[i64], c: bool| c && v == w")]
    [InlineData("|v: vec[i64], c: bool| c && sum(v) > 1L")]
    [InlineData("|a: i64, c: bool| c && a * 2L + a * 3L + a * 5L > 1L")]
    public void OtherConditionsStayLazy(string input) => Keeps(Pass, input);
}
