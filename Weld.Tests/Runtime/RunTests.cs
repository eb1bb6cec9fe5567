using Weld.Core.Diagnostics;
using Weld.Core.Types;
using Weld.Managed.Layout;
using Weld.Managed.Runtime;

namespace Weld.Tests.Runtime;

public sealed unsafe class RunTests
{
    private static readonly MemoryLayout Vectors = MemoryLayout.Of(new VectorType(new VectorType(ScalarType.I64)));

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(64)]
    [InlineData(1000)]
    [InlineData(5_000_000)]
    public void ABufferIsAlignedAndHasSlack(long bytes)
    {
        using var run = new Run();
        var address = run.Allocate(bytes);
        Assert.Equal(0, address % 64);
        new Span<byte>((void*)address, (int)bytes + 64).Fill(0xff);
        Assert.Equal(bytes, run.Charged);
        Assert.Equal(address, run.Find(address + (nint)bytes)!.Address);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(long.MinValue)]
    [InlineData(long.MaxValue)]
    [InlineData(1L << 50)]
    public void AnAbsurdSizeIsOutOfMemory(long bytes)
    {
        using var run = new Run();
        Assert.Equal(RuntimeCode.OutOfMemory, Assert.Throws<WeldRuntimeException>(() => run.Allocate(bytes)).Code);
        Assert.Equal(RuntimeCode.OutOfMemory, Assert.Throws<WeldRuntimeException>(() => run.Grow(run.Allocate(8), 8, bytes)).Code);
        Assert.Equal(8, run.Charged);
    }

    [Fact]
    public void TheRunsLimitCountsRequestedBytesOfLiveBuffers()
    {
        using var run = new Run(memoryLimit: 1000);
        var first = run.Allocate(600);
        Assert.Contains("at most 1000 bytes", Assert.Throws<WeldRuntimeException>(() => run.Allocate(401)).Message);
        run.Free(first);
        run.Allocate(1000);
        Assert.Equal(RuntimeCode.OutOfMemory, Assert.Throws<WeldRuntimeException>(() => run.Allocate(1)).Code);
    }

    [Fact]
    public void GrowKeepsWhatWasUsed()
    {
        using var run = new Run();
        var address = run.Allocate(8, owned: true);
        *(long*)address = 42;
        for (var size = 16L; size < 4 << 20; size *= 2)
        {
            address = run.Grow(address, size / 2, size);
            ((long*)address)[(size / 8) - 1] = size;
            Assert.Equal(size, run.Charged);
        }

        Assert.Equal(42, *(long*)address);
        Assert.Equal(1024, ((long*)address)[127]);
        Assert.Equal(16, *(long*)(run.Grow(0, 0, 16) is var fresh && Set(fresh, 16) ? fresh : 0));
    }

    [Fact]
    public void ReleaseFreesWhatTheValueDoesNotReach()
    {
        using var run = new Run();
        var before = run.Allocate(10);
        var mark = run.Mark();
        var outer = run.Allocate(32);
        var inner = run.Allocate(80);
        var lost = run.Allocate(80);
        var owned = run.Allocate(80, owned: true);
        var value = stackalloc long[] { outer, 2 };
        ((long*)outer)[0] = inner + 16;
        ((long*)outer)[1] = 3;
        ((long*)outer)[2] = before;
        ((long*)outer)[3] = 1;

        run.Release(mark, (nint)value, Vectors);

        Assert.All([before, outer, inner, owned], a => Assert.NotNull(run.Find(a)));
        Assert.Null(run.Find(lost));
        run.Publish(owned);
        run.Release(mark, 0, Vectors);
        Assert.NotNull(run.Find(before));
        Assert.All([outer, inner, owned], a => Assert.Null(run.Find(a)));
        Assert.Equal(10, run.Charged);
    }

    [Fact]
    public void APublishedBufferBelongsToTheMomentOfItsPublication()
    {
        using var run = new Run();
        var owned = run.Allocate(80, owned: true);
        var mark = run.Mark();
        run.Publish(owned);
        run.Release(mark, 0, Vectors);
        Assert.Null(run.Find(owned));
    }

    [Fact]
    public void ABuilderIsTakenOnce()
    {
        using var run = new Run();
        var builder = new object();
        var handle = run.AddBuilder(builder);
        Assert.Same(builder, run.TakeBuilder(handle));
        Assert.Throws<WeldInternalException>(() => run.TakeBuilder(handle));
    }

    [Fact]
    public void CancellationAndTimeoutRaiseTheFlagAndTheFirstDecides()
    {
        using var source = new CancellationTokenSource();
        using var cancelled = new Run(timeout: TimeSpan.FromHours(1), cancellation: source.Token);
        cancelled.ThrowIfStopped();
        source.Cancel();
        Assert.Equal(1, *cancelled.StopFlag);
        Assert.Equal(RuntimeCode.Cancelled, Assert.Throws<WeldRuntimeException>(cancelled.ThrowIfStopped).Code);

        using var late = new Run(timeout: TimeSpan.FromMilliseconds(1));
        Assert.True(SpinWait.SpinUntil(() => *late.StopFlag != 0, TimeSpan.FromMinutes(1)));
        Assert.Equal(RuntimeCode.Timeout, Assert.Throws<WeldRuntimeException>(late.ThrowIfStopped).Code);
        Assert.Equal(RuntimeCode.Timeout, Assert.Throws<WeldRuntimeException>(() => late.AllocateZeroed(100)).Code);
    }

    [Fact]
    public void AFreedBufferIsUsedAgain()
    {
        using var run = new Run();
        var address = run.Allocate(7_654_321);
        run.Free(address);
        Assert.Contains(address, Enumerable.Range(0, 2).Select(_ => run.Allocate(7_654_321)).ToArray());
    }

    private static bool Set(nint address, long value)
    {
        *(long*)address = value;
        return true;
    }
}
