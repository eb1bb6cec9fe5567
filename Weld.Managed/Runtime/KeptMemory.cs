using System.Runtime.CompilerServices;

namespace Weld.Managed.Runtime;

/// <summary>
/// What the iterations of an outermost loop compute once for all of them, on all threads. Whoever comes first computes it, and nobody waits: who comes meanwhile computes it elsewhere, for itself
/// alone, and so does everybody where the first one has failed. Its memory is in no run's list of buffers: ranges give those away.
/// </summary>
/// <param name="account">The memory of the run and its workers.</param>
internal sealed class KeptMemory(RunAccount account)
{
    /// <summary>The most bytes to keep: what is used from time to time is to take little beside what is needed.</summary>
    private const long MostBytes = 64L << 20;

    /// <summary>One part in so many of a limit may be kept: where memory is short, it is for what is needed.</summary>
    private const int LeastShare = 64;

    /// <summary>Iterations of an inner loop are fewer than two to this power.</summary>
    private const int IterationBits = 40;

    /// <summary>Nothing to compute.</summary>
    private const long Nothing = -1;

    /// <summary>How many places further a thread looks for something to compute.</summary>
    private const int MostAhead = 8;

    private readonly Lock _gate = new();
    private Dictionary<long, Entry>? _entries;
    private long _bytes;

    /// <summary>What the caller has to compute next before it can use what is kept for an iteration: that, or while another thread computes it what a later iteration needs.</summary>
    /// <param name="place">The place in the program.</param>
    /// <param name="iteration">The iteration of an inner loop.</param>
    /// <param name="last">The last iteration that the caller may compute something for.</param>
    /// <param name="step">From one of these iterations to the next.</param>
    /// <param name="bytes">How many bytes; they follow from the place.</param>
    /// <param name="address">Where to write it; if there is nothing to compute, where it is, or 0 where the caller has to use memory of its own.</param>
    /// <returns>The iteration for which to compute it, and which to tell then; −1 for nothing.</returns>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public long Next(int place, long iteration, long last, long step, long bytes, out long address)
    {
        lock (_gate)
        {
            _entries ??= [];
            for (var next = iteration; next <= last && next <= iteration + (MostAhead * step); next += step)
            {
                if (!_entries.TryGetValue(Key(place, next), out var known))
                {
                    if (Allocate(bytes) is not { } added)
                    {
                        break;
                    }

                    _entries.Add(Key(place, next), new Entry(added));
                    address = added.Address;
                    return next;
                }

                if (next == iteration && known.IsComplete)
                {
                    address = known.Buffer.Address;
                    return Nothing;
                }
            }

            address = 0;
            return Nothing;
        }
    }

    /// <summary>Tells that all has been written.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public void Complete(int place, long iteration)
    {
        lock (_gate)
        {
            _entries![Key(place, iteration)].IsComplete = true;
        }
    }

    /// <summary>Frees all, once no thread uses it.</summary>
    public void Free()
    {
        foreach (var buffer in _entries?.Values.Select(e => e.Buffer) ?? [])
        {
            Refund(buffer.Requested);
            BufferPool.Return(buffer);
        }

        (_entries, _bytes) = (null, 0);
    }

    private static long Key(int place, long iteration) => ((long)place << IterationBits) + iteration;

    private PinnedBuffer? Allocate(long bytes)
    {
        if (bytes > Math.Min(MostBytes, Math.Min(account.Limit, MemoryBudget.Limit) / LeastShare) - _bytes || !account.TryCharge(bytes))
        {
            return null;
        }

        if (!MemoryBudget.TryCharge(bytes))
        {
            account.Refund(bytes);
            return null;
        }

        try
        {
            var buffer = BufferPool.Rent(bytes);
            buffer.Requested = bytes;
            _bytes += bytes;
            return buffer;
        }
        catch (OutOfMemoryException)
        {
            Refund(bytes);
            return null;
        }
    }

    private void Refund(long bytes)
    {
        account.Refund(bytes);
        MemoryBudget.Refund(bytes);
    }

    private sealed class Entry(PinnedBuffer buffer)
    {
        public PinnedBuffer Buffer => buffer;

        public bool IsComplete { get; set; }
    }
}
