namespace Weld.Managed.Runtime;

/// <summary>What a run and its workers share: the bytes requested for their live buffers, and the threads that they may use.</summary>
/// <param name="limit">The most bytes.</param>
/// <param name="threads">The most threads, 1 or more.</param>
internal sealed class RunAccount(long limit, int threads)
{
    private long _charged;
    private int _idle = threads - 1;

    /// <summary>The most bytes.</summary>
    public long Limit => limit;

    /// <summary>Bytes requested for live buffers.</summary>
    public long Charged => Volatile.Read(ref _charged);

    /// <summary>How many threads the run may use.</summary>
    public int Threads => threads;

    /// <summary>How many of its threads the run does not use just now.</summary>
    public int IdleThreads => Volatile.Read(ref _idle);

    /// <summary>Takes so many bytes, or nothing if they are not left.</summary>
    public bool TryCharge(long bytes)
    {
        if (Interlocked.Add(ref _charged, bytes) <= limit || bytes <= 0)
        {
            return true;
        }

        Interlocked.Add(ref _charged, -bytes);
        return false;
    }

    /// <summary>Takes so many bytes, which are there already.</summary>
    public void Add(long bytes) => Interlocked.Add(ref _charged, bytes);

    /// <summary>Gives back so many bytes.</summary>
    public void Refund(long bytes) => Interlocked.Add(ref _charged, -bytes);

    /// <summary>Gives back all bytes and tells how many they were.</summary>
    public long RefundAll() => Interlocked.Exchange(ref _charged, 0);

    /// <summary>Takes a thread that the run does not use.</summary>
    public bool TryTakeThread()
    {
        if (Interlocked.Decrement(ref _idle) >= 0)
        {
            return true;
        }

        Interlocked.Increment(ref _idle);
        return false;
    }

    /// <summary>Gives a thread back.</summary>
    public void GiveThreadBack() => Interlocked.Increment(ref _idle);
}
