using Weld.Core;
using Weld.Core.Diagnostics;
using Weld.Core.Evaluation;
using Weld.Core.IR;
using Weld.Core.Values;
using Weld.Managed.Emit;
using Weld.Managed.Layout;
using Weld.Managed.Runtime;

namespace Weld.Tests.Managed;

/// <summary>Compiled programs against the interpreter, construct by construct.</summary>
public sealed class CompiledProgramTests
{
    private const string Numbers = "let v = result(for(rangeiter(0L, 140000L, 1L), appender[f64], |b, i, x| merge(b, f64((x * 7919L) % 1000L) / 7.0 - 60.0)));";

    [Theory]
    [InlineData(Numbers + "result(for(v, merger[f64,+], |b, i, x| merge(b, x)))")]
    [InlineData(Numbers + "result(for(v, merger[f64,+](1.5), |b, i, x| if(x > 0.0, merge(b, x * x), b)))")]
    [InlineData(Numbers + "result(for(v, merger[{f64,f64},{+,max}], |b, i, x| merge(b, {x, exp(x / 100.0)})))")]
    [InlineData(Numbers + "result(for(v, {merger[f64,+], merger[i64,+], appender[f64]}, |b, i, x| {merge(b.$0, x), merge(b.$1, i), if(x > 80.0, merge(b.$2, x), b.$2)}))")]
    [InlineData(Numbers + "tovec(result(for(v, dictmerger[i64,f64,+], |b, i, x| merge(b, {i64(x), x}))))")]
    [InlineData(Numbers + "tovec(result(for(v, dictmerger[{i64,bool},{f64,i64},+], |b, i, x| merge(b, {{i64(x), x > 0.0}, {x, 1L}}))))")]
    [InlineData(Numbers + "tovec(result(for(v, groupmerger[i64,f64], |b, i, x| if(i < 1000L, merge(b, {i64(x), x}), b))))")]
    [InlineData(Numbers + "result(for(v, vecmerger[f64,+]([1.0, 2.0, 3.0, 4.0]), |b, i, x| merge(b, {i % 4L, x})))")]
    [InlineData(Numbers + "result(for(v, merger[f64,+], |b, i, x| for([1.1, 2.2, 3.3], b, |c, j, y| merge(c, x * y))))")]
    [InlineData(Numbers + "let w = slice(v, 5L, 400L); sort(w, |a, b| compare(b, a))")]
    [InlineData(Numbers + "let k = 3.0; sort(slice(v, 0L, 50L), |a, b| compare(a * k, b * k))")]
    [InlineData("let d = result(for([\"a\", \"bb\", \"a\", \"c\"], dictmerger[vec[i8],i64,+], |b, i, s| merge(b, {s, i}))); {lookup(d, \"a\"), optlookup(d, \"zz\"), keyexists(d, \"bb\"), tovec(d)}")]
    [InlineData("let d = result(for([0.0, -0.0, 0.0 / 0.0, 1.5, 0.0 / 0.0], dictmerger[f64,i64,+], |b, i, x| merge(b, {x, 1L}))); tovec(d)")]
    [InlineData("iterate({10L, 1L}, |s| {{s.$0 - 1L, s.$1 * s.$0}, s.$0 > 2L})")]
    [InlineData("let a = iterate({0L, appender[i64]}, |s| {{s.$0 + 1L, merge(s.$1, s.$0)}, s.$0 < 9L}); result(a.$1)")]
    [InlineData("result(for(iter([1L, 2L, 3L, 4L, 5L], 4L, -1L, -1L), appender[i64], |b, i, x| merge(b, x * 10L + i)))")]
    [InlineData("result(for(nditer([0L,1L,2L,3L,4L,5L,6L,7L], 1L, 0L, 0L, [2L,3L], [1L,2L]), appender[i64], |b, i, x| merge(b, x)))")]
    [InlineData("let v = [1.0,2.0,3.0,4.0,5.0,6.0,7.0,8.0,9.0,10.0]; result(for(fringeiter(v), for(simditer(v), merger[f64,+], |b,i,x| merge(b, x * broadcast(2.0))), |b,i,x| merge(b, x)))")]
    [InlineData("let x = {[1L, 2L], {\"text\", 2.5}, [[1i8], []]}; deserialize[{vec[i64],{vec[i8],f64},vec[vec[i8]]}](serialize(x))")]
    [InlineData("{\"abc\" < \"abd\", [1.0, 2.0] == [1.0, 2.0], [[1L], [2L]] >= [[1L], [1L, 5L]], {1L, \"x\"} != {1L, \"y\"}, compare([0.0/0.0], [1.0])}")]
    [InlineData("map(zip([1L, 2L], [3.0, 4.0]), |x| f64(x.$0) * x.$1)")]
    [InlineData("let z = zip([1L, 2L], [3.0, 4.0]); {len(z), lookup(z, 1L)}")]
    [InlineData("flatten(map([1L, 2L, 3L], |n| result(for(rangeiter(0L, n, 1L), appender[i64], |b, i, x| merge(b, x)))))")]
    [InlineData("map([1.5, -2.5, 1e300], |x| {i8(x), u64(x), i32(x), bool(x), f32(x), round(x), sign(x)})")]
    [InlineData("{i8(200), 5 / -2, 5 % -3, -128i8 / -1i8, 1 << 33, -8 >> 1, ~5, 250u8 + 10u8, min(0.0, -0.0), pow(2.0, 0.5)}")]
    [InlineData("map([0.0, -0.0, 1.0 / 0.0, 0.0 / 0.0], |x| {min(x, -0.0), min(-0.0, x), max(x, -0.0), max(0.0, x), min(x, 0.0), min(1.0, x)})")]
    [InlineData("lookup([1L, 2L], 2L)")]
    [InlineData("1 / 0")]
    [InlineData("assert(false)")]
    [InlineData("for(zip([1L], [1L, 2L]), appender[i64], |b, i, x| merge(b, x.$0))")]
    [InlineData("lookup(result(dictmerger[i64,i64,+]), 3L)")]
    [InlineData("slice([1L, 2L, 3L], 4L, 1L)")]
    [InlineData("result(merge(vecmerger[i64,+]([1L]), {-1L, 2L}))")]
    [InlineData("deserialize[vec[i64]]([1u8, 2u8])")]
    public void GivesWhatTheInterpreterGives(string text)
    {
        var program = FrontEnd.Check(new SourceText(text)).Program;
        Assert.Equal(Outcome(() => Interpreter.Run(program, [])), Outcome(() => RunCompiled(program)));
    }

    private static (Value? Value, RuntimeCode? Error) Outcome(Func<Value> run)
    {
        try
        {
            return (run(), null);
        }
        catch (WeldRuntimeException e)
        {
            return (null, e.Code);
        }
    }

    private static Value RunCompiled(Lambda program)
    {
        var compiled = ProgramCompiler.Compile(program);
        using var run = new Run();
        var result = run.Allocate(compiled.Result.Size);
        compiled.Run(run, run.Allocate(compiled.Arguments.Size), result);
        return ValueMarshal.Read(compiled.Result, result, (type, _) => throw new InvalidOperationException($"{type} is unfinished"));
    }
}
