using System.Diagnostics;
using System.Diagnostics.Metrics;
using Weld.Core.Diagnostics;

namespace Weld.Managed.Runtime;

/// <summary>What listeners of the framework hear of runs, under the name <c>Weld</c>: measurements, and an activity for each run and each of its loops.</summary>
internal static class Telemetry
{
    private static readonly ActivitySource Source = new("Weld");
    private static readonly Meter Meter = new("Weld");
    private static readonly Histogram<double> RunTime = Meter.CreateHistogram<double>("weld.run.duration", "s", "How long programs run.");
    private static readonly Histogram<double> LoopTime = Meter.CreateHistogram<double>("weld.loop.duration", "s", "How long outermost loops take in a run.");
    private static readonly Counter<long> LoopRows = Meter.CreateCounter<long>("weld.loop.rows", "{row}", "Iterations of outermost loops.");

    static Telemetry()
    {
        Meter.CreateObservableUpDownCounter("weld.memory.used", static () => MemoryBudget.Used, "By", "Bytes requested for live buffers of runs and results.");
        Meter.CreateObservableUpDownCounter("weld.memory.pooled", static () => BufferPool.Held, "By", "Bytes of buffers that wait to be used again.");
    }

    /// <summary>Whether anybody listens to runs.</summary>
    public static bool IsHeard => Source.HasListeners() || RunTime.Enabled || LoopTime.Enabled || LoopRows.Enabled;

    /// <summary>Tells of a run that has just ended.</summary>
    /// <param name="profile">What it did.</param>
    /// <param name="error">Why it ended without a value; null if with one.</param>
    public static void Tell(RunProfile profile, RuntimeCode? error)
    {
        var end = DateTime.UtcNow;
        var outcome = new KeyValuePair<string, object?>("error.type", error?.ToString());
        RunTime.Record(profile.Time.TotalSeconds, error is null ? default(TagList) : new TagList([outcome]));
        using var run = Source.StartActivity("weld.run", ActivityKind.Internal, default(ActivityContext), startTime: end - profile.Time);
        foreach (var loop in profile.Loops)
        {
            var place = new KeyValuePair<string, object?>("weld.loop.place", loop.Span.Start);
            LoopTime.Record(loop.Time.TotalSeconds, place);
            LoopRows.Add(loop.RowsIn, place);
            using var activity = Source.StartActivity("weld.loop", ActivityKind.Internal, run?.Context ?? default, startTime: end - loop.Time);
            activity?.SetTag(place.Key, place.Value).SetTag("weld.loop.plan", loop.Plan).SetTag("weld.loop.runs", loop.Runs).SetTag("weld.loop.threads", loop.Threads)
                .SetTag("weld.loop.thread_time", loop.ThreadTime.TotalSeconds).SetTag("weld.loop.rows_in", loop.RowsIn).SetTag("weld.loop.bytes_in", loop.BytesIn)
                .SetTag("weld.loop.rows_out", loop.RowsOut).SetTag("weld.loop.bytes_out", loop.BytesOut).SetTag("weld.loop.selectivity", loop.Selectivity).SetEndTime(end);
        }

        run?.SetTag("weld.memory.used", MemoryBudget.Used).SetStatus(error is null ? ActivityStatusCode.Ok : ActivityStatusCode.Error, error?.ToString()).SetEndTime(end);
    }
}
