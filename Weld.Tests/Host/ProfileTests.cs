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
        Assert.Equal(("", "a direct index", ""), (filter.Storage, groups.Storage, sum.Storage));
        Assert.Equal((true, false), (groups.ResultTime > TimeSpan.Zero, filter.ResultTime > TimeSpan.Zero));
        Assert.Equal(Text.IndexOf("for(zip", StringComparison.Ordinal), groups.Span.Start);
        Assert.Contains("dictmerger[i64,i64,+]", groups.Plan, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("result(for(v, merger[f64,+], |b, i, x| if(x >= 3.0, merge(b, x), b)))", 0.25)]
    [InlineData("result(for(v, merger[f64,+], |b, i, x| let y = x * 2.0; if(y >= 2.0, if(y < 6.0, merge(b, y), b), b)))", 0.5)]
    [InlineData("result(for(v, {merger[f64,+], merger[i64,+]}, |b, i, x| {if(x > 2.0, merge(b.$0, x), b.$0), if(x < 1.0, merge(b.$1, 1L), b.$1)}))", 0.5)]
    [InlineData("len(tovec(result(for(v, dictmerger[i64,f64,+], |b, i, x| if(x != 0.0, merge(b, {i64(x), x}), b)))))", 0.75)]
    [InlineData("result(for(v, vecmerger[f64,+]([0.0, 0.0, 0.0, 0.0]), |b, i, x| if(i % 4L == 1L, b, merge(b, {i64(x), x}))))", 0.75)]
    [InlineData("result(for(v, merger[f64,+], |b, i, x| if(lookup(v, i) == 0.0, merge(b, x), b)))", null)]
    [InlineData("result(for(v, merger[f64,+], |b, i, x| for(v, b, |c, j, y| if(y > x, merge(c, y), c))))", null)]
    [InlineData("result(for(v, merger[f64,+], |b, i, x| merge(b, if(x > 1.0, x, 0.0))))", null)]
    public void SelectivityIsThatOfAllRowsOfAFew(string body, double? expected) => Assert.Equal(expected, Profile(body, V[..64], 1).Selectivity);

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void SelectivityOfManyRowsIsThatOfASample(int threads)
    {
        var sorted = Enumerable.Range(0, 1_000_000).Select(i => i / 1e6).ToArray();
        foreach (var share in (double[])[0, 0.1, 0.5, 0.9, 1])
        {
            var loop = Profile(FormattableString.Invariant($"result(for(v, merger[f64,+], |b, i, x| if(x < {share:F1}, merge(b, x), b)))"), sorted, threads);
            Assert.InRange(loop.Selectivity!.Value, share - 0.04, share + 0.04);
        }
    }

    [Theory]
    [InlineData(1, 3)]
    [InlineData(1, 100_000)]
    [InlineData(3, 100_000)]
    public void RowsOutOfDictionariesAreTheirNewKeysHoweverTheyAreKept(int threads, int keys)
    {
        var rows = Enumerable.Range(0, 400_000).Select(i => (double)(i * 7919L % keys * 1_000_003L)).ToArray();
        var loop = Profile("len(tovec(result(for(v, dictmerger[i64,i64,+], |b, i, x| merge(b, {i64(x), 1L})))))", rows, threads);
        Assert.Equal((keys, keys * 16L), (loop.RowsOut, loop.BytesOut));
        Assert.EndsWith(keys > 1000 ? "partitions" : "a hash table", loop.Storage, StringComparison.Ordinal);
        Assert.InRange(loop.ResultTime, TimeSpan.FromTicks(1), TimeSpan.MaxValue);
        var groups = Profile("len(tovec(result(for(v, groupmerger[i64,i64], |b, i, x| merge(b, {i64(x), 1L})))))", rows, threads);
        Assert.Equal((400_000, 1.0), (groups.RowsOut, groups.Selectivity));
    }

    [Fact]
    public void ARunWithAProfileHasTheMemoryOfOneWithout()
    {
        var module = WeldModule.Compile(
            "|v: vec[vec[f64]], k: vec[vec[f64]]| let d = result(for(k, dictmerger[vec[f64],i64,+], |b, i, x| merge(b, {x, 1L}))); result(for(v, merger[i64,+], |b, i, x| if(keyexists(d, x), merge(b, 1L), b)))",
            new CompileOptions { Backend = Backend.Compiled });
        var v = Enumerable.Range(0, 20_000).Select(i => (double[])[i % 50, -0.0, i]).ToArray();
        var (least, enough) = (0L, 64L << 20);
        while (enough - least > 1)
        {
            var limit = (least + enough) / 2;
            (least, enough) = Runs(limit, null) ? (least, limit) : (limit, enough);
        }

        RunProfile? profile = null;
        Assert.True(Runs(enough, p => profile = p));
        Assert.InRange(profile!.Loops[1].Selectivity!.Value, 0.001, 0.1);

        bool Runs(long limit, Action<RunProfile>? see)
        {
            try
            {
                using var result = module.Run(new RunOptions { Threads = 1, MemoryLimit = limit, Profile = see }, v, v[..100]);
                return true;
            }
            catch (WeldRuntimeException e) when (e.Code == RuntimeCode.OutOfMemory)
            {
                return false;
            }
        }
    }

    private static LoopProfile Profile(string body, double[] v, int threads)
    {
        RunProfile? profile = null;
        var module = WeldModule.Compile($"|v: vec[f64]| {body}", new CompileOptions { Passes = [], Backend = Backend.Compiled });
        module.Run(new RunOptions { Threads = threads, Profile = p => profile = p }, v).Dispose();
        return profile!.Loops[0];
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
