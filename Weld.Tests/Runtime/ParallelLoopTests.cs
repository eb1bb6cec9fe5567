using Weld.Core.IR;
using Weld.Core.Operators;
using Weld.Core.Types;
using Weld.Managed.Builders;
using Weld.Managed.Runtime;

namespace Weld.Tests.Runtime;

public sealed unsafe class ParallelLoopTests
{
    private const int Threads = 2;
    private const int WindowOfTwo = 8;

    private static readonly LoopShape Sum = new(
        HasBlocks: false, IsParallel: true, Cycles: 1, Varies: false, sizeof(long), [(0, new Reduction(ScalarType.I64, new SingleOperator(OperatorTable.Add)))], []);

    // Two threads begin a range each at one moment: by then every range before is joined, whoever has done so. One of the two writes to many lines of memory
    // that are in no cache at its end, so that the other sees late what it tells.
    [Fact]
    public void NoFinishedRangeIsLeftUnjoined()
    {
        const int Pairs = 20_000, Lines = 40, Page = 4_096;
        using var run = new Run(threads: Threads);
        var far = new byte[1 << 26];
        long total = 0, arrived = 0, late = 0, read = 0;
        var frame = (long)&total;
        new ParallelLoop(run, Body, Sum, frame, [], null).Run(0, 2 * Pairs, 1);
        Assert.Equal(0, read);
        Assert.Equal(0, late);
        Assert.Equal(2 * Pairs, total);

        void Body(Run worker, long own, Builder[] builders, long start, long end)
        {
            Interlocked.Increment(ref arrived);
            for (var spins = 0; Volatile.Read(ref arrived) < (start & -2) + 2; spins++)
            {
                if (spins > 2_000)
                {
                    Thread.Yield();
                }
            }

            Memory.Store(own, Memory.Load<long>(own) + end - start);
            if (start % 2 == 0)
            {
                late += Memory.Load<long>(frame) == start ? 0 : 1;
                for (var i = 0; i < start / 2 % 128; i++)
                {
                    Thread.SpinWait(1);
                }

                return;
            }

            var first = start * 7_919 * Page % (far.Length / 2);
            for (var i = 0; i < Lines; i++)
            {
                read += far[first + (i * Page)];
            }

            for (var i = 0; i < Lines; i++)
            {
                far[first + (i * Page) + 1024] = 1;
            }
        }
    }

    [Fact]
    public void NoThreadRunsFurtherAheadThanTheWindow()
    {
        using var run = new Run(threads: Threads);
        using var isAhead = new ManualResetEventSlim();
        long total = 0, greatest = 0, ahead = 0;
        new ParallelLoop(run, Body, Sum, (long)&total, [], null).Run(0, 1_000, 1);
        Assert.Equal(WindowOfTwo - 1, ahead);
        Assert.Equal(1_000, total);

        void Body(Run worker, long own, Builder[] builders, long start, long end)
        {
            Memory.Store(own, Memory.Load<long>(own) + end - start);
            if (start == 0)
            {
                isAhead.Wait();
                Thread.Yield();
                ahead = Volatile.Read(ref greatest);
                return;
            }

            greatest = start;
            if (start == WindowOfTwo - 1)
            {
                isAhead.Set();
            }
        }
    }

    [Fact]
    public void ARangeThatFailsFreesTheThreadThatWaitsForIt()
    {
        for (var round = 0; round < 100; round++)
        {
            using var run = new Run(threads: Threads);
            using var isAhead = new ManualResetEventSlim();
            long total = 0, greatest = 0;
            var loop = new ParallelLoop(run, Body, Sum, (long)&total, [], null);
            Assert.Equal("first", Assert.Throws<InvalidOperationException>(() => loop.Run(0, 1_000, 1)).Message);
            Assert.Equal(WindowOfTwo - 1, greatest);
            Assert.Equal(Threads - 1, run.Account.IdleThreads);

            void Body(Run worker, long own, Builder[] builders, long start, long end)
            {
                if (start == 0)
                {
                    isAhead.Wait();
                    throw new InvalidOperationException("first");
                }

                greatest = start;
                if (start == WindowOfTwo - 1)
                {
                    isAhead.Set();
                }
            }
        }
    }
}
