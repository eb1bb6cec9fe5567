using Weld.Core.Diagnostics;
using Weld.Core.Evaluation;
using Weld.Core.IR;
using Weld.Core.Types;
using Weld.Core.Values;
using Weld.Managed;
using Weld.Managed.Runtime;

namespace Weld.Tests.Managed;

/// <summary>Loops on several threads give what one thread gives, to the bit, and end as one thread ends; whatever the pool does meanwhile.</summary>
public sealed class ThreadsTests
{
    private const int Long = 210_000;

    /// <summary>Each over some 200,000 rows: integers, floats of very different sizes, keys.</summary>
    public static TheoryData<string> Programs =>
    [
        "result(for(v, merger[f64,+], |b, i, x| merge(b, x)))",
        "result(for(v, merger[f64,*](0.5), |b, i, x| if(x > 1e9, merge(b, x / 1e9), b)))",
        "result(for(v, {merger[f64,+](1e-300), merger[i64,max], merger[{f64,i64},+]}, |b, i, x| {merge(b.$0, x), merge(b.$1, i % 77777L), merge(b.$2, {x * 0.1, i})}))",
        "result(for(v, appender[f64], |b, i, x| merge(b, x + 1.0)))",
        "result(for(v, appender[f64], |b, i, x| if(x > 0.0, merge(b, x), b)))",
        "result(for(v, appender[i64], |b, i, x| if(i % 1000L == 3L, merge(merge(b, i), i * 2L), b)))",
        "result(for(v, appender[f64](v), |b, i, x| if(x < 0.0, merge(b, x), b)))",
        "result(for(k, for(v, appender[f64], |b, i, x| if(x < 0.0, merge(b, x), b)), |b, i, x| merge(b, f64(x))))",
        "result(for(v, {appender[f64], merger[f64,+], appender[i64]}, |b, i, x| {merge(b.$0, x), merge(b.$1, x), if(x > 1.0, merge(b.$2, i), b.$2)}))",
        "result(for(slice(k, 0L, 3000L), appender[vec[i64]], |b, i, x| merge(b, result(for(rangeiter(0L, x % 50L, 1L), appender[i64], |c, j, y| merge(c, y * x))))))",
        "result(for(zip(k, v), vecmerger[f64,+]([-0.0, 1.0, 2.0, 3.0, 4.0, 5.0, -0.0]), |b, i, x| merge(b, {x.$0 % 5L, x.$1})))",
        "result(for(k, vecmerger[i64,+](slice(k, 0L, 1000L)), |b, i, x| merge(b, {x % 1000L, 1L})))",
        "result(for(zip(k, v), vecmerger[{f64,i64},+](map(slice(k, 0L, 100L), |x| {0.0, x})), |b, i, x| merge(b, {x.$0 % 100L, {x.$1, 1L}})))",
        "tovec(result(for(zip(k, v), dictmerger[i64,f64,+], |b, i, x| merge(b, {x.$0 % 500L, x.$1}))))",
        "tovec(result(for(zip(k, v), dictmerger[i64,f64,+], |b, i, x| merge(b, {i % 12000L * 977L, x.$1}))))",
        "tovec(result(for(zip(k, v), dictmerger[i64,f64,+], |b, i, x| merge(b, {i * 7919L % 40000L, x.$1}))))",
        "tovec(result(for(zip(k, v), dictmerger[i64,f64,+], |b, i, x| merge(b, {if(i < 70000L, i % 9L, i % 30011L) * 1000003L, x.$1}))))",
        "result(for(v, appender[f64], |b, i, x| if(i > 150000L, merge(b, x), b)))",
        "result(for(v, appender[i64], |b, i, x| if(i < 60000L, b, if(i < 90000L, merge(b, i), merge(merge(b, i), i * 3L)))))",
        "result(for(v, appender[bool], |b, i, x| if(x > 0.0, merge(b, i % 3L == 0L), b)))",
        "result(for(k, appender[{i64,f32}], |b, i, x| if(i % 70000L < 500L, merge(b, {x, f32(i)}), b)))",
        "tovec(result(for(k, dictmerger[{i64,i64},{i64,i64},{+,min}], |b, i, x| merge(b, {{x % 7L, x % 11L}, {1L, i}}))))",
        "tovec(result(for(k, dictmerger[vec[i64],i64,+], |b, i, x| merge(b, {slice(k, x % 20L, 2L), 1L}))))",
        "tovec(result(for(k, dictmerger[i64,i64,+], |b, i, x| merge(b, {x, i}))))",
        "tovec(result(for(zip(k, v), groupmerger[i64,f64], |b, i, x| merge(b, {x.$0 % 100L, x.$1}))))",
        "iterate({0L, 0.0}, |s| let t = result(for(v, merger[f64,+](s.$1), |b, i, x| merge(b, x * f64(s.$0)))); {{s.$0 + 1L, t}, s.$0 < 3L})",
        "sort(slice(k, 0L, 5000L), |a, b| compare(a, b))",
    ];

    private static (Seq<Value> Arguments, double[] V, long[] K) Data { get; } = MakeData();

    [Theory]
    [MemberData(nameof(Programs))]
    public void EveryNumberOfThreadsGivesTheBitsOfTheInterpreter(string body)
    {
        var module = Compile($"|v: vec[f64], k: vec[i64]| {body}");
        var expected = Interpreter.Run(module.Program, Data.Arguments);
        foreach (var (threads, grain) in ((int, long?)[])[(1, null), (2, null), (3, null), (8, null), (2, 1_000), (3, 77), (8, 30_000), (4, 100_000)])
        {
            using var result = module.Run(new RunOptions { Threads = threads, Grain = grain }, Data.V, Data.K);
            Assert.True(expected.Equals(result.ToValue()), $"{threads} threads, grain {grain}");
        }
    }

    [Theory]
    [InlineData("result(for(k, appender[i64], |b, i, x| merge(b, 7L / (if(i >= 100000L && i % 1000L == 7L, 0L, 1L)))))", RuntimeCode.DivideByZero)]
    [InlineData("result(for(k, merger[i64,+], |b, i, x| merge(b, lookup(k, if(i == 200000L, -1L, i)))))", RuntimeCode.ArrayOutOfBounds)]
    [InlineData("result(for(v, merger[f64,+], |b, i, x| merge(b, f64(lookup(k, if(i == 150000L, -1L, i))))))", RuntimeCode.ArrayOutOfBounds)]
    [InlineData("result(for(k, appender[vec[i64]], |b, i, x| merge(b, if(i == 205000L, slice(k, -1L, 1L), [x, i]))))", RuntimeCode.ArrayOutOfBounds)]
    [InlineData("result(for(k, dictmerger[i64,i64,+], |b, i, x| merge(b, {x, if(assert(i < 209999L), 1L, 2L)})))", RuntimeCode.AssertionError)]
    public void TheErrorIsThatOfTheFirstRangeThatFailsAndNothingIsLeft(string body, RuntimeCode code)
    {
        var module = Compile($"|v: vec[f64], k: vec[i64]| {body}");
        var first = Assert.Throws<WeldRuntimeException>(() => module.Run(new RunOptions { Threads = 1 }, Data.V, Data.K));
        Assert.Equal(code, first.Code);
        foreach (var (threads, grain) in ((int, long?)[])[(2, null), (8, 500), (3, 10_000)])
        {
            var run = new RunOptions { Threads = threads, Grain = grain };
            var error = Assert.Throws<WeldRuntimeException>(() => module.Run(run, Data.V, Data.K));
            Assert.Equal((first.Code, first.Span, first.Message), (error.Code, error.Span, error.Message));
        }
    }

    [Fact]
    public void ManyCallersShareThePool()
    {
        var module = Compile("|v: vec[f64], k: vec[i64]| {result(for(v, merger[f64,+], |b, i, x| merge(b, x))), result(for(k, appender[i64], |b, i, x| if(x > 10L, merge(b, x), b)))}");
        var expected = Interpreter.Run(module.Program, Data.Arguments);
        var callers = Enumerable.Range(0, 6).Select(caller => new Thread(() =>
        {
            for (var round = 0; round < 5; round++)
            {
                using var result = module.Run(new RunOptions { Threads = 2 + (caller % 3), Grain = 5_000 + (1000 * caller) }, Data.V, Data.K);
                Assert.Equal(expected, result.ToValue());
            }
        })).ToArray();
        RunAll(callers);
    }

    [Fact]
    public void CancellationAtAnyMomentLeavesNothing()
    {
        var module = Compile("|v: vec[f64], k: vec[i64]| {result(for(k, appender[vec[i64]], |b, i, x| merge(b, [x, i, i]))), result(for(v, merger[f64,+], |b, i, x| merge(b, exp(x)))), tovec(result(for(k, dictmerger[i64,i64,+], |b, i, x| merge(b, {x, 1L}))))}");
        var random = new Random(5);
        var cancelled = 0;
        for (var round = 0; round < 30; round++)
        {
            using var source = new CancellationTokenSource();
            var canceller = CancelAfter(source, round == 0 ? 0 : random.Next(0, 60));
            try
            {
                module.Run(new RunOptions { Threads = 4, Grain = 2_000, CancellationToken = source.Token }, Data.V, Data.K).Dispose();
            }
            catch (WeldRuntimeException e)
            {
                Assert.Equal(RuntimeCode.Cancelled, e.Code);
                cancelled++;
            }

            canceller.Join();
        }

        Assert.True(cancelled > 0);
    }

    /// <summary>On a thread of its own: the pool's timers come late where other tests keep the pool busy. After no time at all it is done at once.</summary>
    private static Thread CancelAfter(CancellationTokenSource source, int milliseconds)
    {
        var thread = new Thread(() =>
        {
            Thread.Sleep(milliseconds);
            source.Cancel();
        });
        thread.Start();
        if (milliseconds == 0)
        {
            thread.Join();
        }

        return thread;
    }

    [Theory]
    [InlineData("result(for(rangeiter(0L, 9000000000000000000L, 1L), merger[f64,+], |b, i, x| merge(b, f64(x))))")]
    [InlineData("result(for(rangeiter(0L, 9000000000000000000L, 1L), merger[i64,+], |b, i, x| merge(b, x)))")]
    [InlineData("result(for(rangeiter(0L, 100L, 1L), merger[i64,+], |b, i, x| merge(b, iterate(x, |s| {s + 1L, s != -1L}))))")]
    [InlineData("result(for(rangeiter(0L, 9000000000000000000L, 1L), dictmerger[i64,i64,+], |b, i, x| merge(b, {x % 10L, 1L})))")]
    public void EndlessLoopsTimeOut(string text)
    {
        var error = Assert.Throws<WeldRuntimeException>(() => Compile(text).Run(new RunOptions { Threads = 3, Timeout = TimeSpan.FromMilliseconds(30) }));
        Assert.Equal(RuntimeCode.Timeout, error.Code);
    }

    [Fact]
    public void TheMemoryLimitHoldsForAllThreadsTogether()
    {
        var module = Compile("|v: vec[f64], k: vec[i64]| result(for(k, appender[vec[i64]], |b, i, x| merge(b, [x, i, i])))");
        foreach (var limit in (long[])[100_000, 1_000_000, 5_000_000])
        {
            var error = Assert.Throws<WeldRuntimeException>(() => module.Run(new RunOptions { Threads = 4, Grain = 1_000, MemoryLimit = limit }, Data.V, Data.K));
            Assert.Equal(RuntimeCode.OutOfMemory, error.Code);
        }
    }

    [Fact]
    public async Task ABusyPoolDelaysNothing()
    {
        var module = Compile("|v: vec[f64], k: vec[i64]| result(for(v, appender[f64], |b, i, x| if(x > 0.0, merge(b, x), b)))");
        var expected = Data.V.Where(x => x > 0).ToArray();
        using var done = new ManualResetEventSlim();
        ThreadPool.GetMinThreads(out var threads, out _);
        var blocked = Enumerable.Range(0, 2 * threads).Select(_ => Task.Run(() => done.Wait(TimeSpan.FromSeconds(60)))).ToArray();
        try
        {
            using var result = module.Run(new RunOptions { Threads = 8, Grain = 1_000 }, Data.V, Data.K);
            Assert.Equal(expected, result.As<double[]>());
        }
        finally
        {
            done.Set();
            await Task.WhenAll(blocked);
        }
    }

    [Fact]
    public void HostFunctionsAreCalledFromOneThread()
    {
        var threads = new HashSet<int>();
        var functions = ForeignFunctions.None.Add("note", (long x) => { threads.Add(Environment.CurrentManagedThreadId); return x + 1; });
        var module = WeldModule.Compile("|k: vec[i64]| result(for(k, merger[i64,+], |b, i, x| merge(b, cudf[note,i64](x))))", new CompileOptions { Functions = functions });
        using var result = module.Run(new RunOptions { Threads = 8, Grain = 100 }, Data.K);
        Assert.Equal(Data.K.Sum() + Long, result.As<long>());
        Assert.Single(threads);
    }

    private static WeldModule Compile(string text) => WeldModule.Compile(text, new CompileOptions { Backend = Backend.Compiled });

    private static void RunAll(Thread[] threads)
    {
        foreach (var thread in threads)
        {
            thread.Start();
        }

        foreach (var thread in threads)
        {
            thread.Join();
        }
    }

    private static (Seq<Value> Arguments, double[] V, long[] K) MakeData()
    {
        var random = new Random(17);
        var v = new double[Long];
        var k = new long[Long];
        for (var i = 0; i < Long; i++)
        {
            v[i] = i % 997 == 0 ? -0.0 : (random.NextDouble() - 0.5) * Math.Pow(10, random.Next(-5, 12));
            k[i] = random.Next(0, 40_000);
        }

        return ([VectorOf(v.Select(Scalar.F64)), VectorOf(k.Select(Scalar.I64))], v, k);
    }

    private static VectorValue VectorOf(IEnumerable<Scalar> scalars) => new(scalars.Select(s => (Value)new ScalarValue(s)).ToArray());
}
