using Weld.Core;
using Weld.Core.Diagnostics;
using Weld.Core.Evaluation;
using Weld.Core.Values;
using Weld.Managed;

namespace Weld.Tests.Evaluation;

/// <summary>Float reductions whose every rounding shows: interpreter and compiled code agree to the bit however the builder gets to its merges.</summary>
public class InexactReductionTests
{
    private const string Data =
        "let v = result(for(rangeiter(0L, 66000L, 1L), appender[f64], |b, i, x| merge(b, f64((x * 7919L) % 1009L) * 0.1 - 50.05))); let s = slice(v, 3L, 150L); let f = map(s, |x| f32(x)); ";

    /// <summary>The programs.</summary>
    public static TheoryData<string> Texts { get; } =
    [
        Data + "result(merge(for(v, merge(merger[f64,+](0.3), 0.1), |b, i, x| merge(merge(b, x), x * 0.7)), 0.7))",
        Data + "result(for(s, for(v, merger[f64,*](0.5), |b, i, x| merge(b, 1.0 + x * 0.001)), |b, i, x| if(x > 0.0, merge(b, 1.0 + x * 0.003), b)))",
        Data + "result(for(s, merger[f64,+], |b, i, x| merge(for(s, merge(b, x), |c, j, y| merge(c, x * y)), 0.1)))",
        Data + "result(for(s, merger[f64,+], |b, i, x| for(slice(v, 0L, i % 70L), b, |c, j, y| for(slice(v, 0L, j % 5L), merge(c, y), |d, k, z| merge(d, z * x)))))",
        Data + "result(for([0.1, 0.2], merger[f64,+](0.1), |b, i, x| for(v, b, |c, j, y| merge(c, x * y))))",
        Data + "result(for(s, {merger[f64,+], {merger[f64,+], merger[f32,+]}, merger[f64,*](0.5)}, |b, i, x| {merge(b.$0, x), {merge(b.$1.$0, x * 0.3), merge(b.$1.$1, f32(x))}, merge(b.$2, 1.0 + x * 0.01)}))",
        Data + "result(for(s, merger[{f64,{f64,i64},f32},{+,{*,max},+}], |b, i, x| merge(b, {x, {1.0 + x * 0.01, i}, f32(x)})))",
        Data + "result(for(s, {merger[f64,+], merger[f64,+]}, |b, i, x| {for(slice(v, i, 9L), b.$0, |c, j, y| merge(c, y * x)), merge(for(slice(v, 0L, 3L), b.$1, |c, j, y| merge(c, y)), x)}))",
        Data + "tovec(result(merge(for(s, for(v, merge(dictmerger[i64,f64,+], {1L, 0.1}), |b, i, x| merge(b, {i % 3L, x})), |b, i, x| merge(b, {i % 4L, x})), {1L, 0.7})))",
        Data + "tovec(result(for([0.1, 0.2], dictmerger[i64,f64,+], |b, i, x| for(v, b, |c, j, y| merge(c, {j % 5L, x * y})))))",
        Data + "result(merge(for(v, merge(vecmerger[f64,+](slice(v, 0L, 7L)), {0L, 0.3}), |b, i, x| merge(merge(b, {i % 5L, x}), {6L, 0.1})), {1L, 0.7}))",
        Data + "result(for(s, merger[f64,+](0.1), |b, i, x| iterate({b, 0L}, |t| {{for(slice(v, 0L, 4L), merge(t.$0, x), |c, j, y| merge(c, y * x)), t.$1 + 1L}, t.$1 < i % 5L}).$0))",
        Data + "result(iterate({merger[f64,+](0.1), 0L}, |t| {{for(s, merge(t.$0, 0.3), |b, i, x| merge(b, x)), t.$1 + 1L}, t.$1 < 5L}).$0)",
        Data + "result(for(fringeiter(f), for(simditer(f), merger[f32,+](0.1f), |b, i, x| merge(merge(b, x * broadcast(0.3f)), x)), |b, i, x| merge(b, x)))",
        Data + "result(for(zip(simditer(s), simditer(f)), {merger[f64,+], merger[f32,+]}, |b, i, x| {merge(b.$0, x.$0), merge(b.$1, x.$1)}))",
        Data + "result(for(zip(iter(v, 65999L, -1L, -1L), rangeiter(0L, 66000L, 1L)), merger[f64,+], |b, i, x| merge(b, x.$0 * f64(x.$1))))",
        Data + "result(for(nditer(v, 5L, 0L, 0L, [30L, 40L], [1L, 30L]), merger[f64,+], |b, i, x| if(i % 2L == 0L, for(slice(s, 0L, 2L), b, |c, j, y| merge(c, x * y)), merge(b, x))))",
        Data + "sort(s, |a, b| i32(a * 7.0) % 3 - 1)",
    ];

    [Theory]
    [MemberData(nameof(Texts))]
    public void BothWaysGiveTheSameBits(string text)
    {
        var program = FrontEnd.Check(new SourceText(text)).Program;
        var compiled = WeldModule.Compile(program, new CompileOptions { Backend = Backend.Compiled });
        Assert.Equal(ValueJson.Print(Interpreter.Run(program, [])), ValueJson.Print(compiled.Evaluate([])));
    }
}
