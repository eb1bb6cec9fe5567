using System.Runtime.CompilerServices;

namespace Weld.Managed.Runtime;

// What the iterations of an outermost loop that run in this run compute once for all of them. Its memory is in no list of buffers: ranges give those away.
internal sealed unsafe partial class Run
{
    /// <summary>The most bytes to keep: what is used from time to time is to take little beside what is needed.</summary>
    private const long MostKept = 64L << 20;

    /// <summary>All threads together may keep one part in so many of a limit: where memory is short, it is for what is needed.</summary>
    private const int LeastShare = 64;

    /// <summary>Iterations of an inner loop are fewer than two to this power.</summary>
    private const int IterationBits = 40;

    private Dictionary<long, PinnedBuffer>? _kept;
    private long _keptBytes;

    /// <summary>Whether what is kept may be used again: not in a loop of one iteration.</summary>
    public bool MayKeep { get; set; } = true;

    /// <summary>
    /// Memory that stays until the outermost loop has ended, the same for the same place and iteration; its first word is −1 when it is new. 0 where it would be too much: then there is none.
    /// </summary>
    /// <param name="place">The place in the program.</param>
    /// <param name="iteration">The iteration of an inner loop.</param>
    /// <param name="bytes">How many bytes.</param>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public long Keep(int place, long iteration, long bytes)
    {
        var key = ((long)place << IterationBits) + iteration;
        if (_kept is not null && _kept.TryGetValue(key, out var known))
        {
            return bytes <= known.Requested ? known.Address : 0;
        }

        if (!MayKeep || bytes > Math.Min(MostKept, Math.Min(_account.Limit, MemoryBudget.Limit) / (LeastShare * Threads)) - _keptBytes)
        {
            return 0;
        }

        var address = Allocate(bytes, owned: true);
        var added = Of(address);
        Forget(added);
        _keptBytes += bytes;
        (_kept ??= []).Add(key, added);
        *(long*)address = -1;
        return address;
    }

    /// <summary>Frees what was kept.</summary>
    public void DropKept()
    {
        if (_kept is null)
        {
            return;
        }

        foreach (var (_, buffer) in _kept)
        {
            Refund(buffer.Requested);
            BufferPool.Return(buffer);
        }

        _kept = null;
        _keptBytes = 0;
    }
}
