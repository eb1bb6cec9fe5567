using Weld.Core.Evaluation;
using Weld.Core.IR;
using Weld.Core.Values;
using Weld.Managed;

namespace Weld.Tests.Optimizer;

public class PredicateTests
{
    private const string Pass = "predicate";
    private const string Loop = "|v: vec[f64], d: i64| result(for(v, ";

    [Theory]
    [InlineData("merger[f64,+], |b, i, x| @(predicate: true) if(x < 2.0, merge(b, exp(x)), b)", "merger[f64,+], |b, i, x| merge(b, select(x < 2.0, exp(x), 0.0))")]
    [InlineData("merger[f64,*], |b, i, x| @(predicate: true) if(x < 2.0, b, merge(b, x))", "merger[f64,*], |b, i, x| merge(b, select(x < 2.0, 1.0, x))")]
    [InlineData("merger[i64,&], |b, i, x| @(predicate: true) if(x < 2.0, merge(b, i), b)", "merger[i64,&], |b, i, x| merge(b, select(x < 2.0, i, -1L))")]
    [InlineData(
        "merger[{i64,u8},{max,min}], |b, i, x| @(predicate: true) if(x < 2.0, merge(b, {i, 7u8}), b)",
        "merger[{i64,u8},{max,min}], |b, i, x| let c = x < 2.0; merge(b, {select(c, i, -9223372036854775808L), select(c, 7u8, 255u8)})")]
    [InlineData(
        "merger[f64,+], |b, i, x| let y = x * x; @(predicate: true) if(x < 2.0 && y > 1.0, let z = y + x; merge(b, z), b)",
        "merger[f64,+], |b, i, x| let y = x * x; let z = y + x; merge(b, select(x < 2.0 & y > 1.0, z, 0.0))")]
    [InlineData(
        "{merger[f64,+], merger[i64,+]}, |b, i, x| @(predicate: true) if(x < 2.0, {merge(b.$0, x), merge(b.$1, 1L)}, b)",
        "{merger[f64,+], merger[i64,+]}, |b, i, x| let c = x < 2.0; {merge(b.$0, select(c, x, 0.0)), merge(b.$1, select(c, 1L, 0L))}")]
    [InlineData(
        "{merger[f64,+], merger[i64,+]}, |b, i, x| {@(predicate: true) if(x < 2.0, merge(b.$0, x), b.$0), merge(b.$1, 1L)}",
        "{merger[f64,+], merger[i64,+]}, |b, i, x| {merge(b.$0, select(x < 2.0, x, 0.0)), merge(b.$1, 1L)}")]
    [InlineData(
        "merger[f64,+], |b, i, x| @(predicate: true) if(x < 2.0, @(predicate: true) if(x > 1.0, merge(b, x), b), merge(b, 3.0))",
        "merger[f64,+], |b, i, x| merge(b, select(x < 2.0, select(x > 1.0, x, 0.0), 3.0))")]
    [InlineData("appender[f64], |b, i, x| @(predicate: true) if(x < 2.0, merge(b, x), merge(b, 2.0))", "appender[f64], |b, i, x| merge(b, select(x < 2.0, x, 2.0))")]
    [InlineData(
        "dictmerger[i64,f64,+], |b, i, x| @(predicate: true) if(x < 2.0, merge(b, {i, x}), merge(b, {i, 2.0}))",
        "dictmerger[i64,f64,+], |b, i, x| let c = x < 2.0; merge(b, {i, select(c, x, 2.0)})")]
    [InlineData("merger[f64,+], |b, i, x| @(branch_selectivity: 5000) if(x < 2.0, merge(b, x), b)", "merger[f64,+], |b, i, x| merge(b, select(x < 2.0, x, 0.0))")]
    public void BranchesBecomeSelects(string before, string after) => Rewrites.Optimizes(Pass, $"{Loop}{before}))", $"{Loop}{after}))");

    [Theory]
    [InlineData("merger[f64,+], |b, i, x| if(x < 2.0, merge(b, x * 3.0), b)")]
    [InlineData("{merger[f64,+], merger[i64,max]}, |b, i, x| if(x < 2.0, {merge(b.$0, x), merge(b.$1, i)}, b)")]
    public void WhereTheDataDecideTheLoopFindsOut(string loop) =>
        Rewrites.Optimizes(Pass, $"{Loop}{loop}))", $"|v: vec[f64], d: i64| result(@(adaptive: true) for(v, {loop}))");

    [Theory]
    [InlineData("let y = if(x > 0.0, x, 0.0 - x); merge(b, y)", "let y = select(x > 0.0, x, 0.0 - x); merge(b, y)")]
    [InlineData("let y = @(predicate: true) if(x > 0.0, exp(x), x); merge(b, y)", "let y = select(x > 0.0, exp(x), x); merge(b, y)")]
    public void CheapScalarsAreSelected(string before, string after) =>
        Rewrites.Optimizes(Pass, $"{Loop}merger[f64,+], |b, i, x| {before}))", $"{Loop}merger[f64,+], |b, i, x| {after}))");

    [Theory]
    [InlineData("merger[f64,+], |b, i, x| @(predicate: false) if(x < 2.0, merge(b, x), b)")] // the program wins
    [InlineData("merger[i64,+], |b, i, x| @(predicate: true) if(x < 2.0, merge(b, i / d), b)")] // can fail
    [InlineData("merger[f64,+], |b, i, x| @(predicate: true) if(x < 2.0, merge(b, lookup(v, d)), b)")]
    [InlineData("dictmerger[i64,f64,+], |b, i, x| @(predicate: true) if(x < 2.0, merge(b, {i, x}), b)")] // would make a key
    [InlineData("vecmerger[f64,+](v), |b, i, x| @(predicate: true) if(x < 2.0, merge(b, {i, x}), b)")] // may be outside, and −0 would not stay
    [InlineData("appender[f64], |b, i, x| @(predicate: true) if(x < 2.0, merge(b, x), b)")]
    [InlineData("merger[f64,+], |b, i, x| if(x < 2.0, merge(b, exp(x)), b)")] // dear
    [InlineData("merger[f64,+], |b, i, x| @(branch_selectivity: 1) if(x < 2.0, merge(b, x), b)")]
    [InlineData("merger[f64,+], |b, i, x| let y = if(x > 0.0, exp(x), x); merge(b, y)")]
    [InlineData("merger[i64,+], |b, i, x| let y = if(x > 0.0, i, i / d); merge(b, y)")]
    [InlineData("merger[f64,+], |b, i, x| let y = @(predicate: false) if(x > 0.0, x, 1.0); merge(b, y)")]
    [InlineData("merger[i64,+], |b, i, x| @(predicate: true) if(x < 2.0, merge(b, cudf[note,i64](i)), b)")] // acts
    public void OthersStay(string loop) => Rewrites.Keeps(Pass, $"{Loop}{loop}))");

    [Fact]
    public void OutsideALoopABranchStaysSinceMinusZeroWouldNot() =>
        Rewrites.Keeps(Pass, "|c: bool, x: f64| let b = merger[f64,+](-0.0); result(@(predicate: true) if(c, merge(b, x), b))");

    [Theory]
    [InlineData("f64", "+")]
    [InlineData("f64", "*")]
    [InlineData("f64", "min")]
    [InlineData("f64", "max")]
    [InlineData("i64", "+")]
    [InlineData("i64", "^")]
    public void BothFormsAndTheInterpreterGiveTheSameBits(string type, string op)
    {
        var random = new Random(11);
        double[] odd = [double.NaN, -0.0, 0.0, double.PositiveInfinity, double.NegativeInfinity, double.Epsilon, 1e300];
        foreach (var selectivity in new[] { 0.0, 0.01, 0.5, 0.99, 1.0 })
        {
            foreach (var count in selectivity == 0.5 ? new[] { 0, 1, 63, 300, 70_000 } : [63, 300])
            {
                var data = new VectorValue(Enumerable.Range(0, count).Select(i => (Value)new StructValue(
                [
                    new ScalarValue(Scalar.FromBits(Core.Types.ScalarKind.Bool, random.NextDouble() < (i > 66_000 ? 0.5 : selectivity) ? 1UL : 0)),
                    type == "i64" ? ScalarValue.I64(random.Next()) : new ScalarValue(Scalar.F64(count < 1_000 && random.Next(20) == 0 ? odd[random.Next(odd.Length)] : random.NextDouble() * -2)),
                ])).ToArray());
                Value? expected = null;
                foreach (var form in new[] { "", "@(predicate: true) ", "@(predicate: false) " })
                {
                    var initial = type == "i64" ? "" : "(-0.0)";
                    var text = $"|v: vec[{{bool,{type}}}]| result(for(v, merger[{type},{op}]{initial}, |b, i, x| {form}if(x.$0, merge(b, x.$1), b)))";
                    expected ??= Interpreter.Run(Rewrites.Read(text), [data]);
                    Assert.Equal(expected, WeldModule.Compile(text, new CompileOptions { Backend = Backend.Compiled }).Evaluate([data]));
                }
            }
        }
    }
}
