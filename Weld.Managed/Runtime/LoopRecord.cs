using System.Diagnostics;
using Weld.Core.Diagnostics;
using Weld.Core.Types;
using Weld.Managed.Builders;
using Weld.Managed.Planning;

namespace Weld.Managed.Runtime;

/// <summary>What a loop did in a run so far.</summary>
/// <param name="sample">What counts the iterations that merge something; null for none.</param>
internal sealed class LoopRecord(LoopSample? sample)
{
    private readonly Lock _gate = new();
    private HashSet<Run>? _workers;
    private (long Rows, long Bytes) _before;
    private (long Rows, long Bytes) _out;
    private (long Seen, long Merging) _sampled;
    private string _storage = "";
    private long _begun;
    private long _runs;
    private long _ticks;
    private long _threadTicks;
    private long _resultTicks;
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
        _threadTicks += _isParallel ? 0 : Stopwatch.GetTimestamp() - _begun;
        _isParallel = true;
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
    public void End(long frame, Builder[] builders, long rows)
    {
        var ticks = Stopwatch.GetTimestamp() - _begun;
        _ticks += ticks;
        _threadTicks += _isParallel ? 0 : ticks;
        _threads = Math.Max(_threads, _workers?.Count ?? 1);
        _runs++;
        _rows += rows;
        var after = Gathered(builders);
        Add(after.Rows - _before.Rows, after.Bytes - _before.Bytes);
        _storage = string.Join(", ", builders.Select(b => b.Storage).Where(s => s.Length > 0));
        Array.ForEach(builders, b => b.Record = this);
        if (sample?.Take(frame, rows) is var (seen, merging))
        {
            _sampled = (_sampled.Seen + seen, _sampled.Merging + merging);
        }
    }

    /// <summary>The result of a builder that it merged into is there.</summary>
    /// <param name="begun">Since when that was made.</param>
    /// <param name="rows">What was gathered and not known before.</param>
    /// <param name="rowSize">The bytes of each.</param>
    public void EndResult(long begun, long rows, int rowSize)
    {
        _resultTicks += Stopwatch.GetTimestamp() - begun;
        Add(rows, rows * rowSize);
    }

    public LoopProfile ToProfile(SourceSpan span, LoopPlan plan) => new(
        span, plan.ToString(), _storage, _runs, Time(_ticks), Time(_threadTicks), Time(_resultTicks), _threads, _rows, _rows * plan.RowBytes, _out.Rows, _out.Bytes, Selectivity(plan));

    // What appenders and groupmergers got is known; of what others have taken, a sample tells.
    private double? Selectivity(LoopPlan plan) => plan.Builders is [AppenderType or GroupMergerType] ? Share(_out.Rows, _rows) : Share(_sampled.Merging, _sampled.Seen);

    private static double? Share(long part, long whole) => whole == 0 ? null : (double)part / whole;

    private static TimeSpan Time(long ticks) => Stopwatch.GetElapsedTime(0, ticks);

    private void Add(long rows, long bytes) => _out = (_out.Rows + rows, _out.Bytes + bytes);

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
