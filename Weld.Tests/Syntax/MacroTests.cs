using Weld.Core.Diagnostics;
using static Weld.Tests.Syntax.Programs;

namespace Weld.Tests.Syntax;

/// <summary>language.md §10, and the expansion of let-bound functions.</summary>
public class MacroTests
{
    [Theory]
    [InlineData("macro twice(x) = x + x; |a: i64| twice(a * 2L)", "|a: i64| let x = a * 2L; x + x")]
    [InlineData("macro twice(x) = x + x; |a: i64| twice(a)", "|a: i64| a + a")]
    [InlineData("macro twice(x) = x + x; twice(3)", "3 + 3")]
    [InlineData("macro neg(x) = -x; |a: i64| neg(a + 1L)", "|a: i64| -(a + 1L)")]
    [InlineData("macro lazy(c, x) = if(c, x, 0); |a: bool| lazy(a, 1 / 0)", "|a: bool| let x = 1 / 0; if(a, x, 0)")]
    [InlineData("macro add1(x) = let y = 1; x + y; |y: i32| add1(y)", "|y: i32| let z = 1; y + z")]
    [InlineData("macro swap(p) = {p.$1, p.$0}; |a: {i64,f64}| swap(a)", "|a: {i64,f64}| {a.$1, a.$0}")]
    [InlineData("macro on(x, f) = f(x); on(1, |y| y + 1)", "(|y| y + 1)(1)")]
    [InlineData("macro on(x, f) = f(f(x)); on(1, |y| y + 1)", "(|y| y + 1)((|y| y + 1)(1))")]
    [InlineData("macro both(f) = {f(1), f(2.0)}; both(|y| y)", "{(|y| y)(1), (|y| y)(2.0)}")]
    [InlineData("macro loop(v, f) = result(for(v, merger[?,+], f)); |v: vec[i64]| loop(v, |b, i, x| merge(b, x))", "|v: vec[i64]| result(for(v, merger[i64,+], |b, i, x| merge(b, x)))")]
    [InlineData("macro outer(v, f) = sum(map(v, f)); |v: vec[i64]| outer(v, |x| x * x)", "|v: vec[i64]| sum(map(v, |x| x * x))")]
    [InlineData("macro later(x) = sooner(x) + 1; macro sooner(x) = x * 2; later(4)", "4 * 2 + 1")]
    [InlineData("macro mean(v) = f64(sum(v)) / f64(len(v)); |v: vec[i64]| mean(v)", "|v: vec[i64]| f64(sum(v)) / f64(len(v))")]
    [InlineData("macro two(v) = {sum(v), sum(v)}; |v: vec[i64], n: i64| two(iter(v, n * 2L, 4L, 1L))", "|v: vec[i64], n: i64| let s = n * 2L; {sum(iter(v, s, 4L, 1L)), sum(iter(v, s, 4L, 1L))}")]
    [InlineData("|v: vec[i64], w: vec[i64]| map(zip(v, w), |x| x.$0)", "|v: vec[i64], w: vec[i64]| result(for(zip(v, w), appender[i64], |b, i, x| merge(b, (|x| x.$0)(x))))")]
    [InlineData("|v: vec[i64]| map(v, |x| x)", "|v: vec[i64]| result(for(v, appender[i64], |b, i, x| merge(b, (|x| x)(x))))")]
    [InlineData("|v: vec[i64]| filter(v, |x| x > 0L)", "|v: vec[i64]| result(for(v, appender[i64], |b, i, x| if((|x| x > 0L)(x), merge(b, x), b)))")]
    [InlineData("|v: vec[i64]| map(result(for(v, appender, |b, i, x| merge(b, x))), |x| x)", "|v: vec[i64]| result(for(result(for(v, appender[i64], |b, i, x| merge(b, x))), appender[i64], |b, i, x| merge(b, (|x| x)(x))))")]
    [InlineData("let k = 3; |v: vec[i32]| map(v, let m = k + 1; |x| x * m)", "|v: vec[i32]| let k = 3; let m = k + 1; map(v, |x| x * m)")]
    [InlineData("let f = |x| x + 1; let g = |x| f(f(x)); g(1)", "(|x| (|y| y + 1)((|y| y + 1)(x)))(1)")]
    [InlineData("let k = 1; let f = |x| x + k; let k = 5.0; {f(2), k}", "let k = 1; let j = 5.0; {(|x| x + k)(2), j}")]
    [InlineData("macro m(x) = let y = x; y + y; |y: i64| m(y) + m(m(y))", "|y: i64| (let a = y; a + a) + (let x = (let c = y; c + c); x + x)")]
    [InlineData("macro it(v) = iter(v, 0L, 2L, 1L); |v: vec[i64]| sum(it(v))", "|v: vec[i64]| sum(iter(v, 0L, 2L, 1L))")]
    [InlineData("macro f() = |b, i, x| merge(b, x); |v: vec[i64]| result(for(v, merger[i64,+], f()))", "|v: vec[i64]| sum(v)")]
    [InlineData("macro g(f) = let h = f; h(2); g(|x| x + 1)", "(|x| x + 1)(2)")]
    [InlineData("macro k(x, y) = x; |a: i64| k(a, cudf[stamp,i64]())", "|a: i64| let y = cudf[stamp,i64](); a")]
    [InlineData("macro s(x, y) = y - x; s(cudf[stamp,i64](), cudf[twice,i64](1L))", "let x = cudf[stamp,i64](); let y = cudf[twice,i64](1L); y - x")]
    public void Expansion(string program, string expanded)
    {
        Same(program, expanded);
        RoundTrips(program);
    }

    [Theory]
    [InlineData("macro m(x) = x; m(1, 2)", CompileCode.Macro, "expected 1 argument of the macro m, found 2", 17)]
    [InlineData("map([1])", CompileCode.Macro, "expected 2 arguments of the macro map, found 1", 1)]
    [InlineData("macro m(x) = m(x); m(1)", CompileCode.Macro, "'m' in its own body", 14)]
    [InlineData("macro a(x) = b(x); macro b(x) = a(x); 1", CompileCode.Macro, "'a' in its own body", 33)]
    [InlineData("macro m(x) = x + y; let y = 1; m(2)", CompileCode.Name, "'y', which is not defined", 18)]
    [InlineData("macro m(x) = x; macro m(y) = y; 1", CompileCode.Name, "'m', which is defined already", 23)]
    [InlineData("macro map(x) = x; 1", CompileCode.Name, "'map', which is a standard macro", 7)]
    [InlineData("macro compare(x) = x; 1", CompileCode.Name, "'compare', which is a standard macro", 7)]
    [InlineData("macro m(x, x) = x; 1", CompileCode.Name, "found 'x' twice", 12)]
    [InlineData("macro m(x) = x; m", CompileCode.Syntax, "expected '(' and the arguments of the macro m", 17)]
    [InlineData("map", CompileCode.Syntax, "expected '(' and the arguments of the macro map", 1)]
    [InlineData("let map = 1; map([1], |x| x)", CompileCode.Type, "expected a function before '(', found a value", 14)]
    [InlineData("macro on(x, f) = f(x); on(1, 2)", CompileCode.Type, "expected a function for the macro on, found a value", 30)]
    [InlineData("map([1], |x, y| x)", CompileCode.Type, "expected a function of 1 parameters for the macro map, found 2", 10)]
    [InlineData("map([1], 5)", CompileCode.Type, "expected a function for the macro map, found a value", 10)]
    [InlineData("sum(|x| x)", CompileCode.Type, "expected a value, found a function", 5)]
    [InlineData("macro m(x) = x + 1; m(|y| y)", CompileCode.Type, "expected a value, found a function", 23)]
    [InlineData("map(5, |x| x)", CompileCode.Type, "expected a vector, found i32", 5)]
    [InlineData("map([1], |x| x + 1.0)", CompileCode.Type, "expected i32, found f64", 18)]
    [InlineData("filter([1], |x| x)", CompileCode.Type, "expected bool, found i32", 0)]
    [InlineData("sum([true])", CompileCode.Type, "expected a type that + reduces, found bool", 1)]
    [InlineData("flatten([1])", CompileCode.Type, "expected a vector", 0)]
    [InlineData("compare(1)", CompileCode.Syntax, "expected 2 arguments of compare, found 1", 1)]
    public void Errors(string program, CompileCode code, string message, int column) => Fails(program, code, message, column > 0 ? 1 : 0, column);
}
