using Weld.Core.Diagnostics;
using Weld.Managed;

namespace Weld.Tests.Managed;

/// <summary>Vectors larger than caches, whose elements are stored past them.</summary>
public sealed class FarStoreTests
{
    private const int Length = (1 << 22) + 100_003;

    public static TheoryData<int, int> Ways => new() { { 0, 1 }, { 128, 3 }, { 256, 1 }, { 256, 3 }, { 512, 1 }, { 512, 3 } };

    [Theory]
    [MemberData(nameof(Ways))]
    public void EveryElementIsThere(int width, int threads)
    {
        var module = WeldModule.Compile(
            """
            |x: vec[f64], seed: vec[f64]|
                let r = for(x, {appender[f64], appender[f32], appender[f64](seed), appender[bool]}, |b, i, e|
                    {merge(b.$0, e * 0.5), merge(b.$1, f32(e)), merge(b.$2, e + 1.0), merge(b.$3, e > 1000000.0)});
                {result(r.$0), result(r.$1), result(r.$2), result(r.$3)}
            """,
            new CompileOptions { VectorWidth = width, Backend = Backend.Compiled });
        var x = new double[Length];
        for (var i = 0; i < x.Length; i++)
        {
            x[i] = i;
        }

        using var result = module.Run(new RunOptions { Threads = threads }, x, new[] { -1.0 });
        var halves = result[0].AsSpan<double>();
        var floats = result[1].AsSpan<float>();
        var next = result[2].AsSpan<double>();
        var large = result[3].AsSpan<bool>();
        Assert.Equal((Length, Length, Length + 1, Length), (halves.Length, floats.Length, next.Length, large.Length));
        var wrong = next[0] == -1 ? 0 : 1;
        for (var i = 0; i < Length; i++)
        {
            wrong += halves[i] == i * 0.5 && floats[i] == i && next[i + 1] == i + 1.0 && large[i] == (i > 1_000_000) ? 0 : 1;
        }

        Assert.Equal(0, wrong);
    }

    /// <summary>What ranges on other threads have gathered is copied to places that no vector begins at; first much less is merged than later on.</summary>
    [Theory]
    [MemberData(nameof(Ways))]
    public void FilteredElementsAreInOrder(int width, int threads)
    {
        var module = WeldModule.Compile(
            """
            |x: vec[i64]|
                let r = for(x, {appender[i64]([-1L]), appender[i32], appender[bool]}, |b, i, e|
                    {if(e > 100000L && e % 1000L != 7L, merge(b.$0, e), b.$0), if(e % 5L != 0L, merge(b.$1, i32(e)), b.$1), if(e % 3L != 0L, merge(b.$2, e % 2L == 0L), b.$2)});
                {result(r.$0), result(r.$1), result(r.$2)}
            """,
            new CompileOptions { VectorWidth = width, Backend = Backend.Compiled });
        var x = new long[Length];
        for (var i = 0; i < x.Length; i++)
        {
            x[i] = i;
        }

        using var result = module.Run(new RunOptions { Threads = threads }, x);
        Assert.True(result[0].AsSpan<long>().SequenceEqual([-1L, .. x.Where(e => e > 100_000 && e % 1000 != 7)]));
        Assert.True(result[1].AsSpan<int>().SequenceEqual([.. x.Where(e => e % 5 != 0).Select(e => (int)e)]));
        Assert.True(result[2].AsSpan<bool>().SequenceEqual([.. x.Where(e => e % 3 != 0).Select(e => e % 2 == 0)]));
    }

    /// <summary>A loop that reads what another has just stored, and one that fails at its end.</summary>
    [Theory]
    [MemberData(nameof(Ways))]
    public void WhatIsReadAtOnceIsWhatWasStored(int width, int threads)
    {
        var module = WeldModule.Compile(
            """
            |x: vec[i64], bad: i64|
                let y = result(for(x, appender[i64], |b, i, e| merge(b, 1000L / (e - bad) * 0L + e * 3L)));
                let z = result(for(y, appender[i64], |b, i, e| merge(b, e + 1L)));
                {lookup(y, len(y) - 1L), result(for(z, merger[i64, +], |b, i, e| merge(b, e)))}
            """,
            new CompileOptions { VectorWidth = width, Backend = Backend.Compiled });
        var x = new long[Length];
        for (var i = 0; i < x.Length; i++)
        {
            x[i] = i;
        }

        using var result = module.Run(new RunOptions { Threads = threads }, x, -1L);
        Assert.Equal((3L * (Length - 1), (3L * Length * (Length - 1) / 2) + Length), (result[0].As<long>(), result[1].As<long>()));
        Assert.Throws<WeldRuntimeException>(() => module.Run(new RunOptions { Threads = threads }, x, Length - 1L).Dispose());
    }
}
