using Weld.Core.IR;
using Weld.Managed.Builders;

namespace Weld.Managed.Runtime;

/// <summary>What it takes to know of a loop to run it in ranges.</summary>
/// <param name="HasBlocks">Whether a builder needs to know the blocks: then the ranges are these.</param>
/// <param name="IsParallel">Whether several threads may run it.</param>
/// <param name="Cycles">The cycles of an iteration, as far as the program's text tells.</param>
/// <param name="Varies">Whether the text does not tell much, since an iteration takes as long as the data say.</param>
/// <param name="FrameSize">Bytes of the function's frame.</param>
/// <param name="Mergers">Where in the frame the values of mergers are, and how they are reduced.</param>
/// <param name="Exact">Which of the other builders are appenders that get one value in each iteration.</param>
internal sealed record LoopShape(
    bool HasBlocks, bool IsParallel, long Cycles, bool Varies, int FrameSize, Seq<(int Offset, Reduction Reduction)> Mergers, Seq<bool> Exact)
{
    /// <summary>About 10 µs.</summary>
    private const long CyclesOfRange = 30_000;

    /// <summary>How many iterations the function is called for at a time on one thread: a block, or a chunk where no builder needs to know the blocks.</summary>
    public long Step => HasBlocks ? ReductionOrder.BlockSize : LoopDriver.ChunkSize;

    /// <summary>How many iterations seem worth handing out, a power of two; at most a block.</summary>
    public long Grain => HasBlocks ? ReductionOrder.BlockSize : Math.Min(ReductionOrder.BlockSize, 1L << (int)long.Log2(Math.Max(1, CyclesOfRange / Cycles)));

    /// <summary>Whether a block is certainly worth another thread.</summary>
    public bool IsHeavy => Cycles * ReductionOrder.BlockSize >= 10 * CyclesOfRange;

    /// <summary>Whether so many iterations take long as far as the text tells.</summary>
    public bool IsLong(long count) => count >= 8 * CyclesOfRange / Cycles;

    /// <summary>Whether so many iterations may be more than one thread should do alone.</summary>
    public bool IsWorthATry(long count) => Varies ? count > (HasBlocks ? Step : 1) : count > (HasBlocks ? 1 : 2) * Grain;
}
