using Weld.Managed.Runtime;

namespace Weld.Managed;

/// <summary>The memory that all runs of the process share.</summary>
public static class WeldMemory
{
    /// <summary>The bytes that the live buffers of all runs and results may take together; 75 % of available memory unless set. A run that needs more ends with <c>OutOfMemory</c>.</summary>
    public static long ProcessLimit
    {
        get => MemoryBudget.Limit;
        set => MemoryBudget.Limit = value > 0 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, $"expected a limit above 0 bytes, found {value}");
    }

    /// <summary>The bytes requested for live buffers of runs, and of results neither disposed of nor collected.</summary>
    public static long InUse => MemoryBudget.Used;

    /// <summary>The bytes of buffers that wait to be used again.</summary>
    public static long Pooled => BufferPool.Held;

    /// <summary>Lets go of the buffers that wait to be used again.</summary>
    public static void Trim() => BufferPool.Trim();
}
