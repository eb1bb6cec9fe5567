using Weld.Core.Diagnostics;
using Weld.Core.Values;
using Weld.Managed;
using Weld.Managed.Runtime;

namespace Weld.Tests.Managed;

/// <summary>Functions that begin interpreted while machine code is made.</summary>
public class TieredTests
{
    [Fact]
    public void ShortCallsDoNotWaitForMachineCode()
    {
        using var ready = new ManualResetEventSlim();
        var tiers = new Tiered<Func<string>>(() => () => "interpreted", () =>
        {
            ready.Wait();
            return () => "compiled";
        });
        Assert.Equal("interpreted", tiers.For(isShort: true)());
        ready.Set();
        Assert.Equal("compiled", tiers.For(isShort: false)());
        Assert.Equal("compiled", tiers.For(isShort: true)());
    }

    [Fact]
    public void WhatFailsInTheMakingOfMachineCodeIsSaid()
    {
        var tiers = new Tiered<Action>(() => () => { }, () => throw new InvalidOperationException("a defect"));
        Assert.Equal("a defect", Assert.Throws<InvalidOperationException>(() => tiers.For(isShort: false)).Message);
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
        foreach (var count in (int[])[0, 1, 3, 100, 5_000, 70_000])
        {
            var v = new double[count];
            for (var i = 0; i < count; i++)
            {
                v[i] = Math.ScaleB((i * 7919 % 1009) + 1, -10);
            }

            // Another constant is another program, which nobody has compiled before.
            var text = program.Replace("0.1", $"{count + 1}.1", StringComparison.Ordinal).Replace("7L", $"{count + 7}L", StringComparison.Ordinal);
            var (tiered, compiled) = (WeldModule.Compile(text), WeldModule.Compile(text, new CompileOptions { Backend = Backend.Compiled }));
            var expected = Outcome(compiled, v);
            for (var run = 0; run < 3; run++)
            {
                Assert.Equal(expected, Outcome(tiered, v));
            }
        }
    }

    private static string Outcome(WeldModule module, double[] v)
    {
        try
        {
            using var result = module.Run([v]);
            return ValueText.Print(result.ToValue());
        }
        catch (WeldRuntimeException e)
        {
            return $"{e.Code} at {e.Span}";
        }
    }
}
