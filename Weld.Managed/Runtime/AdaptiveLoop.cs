using Weld.Core.Optimizer;
using Weld.Managed.Builders;

namespace Weld.Managed.Runtime;

/// <summary>
/// A loop in two forms, with branches and without, which give the same bits. Before each range of iterations the conditions of a few are computed: the more often
/// they change from one iteration to the next, the more often a branch would be guessed wrong. So the choice follows from the data alone.
/// </summary>
/// <param name="branching">The loop as it is written.</param>
/// <param name="predicated">The loop without branches.</param>
/// <param name="sample">Adds the changes of some iterations to a number in the frame.</param>
/// <param name="changes">Where that number is in the frame.</param>
/// <param name="threshold">From so many changes in a sample on, the loop without branches is faster.</param>
internal sealed class AdaptiveLoop(LoopBody branching, Lazy<LoopBody> predicated, Lazy<LoopBody> sample, int changes, long threshold)
{
    /// <summary>Iterations from one sample to the next.</summary>
    private const long Distance = 16_384;

    /// <summary>A shorter range is not worth a sample.</summary>
    private const long LeastRange = 4 * Predication.Sample;

    /// <summary>The iterations from start to end.</summary>
    public void Run(Run run, long frame, Builder[] builders, long start, long end)
    {
        var most = 0L;
        Memory.Store(frame + changes, 0L);
        for (var at = start; at <= end - LeastRange; at += Distance)
        {
            sample.Value(run, frame, builders, at, at + Predication.Sample);
            most += threshold;
        }

        var body = most > 0 && Memory.Load<long>(frame + changes) >= most ? predicated.Value : branching;
        body(run, frame, builders, start, end);
    }
}
