using Weld.Core.Diagnostics;
using Weld.Core.Types;
using Weld.Core.Values;
using Weld.Managed;

namespace Weld.Tests.Host;

public abstract class HostFunctionTests(Backend backend) : HostTests(backend)
{
    [Fact]
    public void DelegatesOfScalars()
    {
        var functions = ForeignFunctions.None
            .Add("half", (double x) => x / 2)
            .Add("both", (bool a, sbyte b, ushort c, ulong d) => a && b < 0 && c > 0 && d > 0)
            .Add("next", (char c) => (char)(c + 1));
        Assert.Equal([0.5, 1], Run<double[]>("|v: vec[f64]| map(v, |x| cudf[half,f64](x))", functions, new double[] { 1, 2 }));
        Assert.True(Run<bool>("|d: u64| cudf[both,bool](true, -1c, 3u16, d)", functions, 5UL));
        Assert.Equal('b', Run<char>("|c: u16| cudf[next,u16](c)", functions, 'a'));
    }

    [Fact]
    public void DelegatesOfArraysStringsTuplesAndDictionaries()
    {
        var functions = ForeignFunctions.None
            .Add("upper", (string s) => s.ToUpperInvariant())
            .Add("words", (string s) => s.Split(' '))
            .Add("swap", ((int, string) p) => (p.Item2, p.Item1))
            .Add("sums", (double[] v, int[][] w) => new[] { v.Sum(), w.Sum(x => x.Sum()) })
            .Add("count", (string[] words) => words.GroupBy(w => w).ToDictionary(g => g.Key, g => g.LongCount()));
        Assert.Equal("AÉ", Run<string>("|s: vec[i8]| cudf[upper,vec[i8]](s)", functions, "aé"));
        Assert.Equal(["a", "b", ""], Run<string[]>("|s: vec[i8]| cudf[words,vec[vec[i8]]](s)", functions, "a b "));
        Assert.Equal(("x", 3), Run<(string, int)>("|p: {i32,vec[i8]}| cudf[swap,{vec[i8],i32}](p)", functions, (3, "x")));
        Assert.Equal([3, 10], Run<double[]>("|v: vec[f64], w: vec[vec[i32]]| cudf[sums,vec[f64]](v, w)", functions, new double[] { 1, 2 }, new int[][] { [1, 2], [3, 4] }));
        Assert.Equal(2L, Run<long>("|s: vec[i8]| lookup(cudf[count,dict[vec[i8],i64]](cudf[words,vec[vec[i8]]](s)), \"a\")", functions, "a b a"));
    }

    [Fact]
    public void ADelegateForEachElementOfAVectorOfStrings()
    {
        var functions = ForeignFunctions.None.Add("clean", (string s) => s.Trim());
        Assert.Equal(["a", "b c", ""], Run<string[]>("|names: vec[vec[i8]]| map(names, |n| cudf[clean,vec[i8]](n))", functions, (object)new[] { " a", "b c ", " " }));
    }

    [Fact]
    public void WhatItThrowsIsInsideTheError()
    {
        var functions = ForeignFunctions.None
            .Add("fails", (double x) => x > 1 ? throw new TimeZoneNotFoundException("nowhere") : x)
            .Add("failstoo", (string s) => s.Length > 0 ? throw new TimeZoneNotFoundException("nowhere") : s)
            .Add("null", (string s) => s.Length > 0 ? null! : s)
            .Add("runs", (int x) => WeldModule.Compile("|x: i32| 1 / x").Run(x).As<int>());
        foreach (var (program, argument) in new (string, object)[]
        {
            ("|x: f64| cudf[fails,f64](x)", 2.0),
            ("|s: vec[i8]| cudf[failstoo,vec[i8]](s)", "a"),
        })
        {
            var error = Assert.Throws<WeldRuntimeException>(() => Compile(program, functions).Run(argument));
            Assert.Equal(RuntimeCode.ForeignFunctionError, error.Code);
            Assert.IsType<TimeZoneNotFoundException>(error.InnerException);
            Assert.Equal(program.IndexOf("cudf", StringComparison.Ordinal), error.Span.Start);
            Assert.Contains("nowhere", error.Message);
        }

        Assert.Equal(RuntimeCode.ForeignFunctionError, Assert.Throws<WeldRuntimeException>(() => Compile("|s: vec[i8]| cudf[null,vec[i8]](s)", functions).Run("a")).Code);
        var inner = Assert.Throws<WeldRuntimeException>(() => Compile("|x: i32| cudf[runs,i32](x)", functions).Run(0));
        Assert.Equal(RuntimeCode.ForeignFunctionError, inner.Code);
        Assert.Equal(RuntimeCode.DivideByZero, Assert.IsType<WeldRuntimeException>(inner.InnerException).Code);
    }

    [Fact]
    public void EffectsHappenOnceEachInOrder()
    {
        var seen = new List<long>();
        long See(long x)
        {
            seen.Add(x);
            return x;
        }

        var functions = ForeignFunctions.None.Add("see", See, hasEffects: true);
        Assert.Equal(6L, Run<long>("|v: vec[i64]| result(for(v, merger[i64,+], |b,i,x| merge(b, cudf[see,i64](x))))", functions, new long[] { 3, 1, 2 }));
        Assert.Equal([3, 1, 2], seen);
        seen.Clear();
        functions = ForeignFunctions.None.Add("note", (string s, long x) => seen.Add(s.Length + x), hasEffects: true);
        Assert.Equal(5L, Run<long>("|x: i64| let u = cudf[note,{}](\"abc\", x); x", functions, 5L));
        Assert.Equal([8], seen);
    }

    [Fact]
    public void FunctionsOverValues()
    {
        var functions = ForeignFunctions.None.Add(new ForeignFunction(
            "first", new FunctionType([new VectorType(ScalarType.I64)], ScalarType.I64), HasEffects: false, arguments => ((VectorValue)arguments[0]).Elements.Span[0]));
        Assert.Equal(7L, Run<long>("|v: vec[i64]| cudf[first,i64](v)", functions, new long[] { 7, 8 }));
        Assert.Equal(RuntimeCode.ForeignFunctionError, Assert.Throws<WeldRuntimeException>(() => Compile("|v: vec[i64]| cudf[first,i64](v)", functions).Run(Array.Empty<long>())).Code);
    }

    [Fact]
    public void AFunctionWithoutAPlaceInWeldIsRefused()
    {
        Assert.Contains("parameter 1", Assert.Throws<ArgumentException>(() => ForeignFunctions.None.Add("f", (DateTimeOffset? x) => 1)).Message);
        Assert.Contains("the result", Assert.Throws<ArgumentException>(() => ForeignFunctions.None.Add("f", (int x) => DateTime.MinValue)).Message);
        Assert.Contains("registered already", Assert.Throws<ArgumentException>(() => ForeignFunctions.None.Add("f", (int x) => x).Add("f", (int x) => x)).Message);
        Assert.Equal(CompileCode.UnknownFunction, Assert.Throws<WeldCompileException>(() => Compile("cudf[g,i32](1)")).Diagnostics[0].Code);
        Assert.Throws<WeldCompileException>(() => Compile("cudf[f,i32](1L)", ForeignFunctions.None.Add("f", (int x) => x)));
    }

    private T Run<T>(string program, ForeignFunctions functions, params object?[] arguments)
    {
        using var result = Compile(program, functions).Run(arguments);
        return result.As<T>();
    }
}

public sealed class InterpretedHostFunctionTests() : HostFunctionTests(Backend.Interpreter);

public sealed class CompiledHostFunctionTests() : HostFunctionTests(Backend.Compiled);
