using System.Diagnostics;
using Weld.Core.Diagnostics;

namespace Weld.Core.Evaluation;

/// <summary>Looks now and then whether the host wants the run to stop.</summary>
internal sealed class Watch(CancellationToken cancellation, TimeSpan? timeout)
{
    private const int Interval = 256;
    private readonly long _started = Stopwatch.GetTimestamp();
    private int _unseen;

    /// <summary>Notes that one element more has been worked on; looks when enough have been.</summary>
    public void Look()
    {
        if (++_unseen >= Interval)
        {
            LookNow();
        }
    }

    /// <summary>Ends the run if the host cancelled it or its time is over.</summary>
    public void LookNow()
    {
        _unseen = 0;
        if (cancellation.IsCancellationRequested)
        {
            throw new WeldRuntimeException(RuntimeCode.Cancelled, "the host asked to stop");
        }

        if (timeout is { } limit && Stopwatch.GetElapsedTime(_started) >= limit)
        {
            throw new WeldRuntimeException(RuntimeCode.Timeout, $"the run took longer than {limit.TotalMilliseconds} ms");
        }
    }
}
