using System.Runtime.CompilerServices;
using Weld.Core.Diagnostics;
using Weld.Core.Types;
using Weld.Managed;
using Weld.Managed.Layout;
using Weld.Managed.Runtime;

namespace Weld.Tests.Host;

/// <summary>Tests of what the whole process shares; they run while no other test does.</summary>
[CollectionDefinition(nameof(MemoryTests), DisableParallelization = true)]
public sealed class MemoryTestsAlone;

[Collection(nameof(MemoryTests))]
public sealed class MemoryTests
{
    private const string Everything = """
        |v: vec[i64], names: vec[vec[i8]]|
            let groups = tovec(result(for(v, groupmerger[i64,i64], |b,i,x| merge(b, {x % 7L, x}))));
            let sorted = sort(v, |x, y| compare(y, x));
            let text = serialize({groups, names, sorted});
            {deserialize[{vec[{i64,vec[i64]}],vec[vec[i8]],vec[i64]}](text), for(v, appender[i64], |b,i,x| merge(b, x)), slice(names, 1L, 2L)}
        """;

    private static readonly long[] Numbers = [.. Enumerable.Range(0, 1000).Select(i => i * 31L % 101)];
    private static readonly string[] Names = ["a", "bb", "ccc"];

    [Theory]
    [InlineData(Backend.Compiled)]
    [InlineData(Backend.Interpreter)]
    public void AThousandRunsLeaveNothingBehind(Backend backend)
    {
        var module = WeldModule.Compile(Everything, new CompileOptions { Backend = backend });
        var failing = WeldModule.Compile("|v: vec[i64]| map(v, |x| 1L / lookup(sort(v, |a, b| compare(a, b)), x - x))", new CompileOptions { Backend = backend });
        Settle();
        var before = WeldMemory.InUse;
        for (var i = 0; i < (backend == Backend.Compiled ? 1000 : 50); i++)
        {
            using var result = module.Run(Numbers, Names);
            Assert.Equal("bb", result[2][0].As<string>());
            Assert.Throws<WeldRuntimeException>(() => failing.Run(Numbers));
        }

        Assert.Equal(before, WeldMemory.InUse);
        WeldMemory.Trim();
        Assert.Equal(0, WeldMemory.Pooled);
    }

    [Fact]
    public void ManyRunsReuseTheMemoryOfTheFirst()
    {
        var module = WeldModule.Compile("|v: vec[i64]| map(v, |x| x + 1L)", new CompileOptions { Backend = Backend.Compiled });
        module.Run(Numbers).Dispose();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
        {
            module.Run(Numbers).Dispose();
        }

        Assert.InRange((GC.GetAllocatedBytesForCurrentThread() - before) / 100, 0, 8000);
    }

    [Fact]
    public void CollectedResultsGiveTheirMemoryBackToo()
    {
        Settle();
        var before = WeldMemory.InUse;
        Forget();
        Settle();
        Assert.Equal(before, WeldMemory.InUse);

        [MethodImpl(MethodImplOptions.NoInlining)]
        static void Forget()
        {
            var module = WeldModule.Compile(Everything);
            var next = WeldModule.Compile("|n: vec[vec[i8]], b: appender[i64]| {n, merge(b, 1L)}");
            for (var i = 0; i < 20; i++)
            {
                var first = module.Run(Numbers, Names);
                var second = next.Run(first[2], first[1]);
                first.Dispose();
                Assert.Equal("ccc", second[0][1].As<string>());
            }
        }
    }

    [Fact]
    public void BuildersTakeTheirMemoryAlong()
    {
        Settle();
        var before = WeldMemory.InUse;
        var more = WeldModule.Compile("|b: groupmerger[i64,vec[i8]], v: vec[i64]| for(v, b, |b,i,x| merge(b, {x, \"x\"}))");
        var result = WeldModule.Compile("|v: vec[i64]| for(v, groupmerger[i64,vec[i8]], |b,i,x| merge(b, {x, \"y\"}))").Run(Numbers);
        for (var i = 0; i < 20; i++)
        {
            var next = more.Run(result, Numbers);
            result.Dispose();
            result = next;
        }

        using (var end = WeldModule.Compile("|b: groupmerger[i64,vec[i8]]| len(lookup(result(b), 0L))").Run(result))
        {
            Assert.Equal(Numbers.Count(x => x == 0) * 21, end.As<long>());
        }

        result.Dispose();
        Assert.Equal(before, WeldMemory.InUse);
    }

    [Fact]
    public void TheProcessBudgetHoldsForAllRunsAndResults()
    {
        var module = WeldModule.Compile("|n: i64| result(for(rangeiter(0L, n, 1L), appender[i64], |b,i,x| merge(b, x)))");
        Settle();
        var limit = WeldMemory.ProcessLimit;
        WeldMemory.ProcessLimit = WeldMemory.InUse + (3 << 20);
        try
        {
            using (var first = module.Run(100_000L))
            {
                Assert.Equal(RuntimeCode.OutOfMemory, Assert.Throws<WeldRuntimeException>(() => module.Run(300_000L)).Code);
            }

            using var second = module.Run(100_000L);
            Assert.Equal(99_999, second[99_999].As<long>());
        }
        finally
        {
            WeldMemory.ProcessLimit = limit;
        }

        Assert.Throws<ArgumentOutOfRangeException>(() => WeldMemory.ProcessLimit = 0);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void TenThousandRunsLeaveNothing(int threads)
    {
        var module = WeldModule.Compile(
            "|v: vec[i64], bad: i64| {result(for(v, appender[vec[i64]], |b, i, x| merge(b, [x, 10L / (x - bad)]))), result(for(v, appender[i64], |b, i, x| if(x % 3L > 0L, merge(b, x), b))), tovec(result(for(v, dictmerger[i64,f64,+], |b, i, x| merge(b, {x % 5L, 0.5}))))}",
            new CompileOptions { Backend = Backend.Compiled });
        var v = Enumerable.Range(0, 40).Select(i => (long)i).ToArray();
        var options = new RunOptions { Threads = threads, Grain = 7 };
        Settle();
        var (before, most) = (WeldMemory.InUse, 0L);
        for (var i = 0; i < 10_000; i++)
        {
            if (i % 10 == 9)
            {
                Assert.Equal(RuntimeCode.DivideByZero, Assert.Throws<WeldRuntimeException>(() => module.Run(options, v, (long)(i % 40))).Code);
            }
            else
            {
                using var result = module.Run(options, v, -1L);
                Assert.Equal(26, result[1].Length);
            }

            most = i == 1_000 ? WeldMemory.Pooled : most;
        }

        Assert.Equal(before, WeldMemory.InUse);
        Assert.True(WeldMemory.Pooled <= most + (1 << 20), $"expected the pool to stay at {most} bytes, found {WeldMemory.Pooled}");
        WeldMemory.Trim();
        Assert.Equal(0, WeldMemory.Pooled);
    }

    [Fact]
    public unsafe void AVectorTooLongForASpanSaysSo()
    {
        var layout = MemoryLayout.Of(VectorType.Text);
        using var run = new Run();
        var at = run.Allocate(16);
        ((long*)at)[0] = 0;
        ((long*)at)[1] = 3_000_000_000;
        using var result = new WeldResult(new ResultMemory([], [], null, null), layout, at);
        Assert.Equal(3_000_000_000, result.Length);
        Assert.Contains("expected at most 2147483591 elements for a span, found 3000000000", Assert.Throws<InvalidOperationException>(() => result.AsSpan<sbyte>().Length).Message);
        Assert.Contains("for an array", Assert.Throws<InvalidOperationException>(result.As<sbyte[]>).Message);
        Assert.Contains("for a string", Assert.Throws<InvalidOperationException>(result.As<string>).Message);
        Assert.Throws<InvalidOperationException>(() => result.ToValue());
    }

    private static void Settle()
    {
        for (var i = 0; i < 3; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
    }
}
