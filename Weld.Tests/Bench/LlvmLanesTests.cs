using Weld.Bench.Peers.Llvm;
using Weld.Core;
using Weld.Core.Diagnostics;
using Weld.Core.Evaluation;
using Weld.Core.IR;
using Weld.Core.Values;
using Weld.Tests.Evaluation;
using VectorValue = Weld.Core.Values.VectorValue;

namespace Weld.Tests.Bench;

/// <summary>Programs lowered to LLVM with Weld's lanes as vectors: float reductions have the interpreter's bits, at every length about the borders of steps, chunks and blocks.</summary>
public class LlvmLanesTests
{
    private static readonly int[] Lengths = [0, 1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 33, 63, 64, 65, 100, 4_095, 4_161, 65_536, 66_001];

    private static readonly VectorValue All = Nodes.Floats(Enumerable.Range(0, Lengths[^1]).Select(i => ((i * 7919L % 10_007) - 5_000.3) * (1 << (i % 13)) * 0.1));

    [LlvmTheory]
    [InlineData("result(for(v, merger[f64,+], |b, i, x| merge(b, x)))")]
    [InlineData("result(for(v, merger[f64,+](-0.0), |b, i, x| merge(b, x * x)))")]
    [InlineData("result(for(v, merger[f64,+](-0.0), |b, i, x| if(x > 1e300, merge(b, x), b)))")]
    [InlineData("result(for(v, merger[f64,*](0.5), |b, i, x| merge(b, 1.0 + x * 0.000000001)))")]
    [InlineData("result(for(v, merger[f32,+](0.1f), |b, i, x| merge(b, f32(x))))")]
    [InlineData("result(for(v, merger[f64,+](0.1), |b, i, x| if(x > 0.0, merge(b, x), b)))")]
    [InlineData("result(for(v, merger[f64,+], |b, i, x| if(x > 0.0 && f64(i) * 0.5 < 300.0 || i % 3L == 1L, merge(merge(b, x), 0.1), merge(b, x * 0.3))))")]
    [InlineData("result(for(v, {merger[f64,+], merger[f64,min], merger[i64,+](7L), merger[u8,max], merger[bool,&](true)}, |b, i, x| {merge(b.$0, x), merge(b.$1, x), merge(b.$2, i), merge(b.$3, u8(i)), merge(b.$4, x < 1e200)}))")]
    [InlineData("result(for(v, merger[{f64,{f32,i64},f64},{+,{+,max},*}], |b, i, x| merge(b, {x, {f32(x) * 0.3f, i}, 1.0 + x * 1e-9})))")]
    [InlineData("result(for(v, {merger[f64,+], appender[f64]}, |b, i, x| {merge(b.$0, x), if(x > 0.0, merge(b.$1, sqrt(abs(x))), b.$1)}))")]
    [InlineData("result(for(v, {appender[bool], appender[i32], appender[f32]}, |b, i, x| {merge(b.$0, x < 0.0), if(i < 70000L, merge(b.$1, i32(i) << i32(x)), b.$1), merge(b.$2, f32(floor(x)))}))")]
    [InlineData("result(for(v, appender[i64], |b, i, x| if(x > 0.0, merge(b, i), merge(b, 0L - i))))")]
    [InlineData("result(for(v, appender[f64], |b, i, x| merge(merge(b, x), min(x * 3.0, round(x)))))")]
    [InlineData("result(for(rangeiter(0L, len(v), 1L), merger[f64,+], |b, i, x| merge(b, f64(x * 3L + i) * 0.1)))")]
    [InlineData("result(for(zip(v, rangeiter(5L, len(v) + 5L, 1L)), merger[f64,+], |b, i, x| merge(b, x.$0 * f64(x.$1))))")]
    [InlineData("result(for(rangeiter(0L, len(v), 1L), merger[f64,+], |b, i, x| if(x > 10L, merge(b, lookup(v, x - 10L) * 0.3 + lookup(v, x)), b)))")]
    [InlineData("result(for(rangeiter(0L, len(v) + 9L, 1L), merger[f64,+], |b, i, x| merge(b, if(x < len(v) && lookup(v, x) > 0.0, lookup(v, x), 0.1))))")]
    [InlineData("result(for(rangeiter(0L, len(v), 1L), merger[f64,+], |b, i, x| let g = assert(x >= 0L); merge(b, select(g, f64(x) * 0.1, 0.0))))")]
    [InlineData("result(for(v, {vecmerger[f64,+]([0.1, 0.2, 0.3]), vecmerger[i64,+]([1L, 2L])}, |b, i, x| {if(x > 0.0, merge(b.$0, {i & 1L, x}), b.$0), merge(b.$1, {i & 1L, i64(x)})}))")]
    [InlineData("result(merge(for(v, merge(vecmerger[f64,+]([0.1, -0.0, 0.3, -0.0]), {0L, 0.3}), |b, i, x| if(i % 1000L < 4L, merge(b, {i % 3L, x}), b)), {1L, 0.7}))")]
    [InlineData("tovec(result(merge(for(v, merge(dictmerger[i64,f64,+], {1L, 0.1}), |b, i, x| merge(b, {(i * i) % 37L, x * 0.3})), {1L, 0.7})))")]
    [InlineData("tovec(result(for(v, dictmerger[{f64,i64},{f64,f64},{+,*}](result(for(v, dictmerger[{f64,i64},{f64,f64},{+,*}], |b, i, x| merge(b, {{f64(i % 3L), i % 2L}, {x, 1.0 + x * 1e-9}})))), |b, i, x| merge(b, {{f64(i % 5L), i % 2L}, {x, 1.0 + x * 1e-9}}))))")]
    [InlineData("result(for(slice(v, 0L, 9L), merger[f64,+](0.1), |b, i, x| merge(for(v, b, |c, j, y| merge(c, x * y)), 0.3)))")]
    [InlineData("result(for(slice(v, 0L, 300L), appender[f64], |b, i, x| merge(b, result(for(slice(v, 0L, i), merger[f64,+](x), |c, j, y| merge(c, y * 0.1))))))")]
    [InlineData("result(for(simditer(v), merger[f64,+], |b, i, x| merge(b, x * broadcast(0.3))))")]
    [InlineData("result(for(fringeiter(v), for(simditer(v), merger[f64,+](0.1), |b, i, x| merge(b, x)), |b, i, x| merge(b, x)))")]
    [InlineData("result(for(iter(v, len(v) - 1L, -1L, -1L), merger[f64,+], |b, i, x| merge(b, x * 0.7)))")]
    [InlineData("result(for(nditer(v, 0L, 0L, 0L, [len(v) / 3L, 3L], [1L, len(v) / 3L]), merger[f64,+], |b, i, x| merge(b, x * f64(i))))")]
    [InlineData("tovec(result(for(v, groupmerger[i64,f64], |b, i, x| merge(b, {i64(x) % 5L, x}))))")]
    [InlineData("let g = result(for(slice(v, 0L, 9L), groupmerger[f64,{i64,f64}], |b, i, x| merge(b, {f64(i % 2L) * -0.0, {i, x}}))); tovec(result(for(v, groupmerger[f64,{i64,f64}](g), |b, i, x| merge(b, {f64(i % 4L), {i, x}}))))")]
    [InlineData("sort(v, |a, b| compare(a, b))")]
    [InlineData("sort(result(for(v, appender[{i64,i64}], |b, i, x| merge(b, {i64(x) % 10L, i}))), |a, b| compare(b.$0, a.$0))")]
    public void EveryLengthHasTheBitsOfTheInterpreter(string body)
    {
        var check = FrontEnd.Check(new SourceText($"|v: vec[f64]| {body}"));
        using var narrow = new LlvmProgram(check, LlvmFloats.Lanes, 128);
        using var middle = new LlvmProgram(check, LlvmFloats.Lanes, 256);
        using var wide = new LlvmProgram(check, LlvmFloats.Lanes, 512);
        foreach (var length in Lengths)
        {
            Value[] values = [new VectorValue(All.Elements[..length])];
            var arguments = values.ToSeq();
            var expected = Print(() => Interpreter.Run(wide.Optimised, arguments));
            Assert.All([narrow, middle, wide], p => Assert.Equal((length, expected), (length, Print(() => p.Module.Evaluate(arguments)))));
        }
    }

    [LlvmTheory]
    [MemberData(nameof(InexactReductionTests.Texts), MemberType = typeof(InexactReductionTests))]
    public void ReductionsHaveTheBitsOfTheInterpreterHoweverTheBuilderGetsThere(string text)
    {
        using var program = new LlvmProgram(FrontEnd.Check(new SourceText(text)), LlvmFloats.Lanes);
        Assert.Equal(Print(() => Interpreter.Run(program.Optimised, [])), Print(() => program.Module.Evaluate([])));
    }

    [LlvmTheory]
    [InlineData("result(for(v, merger[f64,+], |b, i, x| merge(b, x)))", "fadd")]
    [InlineData("result(for(v, merger[f64,+], |b, i, x| if(x > 0.0, merge(b, x * 0.5), b)))", "select")]
    [InlineData("result(for(v, appender[f64], |b, i, x| merge(b, sqrt(x) + 0.5)))", "store")]
    [InlineData("result(for(v, appender[f64], |b, i, x| if(x > 0.0, merge(b, x * x), b)))", "fmul")]
    [InlineData("result(for(rangeiter(0L, len(v), 1L), merger[f64,+], |b, i, x| merge(b, lookup(v, len(v) - 1L - x))))", "call")]
    public void SimpleLoopsAreVectors(string body, string instruction)
    {
        using var program = new LlvmProgram(FrontEnd.Check(new SourceText($"|v: vec[f64]| {body}")), LlvmFloats.Lanes);
        Assert.Matches($"{instruction} .*<[0-9]+ x double>", program.Text);
    }

    [LlvmTheory]
    [InlineData("result(for(rangeiter(0L, 100L, 1L), merger[f64,+], |b, i, x| merge(b, lookup(v, x * 3L))))", RuntimeCode.ArrayOutOfBounds)]
    [InlineData("result(for(v, appender[f64], |b, i, x| if(x > 90.0, merge(b, lookup(v, i + 1L)), b)))", RuntimeCode.ArrayOutOfBounds)]
    [InlineData("result(for(v, merger[f64,+], |b, i, x| let g = assert(x < 99.0); merge(b, select(g, x, 0.0))))", RuntimeCode.AssertionError)]
    [InlineData("result(for(v, merger[i64,+], |b, i, x| merge(b, i / (99L - i))))", RuntimeCode.DivideByZero)]
    [InlineData("result(for(v, vecmerger[f64,+](v), |b, i, x| merge(b, {i + 1L, x * x * 0.5 + x * 0.1 - sqrt(x) * x})))", RuntimeCode.ArrayOutOfBounds)]
    [InlineData("result(for(zip(v, slice(v, 0L, 99L)), merger[f64,+], |b, i, x| merge(b, x.$0 * x.$1)))", RuntimeCode.MismatchedZipSize)]
    [InlineData("result(for(nditer(v, 0L, 0L, 0L, [10L, 11L], [1L, 10L]), merger[f64,+], |b, i, x| merge(b, x)))", RuntimeCode.BadIteratorLength)]
    [InlineData("result(for(nditer(v, 0L, 0L, 0L, [10L], [1L, 10L]), merger[f64,+], |b, i, x| merge(b, x)))", RuntimeCode.BadIteratorLength)]
    [InlineData("sort(v, |a, b| compare(a, lookup(v, i64(b) + 1L)))", RuntimeCode.ArrayOutOfBounds)]
    [InlineData("lookup(result(for(v, groupmerger[i64,f64], |b, i, x| merge(b, {i % 3L, x}))), 3L)", RuntimeCode.KeyNotFound)]
    public void ErrorsAreThoseOfTheInterpreter(string body, RuntimeCode code)
    {
        Value[] values = [Nodes.Floats(Enumerable.Range(0, 100).Select(i => (double)i))];
        foreach (var floats in Enum.GetValues<LlvmFloats>())
        {
            using var program = new LlvmProgram(FrontEnd.Check(new SourceText($"|v: vec[f64]| {body}")), floats);
            Assert.Equal($"{code}", Print(() => Interpreter.Run(program.Optimised, values.ToSeq())));
            Assert.Equal($"{code}", Print(() => program.Module.Evaluate(values.ToSeq())));
        }
    }

    [LlvmTheory]
    [InlineData("exp(x)")]
    [InlineData("log(x)")]
    [InlineData("sin(x) + cos(x) * 3.0")]
    [InlineData("pow(x, 1.7)")]
    [InlineData("erf(x) + tanh(x) + log1p(x)")]
    [InlineData("f64(exp(f32(x)))")]
    public void ElementaryFunctionsAreTheLibrarysWithinItsError(string function)
    {
        using var program = new LlvmProgram(
            FrontEnd.Check(new SourceText($"|v: vec[f64]| result(for(v, appender[f64], |b, i, y| let x = abs(y) * 0.00001 + 0.01; if(y > -100.0, merge(b, {function}), b)))")), LlvmFloats.Lanes);
        Value[] values = [new VectorValue(All.Elements[..4_161])];
        var expected = Numbers(Interpreter.Run(program.Optimised, values.ToSeq()));
        var found = Numbers(program.Module.Evaluate(values.ToSeq()));
        var tolerance = function.Contains("f32", StringComparison.Ordinal) ? 1e-6 : 1e-13;
        Assert.Equal(expected.Length, found.Length);
        Assert.All(expected.Zip(found), p => Assert.True(Math.Abs(p.First - p.Second) <= tolerance * Math.Abs(p.First), $"expected {p.First:R}, found {p.Second:R}"));
    }

    private static double[] Numbers(Value vector) => [.. ((VectorValue)vector).Elements.ToArray().Select(e => ((Weld.Core.Values.ScalarValue)e).Scalar.AsDouble)];

    private static string Print(Func<Value> run)
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
