using static Weld.Tests.Optimizer.Rewrites;

namespace Weld.Tests.Optimizer;

public class UnrollStaticLoopTests
{
    private const string Pass = "unroll-static-loop";

    [Theory]
    [InlineData(
        "|a: i64| result(for([a, 2L], merger[i64,+](5L), |b, i, x| merge(b, x * i)))",
        "|a: i64| result((let p = a; let q = 2L; let b = merger[i64,+](5L); let i = 0L; let x = p; let c = merge(b, x * i); let j = 1L; let y = q; merge(c, y * j)))")]
    [InlineData(
        "result(for(rangeiter(6L, 2L, -2L), appender[i64], |b, i, x| if(x > i, merge(b, x), b)))",
        "result((let b = appender[i64]; let i = 0L; let x = 6L; let c = if(x > i, merge(b, x), b); let j = 1L; let y = 4L; if(y > j, merge(c, y), c)))")]
    [InlineData(
        "|a: f64| result(for([a, 2.0, 3.0], merger[f64,+](5.0), |b, i, x| let y = x * x; merge(b, y)))",
        "|a: f64| result((let p = a; let q = 2.0; let r = 3.0; let b = merger[f64,+](5.0); let i = 0L; let x = p; let s = x * x; let j = 1L; let y = q; let t = y * y; let k = 2L; let z = r; let u = z * z; merge(b, ((0.0 + s) + (0.0 + u)) + (0.0 + t))))")]
    [InlineData("result(for([]: vec[i64], merger[i64,+](7L), |b, i, x| merge(b, x)))", "result(merger[i64,+](7L))")]
    [InlineData("|a: i64, b: i64| result(merge(merge(appender[i64], a), b))", "|a: i64, b: i64| [a, b]")]
    [InlineData("|a: f64, b: f64| result(merge(merge(merger[f64,+], a), b))", "|a: f64, b: f64| 0.0 + a + b")]
    [InlineData("|a: i64, b: i64| result(merge(merge(merger[i64,max](a), b), 3L))", "|a: i64, b: i64| max(max(a, b), 3L)")]
    public void ShortLoopsBecomeTheirIterations(string input, string output) => Optimizes(Pass, input, output);

    [Theory]
    [InlineData("|v: vec[i64]| result(@(loopsize: 2) for(v, merger[i64,+], |b, i, x| merge(b, x)))")]
    [InlineData("result(for(rangeiter(0L, 9L, 1L), merger[i64,+], |b, i, x| merge(b, x)))")]
    [InlineData("result(for(rangeiter(0L, 3L, 2L), merger[i64,+], |b, i, x| merge(b, x)))")]
    [InlineData("result(for(rangeiter(0L, 3L, 0L), merger[i64,+], |b, i, x| merge(b, x)))")]
    [InlineData("result(for(rangeiter(3L, 0L, 1L), merger[i64,+], |b, i, x| merge(b, x)))")]
    [InlineData("|a: i64| result(for(iter([a, a], 0L, 3L, 1L), merger[i64,+], |b, i, x| merge(b, x)))")]
    [InlineData("|a: i64| result(for(zip([a, a], [a]), merger[i64,+], |b, i, x| merge(b, x.$0)))")]
    [InlineData("|a: i64| result(@(grain_size: 9) for([a, a], merger[i64,+], |b, i, x| merge(b, x)))")]
    [InlineData("|a: f64| result(for([a, 2.0], merger[f64,+], |b, i, x| if(x > 1.0, merge(b, x), b)))")]
    [InlineData("result(for(rangeiter(0L, 3L, 1L), merger[f64,+], |b, i, x| merge(b, f64(cudf[note, i64](x)))))")]
    [InlineData("|a: f64| result(for([a, 2.0], dictmerger[i64,f64,*], |b, i, x| merge(b, {i, x})))")]
    [InlineData("|a: i64, v: vec[i64]| result(merge(appender[i64](v), a))")]
    public void OtherLoopsStay(string input) => Keeps(Pass, input);
}
