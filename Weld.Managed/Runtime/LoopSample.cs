using Weld.Core.Diagnostics;

namespace Weld.Managed.Runtime;

/// <summary>Looks at some iterations of a loop that has run: how many of them merged something.</summary>
/// <param name="count">Adds the number to one in the frame; null where nothing tells.</param>
/// <param name="sampled">Where that is in the frame.</param>
internal sealed class LoopSample(Lazy<LoopBody?> count, int sampled)
{
    /// <summary>One iteration in so many is looked at. Where they lie in memory is read from there once more, so that each stretch takes as long as some hundred iterations of a loop.</summary>
    private const long Share = 4_096;

    /// <summary>Neighbours that are looked at together.</summary>
    private const long Stretch = 16;

    private const long LeastStretches = 16;
    private const long MostStretches = 256;

    /// <summary>How many iterations it has looked at, evenly over the loop, and how many of them merged something. In a run of its own: the loop's gets the memory that its limit allows, with a profile or without.</summary>
    /// <param name="frame">The loop's frame.</param>
    /// <param name="iterations">How many iterations the loop had.</param>
    public (long Seen, long Merging) Take(long frame, long iterations)
    {
        if (count.Value is not { } body)
        {
            return default;
        }

        using var run = new Run();
        try
        {
            return Take(body, run, frame, iterations);
        }
        catch (WeldRuntimeException e) when (e.Code == RuntimeCode.OutOfMemory)
        {
            // The process has no memory left for what only watches.
            return default;
        }
    }

    private (long Seen, long Merging) Take(LoopBody body, Run run, long frame, long iterations)
    {
        Memory.Store(frame + sampled, 0L);
        var stretches = Math.Clamp(iterations / (Share * Stretch), LeastStretches, MostStretches);
        if (iterations <= stretches * Stretch)
        {
            body(run, frame, [], 0, iterations);
            return (iterations, Memory.Load<long>(frame + sampled));
        }

        for (long i = 0; i < stretches; i++)
        {
            var start = (long)((double)(iterations - Stretch) * i / (stretches - 1));
            body(run, frame, [], start, start + Stretch);
        }

        return (stretches * Stretch, Memory.Load<long>(frame + sampled));
    }
}
