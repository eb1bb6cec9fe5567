namespace Weld.Managed;

/// <summary>What a run may use.</summary>
public sealed record RunOptions
{
    /// <summary>No limits of its own.</summary>
    public static RunOptions Default { get; } = new();

    /// <summary>The bytes that the run's live buffers may take together before it ends with <c>OutOfMemory</c>; arguments that are not copied do not count.</summary>
    public long MemoryLimit
    {
        get;
        init => field = value > 0 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, $"expected a limit above 0 bytes, found {value}");
    } = long.MaxValue;

    /// <summary>The time after which the run ends with <c>Timeout</c>; null for none.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>Asks the run to end with <c>Cancelled</c>.</summary>
    public CancellationToken CancellationToken { get; init; }

    /// <summary>The most threads that the run may use; null for as many as there are processors. Results do not depend on it.</summary>
    public int? Threads
    {
        get;
        init => field = value is null or > 0 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, $"expected at least 1 thread, found {value}");
    }

    /// <summary>Given, as the run ends, what its loops did; null for nobody. Not called where programs are interpreted. The clock is read for loops and ranges, so this costs a microsecond or two.</summary>
    public Action<RunProfile>? Profile { get; init; }

    /// <summary>How many iterations of a loop a thread is given at a time, however few there are; null for as many as are worth it.</summary>
    internal long? Grain { get; init; }
}
