using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Weld.Core.Diagnostics;
using Weld.Managed;

namespace Weld.Tests.Host;

public sealed class ProfileTests
{
    private const string Text = "|v: vec[f64], k: vec[i64]| {result(for(v, appender[f64], |b, i, x| if(x >= 3.0, merge(b, x), b))), len(tovec(result(for(zip(k, v), dictmerger[i64,i64,+], |b, i, x| merge(b, {x.$0, 1L}))))), result(for(v, merger[f64,+], |b, i, x| merge(b, x)))}";

    private static readonly double[] V = [.. Enumerable.Range(0, 1000).Select(i => (double)(i % 4))];
    private static readonly long[] K = [.. Enumerable.Range(0, 1000).Select(i => (long)(i % 10))];

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void AProfileTellsOfEachLoop(int threads)
    {
        RunProfile? profile = null;
        var module = WeldModule.Compile(Text, new CompileOptions { Passes = [], Backend = Backend.Compiled });
        module.Run(new RunOptions { Threads = threads, Grain = 100, Profile = p => profile = p }, V, K).Dispose();
        Assert.Equal(3, profile!.Loops.Count);
        Assert.All(profile.Loops, loop =>
        {
            Assert.Equal((1, 1000), (loop.Runs, loop.RowsIn));
            Assert.InRange(loop.Time, TimeSpan.Zero, profile.Time);
            Assert.True(loop.ThreadTime > TimeSpan.Zero);
            Assert.InRange(loop.Threads, 1, threads);
        });
        var (filter, groups, sum) = (profile.Loops[0], profile.Loops[1], profile.Loops[2]);
        Assert.Equal((8000, 250, 2000, 0.25), (filter.BytesIn, filter.RowsOut, filter.BytesOut, filter.Selectivity));
        Assert.Equal((16000, 10, 160), (groups.BytesIn, groups.RowsOut, groups.BytesOut));
        Assert.Equal((8000, 0, null), (sum.BytesIn, sum.RowsOut, sum.Selectivity));
        Assert.Equal(Text.IndexOf("for(zip", StringComparison.Ordinal), groups.Span.Start);
        Assert.Contains("dictmerger[i64,i64,+]", groups.Plan, StringComparison.Ordinal);
    }

    [Fact]
    public void ALoopThatRunsOftenIsOneLoop()
    {
        RunProfile? profile = null;
        var module = WeldModule.Compile("|v: vec[f64]| iterate({0L, 0.0}, |s| {{s.$0 + 1L, result(for(v, merger[f64,+](s.$1), |b, i, x| merge(b, x)))}, s.$0 < 6L})", new CompileOptions { Backend = Backend.Compiled });
        module.Run(new RunOptions { Profile = p => profile = p }, V).Dispose();
        Assert.Equal((7, 7000), (Assert.Single(profile!.Loops).Runs, profile.Loops[0].RowsIn));
    }

    [Fact]
    public void ARunThatFailsHasAProfile()
    {
        RunProfile? profile = null;
        var module = WeldModule.Compile("|v: vec[f64], k: vec[i64]| {len(tovec(result(for(k, dictmerger[i64,i64,+], |b, i, x| merge(b, {x, 1L}))))), lookup(k, 1000L)}", new CompileOptions { Backend = Backend.Compiled });
        Assert.Throws<WeldRuntimeException>(() => module.Run(new RunOptions { Profile = p => profile = p }, V, K));
        Assert.NotNull(profile);
    }

    [Fact]
    public void ListenersOfTheFrameworkHearOfRunsAndLoops()
    {
        var activities = new ConcurrentBag<Activity>();
        var measured = new ConcurrentBag<(string Name, double Value)>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = s => s.Name == "Weld", Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData, ActivityStopped = activities.Add,
        };
        ActivitySource.AddActivityListener(listener);
        using var meters = new MeterListener();
        meters.InstrumentPublished = (instrument, l) =>
        {
            if (instrument.Meter.Name == "Weld")
            {
                l.EnableMeasurementEvents(instrument);
            }
        };
        meters.SetMeasurementEventCallback<double>((i, value, _, _) => measured.Add((i.Name, value)));
        meters.SetMeasurementEventCallback<long>((i, value, _, _) => measured.Add((i.Name, value)));
        meters.Start();
        var module = WeldModule.Compile("|v: vec[f64]| result(for(v, appender[f64], |b, i, x| if(x > 777.5, merge(b, x), b)))", new CompileOptions { Backend = Backend.Compiled });
        for (var clock = Stopwatch.StartNew(); activities.IsEmpty && clock.Elapsed < TimeSpan.FromSeconds(60);)
        {
            module.Run((object)V).Dispose();
        }

        module.Run((object)V.Append(778.0).ToArray()).Dispose();
        meters.RecordObservableInstruments();
        var loop = Assert.Single(activities, a => a.OperationName == "weld.loop" && Equals(a.GetTagItem("weld.loop.rows_out"), 1L) && Equals(a.GetTagItem("weld.loop.rows_in"), 1001L));
        Assert.Contains(activities, a => a.OperationName == "weld.run" && a.Context.SpanId == loop.ParentSpanId && a.Duration >= loop.Duration);
        Assert.Contains(("weld.loop.rows", 1001), measured);
        Assert.Subset(measured.Select(m => m.Name).ToHashSet(), new HashSet<string> { "weld.run.duration", "weld.loop.duration", "weld.loop.rows", "weld.memory.used", "weld.memory.pooled" });
    }
}
