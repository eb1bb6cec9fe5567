namespace Weld.Tests.Optimizer;

public class InlineApplyTests
{
    private const string Pass = "inline-apply";

    [Fact]
    public void AppliedFunctionsBecomeLets() =>
        Rewrites.Optimizes(Pass, "|a: i64| (|x, y| x * y)(a + 1L, a)", "|a: i64| let x = a + 1L; let y = a; x * y");

    [Fact]
    public void FunctionsOfFunctionsToo() =>
        Rewrites.Optimizes(Pass, "|a: i64| let f = |x: i64| x + 1L; f(f(a))", "|a: i64| let x = (let y = a; y + 1L); x + 1L");

    [Fact]
    public void AFunctionWithoutParametersIsItsBody() => Rewrites.Optimizes(Pass, "|a: i64| (|| a + 1L)()", "|a: i64| a + 1L");

    [Fact]
    public void FunctionsOfLoopsStay() => Rewrites.Keeps(Pass, "|v: vec[i64]| result(for(v, appender, |b, i, x| merge(b, x + 1L)))");
}
