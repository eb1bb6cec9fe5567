using System.Runtime.CompilerServices;
using Weld.Core.Diagnostics;
using Weld.Core.Types;
using Weld.Core.Values;
using Weld.Managed;
using Weld.Managed.Runtime;

namespace Weld.Tests.Host;

public abstract class ResultTests(Backend backend) : HostTests(backend)
{
    private const string Range = "|n: i64| result(for(rangeiter(0L, n, 1L), appender[i64], |b,i,x| merge(b, x)))";

    [Fact]
    public void ViewsShowWithoutACopy()
    {
        using var result = Compile(Range).Run(5L);
        Assert.Equal(5, result.Length);
        Assert.Equal([0, 1, 2, 3, 4], result.AsSpan<long>());
        Assert.True(Unsafe.AreSame(in result.AsSpan<long>()[2], in result.AsMemory<long>().Span[2]));
        Assert.Equal(3, result[3].As<long>());
        Assert.Equal(VectorType.Text, Compile("|| {1, [\"a\"]}").Run()[1][0].Type);
        Assert.Equal("a", Compile("|| {1, [\"a\"]}").Run()[1][0].As<string>());
        Assert.Equal(new VectorValue(new Value[] { new ScalarValue(Scalar.I64(0)) }), Compile(Range).Run(1L).ToValue());
    }

    [Fact]
    public void ADictionaryShowsItsEntriesInOrder()
    {
        using var result = Compile("|v: vec[i32]| result(for(v, dictmerger[i32,i64,+], |b,i,x| merge(b, {x, 1L})))").Run(new[] { 7, 5, 7 });
        Assert.Equal(2, result.Length);
        Assert.Equal([new Entry { Key = 7, Value = 2 }, new Entry { Key = 5, Value = 1 }], result.AsSpan<Entry>().ToArray());
        Assert.Equal((5, 1L), result[1].As<(int, long)>());
        Assert.Equal(new Dictionary<int, long> { [7] = 2, [5] = 1 }, result.As<Dictionary<int, long>>());
    }

    [Fact]
    public void WhatAValueDoesNotConvertToIsSaid()
    {
        using var result = Compile(Range).Run(5L);
        Assert.Contains("such as long[], found System.Int32[]", Assert.Throws<InvalidCastException>(result.As<int[]>).Message);
        Assert.Contains("such as long[]", Assert.Throws<InvalidCastException>(() => result.AsSpan<int>().Length).Message);
        Assert.Contains("index of 0 to 4, found 5", Assert.Throws<ArgumentOutOfRangeException>(() => result[5]).Message);
        Assert.Contains("index of 0 to 4, found -1", Assert.Throws<ArgumentOutOfRangeException>(() => result[-1]).Message);
        Assert.Contains("a vector or dictionary, found i64", Assert.Throws<InvalidOperationException>(() => result[0].Length).Message);
        Assert.Throws<InvalidCastException>(() => Compile("|p: {i32,i32}| p").Run((1, 2)).As<(int, int, int)>());
    }

    [Fact]
    public void AResultOutlivesItsModuleAndItsArguments()
    {
        var result = Slice();
        Collect();
        Assert.Equal([3, 4, 5], result.AsSpan<double>());
        result.Dispose();

        [MethodImpl(MethodImplOptions.NoInlining)]
        WeldResult Slice() => Compile("|v: vec[f64]| slice(v, 2L, 3L)").Run(new double[] { 1, 2, 3, 4, 5, 6 });
    }

    [Fact]
    public void ASpanKeepsItsMemoryAliveWhenTheResultIsCollected()
    {
        var span = Span();
        for (var i = 0; i < 3; i++)
        {
            Collect();
            GC.KeepAlive(Enumerable.Range(0, 100).Select(_ => new long[1000]).ToList());
            using var other = Compile(Range).Run(1000L);
        }

        for (var i = 0; i < span.Length; i++)
        {
            Assert.Equal(i, span[i]);
        }

        [MethodImpl(MethodImplOptions.NoInlining)]
        ReadOnlySpan<long> Span() => Compile(Range).Run(1000L).AsSpan<long>();
    }

    [Fact]
    public void AMemoryKeepsItsResultAlive()
    {
        var memory = Memory();
        Collect();
        Assert.Equal(999, memory.Span[999]);
        using var pin = memory.Pin();

        [MethodImpl(MethodImplOptions.NoInlining)]
        ReadOnlyMemory<long> Memory() => Compile(Range).Run(1000L).AsMemory<long>();
    }

    [Fact]
    public void AfterDisposeAccessorsThrowAndSpansStayReadable()
    {
        var result = Compile("|n: i64| {result(for(rangeiter(0L, n, 1L), appender[i64], |b,i,x| merge(b, x))), 1}").Run(100_000L);
        var view = result[0];
        var span = view.AsSpan<long>();
        var memory = view.AsMemory<long>();
        result.Dispose();
        result.Dispose();

        Assert.Throws<ObjectDisposedException>(() => result.As<(long[], int)>());
        Assert.Throws<ObjectDisposedException>(() => result.Length);
        Assert.Throws<ObjectDisposedException>(() => result[0]);
        Assert.Throws<ObjectDisposedException>(() => view[0]);
        Assert.Throws<ObjectDisposedException>(() => view.AsSpan<long>().Length);
        Assert.Throws<ObjectDisposedException>(() => memory.Span.Length);
        Assert.Throws<ObjectDisposedException>(() => memory.Pin());
        Assert.Throws<ObjectDisposedException>(() => result.ToValue());
        Assert.Throws<ObjectDisposedException>(() => Compile("|v: vec[i64]| v").Run(view));

        BufferPool.Trim();
        Collect();
        var sum = 0L;
        foreach (var x in span)
        {
            sum ^= x;
        }

        Assert.Equal(100_000, span.Length);
        Assert.Equal(sum, sum);
    }

    [Fact]
    public void ADisposedArgumentLivesAsLongAsWhatPointsIntoIt()
    {
        var first = Compile(Range).Run(100L);
        using var second = Compile("|v: vec[i64]| slice(v, 98L, 2L)").Run(first);
        first.Dispose();
        Collect();
        using var other = Compile(Range).Run(100L);
        using var more = Compile("|n: i64| result(for(rangeiter(0L, n, 1L), appender[i64], |b,i,x| merge(b, -x)))").Run(100L);
        Assert.Equal([98, 99], second.AsSpan<long>());
    }

    [Fact]
    public void ABufferOfAResultIsPinnedWhileItIsDisposedOf()
    {
        var result = Compile(Range).Run(1000L);
        using var pin = result.AsMemory<long>().Pin();
        result.Dispose();
        using var other = Compile("|n: i64| result(for(rangeiter(0L, n, 1L), appender[i64], |b,i,x| merge(b, -1L)))").Run(1000L);
        unsafe
        {
            Assert.Equal(999, ((long*)pin.Pointer)[999]);
        }
    }

    [Fact]
    public async Task ReadingWhileAnotherThreadDisposesIsSafe()
    {
        var module = Compile("|n: i64| result(for(rangeiter(0L, n, 1L), appender[vec[i8]], |b,i,x| merge(b, if(x % 2L == 0L, \"even\", \"odd\"))))");
        for (var i = 0; i < 20; i++)
        {
            var result = module.Run(200L);
            var reader = Task.Run(() =>
            {
                try
                {
                    while (true)
                    {
                        Assert.Equal("odd", result.As<string[]>()[199]);
                    }
                }
                catch (ObjectDisposedException)
                {
                    return true;
                }
            });
            await Task.Yield();
            result.Dispose();
            Assert.True(await reader);
        }
    }

    [Fact]
    public async Task AnArgumentThatTheHostWritesToSpoilsTheResultAtWorst()
    {
        var data = Enumerable.Range(0, 1000).Select(i => (long)i).ToArray();
        string[] programs =
        [
            "|v: vec[i64]| sort(v, |x, y| compare(x, y))",
            "|v: vec[i64]| result(for(v, dictmerger[i64,i64,+], |b,i,x| merge(b, {x, 1L})))",
            "|v: vec[i64]| result(for(filter(v, |x| x % 2L == 0L), appender[i64], |b,i,x| merge(b, x)))",
            "|v: vec[i64]| result(for(v, groupmerger[i64,i64], |b,i,x| merge(b, {x % 10L, x})))",
            "|v: vec[i64]| deserialize[vec[i64]](serialize(v))",
        ];
        using var stop = new CancellationTokenSource();
        var writer = Task.Run(() =>
        {
            for (var i = 0; !stop.IsCancellationRequested; i++)
            {
                data[i % data.Length] = i * 7919;
            }
        });
        foreach (var module in programs.Select(p => Compile(p)))
        {
            for (var i = 0; i < 3; i++)
            {
                using var result = module.Run(data);
                Assert.InRange(result.Length, 1, 1_000_000);
            }
        }

        stop.Cancel();
        await writer;
    }

    [Fact]
    public async Task OneModuleRunsInManyThreads()
    {
        var module = Compile("|v: vec[i64], k: i64| result(for(v, dictmerger[i64,i64,+], |b,i,x| merge(b, {x % k, x})))");
        var data = Enumerable.Range(0, 2000).Select(i => (long)i).ToArray();
        await Task.WhenAll(Enumerable.Range(1, 8).Select(k => Task.Run(() =>
        {
            for (var i = 0; i < 20; i++)
            {
                using var result = module.Run(data, (long)k);
                Assert.Equal(data.GroupBy(x => x % k).ToDictionary(g => g.Key, g => g.Sum()), result.As<Dictionary<long, long>>());
            }
        })));
    }

    [Fact]
    public void TheRunsMemoryLimitHolds()
    {
        var module = Compile(Range);
        using var result = module.Run(new RunOptions { MemoryLimit = 1 << 20 }, 1000L);
        Assert.Equal(RuntimeCode.OutOfMemory, Assert.Throws<WeldRuntimeException>(() => module.Run(new RunOptions { MemoryLimit = 1 << 20 }, 1_000_000L)).Code);
    }

    [Fact]
    public void TimeoutAndCancellationEndARun()
    {
        var module = Compile("|n: i64| iterate(n, |x| {x + 1L, x >= 0L})");
        Assert.Equal(RuntimeCode.Timeout, Assert.Throws<WeldRuntimeException>(() => module.Run(new RunOptions { Timeout = TimeSpan.FromMilliseconds(20) }, 0L)).Code);
        using var source = new CancellationTokenSource(20);
        Assert.Equal(RuntimeCode.Cancelled, Assert.Throws<WeldRuntimeException>(() => module.Run(new RunOptions { CancellationToken = source.Token }, 0L)).Code);
        using var before = new CancellationTokenSource();
        before.Cancel();
        Assert.Equal(RuntimeCode.Cancelled, Assert.Throws<WeldRuntimeException>(() => module.Run(new RunOptions { CancellationToken = before.Token, Timeout = TimeSpan.FromHours(1) }, 0L)).Code);
    }

    [Fact]
    public void BuildersGoFromOneProgramToTheNext()
    {
        var start = Compile("|v: vec[i64]| {for(v, appender[i64], |b,i,x| merge(b, x)), for(v, merger[i64,+], |b,i,x| merge(b, x))}");
        var more = Compile("|b: appender[i64], v: vec[i64]| for(v, b, |b,i,x| merge(b, x))");
        var end = Compile("|b: appender[i64], m: merger[i64,+]| {result(b), result(merge(m, 100L))}");
        using var first = start.Run(new long[] { 1, 2 });
        using var second = more.Run(first[0], new long[] { 3 });
        using var third = end.Run(second, first[1]);
        var (list, total) = third.As<(long[], long)>();
        Assert.Equal([1, 2, 3], list);
        Assert.Equal(103, total);
        Assert.Contains("that no run has taken, found one that was consumed", Assert.Throws<ArgumentException>(() => more.Run(first[0], new long[] { 3 })).Message);
        Assert.Contains("consumed", Assert.Throws<ArgumentException>(() => end.Run(second, first[1])).Message);
    }

    [Fact]
    public void ABuilderIsConsumedWhenTheRunStartsAlsoIfItFails()
    {
        using var first = Compile("|| merge(appender[i64], 1L)").Run();
        var failing = Compile("|b: appender[i64], n: i64| result(merge(b, 1L / n))");
        Assert.Throws<ArgumentException>(() => failing.Run(first, 0));
        Assert.Equal(RuntimeCode.DivideByZero, Assert.Throws<WeldRuntimeException>(() => failing.Run(first, 0L)).Code);
        Assert.Throws<ArgumentException>(() => failing.Run(first, 1L));
        var two = Compile("|a: appender[i64], b: appender[i64]| {result(a), result(b)}");
        using var again = Compile("|| merge(appender[i64], 1L)").Run();
        Assert.Throws<ArgumentException>(() => two.Run(again, again));
    }

    [Fact]
    public void ABuilderStaysWithItsBackend()
    {
        var other = Backend == Backend.Interpreter ? Backend.Compiled : Backend.Interpreter;
        using var first = Compile("|| merge(appender[i64], 1L)").Run();
        const string end = "|b: appender[i64]| result(b)";
        Assert.Equal("b", Assert.Throws<ArgumentException>(() => WeldModule.Compile(end, new CompileOptions { Backend = other }).Run(first)).ParamName);
        Assert.Equal("b", Assert.Throws<ArgumentException>(() => WeldModule.Compile(end, new CompileOptions { Backend = other }).Run(first.ToValue())).ParamName);
        using var second = Compile(end).Run(first);
        Assert.Equal([1], second.As<long[]>());
    }

    [Fact]
    public void SpansOfTheFailingOperationAreTheProgramsOwn()
    {
        Assert.Throws<WeldRuntimeException>(() => Compile("|x: i32| 1 / x").Run(0));
        var error = Assert.Throws<WeldRuntimeException>(() => Compile("|longer: i32|   1 / longer").Run(0));
        Assert.Equal(RuntimeCode.DivideByZero, error.Code);
        Assert.Equal("|longer: i32|   ".Length, error.Span.Start);
    }

    private static void Collect()
    {
        for (var i = 0; i < 2; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
    }

    private struct Entry
    {
        public int Key;
        public long Value;
    }
}

public sealed class InterpretedResultTests() : ResultTests(Backend.Interpreter);

public sealed class CompiledResultTests() : ResultTests(Backend.Compiled);
