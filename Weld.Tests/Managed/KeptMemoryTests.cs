using Weld.Managed.Runtime;

namespace Weld.Tests.Managed;

/// <summary>What the iterations of a loop compute once for all of them.</summary>
public sealed class KeptMemoryTests
{
    private const long Nothing = -1;

    [Fact]
    public void WhatIsThereIsFoundAgain()
    {
        using var run = new Run(1 << 20);
        var kept = new KeptMemory(run.Account);
        Assert.Equal(0, kept.Next(1, 0, 32, 16, 1_000, out var address));
        kept.Complete(1, 0);
        Assert.Equal(Nothing, kept.Next(1, 0, 32, 16, 1_000, out var again));
        Assert.Equal(address, again);
        Assert.Equal(16, kept.Next(1, 16, 32, 16, 1_000, out var next));
        Assert.Equal(0, kept.Next(2, 0, 0, 16, 1_000, out var other));
        Assert.Equal(4, new HashSet<long> { 0, address, next, other }.Count);
        Assert.Equal(3_000, run.Charged);
        kept.Free();
        Assert.Equal(0, run.Charged);
    }

    [Fact]
    public void WhoComesMeanwhileComputesWhatIsNeededLater()
    {
        using var run = new Run();
        var kept = new KeptMemory(run.Account);
        Assert.Equal(0, kept.Next(1, 0, 32, 16, 64, out var first));
        Assert.Equal(16, kept.Next(1, 0, 32, 16, 64, out var second));
        Assert.NotEqual(first, second);
        Assert.Equal(32, kept.Next(1, 0, 32, 16, 64, out _));
        Assert.Equal(Nothing, kept.Next(1, 0, 32, 16, 64, out var none));
        Assert.Equal(0, none);
        kept.Complete(1, 16);
        Assert.Equal(Nothing, kept.Next(1, 16, 32, 16, 64, out var found));
        Assert.Equal(second, found);

        // Whoever computed the first has failed: nobody waits for it.
        Assert.Equal(Nothing, kept.Next(1, 0, 32, 16, 64, out none));
        Assert.Equal(0, none);
        kept.Free();
        Assert.Equal(0, run.Charged);
    }

    [Fact]
    public void MemoryThatIsShortIsForWhatIsNeeded()
    {
        using var run = new Run(64_000);
        var kept = new KeptMemory(run.Account);
        Assert.Equal(Nothing, kept.Next(1, 0, 32, 16, 1_001, out var none));
        Assert.Equal(0, none);
        Assert.Equal(0, kept.Next(2, 0, 32, 16, 600, out _));
        Assert.Equal(Nothing, kept.Next(2, 16, 32, 16, 600, out _));
        Assert.Equal(600, run.Charged);
        kept.Free();
        Assert.Equal(0, run.Charged);
        var used = run.Allocate(63_500);
        Assert.Equal(Nothing, kept.Next(1, 0, 0, 16, 600, out none));
        Assert.Equal(0, none);
        run.Free(used);
        Assert.Equal(0, run.Charged);
        Assert.Equal(0, kept.Next(1, 0, 0, 16, 600, out _));
        kept.Free();
    }

    [Fact]
    public void ThreadsComputeEachOnce()
    {
        using var run = new Run();
        var kept = new KeptMemory(run.Account);
        var computed = new int[100];
        var seen = new long[100];
        Parallel.For(0, 8, _ =>
        {
            for (var i = 0; i < computed.Length; i++)
            {
                for (long next; (next = kept.Next(7, i, computed.Length - 1, 1, 64, out var address)) >= 0; kept.Complete(7, next))
                {
                    Interlocked.Increment(ref computed[next]);
                    Interlocked.Exchange(ref seen[next], address);
                }

                _ = kept.Next(7, i, i, 1, 64, out var found);
                Assert.True(found == 0 || found == Volatile.Read(ref seen[i]));
            }
        });
        Assert.All(computed, c => Assert.Equal(1, c));
        Assert.Equal(seen.Length, seen.Distinct().Count());
        Assert.Equal(6_400, run.Charged);
        kept.Free();
    }
}
