using static Weld.Tests.Optimizer.Rewrites;

namespace Weld.Tests.Optimizer;

public class InlineZipTests
{
    private const string Pass = "inline-zip";

    [Theory]
    [InlineData(
        "|v: vec[i64], w: vec[f64]| result(@(grain_size: 9) for(iter((zip(v, w))), appender, |b, i, x| merge(b, x.$1)))",
        "|v: vec[i64], w: vec[f64]| result(@(grain_size: 9) for(zip(v, w), appender, |b, i, x| merge(b, x.$1)))")]
    [InlineData("|v: vec[i64]| let w = zip(v); len(w)", "|v: vec[i64]| let w = v; len(w)")]
    [InlineData(
        "|v: vec[i64], w: vec[f64]| result(for(zip(iter((zip(v, w))), v), appender, |b, i, x| merge(b, x.$0.$1)))",
        "|v: vec[i64], w: vec[f64]| result(for(zip(v, w, v), appender, |b, i, y| let x = {{y.$0, y.$1}, y.$2}; merge(b, x.$0.$1)))")]
    public void LoopsVisitTheVectors(string input, string output) => Optimizes(Pass, input, output);

    [Theory]
    [InlineData("|v: vec[i64], w: vec[f64]| len((zip(v, w)))")]
    [InlineData("|v: vec[i64], w: vec[f64]| lookup((zip(v, w)), 0L)")]
    [InlineData("|v: vec[i64], w: vec[f64]| result(for(iter((zip(v, w)), 0L, 2L, 1L), appender, |b, i, x| merge(b, x.$1)))")]
    [InlineData("|v: vec[i64], w: vec[f64]| result(for(fringeiter((zip(v, w))), appender, |b, i, x| merge(b, x.$1)))")]
    public void TheCheckOfLengthsStays(string input) => Keeps(Pass, input);
}
