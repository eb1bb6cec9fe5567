using static Weld.Tests.Optimizer.Rewrites;

namespace Weld.Tests.Optimizer;

public class InferSizeTests
{
    private const string Pass = "infer-size";

    [Theory]
    [InlineData(
        "|v: vec[i64]| result(for(v, appender[i64], |b, i, x| merge(b, x + 1L)))",
        "|v: vec[i64]| result(for(v, appender[i64](len(v)), |b, i, x| merge(b, x + 1L)))")]
    [InlineData(
        "|v: vec[i64], w: vec[i64]| result(for(zip(v, w), appender[i64], |b, i, x| let y = x.$0; if(y > i, merge(b, y), merge(b, x.$1))))",
        "|v: vec[i64], w: vec[i64]| result(for(zip(v, w), appender[i64](len(v)), |b, i, x| let y = x.$0; if(y > i, merge(b, y), merge(b, x.$1))))")]
    [InlineData(
        "|v: vec[i64]| result(for(v, {appender[i64], merger[i64,+]}, |b, i, x| {merge(b.$0, x), b.$1}))",
        "|v: vec[i64]| result(for(v, {appender[i64](len(v)), merger[i64,+]}, |b, i, x| {merge(b.$0, x), b.$1}))")]
    [InlineData(
        "|v: vec[i64], w: vec[i64]| result(for(zip(slice(v, 1L, 2L), w), appender[i64], |b, i, x| merge(b, x.$0)))",
        "|v: vec[i64], w: vec[i64]| result(for(zip(slice(v, 1L, 2L), w), appender[i64](len(w)), |b, i, x| merge(b, x.$0)))")]
    public void AppendersAreMadeForTheirLength(string input, string output) => Optimizes(Pass, input, output);

    [Theory]
    [InlineData("|v: vec[i64]| result(for(v, appender[i64], |b, i, x| if(x > i, merge(b, x), b)))")]
    [InlineData("|v: vec[i64]| result(for(v, appender[i64], |b, i, x| merge(merge(b, x), x)))")]
    [InlineData("|v: vec[i64]| result(for(v, appender[i64](9L), |b, i, x| merge(b, x)))")]
    [InlineData("|v: vec[i64], w: vec[i64]| result(for(v, appender[i64](w), |b, i, x| merge(b, x)))")]
    [InlineData("|v: vec[i64]| result(for(iter(v, 0L, len(v), 2L), appender[i64], |b, i, x| merge(b, x)))")]
    [InlineData("|v: vec[i64]| result(for(slice(v, 1L, 2L), appender[i64], |b, i, x| merge(b, x)))")]
    public void OtherAppendersStay(string input) => Keeps(Pass, input);
}
