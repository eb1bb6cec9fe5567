using System.Globalization;
using Weld.Core;
using Weld.Core.Diagnostics;
using Weld.Core.Types;
using Weld.Core.Values;
using Weld.Managed;
using Weld.Managed.Emit;
using Weld.Managed.Runtime;

namespace Weld.Tests.Managed;

/// <summary>Programs whose short runs are interpreted while machine code is made.</summary>
public sealed class TieredTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(100);
    private static readonly RunOptions Watched = new() { Profile = _ => { } };

    private readonly ManualResetEventSlim _ready = new();

    public void Dispose()
    {
        _ready.Set();
        _ready.Dispose();
    }

    [Theory]
    [InlineData("|v: vec[i64]| result(for(v, merger[i64,+], |b, i, x| merge(b, x)))")]
    [InlineData("|v: vec[i64]| {v, tovec(result(for(v, dictmerger[i64,f64,+], |b, i, x| merge(b, {x % 2L, 0.5})))), \"text\"}")]
    [InlineData("|v: vec[i64]| result(for(v, groupmerger[i64,{i8,vec[i64]}], |b, i, x| merge(b, {x, {1c, v}})))")]
    [InlineData("|v: vec[i64]| v")]
    public void ShortRunsDoNotWaitForMachineCode(string program)
    {
        var expected = Outcome(WeldModule.Compile(program, new CompileOptions { Backend = Backend.Compiled }), [1L, 2, 3]);
        var module = Waiting(program);
        Assert.Equal(expected, Outcome(module, [1L, 2, 3]));
        _ready.Set();
        _ = ((CompiledEngine)module.Engine).Program;
        Assert.Equal(expected, Outcome(module, [1L, 2, 3]));
    }

    /// <summary>Fusing a filter, gathering sums by key and joining loops change the order in which floats are summed: whatever runs first runs the same program.</summary>
    [Theory]
    [InlineData("|v: vec[f64]| sum(map(filter(v, |x| x > 0.5), |x| x / {0}.0))")]
    [InlineData("|v: vec[f64]| let g = result(for(v, groupmerger[i64,f64], |b, i, x| merge(b, {i % 3L, x / {0}.0}))); map(tovec(g), |e| {e.$0, sum(e.$1)})")]
    [InlineData("|v: vec[f64]| {sum(map(v, |x| x / {0}.0)), sum(map(v, |x| x * x)), sum(map(v, |x| x + 0.1)), sum(map(v, |x| 1.0 / x)), sum(map(v, |x| x - 0.3)), sum(map(v, |x| sqrt(x))), sum(v), sum(map(v, |x| x * 0.7)), sum(map(v, |x| -x))}")]
    public void TheBitsDoNotDependOnTime(string program)
    {
        var v = Enumerable.Range(1, 1_000).Select(i => i * 7_919 % 1_000 / 999.0).ToArray();
        for (var divisor = 3; divisor < 13; divisor++)
        {
            var module = WeldModule.Compile(program.Replace("{0}", divisor.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal));
            var soon = Outcome(module, v);
            _ = ((CompiledEngine)module.Engine).Program;
            Assert.Equal(soon, Outcome(module, v));
        }
    }

    /// <summary>What makes more than an interpreter should, errs, comes with much data, is limited or watched.</summary>
    [Theory]
    [InlineData("|v: vec[i64]| result(for(rangeiter(0L, 1000000L, 1L), appender[i64], |b, i, x| merge(b, x)))", 3, false)]
    [InlineData("|v: vec[i64]| lookup(v, 3L)", 3, false)]
    [InlineData("|v: vec[i64]| len(v)", 100_000, false)]
    [InlineData("|v: vec[i64]| len(v)", 3, true)]
    public async Task OthersWait(string program, int count, bool isWatched)
    {
        var v = new long[count];
        var expected = Outcome(WeldModule.Compile(program, new CompileOptions { Backend = Backend.Compiled }), v);
        var module = Waiting(program);
        var run = Task.Run(() => Outcome(module, v, isWatched ? Watched : null));
        Assert.NotSame(run, await Task.WhenAny(run, Task.Delay(Patience)));
        _ready.Set();
        Assert.Equal(expected, await run);
    }

    /// <summary>The time spent waiting for machine code is not the run's.</summary>
    [Fact]
    public async Task TheClockOfARunBeginsWithMachineCode()
    {
        var module = Waiting("|v: vec[i64]| len(v)");
        var run = Task.Run(() => Outcome(module, [1L], new RunOptions { Timeout = Patience }));
        Assert.NotSame(run, await Task.WhenAny(run, Task.Delay(2 * Patience)));
        _ready.Set();
        Assert.Equal("1L", await run);
    }

    [Fact]
    public void WhatFailsInTheMakingOfMachineCodeIsSaid()
    {
        var program = FrontEnd.Check(new SourceText("|v: vec[i64]| len(v)"));
        var module = new WeldModule(program, CompileOptions.Default, new CompiledEngine(program.Program, () => throw new WeldInternalException("emit", "a defect")));
        Assert.Contains("a defect", Assert.Throws<WeldInternalException>(() => module.Run(Watched, new long[1])).Message, StringComparison.Ordinal);
    }

    /// <summary>Its effects would happen twice.</summary>
    [Fact]
    public void AFunctionOfTheHostIsCalledOnce()
    {
        var calls = 0;
        var functions = ForeignFunctions.None.Add(new ForeignFunction("next", new FunctionType([ScalarType.I64], ScalarType.I64), true, _ => ScalarValue.I64(++calls)));
        Assert.Throws<WeldRuntimeException>(() => WeldModule.Compile("|v: vec[i64]| lookup(v, cudf[next, i64](3L) + 7L)", new CompileOptions { Functions = functions }).Run(new long[1]));
        Assert.Equal(1, calls);
    }

    [Theory]
    [InlineData("|v: vec[f64]| result(for(v, merger[f64,+], |b, i, x| if(x > 0.3, merge(b, exp(x) * 0.1), b)))")]
    [InlineData("|v: vec[f64]| let m = result(for(v, merger[f64,max], |b, i, x| merge(b, x))); result(for(v, appender[f64], |b, i, x| merge(b, x / m)))")]
    [InlineData("|v: vec[f64]| tovec(result(for(v, dictmerger[i64,f64,+], |b, i, x| merge(b, {i % 7L, x * 0.1}))))")]
    [InlineData("|v: vec[f64]| iterate({0L, 1L}, |s| {{s.$0 + 1L, s.$1 * 3L % 1000003L}, s.$0 < len(v)}).$1")]
    [InlineData("|v: vec[f64]| {[1L, 2L, 3L], result(for(v, appender[i64], |b, i, x| merge(b, lookup([7L, 8L, 9L], i % 3L)))), \"text\"}")]
    [InlineData("|v: vec[f64]| result(for(v, merger[i64,+], |b, i, x| merge(b, 100L / (3L - i))))")]
    public void EveryTierGivesTheSameBits(string program)
    {
        foreach (var count in (int[])[0, 1, 3, 100, 4_095, 4_097, 70_000])
        {
            var v = new double[count];
            for (var i = 0; i < count; i++)
            {
                v[i] = Math.ScaleB((i * 7919 % 1009) + 1, -10);
            }

            // Another constant is another program, which nobody has compiled before.
            var text = program.Replace("0.1", $"{count + 1}.1", StringComparison.Ordinal).Replace("7L", $"{count + 7}L", StringComparison.Ordinal);
            var (tiered, compiled) = (WeldModule.Compile(text), WeldModule.Compile($"{text} ", new CompileOptions { Backend = Backend.Compiled }));
            for (var run = 0; run < 3; run++)
            {
                var first = Outcome(tiered, v);
                Assert.Equal(Outcome(compiled, v), first);
            }
        }
    }

    /// <summary>A program whose machine code is there once it is asked for.</summary>
    private WeldModule Waiting(string text)
    {
        var program = FrontEnd.Check(new SourceText(text));
        return new WeldModule(program, CompileOptions.Default, new CompiledEngine(program.Program, () =>
        {
            _ready.Wait();
            return ProgramCompiler.Compile(program.Program);
        }));
    }

    private static string Outcome<T>(WeldModule module, T[] v, RunOptions? options = null)
    {
        try
        {
            using var result = module.Run(options ?? RunOptions.Default, [v]);
            return ValueText.Print(result.ToValue());
        }
        catch (WeldRuntimeException e)
        {
            return $"{e.Code} at {e.Span}";
        }
    }
}
