using Weld.Core.Diagnostics;
using Weld.Core.Evaluation;
using Weld.Core.IR;
using Weld.Core.Values;
using Weld.Managed;

namespace Weld.Tests.Optimizer;

public class TileTests
{
    private const string Pass = "tile";
    private const string Parameters = "|r: vec[f64], m: vec[vec[f64]], w: vec[f64], n: i64, t: vec[i64]| ";

    [Fact]
    public void AReductionOfRowsForEachColumnGoesBlockByBlock() => Rewrites.Optimizes(
        Pass,
        Parameters + "result(for(rangeiter(0L, n, 1L), appender[f64], |b, i, x| merge(b, result(for(zip(r, m), merger[f64,+], |s, j, e| merge(s, e.$0 * lookup(e.$1, x)))))))",
        Parameters + """
            if(len(r) > 1024L && len(r) == len(m),
              result(@(tile: false) for(rangeiter(0L, (len(r) + 511L) / 512L, 1L), vecmerger[f64,+](result(for(rangeiter(0L, n, 1L), appender[f64], |b, i, x| merge(b, 0.0)))), |c, k, p|
                let from = p * 512L;
                let part = slice(r, from, 512L);
                let rows = slice(m, from, 512L);
                @(tile: false) for(rangeiter(0L, n, 1L), c, |d, i, x| merge(d, {i, result(for(zip(part, rows), merger[f64,+], |s, j, e| merge(s, e.$0 * lookup(e.$1, x))))})))),
              result(@(tile: false) for(rangeiter(0L, n, 1L), appender[f64], |b, i, x| merge(b, result(for(zip(r, m), merger[f64,+], |s, j, e| merge(s, e.$0 * lookup(e.$1, x))))))))
            """);

    [Fact]
    public void MergesOfRowsForEachElementGoBlockByBlock() => Rewrites.Optimizes(
        Pass,
        Parameters + "result(for(t, vecmerger[f64,max](w), |b, i, x| let y = x + 1L; for(m, b, |c, j, row| merge(c, {i, lookup(row, y) * f64(j)}))))",
        Parameters + """
            result(if(len(m) > 1024L,
              @(tile: false) for(rangeiter(0L, (len(m) + 511L) / 512L, 1L), vecmerger[f64,max](w), |b, k, p|
                let from = p * 512L;
                let part = slice(m, from, 512L);
                @(tile: false) for(t, b, |d, i, x| let y = x + 1L; for(part, d, |c, l, row| let j = l + from; merge(c, {i, lookup(row, y) * f64(j)})))),
              @(tile: false) for(t, vecmerger[f64,max](w), |b, i, x| let y = x + 1L; for(m, b, |c, j, row| merge(c, {i, lookup(row, y) * f64(j)})))))
            """);

    [Theory]
    [InlineData("result(for(rangeiter(0L, n, 1L), appender[f64], |b, i, x| merge(b, result(for(w, merger[f64,+], |s, j, e| merge(s, e * f64(x)))))))")] // no rows
    [InlineData("result(for(m, appender[f64], |b, i, x| merge(b, result(for(x, merger[f64,+], |s, j, e| merge(s, e))))))")] // other rows each time
    [InlineData("result(for(rangeiter(0L, n, 1L), appender[f64], |b, i, x| if(x > 1L, merge(b, result(for(m, merger[f64,+], |s, j, e| merge(s, lookup(e, x))))), b)))")] // not each time
    [InlineData("result(for(rangeiter(0L, n, 1L), appender[f64], |b, i, x| for(m, b, |c, j, e| merge(c, lookup(e, x)))))")] // the order shows
    [InlineData("result(for(rangeiter(0L, n, 1L), dictmerger[i64,f64,+], |b, i, x| for(m, b, |c, j, e| merge(c, {j, lookup(e, x)}))))")]
    [InlineData("result(for(rangeiter(0L, n, 1L), merger[i64,+], |b, i, x| for(m, b, |c, j, e| merge(c, cudf[note,i64](x)))))")] // acts
    [InlineData("result(@(tile: false) for(rangeiter(0L, n, 1L), merger[f64,+], |b, i, x| for(m, b, |c, j, e| merge(c, lookup(e, x)))))")]
    public void OthersStay(string body) => Rewrites.Keeps(Pass, Parameters + body);

    [Theory]
    [InlineData("map(rangeiter(0L, n, 1L), |x| result(for(zip(w, m), merger[i64,+], |s, j, e| merge(s, e.$0 * lookup(e.$1, x) + j))))")]
    [InlineData("map(rangeiter(2L, n * 3L + 2L, 3L), |x| result(for(m, merger[i64,min], |s, j, e| merge(s, lookup(e, x % 3L) - j))))")]
    [InlineData("result(for(rangeiter(0L, n, 1L), merger[i64,+](7L), |b, i, x| for(m, b, |c, j, e| merge(c, lookup(e, x) ^ j))))")]
    [InlineData("result(for(rangeiter(0L, n, 1L), merger[i64,+], |b, i, x| let y = x * i; for(zip(m, w), b, |c, j, e| if(e.$1 > y, merge(c, lookup(e.$0, x) ^ j), c))))")]
    [InlineData("let b = merge(vecmerger[i64,+](w), {0L, 5L}); result(for(rangeiter(0L, n, 1L), b, |b, i, x| for(m, b, |c, j, e| merge(c, {j, lookup(e, x)}))))")]
    public void BothFormsGiveTheSame(string body)
    {
        var text = $"|m: vec[vec[i64]], w: vec[i64], n: i64| {body}";
        var program = Rewrites.Read(text);
        var module = WeldModule.Compile(text, new CompileOptions { Backend = Backend.Compiled });
        foreach (var (rows, weights) in new[] { (0, 0), (5, 5), (1_024, 1_024), (1_025, 1_025), (1_536, 1_536), (1_600, 1_600), (1_600, 1_599), (0, 3) })
        {
            var matrix = new VectorValue(Enumerable.Range(0, rows).Select(r => (Value)new VectorValue(Enumerable.Range(0, 3).Select(c => (Value)ScalarValue.I64((r * 7) + c)).ToArray())).ToArray());
            var vector = new VectorValue(Enumerable.Range(0, weights).Select(i => (Value)ScalarValue.I64(i % 13)).ToArray());
            foreach (var n in new[] { 0L, 1L, 3L, 4L, -1L })
            {
                Seq<Value> arguments = [matrix, vector, ScalarValue.I64(n)];
                Assert.Equal(Ended(() => Interpreter.Run(program, arguments)), Ended(() => module.Evaluate(arguments)));
            }
        }
    }

    [Theory]
    [InlineData("map(a, |row| map(rangeiter(0L, n, 1L), |x| result(for(zip(row, m), merger[i64,+], |s, j, e| merge(s, e.$0 * lookup(e.$1, x))))))")]
    [InlineData("map(a, |row| map(rangeiter(0L, n, 1L), |x| result(for(zip(m, row, w), merger[i64,max], |s, j, e| merge(s, (e.$1 ^ j) * (lookup(e.$0, x + 0L) + e.$2))))))")]
    [InlineData("map(a, |row| map(rangeiter(0L, n, 1L), |x| result(for(zip(row, m), merger[i64,+], |s, j, e| merge(s, if(e.$0 > 500L, lookup(e.$1, x), e.$0 - j))))))")]
    [InlineData("result(for(a, appender[vec[i64]](result(for(w, merger[i64,+], |b, i, x| merge(b, x % 3L)))), |b, i, row| merge(b, map(rangeiter(0L, n, 1L), |x| result(for(zip(row, m), merger[i64,+], |s, j, e| merge(s, e.$0 * lookup(e.$1, x))))))))")]
    [InlineData("map(a, |row| map(rangeiter(0L, n, 1L), |x| result(for(zip(row, m), merger[i64,+], |s, j, e| merge(s, (let t = e.$0 + 1L; t * t * (t + 3L) * lookup(e.$1, x)))))))", "tile")]
    public void RowsOfProductsGoTogether(string body, params string[] passes)
    {
        var text = $"|a: vec[vec[i64]], m: vec[vec[i64]], w: vec[i64], n: i64| {body}";
        var program = Rewrites.Read(text);
        var module = WeldModule.Compile(text, new CompileOptions { Backend = Backend.Compiled, Passes = passes.Length == 0 ? null : passes.ToSeq() });
        foreach (var (rows, inner, n) in new[] { (0, 64, 19L), (1, 64, 19L), (4, 64, 16L), (15, 64, 25L), (16, 64, 26L), (17, 70, 26L), (33, 63, 26L), (39, 200, 26L), (19, 64, 27L), (18, 64, 0L), (18, 64, 15L) })
        {
            var weights = new VectorValue(Enumerable.Range(0, inner).Select(i => (Value)ScalarValue.I64(i % 13)).ToArray());
            Seq<Value> arguments = [Matrix(rows, inner), Matrix(inner, 26), weights, ScalarValue.I64(n)];
            Assert.Equal(Ended(() => Interpreter.Run(program, arguments)), Ended(() => module.Evaluate(arguments)));
        }

        static VectorValue Matrix(int rows, int columns) => new(Enumerable.Range(0, rows).Select(
            r => (Value)new VectorValue(Enumerable.Range(0, columns).Select(c => (Value)ScalarValue.I64((r * 71) + (c * 13))).ToArray())).ToArray());
    }

    private static string Ended(Func<Value> run)
    {
        try
        {
            return ValueJson.Print(run());
        }
        catch (WeldRuntimeException e)
        {
            return $"{e.Code}";
        }
    }
}
