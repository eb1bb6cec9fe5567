using Weld.Core.Diagnostics;
using Weld.Managed.Runtime;

namespace Weld.Tests.Runtime;

public sealed class WorkersTests
{
    [Theory]
    [InlineData(1, 100)]
    [InlineData(2, 0)]
    [InlineData(2, 1)]
    [InlineData(3, 1000)]
    [InlineData(8, 100_000)]
    public void EachPartIsDoneOnce(int threads, int count)
    {
        using var run = new Run(threads: threads);
        var done = new int[count];
        Workers.Each(run, count, (_, i) => Interlocked.Increment(ref done[i]));
        Assert.All(done, d => Assert.Equal(1, d));
        Assert.Equal(threads - 1, run.Account.IdleThreads);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(8)]
    public unsafe void WhatWorkersAllocateBelongsToTheRun(int threads)
    {
        using var run = new Run(threads: threads);
        var addresses = new nint[500];
        Workers.Each(run, addresses.Length, (worker, i) =>
        {
            addresses[i] = worker.Allocate(i);
            *(byte*)addresses[i] = (byte)i;
            worker.Free(worker.Allocate(100));
        });
        Assert.All(addresses, (a, i) => Assert.Equal((byte)i, *(byte*)run.Find(a)!.Address));
        Assert.Equal(addresses.Length * (addresses.Length - 1) / 2, run.Charged);
        run.Free(addresses[7]);
        run.Release(0, 0, Weld.Managed.Layout.MemoryLayout.Of(Weld.Core.Types.ScalarType.I64));
        Assert.Equal(0, run.Charged);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(8)]
    public void TheFirstPartThatFailsIsReportedAndThoseBeforeItAreDone(int threads)
    {
        for (var round = 0; round < 50; round++)
        {
            using var run = new Run(threads: threads);
            var done = new bool[200];
            var error = Assert.Throws<InvalidOperationException>(() => Workers.Each(run, done.Length, (worker, i) =>
            {
                worker.Allocate(1000);
                Thread.SpinWait((int)(i * 7919 % 500));
                if (i >= 40 && i % 3 == 1)
                {
                    throw new InvalidOperationException($"{i}");
                }

                done[i] = true;
            }));
            Assert.Equal("40", error.Message);
            Assert.All(done.Take(40), Assert.True);
            Assert.Equal(threads - 1, run.Account.IdleThreads);
        }
    }

    [Fact]
    public void APartThatCannotEndIsStoppedByTheFailureOfAnEarlierOne()
    {
        using var run = new Run(threads: 4);
        using var begun = new CountdownEvent(1);
        Assert.Throws<InvalidOperationException>(() => Workers.Each(run, 4, (worker, i) =>
        {
            if (i == 0)
            {
                begun.Wait(TimeSpan.FromSeconds(1));
                throw new InvalidOperationException();
            }

            _ = begun.IsSet || begun.Signal();
            while (true)
            {
                worker.ThrowIfStopped();
            }
        }));
    }

    [Fact]
    public void CancellationReachesAllWorkers()
    {
        using var source = new CancellationTokenSource();
        using var run = new Run(cancellation: source.Token, threads: 3);
        var error = Assert.Throws<WeldRuntimeException>(() => Workers.Each(run, 100, (worker, i) =>
        {
            if (i == 2)
            {
                source.Cancel();
            }

            for (var turn = 0; turn < 1000 || source.IsCancellationRequested; turn++)
            {
                worker.ThrowIfStopped();
            }
        }));
        Assert.Equal(RuntimeCode.Cancelled, error.Code);
    }

    [Fact]
    public void TheLimitIsSharedByAllWorkers()
    {
        using var run = new Run(memoryLimit: 10_000, threads: 4);
        var error = Assert.Throws<WeldRuntimeException>(() => Workers.Each(run, 100, (worker, _) => worker.Allocate(1000)));
        Assert.Equal(RuntimeCode.OutOfMemory, error.Code);
        Assert.InRange(run.Charged, 0, 10_000);
    }

    [Fact]
    public void CallsNest()
    {
        using var run = new Run(threads: 4);
        var sum = 0L;
        Workers.Each(run, 20, (outer, i) => Workers.Each(outer, 20, (inner, j) => Workers.Each(inner, 20, (_, k) => Interlocked.Add(ref sum, (i * 400) + (j * 20) + k))));
        Assert.Equal(8000L * 7999 / 2, sum);
        Assert.Equal(3, run.Account.IdleThreads);
    }

    /// <summary>Every thread of the pool is taken, and none is given back before the work is done.</summary>
    [Fact]
    public async Task ABusyThreadPoolDelaysNothing()
    {
        using var done = new ManualResetEventSlim();
        ThreadPool.GetMinThreads(out var threads, out _);
        var blocked = Enumerable.Range(0, threads * 2).Select(_ => Task.Run(() => done.Wait(TimeSpan.FromSeconds(60)))).ToArray();
        try
        {
            using var run = new Run(threads: 8);
            var sum = 0L;
            for (var round = 0; round < 100; round++)
            {
                Workers.Each(run, 100, (_, i) => Interlocked.Add(ref sum, i));
            }

            Assert.Equal(100 * 4950, sum);
        }
        finally
        {
            done.Set();
            await Task.WhenAll(blocked);
        }
    }
}
