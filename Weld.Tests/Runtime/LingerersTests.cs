using Weld.Managed.Runtime;

namespace Weld.Tests.Runtime;

public sealed class LingerersTests
{
    [Fact]
    public void WhoeverDoesNotWaitGetsNothing()
    {
        var lingerers = new Lingerers<object>();
        Assert.False(lingerers.TryGive(new object()));
        Assert.Null(lingerers.Linger());
        Assert.False(lingerers.TryGive(new object()));
    }

    /// <summary>Threads come and go while work is given: all that was taken on is done, each piece once.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(8)]
    public async Task WhatIsGivenIsDoneOnce(int threads)
    {
        var lingerers = new Lingerers<int[]>();
        var (given, isOver) = (new List<int[]>(), false);
        var waiting = Enumerable.Range(0, threads).Select(_ => Task.Run(() =>
        {
            while (!Volatile.Read(ref isOver))
            {
                if (lingerers.Linger() is { } work)
                {
                    Interlocked.Increment(ref work[0]);
                }
            }
        })).ToArray();
        for (var i = 0; i < 20_000; i++)
        {
            var work = new int[1];
            if (lingerers.TryGive(work))
            {
                given.Add(work);
            }
        }

        Volatile.Write(ref isOver, true);
        await Task.WhenAll(waiting);
        Assert.All(given, work => Assert.Equal(1, work[0]));
        Assert.False(lingerers.TryGive([0]));
    }
}
