using System.Diagnostics;
using System.Runtime.CompilerServices;
using Weld.Core.IR;
using Weld.Managed.Builders;

namespace Weld.Managed.Runtime;

/// <summary>A loop's function: its iterations from start to end, all in one block.</summary>
/// <param name="run">The run.</param>
/// <param name="frame">What the function reads, and where the values of its mergers are.</param>
/// <param name="builders">Its other builders.</param>
/// <param name="start">The first iteration.</param>
/// <param name="end">The iteration after the last.</param>
internal delegate void LoopBody(Run run, long frame, Builder[] builders, long start, long end);

/// <summary>Runs outermost loops, range after range: in order on one thread, or on several where that is faster. The result is the same, to the bit.</summary>
internal static class LoopDriver
{
    /// <summary>Iterations between two looks at whether to go on.</summary>
    public const long ChunkSize = 4_096;

    /// <summary>With less work left than this, other threads come too late to help.</summary>
    private const double BreakEven = 20e-6;

    /// <summary>A range that takes less is not worth handing out.</summary>
    private const double LeastRange = 10e-6;

    /// <summary>A range that takes so long costs little to hand out; a stop waits for it.</summary>
    private const double GoodRange = 60e-6;

    /// <summary>Ranges for each thread, so that all end at about the same time.</summary>
    private const long RangesPerThread = 8;

    /// <summary>Ranges for each thread where it is not known how long they take.</summary>
    private const long UntimedRangesPerThread = 2 * RangesPerThread;

    /// <summary>A loop does not rest after fewer ranges.</summary>
    private const long LeastRanges = 16;

    /// <summary>Ranges that are not shorter begin at multiples of so many iterations: where their elements are then, vectors can be stored past the caches.</summary>
    private const long Alignment = 64;

    /// <summary>What a range puts into an appender's fork stays in the nearest caches until it is copied to its place.</summary>
    private const long NearBytes = 1 << 18;

    /// <summary>Iterations for each cell that a fork prepares and a join goes through.</summary>
    private const long IterationsPerCell = 32;

    /// <summary>Runs a loop.</summary>
    /// <param name="run">The run.</param>
    /// <param name="loop">The loop's number.</param>
    /// <param name="frame">The function's frame.</param>
    /// <param name="builders">The function's builders.</param>
    /// <param name="count">How many iterations there are.</param>
    /// <param name="shape">What is known of the loop.</param>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Run(Run run, int loop, long frame, Builder[] builders, long count, LoopShape shape)
    {
        var record = Begin(run, loop, builders, count);
        RunRanges(run, run.Functions[loop]!, frame, builders, count, shape, record);
        End(run, record, frame, builders, count);
    }

    /// <summary>Runs a loop into one appender until that holds as many elements as are needed.</summary>
    /// <param name="run">The run.</param>
    /// <param name="loop">The loop's number.</param>
    /// <param name="step">How many iterations its function is called for at a time.</param>
    /// <param name="frame">The function's frame.</param>
    /// <param name="builders">The appender.</param>
    /// <param name="count">How many iterations there are.</param>
    /// <param name="needed">How many elements are enough.</param>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void RunUntil(Run run, int loop, long step, long frame, Builder[] builders, long count, long needed)
    {
        var (body, appender) = (run.Functions[loop]!, (Appender)builders[0]);
        var record = Begin(run, loop, builders, count);
        var start = 0L;
        for (; start < count && appender.Length < needed; start += step)
        {
            run.ThrowIfStopped();
            body(run, frame, builders, start, Math.Min(count, start + step));
        }

        End(run, record, frame, builders, Math.Min(count, start));
    }

    /// <summary>How many elements a slice needs so that neither its bounds nor its elements depend on more. A slice that is wrong anyway needs none.</summary>
    public static long Needed(long start, long count) => start < 0 || count < 0 ? 0 : count > long.MaxValue - start ? long.MaxValue : start + count;

    /// <summary>The builders of a loop's function. Calls from the main line, which runs once, are cheaper to compile than what they do.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static Builder[] One(Builder builder) => [builder];

    /// <summary>A builder of a loop's function.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static T Builder<T>(Builder[] builders, int index)
        where T : Builder => (T)builders[index];

    private static LoopRecord? Begin(Run run, int loop, Builder[] builders, long count)
    {
        run.Kept = count > 1 ? new KeptMemory(run.Account) : null;
        return run.Profiler?.Begin(loop, builders);
    }

    private static void End(Run run, LoopRecord? record, long frame, Builder[] builders, long count)
    {
        run.Kept?.Free();
        run.Kept = null;
        record?.End(frame, builders, count);
    }

    private static void RunRanges(Run run, LoopBody body, long frame, Builder[] builders, long count, LoopShape shape, LoopRecord? record)
    {
        for (var i = 0; i < builders.Length; i++)
        {
            if (shape.Exact[i])
            {
                ((Appender)builders[i]).ReserveMore(count);
            }
            else
            {
                (builders[i] as Appender)?.Expect(count);
            }
        }

        var done = 0L;
        if (shape.IsParallel && run.Account.IdleThreads > 0 && (run.Grain is not null || shape.IsWorthATry(count)))
        {
            done = Measure(run, body, frame, builders, count, shape, out var grain);
            while (done < count && grain > 0 && builders.All(static b => b.CanFork))
            {
                var end = EndBeforeRest(builders, done, count, grain);
                new ParallelLoop(run, body, shape, frame, builders, record).Run(done, end, grain);
                done = end;
                for (var i = 0; i < builders.Length && done < count; i++)
                {
                    builders[i].Rest();
                }
            }
        }

        for (; done < count; done += shape.Step)
        {
            run.ThrowIfStopped();
            body(run, frame, builders, done, Math.Min(count, done + shape.Step));
        }
    }

    /// <summary>Whole ranges, enough that it pays to begin them on all threads.</summary>
    private static long EndBeforeRest(Builder[] builders, long done, long count, long grain)
    {
        var most = long.MaxValue;
        foreach (var builder in builders)
        {
            most = Math.Min(most, builder.UntilRest);
        }

        var ranges = Math.Max(most / grain, LeastRanges);
        return ranges > (count - done) / grain ? count : done + (ranges * grain);
    }

    /// <summary>Runs the first iterations here and looks at the clock, since a program's text tells little of how long its loops take; none where it tells that they take long.</summary>
    /// <returns>How many iterations were run.</returns>
    private static long Measure(Run run, LoopBody body, long frame, Builder[] builders, long count, LoopShape shape, out long grain)
    {
        grain = shape.HasBlocks ? ReductionOrder.BlockSize : run.Grain ?? 0;
        if (run.Grain is not null || (shape.HasBlocks && shape.IsHeavy))
        {
            grain = grain < count ? grain : 0;
            return 0;
        }

        if (!shape.HasBlocks && shape.Varies && shape.IsLong(count))
        {
            grain = GrainOf(builders, shape, count, UntimedRangesPerThread * run.Threads, 1, ReductionOrder.BlockSize);
            return 0;
        }

        // The first call of a function compiles it, so that of a single iteration is not timed; but blocks are whole.
        var first = shape.HasBlocks ? 0L : 1L;
        if (!shape.HasBlocks)
        {
            body(run, frame, builders, 0, first);
        }

        var begun = Stopwatch.GetTimestamp();
        var (done, seconds) = (first, 0.0);
        for (var size = shape.HasBlocks ? shape.Step : Math.Clamp(shape.Grain / 8, 1, ChunkSize); done < count && seconds < LeastRange; size = Math.Min(2 * size, shape.Step))
        {
            run.ThrowIfStopped();
            var end = Math.Min(count, size < Alignment ? done + size : (done + size) & -Alignment);
            body(run, frame, builders, done, end);
            seconds = Stopwatch.GetElapsedTime(begun).TotalSeconds;
            done = end;
        }

        var left = count - done;
        var rate = seconds / Math.Max(1, done - first);
        if (left * rate < BreakEven)
        {
            grain = 0;
        }
        else if (!shape.HasBlocks)
        {
            grain = GrainOf(builders, shape, left, RangesPerThread * run.Threads, (long)(LeastRange / rate) + 1, Math.Max(ReductionOrder.BlockSize, (long)(GoodRange / rate)));
        }

        grain = grain < left ? grain : 0;
        return done;
    }

    /// <summary>How many iterations to hand out at a time: so many ranges, if that gives no less than the least and no more than the most; 0 for none.</summary>
    private static long GrainOf(Builder[] builders, LoopShape shape, long count, long ranges, long least, long most)
    {
        for (var i = 0; i < builders.Length; i++)
        {
            least = Math.Max(least, IterationsPerCell * builders[i].ForkCells);
            most = builders[i] is Appender && !shape.Exact[i] ? Math.Min(most, NearBytes / Math.Max(1, builders[i].RowSize)) : most;
        }

        var grain = Math.Max(Math.Min(count / ranges, most), least);
        grain = grain < Alignment ? grain : (grain + Alignment - 1) & -Alignment;
        return grain < count ? grain : 0;
    }
}
