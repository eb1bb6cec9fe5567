using Weld.Core.Diagnostics;
using static Weld.Tests.Syntax.Programs;

namespace Weld.Tests.Syntax;

/// <summary>language.md §2: every rule of the grammar.</summary>
public class GrammarTests
{
    [Theory]
    [InlineData("1", "i32")]
    [InlineData("|x: i64| x + 1L", "|i64|(i64)")]
    [InlineData("|| 5", "i32")]
    [InlineData("let a = 1; let b: i64 = 2L; {a, b}", "{i32,i64}")]
    [InlineData("let k = 2; |x: i32| x * k", "|i32|(i32)")]
    [InlineData("type p = {i64, f64}; type v = vec[p]; |x: v| len(x)", "|vec[{i64,f64}]|(i64)")]
    [InlineData("macro twice(x) = x + x; twice(3L)", "i64")]
    [InlineData("|v: vec[i64]| map(v, |x| x * 2L)", "|vec[i64]|(vec[i64])")]
    [InlineData("|v: vec[i64]| filter(v, |x| x > 2L)", "|vec[i64]|(vec[i64])")]
    [InlineData("|v: vec[f64]| sum(v)", "|vec[f64]|(f64)")]
    [InlineData("|v: vec[vec[i8]]| flatten(v)", "|vec[vec[i8]]|(vec[i8])")]
    [InlineData("|v: vec[i64], w: vec[f64]| map(zip(v, w), |x| f64(x.$0) + x.$1)", "|vec[i64],vec[f64]|(vec[f64])")]
    [InlineData("|v: vec[i64]| map(iter(v, 0L, 4L, 2L), |x| x)", "|vec[i64]|(vec[i64])")]
    [InlineData("|v: vec[i64]| result(for(v, merger[i64,+], |b, i, x| merge(b, x)))", "|vec[i64]|(i64)")]
    [InlineData("|v: vec[i64]| sort(v, |a, b| compare(a, b))", "|vec[i64]|(vec[i64])")]
    [InlineData("iterate({1, 2}, |s| {{s.$0 + 1, s.$1}, s.$0 < 10})", "{i32,i32}")]
    [InlineData("cudf[twice,i64](4L)", "i64")]
    [InlineData("let f = |x| x; {f(1), f(2.0)}", "{i32,f64}")]
    [InlineData("(|x, y| x + y)(1, 2)", "i32")]
    [InlineData("\"abc\"", "vec[i8]")]
    [InlineData("deserialize[i64](serialize(5L))", "i64")]
    [InlineData("[]: vec[i64]", "vec[i64]")]
    [InlineData("@(size: 0) ([]: vec[i64])", "vec[i64]")]
    [InlineData("|v: vec[f64]| result(for(simditer(v), merger[f64,+], |b, i, x| merge(b, x * x)))", "|vec[f64]|(f64)")]
    public void Expressions_have_types(string program, string type)
    {
        HasType(program, type);
        RoundTrips(program);
    }

    [Theory]
    [InlineData("1 + 2L", CompileCode.Type, "expected i32, found i64", 1, 5)]
    [InlineData("x", CompileCode.Name, "'x'", 1, 1)]
    [InlineData("1 +", CompileCode.Syntax, "expected an expression, found the end of the program", 1, 4)]
    [InlineData("|x| x", CompileCode.Type, "parameter 'x'", 1, 2)]
    public void Errors_have_places(string program, CompileCode code, string message, int line, int column) => Fails(program, code, message, line, column);
}
