using System.Diagnostics;
using Weld.Bench.Pages;
using Weld.Bench.Peers.Children;
using static System.FormattableString;

namespace Weld.Bench.Compare;

/// <summary>Weld beside its peers: bars and a table for each number of threads, what is gained from threads, and where Weld loses.</summary>
internal static class ContestPage
{
    /// <summary>Measures what is asked for.</summary>
    public static Page Run(Request request)
    {
        var (outcomes, differences) = Contests(request, request.Chosen(CompareCommand.Comparisons, c => c.Name));
        return Of(request, outcomes, differences);
    }

    /// <summary>The outcomes of comparisons, and rows that name those whose peers did not agree.</summary>
    /// <param name="request">By whom, and how.</param>
    /// <param name="comparisons">Which.</param>
    /// <param name="only">What to ask for to have them again; null for the name of each.</param>
    public static (IReadOnlyList<Outcome> Outcomes, IReadOnlyList<Row> Differences) Contests(Request request, IReadOnlyList<Comparison> comparisons, string? only = null)
    {
        var (outcomes, differences) = (new List<Outcome>(), new List<Row>());
        for (var i = 0; i < comparisons.Count; i++)
        {
            var watch = Stopwatch.StartNew();
            request.Progress.Write($"{i + 1}/{comparisons.Count} {comparisons[i].Name}");
            try
            {
                outcomes.Add(Contest.Run(comparisons[i], request.Peers, request));
                request.Progress.Write(string.Concat(outcomes[^1].Dropouts.Select(d => $" ({d.Peer.Name}: {d.Why})")));
                request.Progress.WriteLine(Invariant($" in {watch.Elapsed.TotalSeconds:F0} s") + $" {string.Join(' ', outcomes[^1].Timings.Select(t => Invariant($"| {t.Peer.Name}/{t.Threads} {Figure.Of(t.Median)} ms")))}");
            }
            catch (AnswersDifferException e)
            {
                request.Progress.WriteLine($": {e.Message}");
                differences.Add(new Row([comparisons[i].Name, e.Message], request.Again(only ?? comparisons[i].Name)));
            }
        }

        return (outcomes, differences);
    }

    /// <summary>A section that names them; none if there are none.</summary>
    public static IEnumerable<Section> Failures(IReadOnlyList<Row> differences) => differences.Count == 0 ? [] :
        [new Section(CompareCommand.Differences, "Answers that are not the same: nothing is timed.") { Table = new Table(["kernel", "difference"], differences) }];

    /// <summary>A section that names the peers that failed; none if there are none.</summary>
    public static IEnumerable<Section> DidNotTakePart(IReadOnlyList<Row> dropouts) => dropouts.Count == 0 ? [] :
        [new Section("Did not take part", "Peers that should have, and failed.") { Table = new Table(["kernel", "peer", "threads", "why"], dropouts) }];

    /// <summary>Rows that name the peers that failed.</summary>
    /// <param name="outcome">In what.</param>
    /// <param name="name">Its name.</param>
    /// <param name="again">The words that ask for it again, by the number of threads.</param>
    public static IEnumerable<Row> Dropouts(Outcome outcome, string name, Func<int, string> again) => outcome.Dropouts.Select(d => new Row([name, d.Peer.Name, Invariant($"{d.Threads}"), d.Why], again(d.Threads)));

    /// <summary>The page of what came out.</summary>
    public static Page Of(Request request, IReadOnlyList<Outcome> outcomes, IReadOnlyList<Row> differences)
    {
        var sections = new List<Section> { InShort(outcomes) };
        sections.AddRange(Failures(differences));
        sections.AddRange(request.Threads.Select(count => Times(request, outcomes, count)));
        sections.Add(Losses(request, outcomes));
        if (request.Threads.Count > 1)
        {
            sections.Add(Scaling(request, outcomes));
        }

        sections.Add(Compiling(request, outcomes));
        sections.AddRange(DidNotTakePart([.. outcomes.SelectMany(o => Dropouts(o, o.Comparison.Name, threads => request.Again(o.Comparison.Name, threads)))]));

        return new Page("compare", "Weld beside its peers", request.Setting(), sections, [.. outcomes.SelectMany(o => o.Timings.SelectMany(t => t.Measurements(o)))]);
    }

    private static Section InShort(IReadOnlyList<Outcome> outcomes)
    {
        var ratios = from o in outcomes
                     from t in o.Timings
                     where t.Peer is not WeldPeer
                     let weld = Weld(o, t.Threads)
                     where weld is not null
                     group weld.Over(t).Median by (t.Threads, t.Peer.Name) into peer
                     orderby peer.Key.Threads
                     select new Row([peer.Key.Name, Invariant($"{peer.Key.Threads}"), Invariant($"{peer.Count()}"), Invariant($"{Quartiles.Mean(peer):F2}"), Invariant($"{peer.Min():F2}"), Invariant($"{peer.Max():F2}"), Invariant($"{peer.Count(r => r < 1)}")]);
        return new Section("In short", "Weld's time ÷ the peer's over what both compute: below 1, Weld is faster.")
        {
            Table = new Table(["peer", "threads", "kernels", "geometric mean", "least", "most", "Weld is faster in"], [.. ratios]),
        };
    }

    private static Section Times(Request request, IReadOnlyList<Outcome> outcomes, int count)
    {
        Peer[] others = [.. request.Peers.Where(p => p is not WeldPeer)];
        var (best, asWritten) = (new List<double>(), new List<double>());
        var (rows, charts) = (new List<Row>(), new List<Chart>());
        foreach (var outcome in outcomes)
        {
            if (Weld(outcome, count) is not { } weld)
            {
                continue;
            }

            var again = request.Again(outcome.Comparison.Name, count);
            var cells = others.Select(p => Find(outcome, p, count) is { } t ? $"{Figure.Of(t.Median)} · {Figure.OfRatio(weld.Over(t))}" : "");
            rows.Add(new Row([outcome.Comparison.Name, Invariant($"{outcome.Rows}"), Figure.Of(weld.Median), .. cells, Against(_ => true, best), Against(p => p.Rounds, asWritten)], again));
            charts.Add(new BarChart(Invariant($"{outcome.Comparison.Name}, {outcome.Rows:N0} rows"),
                [.. outcome.Timings.Where(t => t.Threads == count).OrderBy(t => t.Peer is not WeldPeer).Select(t => new Bar(t.Peer.Name, t.Median, t == weld ? $"{Figure.Of(t.Median)} ms" : Invariant($"{Figure.Of(t.Median)} ms, {t.Over(weld).Median:F2} ×")))], again));

            string Against(Func<Peer, bool> counts, List<double> all)
            {
                var twin = outcome.Timings.Where(t => t.Threads == count && t.Peer.IsTwin && counts(t.Peer)).MinBy(t => t.Median);
                if (twin is null)
                {
                    return "";
                }

                var ratio = weld.Over(twin);
                all.Add(ratio.Median);
                return Figure.OfRatio(ratio);
            }
        }

        if (best.Count > 0)
        {
            rows.Add(new Row(["geometric mean", "", "", .. others.Select(_ => ""), Mean(best), Mean(asWritten)]) { IsSummary = true });
        }

        return new Section(Invariant($"{count} {(count == 1 ? "thread" : "threads")}"),
            "Medians in milliseconds; after the dot Weld's time ÷ the peer's: the median over rounds that were run in turn, and its quartiles. `as written` is the best C that rounds each operation as the program says.")
        {
            Table = new Table(["kernel", "rows", "Weld", .. others.Select(p => p.Name), "÷ best C", "÷ best C as written"], rows).WithoutEmptyColumns(),
            Charts = charts,
        };
    }

    private static Section Losses(Request request, IReadOnlyList<Outcome> outcomes)
    {
        var losses = from o in outcomes
                     from t in o.Timings
                     where t.Peer is not WeldPeer
                     let weld = Weld(o, t.Threads)
                     where weld is not null
                     let ratio = weld.Over(t)
                     where ratio.Low > 1
                     group (Time: t, Weld: weld, Ratio: ratio) by (o.Comparison.Name, t.Threads) into kernel
                     let most = kernel.MaxBy(k => k.Ratio.Median)
                     orderby most.Ratio.Median descending
                     select new Row(
                         [kernel.Key.Name, Invariant($"{kernel.Key.Threads}"), Figure.Of(most.Weld.Median), most.Time.Peer.Name, Figure.Of(most.Time.Median), Figure.OfRatio(most.Ratio),
                          string.Join(", ", kernel.Where(k => k != most).OrderByDescending(k => k.Ratio.Median).Select(k => $"{k.Time.Peer.Name} {Figure.OfRatio(k.Ratio)}"))],
                         request.Again(kernel.Key.Name, kernel.Key.Threads));
        Row[] rows = [.. losses];
        return new Section("Where Weld loses", rows.Length == 0 ? outcomes.Any(o => o.Timings.Any(t => t.Peer is not WeldPeer && Weld(o, t.Threads) is not null)) ? "Nowhere in these figures." : "Nothing was compared." : "Where a peer is faster in more than three quarters of the rounds, the largest loss first.")
        {
            Table = rows.Length == 0 ? null : new Table(["kernel", "threads", "Weld", "fastest", "its time", "Weld ÷ it", "also faster"], rows).WithoutEmptyColumns(),
        };
    }

    private static Section Scaling(Request request, IReadOnlyList<Outcome> outcomes)
    {
        var (one, most) = (request.Threads.Min(), request.Threads.Max());
        return new Section(Invariant($"From {one} to {most} threads"), "How many times faster, with quartiles.")
        {
            Table = new Table(
                ["kernel", .. request.Peers.Select(p => p.Name)],
                [.. outcomes.Select(o => new Row([o.Comparison.Name, .. request.Peers.Select(p => Find(o, p, one) is { } a && Find(o, p, most) is { } b ? Figure.OfRatio(a.Over(b)) : "")], request.Again(o.Comparison.Name)))]).WithoutEmptyColumns(),
        };
    }

    private static Section Compiling(Request request, IReadOnlyList<Outcome> outcomes)
    {
        return new Section("Compiling", "Milliseconds, before the first run and in no other figure. What was compiled before is found again.")
        {
            Table = new Table(
                ["kernel", .. request.Peers.Select(p => p.Name)],
                [.. outcomes.Select(o => new Row([o.Comparison.Name, .. request.Peers.Select(p => Time(o, p) is { } time ? Figure.Of(time.TotalMilliseconds) : "")], request.Again(o.Comparison.Name)))]).WithoutEmptyColumns(),
        };

        TimeSpan? Time(Outcome outcome, Peer peer) => Find(outcome, peer, request.Threads[0])?.Compilation;
    }

    private static Timing? Weld(Outcome outcome, int count) => outcome.Timings.FirstOrDefault(t => t.Peer is WeldPeer && t.Threads == count);

    private static Timing? Find(Outcome outcome, Peer peer, int count) => outcome.Timings.FirstOrDefault(t => t.Peer == peer && t.Threads == count);

    private static string Mean(List<double> ratios) => ratios.Count == 0 ? "" : Invariant($"{Quartiles.Mean(ratios):F2}");
}
