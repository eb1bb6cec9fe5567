using System.Diagnostics;
using System.Diagnostics.Metrics;
using Weld.Core.Diagnostics;

namespace Weld.Managed.Runtime;

/// <summary>
/// What listeners of the framework hear of runs, under the name <c>Weld</c>: measurements, and an activity for each run and each of its loops. To make
/// instruments takes longer than to compile a program, so another thread makes them after the process's first run.
/// </summary>
internal sealed class Telemetry
{
    private static volatile Telemetry? _made;
    private static int _begun;

    private readonly ActivitySource _source = new("Weld");
    private readonly Histogram<double> _runTime;
    private readonly Histogram<double> _loopTime;
    private readonly Counter<long> _loopRows;

    private Telemetry()
    {
        var meter = new Meter("Weld");
        _runTime = meter.CreateHistogram<double>("weld.run.duration", "s", "How long programs run.");
        _loopTime = meter.CreateHistogram<double>("weld.loop.duration", "s", "How long outermost loops take in a run.");
        _loopRows = meter.CreateCounter<long>("weld.loop.rows", "{row}", "Iterations of outermost loops.");
        meter.CreateObservableUpDownCounter("weld.memory.used", static () => MemoryBudget.Used, "By", "Bytes requested for live buffers of runs and results.");
        meter.CreateObservableUpDownCounter("weld.memory.pooled", static () => BufferPool.Held, "By", "Bytes of buffers that wait to be used again.");
    }

    /// <summary>What tells of runs; null if nobody listens.</summary>
    public static Telemetry? Heard => _made is { } made && (made._source.HasListeners() || made._runTime.Enabled || made._loopTime.Enabled || made._loopRows.Enabled) ? made : null;

    /// <summary>A run is over.</summary>
    public static void Begin()
    {
        if (Volatile.Read(ref _begun) == 0 && Interlocked.Exchange(ref _begun, 1) == 0)
        {
            ThreadPool.UnsafeQueueUserWorkItem(static _ => _made = new Telemetry(), null);
        }
    }

    /// <summary>Tells of a run that has just ended.</summary>
    /// <param name="profile">What it did.</param>
    /// <param name="error">Why it ended without a value; null if with one.</param>
    public void Tell(RunProfile profile, RuntimeCode? error)
    {
        var end = DateTime.UtcNow;
        _runTime.Record(profile.Time.TotalSeconds, error is null ? default : new TagList { { "error.type", $"{error}" } });
        using var run = _source.StartActivity("weld.run", ActivityKind.Internal, Activity.Current?.Context ?? default, startTime: end - profile.Time);
        foreach (var loop in profile.Loops)
        {
            var place = new KeyValuePair<string, object?>("weld.loop.place", loop.Span.Start);
            _loopTime.Record(loop.Time.TotalSeconds, place);
            _loopRows.Add(loop.RowsIn, place);
            using var activity = _source.StartActivity("weld.loop", ActivityKind.Internal, run?.Context ?? default, startTime: end - loop.Time);
            activity?.SetTag(place.Key, place.Value).SetTag("weld.loop.plan", loop.Plan).SetTag("weld.loop.storage", loop.Storage).SetTag("weld.loop.runs", loop.Runs).SetTag("weld.loop.threads", loop.Threads)
                .SetTag("weld.loop.thread_time", loop.ThreadTime.TotalSeconds).SetTag("weld.loop.result_time", loop.ResultTime.TotalSeconds).SetTag("weld.loop.rows_in", loop.RowsIn).SetTag("weld.loop.bytes_in", loop.BytesIn)
                .SetTag("weld.loop.rows_out", loop.RowsOut).SetTag("weld.loop.bytes_out", loop.BytesOut).SetTag("weld.loop.selectivity", loop.Selectivity).SetEndTime(end);
        }

        run?.SetTag("weld.memory.used", MemoryBudget.Used).SetStatus(error is null ? ActivityStatusCode.Ok : ActivityStatusCode.Error, error?.ToString()).SetEndTime(end);
    }
}
