namespace Weld.Bench.Compare;

/// <summary>Who fits into memory: all hold the arguments and the answers at the same time, and one after the other runs.</summary>
internal static class Room
{
    private const double Share = 0.85;

    /// <summary>Buffers of C on one thread and two, the answer that all are compared with, and the one compared.</summary>
    private const int Results = 4;

    private const int Sample = 1_000;

    /// <summary>How many bytes are free.</summary>
    public static long Free
    {
        get
        {
            GC.Collect();
            var memory = GC.GetGCMemoryInfo();
            return memory.TotalAvailableMemoryBytes - memory.MemoryLoadBytes;
        }
    }

    /// <summary>How many bytes the arguments of a comparison have, by those of few rows.</summary>
    public static long OfArguments(Comparison comparison) =>
        (long)(comparison.Arguments(Sample).OfType<Array>().Sum(Buffer.ByteLength) / (double)Sample * comparison.Rows);

    /// <summary>For each peer, in turn, null if it fits beside those before, or what it would need.</summary>
    /// <param name="peers">The peers, first one whose run needs little more than its result.</param>
    /// <param name="free">How many bytes are free.</param>
    /// <param name="arguments">How many the arguments have.</param>
    /// <param name="threads">On how many numbers of threads each takes part, each with copies of its own.</param>
    /// <param name="peak">How many bytes a run needs at its peak, its result included.</param>
    public static IEnumerable<(Peer Peer, long? Needs)> For(IReadOnlyList<Peer> peers, long free, long arguments, int threads, Func<Peer, long> peak)
    {
        var (held, most) = (arguments + (Results * peak(peers[0])), 0L);
        foreach (var peer in peers)
        {
            var (copies, run) = (arguments * peer.Copies * threads, peak(peer));
            var fits = held + copies + Math.Max(most, run) <= free * Share;
            yield return (peer, fits ? null : copies + run);
            if (fits)
            {
                (held, most) = (held + copies, Math.Max(most, run));
            }
        }
    }
}
