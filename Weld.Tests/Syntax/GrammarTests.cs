using Weld.Core.Diagnostics;
using static Weld.Tests.Syntax.Programs;

namespace Weld.Tests.Syntax;

/// <summary>language.md §2: every rule of the grammar.</summary>
public class GrammarTests
{
    [Theory]
    [InlineData("1", "i32")]
    [InlineData("|x: i64| x + 1L", "|i64|(i64)")]
    [InlineData("|x: i64,| x", "|i64|(i64)")]
    [InlineData("|| 5", "i32")]
    [InlineData("let a = 1; let b: i64 = 2L; {a, b}", "{i32,i64}")]
    [InlineData("let a = let b = 1; b + 1; a", "i32")]
    [InlineData("let k = 2; |x: i32| x * k", "|i32|(i32)")]
    [InlineData("let f = |x| x; let g = f; |x: i32| g(x)", "|i32|(i32)")]
    [InlineData("type p = {i64, f64}; type v = vec[p]; |x: v| len(x)", "|vec[{i64,f64}]|(i64)")]
    [InlineData("macro twice(x) = x + x; twice(3L)", "i64")]
    [InlineData("macro five() = 5; five()", "i32")]
    [InlineData("|v: vec[i64]| map(v, |x| x * 2L)", "|vec[i64]|(vec[i64])")]
    [InlineData("|v: vec[i64]| filter(v, |x| x > 2L)", "|vec[i64]|(vec[i64])")]
    [InlineData("|v: vec[f64]| sum(v)", "|vec[f64]|(f64)")]
    [InlineData("|v: vec[vec[i8]]| flatten(v)", "|vec[vec[i8]]|(vec[i8])")]
    [InlineData("|v: vec[i64], w: vec[f64]| map(zip(v, w), |x| f64(x.$0) + x.$1)", "|vec[i64],vec[f64]|(vec[f64])")]
    [InlineData("|v: vec[i64]| map(iter(v, 0L, 4L, 2L), |x| x)", "|vec[i64]|(vec[i64])")]
    [InlineData("map(rangeiter(0L, 4L, 1L), |x| x)", "vec[i64]")]
    [InlineData("|v: vec[i64]| map(zip(iter(v, 0L, 4L, 2L), rangeiter(0L, 2L, 1L)), |x| x.$0 + x.$1)", "|vec[i64]|(vec[i64])")]
    [InlineData("|v: vec[i64]| result(for(v, merger[i64,+], |b, i, x| merge(b, x)))", "|vec[i64]|(i64)")]
    [InlineData("|v: vec[i64]| result(for(iter(v), merger[i64,+], |b, i, x| merge(b, x)),)", "|vec[i64]|(i64)")]
    [InlineData("|v: vec[i64]| result(for(zip(v), merger[i64,+], |b, i, x| merge(b, x),))", "|vec[i64]|(i64)")]
    [InlineData("|v: vec[i64], w: vec[f64]| result(for(zip(v, w,), appender, |b, i, x| merge(b, x)))", "|vec[i64],vec[f64]|(vec[{i64,f64}])")]
    [InlineData("|v: vec[i64], w: vec[f64]| zip(v, w)", "|vec[i64],vec[f64]|(vec[{i64,f64}])")]
    [InlineData("|v: vec[i64]| zip(v)", "|vec[i64]|(vec[i64])")]
    [InlineData("|v: vec[i64], w: vec[i64]| result(for(iter(zip(v, w)), appender, |b, i, x| merge(b, x)))", "|vec[i64],vec[i64]|(vec[{i64,i64}])")]
    [InlineData("|v: vec[f64], s: vec[i64]| result(for(nditer(v, 0L, 4L, 1L, s, s), merger[f64,+], |b, i, x| merge(b, x)))", "|vec[f64],vec[i64]|(f64)")]
    [InlineData("|v: vec[i64]| let f = |b, i, x| merge(b, x); result(for(v, merger[i64,+], f)) + result(for(v, merger[i64,*], f))", "|vec[i64]|(i64)")]
    [InlineData("|v: vec[i64]| sort(v, |a, b| compare(a, b))", "|vec[i64]|(vec[i64])")]
    [InlineData("|v: vec[i64]| let c = |a, b| compare(b, a); sort(v, c)", "|vec[i64]|(vec[i64])")]
    [InlineData("iterate({1, 2}, |s| {{s.$0 + 1, s.$1}, s.$0 < 10})", "{i32,i32}")]
    [InlineData("cudf[twice,i64](4L)", "i64")]
    [InlineData("cudf[stamp,i64,]()", "i64")]
    [InlineData("let f = |x| x; {f(1), f(2.0)}", "{i32,f64}")]
    [InlineData("(|x, y| x + y)(1, 2,)", "i32")]
    [InlineData("(|| 4)()", "i32")]
    [InlineData("deserialize[i64](serialize(5L))", "i64")]
    [InlineData("[]: vec[i64]", "vec[i64]")]
    [InlineData("@(size: 0) ([]: vec[i64])", "vec[i64]")]
    [InlineData("[1, 2, 3,]", "vec[i32]")]
    [InlineData("{1, 2L,}", "{i32,i64}")]
    [InlineData("{}", "{}")]
    [InlineData("{1, {true, 2.5}}.$1.$0", "bool")]
    [InlineData("(1)", "i32")]
    [InlineData("i64(1) + i64(true) + i64(2.5) + i64(3u8)", "i64")]
    [InlineData("bool(1) && bool(0.0)", "bool")]
    [InlineData("{min(1, 2), max(1.0, 2.0)}", "{i32,f64}")]
    [InlineData("{pow(1.0, 2.0), atan2(1.0f, 2.0f)}", "{f64,f32}")]
    [InlineData("if(true, 1, 2,)", "i32")]
    [InlineData("select(1 < 2, 1.0, 2.0)", "f64")]
    [InlineData("assert(1 == 1)", "bool")]
    [InlineData("|v: vec[i64], d: dict[i64,f64]| {lookup(v, 0L), lookup(d, 1L), optlookup(d, 1L), keyexists(d, 1L), slice(v, 0L, 1L), tovec(d), len(v)}", "|vec[i64],dict[i64,f64]|({i64,f64,{bool,f64},bool,vec[i64],vec[{i64,f64}],i64})")]
    [InlineData("appender[i64]", "appender[i64]")]
    [InlineData("appender[i64](10L)", "appender[i64]")]
    [InlineData("appender[i32]([1, 2])", "appender[i32]")]
    [InlineData("merger[i64,+]", "merger[i64,+]")]
    [InlineData("merger[i64,+,](5L)", "merger[i64,+]")]
    [InlineData("merger[{i64,f64},{+,max}]", "merger[{i64,f64},{+,max}]")]
    [InlineData("merger[{i64,{f64,i32}},{+,{max,*}}]", "merger[{i64,{f64,i32}},{+,{max,*}}]")]
    [InlineData("merger[{i64,f64},min]", "merger[{i64,f64},min]")]
    [InlineData("{merger[i64,&], merger[u8,|], merger[bool,^]}", "{merger[i64,&],merger[u8,|],merger[bool,^]}")]
    [InlineData("dictmerger[i64,f64,*]", "dictmerger[i64,f64,*]")]
    [InlineData("|d: dict[i64,f64]| dictmerger[i64,f64,*](d)", "|dict[i64,f64]|(dictmerger[i64,f64,*])")]
    [InlineData("groupmerger[vec[i8],f64]", "groupmerger[vec[i8],f64]")]
    [InlineData("|d: dict[i64,vec[f64]]| groupmerger[i64,f64](d)", "|dict[i64,vec[f64]]|(groupmerger[i64,f64])")]
    [InlineData("vecmerger[i64,min]([1L])", "vecmerger[i64,min]")]
    [InlineData("@(loopsize: 5, impl: local,) @(size: 3L) (1 + 2)", "i32")]
    [InlineData("|x: {bool,i8,i16,i32,i64,u8,u16,u32,u64,f32,f64,}| x", "|{bool,i8,i16,i32,i64,u8,u16,u32,u64,f32,f64}|({bool,i8,i16,i32,i64,u8,u16,u32,u64,f32,f64})")]
    [InlineData("|x: vec[i64,], y: dict[i64,{}]| 1", "|vec[i64],dict[i64,{}]|(i32)")]
    [InlineData("let x: ? = 1; x", "i32")]
    [InlineData("let x: vec[?] = [1L]; x", "vec[i64]")]
    [InlineData("let x = 1; let x = i64(x); x", "i64")]
    [InlineData("|x: i64| (|x| x + 1.0)(2.0) + f64(x)", "|i64|(f64)")]
    public void Every_form_has_its_type(string program, string type)
    {
        HasType(program, type);
        RoundTrips(program);
    }

    [Fact]
    public void Every_unary_function_is_a_form()
    {
        foreach (var op in Weld.Core.Operators.OperatorTable.Unary.Where(o => !o.IsInfix))
        {
            HasType($"{op.Name}(1.0f)", op.GivesBool ? "bool" : "f32");
            HasType($"|v: vec[f64]| result(for(simditer(v), appender, |b, i, x| merge(b, {op.Name}(x))))", $"|vec[f64]|(vec[{(op.GivesBool ? "bool" : "f64")}])");
            RoundTrips($"{op.Name}(1.0)");
        }
    }

    [Theory]
    [InlineData("1 + 2 * 3", "1 + (2 * 3)")]
    [InlineData("1 - 2 - 3", "(1 - 2) - 3")]
    [InlineData("1 << 2 + 3", "1 << (2 + 3)")]
    [InlineData("1 < 2 << 3", "1 < (2 << 3)")]
    [InlineData("1 < 2 == true", "(1 < 2) == true")]
    [InlineData("true & 1 == 2", "true & (1 == 2)")]
    [InlineData("1 ^ 2 & 3", "1 ^ (2 & 3)")]
    [InlineData("1 | 2 ^ 3", "1 | (2 ^ 3)")]
    [InlineData("true && false | true", "true && (false | true)")]
    [InlineData("true || false && true", "true || (false && true)")]
    [InlineData("8 / 4 % 3 * 2", "((8 / 4) % 3) * 2")]
    [InlineData("1 << 2 >> 3", "(1 << 2) >> 3")]
    [InlineData("|x: {i32,i32}| -x.$0", "|x: {i32,i32}| -(x.$0)")]
    [InlineData("|x: i32| -x: i32", "|x: i32| -(x: i32)")]
    [InlineData("|x: i32| -x * 2", "|x: i32| (-x) * 2")]
    [InlineData("|x: i32| 2 - -x", "|x: i32| 2 - (-x)")]
    [InlineData("|x: i32| - - ~x", "|x: i32| -(-(~x))")]
    [InlineData("!true == false", "(!true) == false")]
    [InlineData("let f = |x| {x, x}; -f(1).$0", "let f = |x| {x, x}; -((f(1)).$0)")]
    [InlineData("1: i32 + 2", "(1: i32) + 2")]
    public void Precedence(string program, string explicitly) => Same(program, explicitly);

    [Theory]
    [InlineData("1 < 2 < 3", CompileCode.Syntax, "do not chain", 1, 7)]
    [InlineData("1 == 2 != 3", CompileCode.Syntax, "do not chain", 1, 8)]
    [InlineData("1 +", CompileCode.Syntax, "expected an expression, found the end of the program", 1, 4)]
    [InlineData("", CompileCode.Syntax, "expected an expression, found the end of the program", 1, 1)]
    [InlineData("1;", CompileCode.Syntax, "expected an operator or the end of the program, found ';'", 1, 2)]
    [InlineData("1 2", CompileCode.Syntax, "found 2", 1, 3)]
    [InlineData("let x = 1, x", CompileCode.Syntax, "expected ';', found ','", 1, 10)]
    [InlineData("let 5 = 1; 2", CompileCode.Syntax, "expected a name, found 5", 1, 5)]
    [InlineData("(1, 2)", CompileCode.Syntax, "expected ')', found ','", 1, 3)]
    [InlineData("[1, 2", CompileCode.Syntax, "expected ',' or ']', found the end of the program", 1, 6)]
    [InlineData("{1 2}", CompileCode.Syntax, "expected ',' or '}', found 2", 1, 4)]
    [InlineData("len(1, 2)", CompileCode.Syntax, "expected 1 argument of len, found 2", 1, 1)]
    [InlineData("if(true, 1)", CompileCode.Syntax, "expected 3 arguments of if, found 2", 1, 1)]
    [InlineData("for([1], appender)", CompileCode.Syntax, "expected 3 arguments of for, found 2", 1, 1)]
    [InlineData("zip()", CompileCode.Syntax, "expected a vector in zip, found none", 1, 1)]
    [InlineData("vecmerger[i64,+]", CompileCode.Syntax, "the vector that the vecmerger starts from", 1, 17)]
    [InlineData("merger[i64,-]", CompileCode.Syntax, "expected an operator", 1, 12)]
    [InlineData("merger[i64,pow]", CompileCode.Syntax, "expected an operator", 1, 12)]
    [InlineData("|x: 5| x", CompileCode.Syntax, "expected a type, found 5", 1, 5)]
    [InlineData("1 + let x = 1; x", CompileCode.Syntax, "a let needs parentheses here", 1, 5)]
    [InlineData("1 + |x| x", CompileCode.Syntax, "expected an expression, found '|'", 1, 5)]
    [InlineData("{1}.x", CompileCode.Syntax, "expected a field such as $0, found 'x'", 1, 5)]
    [InlineData("iter([1])", CompileCode.Syntax, "expected a value, found an iterator", 1, 1)]
    [InlineData("let i = iter([1]); 1", CompileCode.Syntax, "expected a value, found an iterator", 1, 9)]
    [InlineData("zip([1], iter([1]))", CompileCode.Syntax, "expected a value, found an iterator", 1, 1)]
    [InlineData("map([1], |x| iter([x]))", CompileCode.Syntax, "expected a value, found an iterator", 1, 14)]
    [InlineData("macro m(x) = x; m(iter([1]))", CompileCode.Syntax, "expected a value, found an iterator", 1, 19)]
    [InlineData("for(iter([1], 0L), appender, |b, i, x| b)", CompileCode.Syntax, "expected 1 or 4 arguments of iter, found 2", 1, 5)]
    [InlineData("for(rangeiter(0L), appender, |b, i, x| b)", CompileCode.Syntax, "expected 3 arguments of rangeiter, found 1", 1, 5)]
    [InlineData("@(5: x) 1", CompileCode.Syntax, "", 0, 0)]
    [InlineData("type t = i64 1", CompileCode.Syntax, "expected ';', found 1", 1, 14)]
    [InlineData("then", CompileCode.Name, "'then', which is not defined", 1, 1)]
    [InlineData("|x: foo| x", CompileCode.Name, "'foo', which is not defined", 1, 5)]
    [InlineData("type t = i64; type t = i32; 1", CompileCode.Name, "'t', which is defined already", 1, 20)]
    [InlineData("type a = b; type b = i64; 1", CompileCode.Name, "'b', which is not defined", 1, 10)]
    [InlineData("|x: i64, x: i64| x", CompileCode.Name, "found 'x' twice", 1, 10)]
    [InlineData("(let x = 1; x) + x", CompileCode.Name, "'x', which is not defined", 1, 18)]
    [InlineData("let f = |y| y; f(1) + y", CompileCode.Name, "'y', which is not defined", 1, 23)]
    [InlineData("let x = x; 1", CompileCode.Name, "'x', which is not defined", 1, 9)]
    [InlineData("cudf[nothing,i64](1L)", CompileCode.UnknownFunction, "'nothing'", 1, 1)]
    [InlineData("cudf[twice,i64](1)", CompileCode.Type, "expected i64, found i32", 1, 17)]
    [InlineData("cudf[twice,i32](1L)", CompileCode.Type, "expected i64, found i32", 1, 1)]
    [InlineData("cudf[twice,i64]()", CompileCode.Type, "expected 1 arguments of twice, found 0", 1, 1)]
    public void Errors_have_places(string program, CompileCode code, string message, int line, int column)
    {
        if (message.Length > 0)
        {
            Fails(program, code, message, line, column);
        }
        else
        {
            Checked(program);
        }
    }

    [Theory]
    [InlineData("{1 +, 2 *, 3}", "Syntax 1:5", "Syntax 1:10")]
    [InlineData("let a = 1 +; let b = ); a + c", "Syntax 1:12", "Syntax 1:22")]
    [InlineData("let a = (1 + ; let b = [1, ; a", "Syntax 1:14", "Syntax 1:28")]
    [InlineData("let a = 1 let b = 2; b + c", "Syntax 1:11", "Name 1:26")]
    [InlineData("x + y + 5000000000", "Name 1:1", "Name 1:5", "Literal 1:9")]
    [InlineData("type t = ; macro m(5) = 1; m(1) + ", "Syntax 1:10", "Syntax 1:20", "Syntax 1:35")]
    [InlineData("{(1 + ), [2 *], {3 /}, f(}", "Syntax 1:7", "Syntax 1:14", "Syntax 1:21", "Name 1:24", "Syntax 1:26")]
    [InlineData("{1 + true, 2 * 3L, len(4)}", "Type 1:6", "Type 1:16", "Type 1:24")]
    [InlineData("|v: vec[i64], w| map(v, |x| y + z)", "Name 1:29", "Name 1:33")]
    public void Several_errors_at_once(string program, params string[] errors) => FailsWith(program, errors);
}
