namespace Weld.Managed.Runtime;

/// <summary>What all runs of the process and their living results share: the sum of the bytes requested for live buffers, before rounding.</summary>
internal static class MemoryBudget
{
    private static long _limit = Available() / 4 * 3;
    private static long _used;

    /// <summary>The most that may be in use; 75 % of available memory unless the host says otherwise.</summary>
    public static long Limit
    {
        get => Volatile.Read(ref _limit);
        set => Volatile.Write(ref _limit, value);
    }

    /// <summary>What is in use.</summary>
    public static long Used => Volatile.Read(ref _used);

    /// <summary>Takes so many bytes, or nothing if they are not left.</summary>
    public static bool TryCharge(long bytes)
    {
        if (Interlocked.Add(ref _used, bytes) <= Limit || bytes <= 0)
        {
            return true;
        }

        Interlocked.Add(ref _used, -bytes);
        return false;
    }

    /// <summary>Gives back so many bytes.</summary>
    public static void Refund(long bytes) => Interlocked.Add(ref _used, -bytes);

    /// <summary>Whether so many bytes fit beside what is in use and what the pool holds.</summary>
    public static bool HasRoomBesidesPool(long bytes) => Used + BufferPool.Held + bytes <= Limit;

    /// <summary>The memory that the machine, or the container, has left as the process starts to use Weld: what the collector may use less what is in use.</summary>
    private static long Available()
    {
        var memory = GC.GetGCMemoryInfo();
        if (memory.MemoryLoadBytes == 0)
        {
            // The load is measured by a collection, and there was none yet.
            GC.Collect(0, GCCollectionMode.Forced, blocking: true);
            memory = GC.GetGCMemoryInfo();
        }

        return Math.Max(memory.TotalAvailableMemoryBytes - memory.MemoryLoadBytes, memory.TotalAvailableMemoryBytes / 8);
    }
}
