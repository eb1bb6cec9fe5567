using System.Collections.Concurrent;
using System.Diagnostics;

namespace Weld.Managed.Runtime;

/// <summary>
/// Threads of the pool that have helped with some work and wait a moment for more before they go: phases of some work follow each other at once, and to wake a thread takes longer
/// than many of them.
/// </summary>
/// <typeparam name="T">The work.</typeparam>
internal sealed class Lingerers<T>
    where T : class
{
    /// <summary>How long.</summary>
    private static readonly TimeSpan Moment = TimeSpan.FromMicroseconds(200);

    private readonly ConcurrentQueue<T> _given = new();

    /// <summary>How many wait that no work was given to.</summary>
    private int _count;

    /// <summary>Gives work to a thread that waits, if there is one.</summary>
    public bool TryGive(T work)
    {
        if (!TryLeave())
        {
            return false;
        }

        _given.Enqueue(work);
        return true;
    }

    /// <summary>Waits for work.</summary>
    /// <returns>The work; null where none was given.</returns>
    public T? Linger()
    {
        T? work = null;
        Interlocked.Increment(ref _count);
        while (!Spin(() => _given.TryDequeue(out work)))
        {
            // Where as much work was given as threads wait, this one's is there any time.
            if (TryLeave())
            {
                return null;
            }
        }

        return work;
    }

    /// <summary>Waits a moment for something without leaving the processor to sleep.</summary>
    /// <returns>Whether it has come.</returns>
    public static bool Spin(Func<bool> hasCome)
    {
        var (spinner, begun) = (new SpinWait(), Stopwatch.GetTimestamp());
        while (!hasCome())
        {
            if (Stopwatch.GetElapsedTime(begun) > Moment)
            {
                return false;
            }

            spinner.SpinOnce(sleep1Threshold: -1);
        }

        return true;
    }

    private bool TryLeave()
    {
        for (var count = Volatile.Read(ref _count); count > 0;)
        {
            var found = Interlocked.CompareExchange(ref _count, count - 1, count);
            if (found == count)
            {
                return true;
            }

            count = found;
        }

        return false;
    }
}
