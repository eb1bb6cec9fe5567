namespace Weld.Managed.Runtime;

/// <summary>
/// The process's unused buffers, in size classes of four steps per doubling. It holds at most a quarter of the process budget, gives way when the
/// budget is short, and lets go of what lay idle when the collector looks through old memory.
/// </summary>
internal static class BufferPool
{
    private const int StepsPerDoubling = 4;
    private const int IdleMilliseconds = 30_000;

    private static readonly Stack<PinnedBuffer>[] Classes = [.. Enumerable.Range(0, ClassOf(Array.MaxLength) + 1).Select(_ => new Stack<PinnedBuffer>())];
    private static readonly Lock Gate = new();
    private static long _held;
    private static long _dropped;

    static BufferPool() => _ = new Watch();

    /// <summary>The largest request that any buffer can serve.</summary>
    public const long MaxBytes = (int.MaxValue - 64L) * Block64.Size;

    /// <summary>Bytes that lie unused in the pool.</summary>
    public static long Held => Volatile.Read(ref _held);

    /// <summary>A buffer of at least so many bytes, from 0 to <see cref="MaxBytes"/>.</summary>
    /// <exception cref="OutOfMemoryException">The machine has no such memory.</exception>
    public static PinnedBuffer Rent(long bytes)
    {
        var size = ClassOf((int)((bytes + Block64.Size - 1) / Block64.Size) + PinnedBuffer.Spare);
        lock (Gate)
        {
            if (Classes[size].TryPop(out var known))
            {
                _held -= known.Capacity;
                return known;
            }
        }

        if (!MemoryBudget.HasRoomBesidesPool(bytes + Volatile.Read(ref _dropped)))
        {
            Trim();
            Collect();
        }

        try
        {
            return new PinnedBuffer(BlocksOf(size));
        }
        catch (OutOfMemoryException) when (Held > 0)
        {
            Trim();
            return new PinnedBuffer(BlocksOf(size));
        }
    }

    /// <summary>Takes back a buffer that nothing points into any more.</summary>
    public static void Return(PinnedBuffer buffer)
    {
        buffer.Previous = buffer.Next = null;
        buffer.Owned = false;
        buffer.Idle = Environment.TickCount64;
        lock (Gate)
        {
            if (_held + buffer.Capacity <= MemoryBudget.Limit / 4)
            {
                Classes[ClassOf((int)(buffer.Capacity / Block64.Size) + PinnedBuffer.Spare)].Push(buffer);
                _held += buffer.Capacity;
            }
            else
            {
                _dropped += buffer.Capacity;
            }
        }
    }

    /// <summary>Lets go of all unused buffers.</summary>
    public static void Trim() => Trim(long.MaxValue);

    /// <summary>Lets go of the buffers that came back no later than <paramref name="before"/>.</summary>
    private static void Trim(long before)
    {
        lock (Gate)
        {
            foreach (var stack in Classes)
            {
                var all = stack.ToArray();
                stack.Clear();
                for (var i = all.Length - 1; i >= 0; i--)
                {
                    if (all[i].Idle > before)
                    {
                        stack.Push(all[i]);
                    }
                    else
                    {
                        _held -= all[i].Capacity;
                        _dropped += all[i].Capacity;
                    }
                }
            }
        }
    }

    /// <summary>Gives the memory of dropped buffers back to the machine before more is asked for, which the collector alone would do too late.</summary>
    private static void Collect()
    {
        if (Interlocked.Exchange(ref _dropped, 0) > 0)
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true);
        }
    }

    /// <summary>The smallest class of at least so many blocks: 1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 14, 16, 20, …</summary>
    private static int ClassOf(int blocks)
    {
        if (blocks <= StepsPerDoubling)
        {
            return blocks;
        }

        var shift = int.Log2(blocks - 1) - 2;
        return (shift * StepsPerDoubling) + ((blocks - 1) >> shift) + 1;
    }

    private static int BlocksOf(int size)
    {
        if (size <= StepsPerDoubling)
        {
            return size;
        }

        var shift = (size - 1 - StepsPerDoubling) / StepsPerDoubling;
        return (int)Math.Min(Array.MaxLength, (long)(size - (shift * StepsPerDoubling)) << shift);
    }

    /// <summary>An object that dies with every collection of its generation, and so hears of them.</summary>
    private sealed class Watch
    {
        ~Watch()
        {
            if (Environment.HasShutdownStarted)
            {
                return;
            }

            var memory = GC.GetGCMemoryInfo();
            Trim(memory.MemoryLoadBytes >= memory.HighMemoryLoadThresholdBytes ? long.MaxValue : Environment.TickCount64 - IdleMilliseconds);
            GC.ReRegisterForFinalize(this);
        }
    }
}
