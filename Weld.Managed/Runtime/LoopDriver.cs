using System.Runtime.CompilerServices;
using Weld.Managed.Builders;

namespace Weld.Managed.Runtime;

/// <summary>A loop's function: its iterations from start to end, all in one block.</summary>
/// <param name="run">The run.</param>
/// <param name="frame">What the function reads, and where the values of its mergers are.</param>
/// <param name="builders">Its other builders.</param>
/// <param name="start">The first iteration.</param>
/// <param name="end">The iteration after the last.</param>
internal delegate void LoopBody(Run run, long frame, Builder[] builders, long start, long end);

/// <summary>Runs outermost loops, range after range, in order.</summary>
internal static class LoopDriver
{
    /// <summary>Iterations between two looks at whether to go on.</summary>
    public const long ChunkSize = 4_096;

    /// <summary>Runs a loop.</summary>
    /// <param name="run">The run.</param>
    /// <param name="loop">The loop's number.</param>
    /// <param name="step">How many iterations its function is called for at a time: a block, or a chunk where no builder needs to know the blocks.</param>
    /// <param name="frame">The function's frame.</param>
    /// <param name="builders">The function's builders.</param>
    /// <param name="count">How many iterations there are.</param>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Run(Run run, int loop, long step, long frame, Builder[] builders, long count)
    {
        var body = run.Functions[loop]!;
        for (long start = 0; start < count; start += step)
        {
            run.ThrowIfStopped();
            body(run, frame, builders, start, Math.Min(count, start + step));
        }
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
        for (long start = 0; start < count && appender.Length < needed; start += step)
        {
            run.ThrowIfStopped();
            body(run, frame, builders, start, Math.Min(count, start + step));
        }
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
}
