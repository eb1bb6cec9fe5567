using Weld.Core.Diagnostics;
using static Weld.Tests.Syntax.Programs;

namespace Weld.Tests.Types;

/// <summary>language.md §3 and §6: where simd may stand.</summary>
public class SimdTests
{
    [Theory]
    [InlineData("|v: vec[f32]| result(for(simditer(v), appender, |b, i, x| merge(b, x + broadcast(1.0f))))", "|vec[f32]|(vec[f32])")]
    [InlineData("|v: vec[f32], w: vec[f64]| result(for(zip(simditer(v), simditer(w)), merger[f64,+], |b, i, x| merge(b, f64(x.$0) + x.$1)))", "|vec[f32],vec[f64]|(f64)")]
    [InlineData("|v: vec[i64]| let b = for(simditer(v), merger[i64,+], |b, i, x| merge(b, select(x > broadcast(3L), x, broadcast(0L)))); result(for(fringeiter(v), b, |b, i, x| merge(b, x + i)))", "|vec[i64]|(i64)")]
    [InlineData("|v: vec[i64]| let two = broadcast(2L); result(for(simditer(v), merger[i64,+], |b, i, x| merge(b, x * two)))", "|vec[i64]|(i64)")]
    [InlineData("|v: vec[f64]| result(for(simditer(v), appender, |b, i, x| merge(b, x < x)))", "|vec[f64]|(vec[bool])")]
    [InlineData("|v: vec[f64], w: vec[i64]| result(for(simditer(v), merger[f64,+], |b, i, x| for(w, b, |c, j, y| merge(c, x))))", "|vec[f64],vec[i64]|(f64)")]
    public void Simd_loops_compile(string program, string type)
    {
        HasType(program, type);
        RoundTrips(program);
    }

    [Theory]
    [InlineData("|v: vec[i64]| result(for(simditer(v), merger[i64,+], |b, i, x| merge(b, x + i)))", "expected simd[i64], found i64")]
    [InlineData("|v: vec[i64]| result(for(simditer(v), merger[i64,+], |b, i, x| merge(b, broadcast(i))))", "no use of the index in a simd loop")]
    [InlineData("|v: vec[i64]| result(for(simditer(v), merger[i64,+], |b, i, x| merge(b, 1L)))", "expected a simd value in a simd loop, found i64")]
    [InlineData("result(merge(merger[i64,+], broadcast(1L)))", "outside a simd loop's own builder, found simd[i64]")]
    [InlineData("|v: vec[i64]| result(for(simditer(v), merger[i64,+], |b, i, x| merge(b, broadcast(result(merge(merger[i64,+], x))))))", "outside a simd loop's own builder")]
    [InlineData("|v: vec[i64]| result(for(simditer(v, 0L, 4L, 1L), merger[i64,+], |b, i, x| merge(b, x)))", "of a whole vector, found a start, end and stride")]
    [InlineData("|v: vec[i64]| result(for(fringeiter(v, 0L, 4L, 1L), merger[i64,+], |b, i, x| merge(b, x)))", "of a whole vector, found a start, end and stride")]
    [InlineData("|v: vec[i64]| result(for(zip(simditer(v), v), merger[i64,+], |b, i, x| merge(b, x.$0)))", "iterators of one kind")]
    [InlineData("|v: vec[i64]| result(for(zip(fringeiter(v), simditer(v)), merger[i64,+], |b, i, x| merge(b, x.$1)))", "iterators of one kind")]
    [InlineData("|v: vec[vec[i64]]| result(for(simditer(v), appender, |b, i, x| merge(b, x)))", "expected a scalar in simd, found vec[i64]")]
    [InlineData("broadcast(1)", "result without simd, found simd[i32]")]
    [InlineData("|x: simd[i64]| 1", "without simd, found simd[i64]")]
    [InlineData("|x: vec[simd[i64]]| 1", "no simd inside another type")]
    [InlineData("[broadcast(1)]", "no simd inside another type")]
    [InlineData("{broadcast(1), 2}", "not simd")]
    [InlineData("{broadcast(1), broadcast(2)}.$0", "not simd")]
    [InlineData("broadcast([1])", "expected a scalar, found vec[i32]")]
    [InlineData("|v: vec[f64]| result(for(simditer(v), merger[f64,+], |b, i, x| for(simditer(v), b, |c, j, y| merge(c, x))))", "of this simd loop, found 'x' of another")]
    [InlineData("|v: vec[f64]| result(for(simditer(v), dictmerger[f64,f64,+], |b, i, x| merge(b, {x, x})))", "simd")]
    [InlineData("|c: bool| select(broadcast(c), 1, 2)", "expected simd, found i32")]
    [InlineData("if(broadcast(true), 1, 2)", "expected bool, found simd[bool]")]
    public void Other_uses_of_simd_are_errors(string program, string message)
    {
        var diagnostics = ErrorsOf(program);
        Assert.True(diagnostics.All(d => d.Code == CompileCode.Type) && diagnostics.Any(d => d.Message.Contains(message, StringComparison.Ordinal)), string.Join("\n", diagnostics));
    }
}
