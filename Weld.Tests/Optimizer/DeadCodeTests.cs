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
}
