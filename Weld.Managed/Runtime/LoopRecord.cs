using System.Diagnostics;
using Weld.Core.Diagnostics;
using Weld.Managed.Builders;
using Weld.Managed.Planning;

namespace Weld.Managed.Runtime;

/// <summary>What a loop did in a run so far.</summary>
internal sealed class LoopRecord
{
    private readonly Lock _gate = new();
    private HashSet<Run>? _workers;
    private (long Rows, long Bytes) _before;
    private (long Rows, long Bytes) _out;
    private long _begun;
    private long _runs;
    private long _ticks;
    private long _threadTicks;
    private long _rows;
    private int _threads = 1;
    private bool _isParallel;

    /// <summary>The loop begins.</summary>
    public void Begin(Builder[] builders)
    {
        _before = Gathered(builders);
        _isParallel = false;
        _workers?.Clear();
        _begun = Stopwatch.GetTimestamp();
    }

    /// <summary>From here on, threads tell of their ranges.</summary>
    public void BeginRanges()
    {
        _isParallel = true;
        _threadTicks += Stopwatch.GetTimestamp() - _begun;
    }

    /// <summary>A range ends that a thread has begun at some time.</summary>
    public void EndRange(Run worker, long begun)
    {
        var ticks = Stopwatch.GetTimestamp() - begun;
        lock (_gate)
        {
            (_workers ??= new(ReferenceEqualityComparer.Instance)).Add(worker);
            _threadTicks += ticks;
        }
    }

    /// <summary>The loop ends after so many iterations.</summary>
    public void End(Builder[] builders, long rows)
    {
        var ticks = Stopwatch.GetTimestamp() - _begun;
        _ticks += ticks;
        _threadTicks += _isParallel ? 0 : ticks;
        _threads = Math.Max(_threads, _workers?.Count ?? 1);
        _runs++;
        _rows += rows;
        var after = Gathered(builders);
        _out = (_out.Rows + after.Rows - _before.Rows, _out.Bytes + after.Bytes - _before.Bytes);
    }

    public LoopProfile ToProfile(SourceSpan span, LoopPlan plan) => new(
        span, plan.ToString(), _runs, Time(_ticks), Time(_threadTicks), _threads, _rows, _rows * plan.RowBytes, _out.Rows, _out.Bytes);

    private static TimeSpan Time(long ticks) => Stopwatch.GetElapsedTime(0, ticks);

    private static (long Rows, long Bytes) Gathered(Builder[] builders)
    {
        var (rows, bytes) = (0L, 0L);
        foreach (var builder in builders)
        {
            rows += builder.Rows;
            bytes += builder.Rows * builder.RowSize;
        }

        return (rows, bytes);
    }
}
