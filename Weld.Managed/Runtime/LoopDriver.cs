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

/// <summary>Runs outermost loops: block after block, in order.</summary>
internal static class LoopDriver
{
    public static void Run(Run run, LoopBody body, long frame, Builder[] builders, long count)
    {
        for (long start = 0; start < count; start += ReductionOrder.BlockSize)
        {
            body(run, frame, builders, start, Math.Min(count, start + ReductionOrder.BlockSize));
        }
    }
}
