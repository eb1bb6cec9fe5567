using System.Globalization;
using Weld.Bench.Pages;
using Weld.Bench.Peers.Children;

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
    public static (IReadOnlyList<Outcome> Outcomes, IReadOnlyList<Row> Differences) Contests(Request request, IReadOnlyList<Comparison> comparisons)
    {
        var (outcomes, differences) = (new List<Outcome>(), new List<Row>());
        for (var i = 0; i < comparisons.Count; i++)
        {
            request.Progress.Write($"{i + 1}/{comparisons.Count} {comparisons[i].Name}");
            try
            {
                outcomes.Add(Contest.Run(comparisons[i], request.Peers, request));
                request.Progress.Write(string.Concat(outcomes[^1].Dropouts.Select(d => $" ({d.Peer.Name}: {d.Why})")));
                request.Progress.WriteLine($" {string.Join(' ', outcomes[^1].Timings.Select(t => Text($"| {t.Peer.Name}/{t.Threads} {t.Median:G3} ms")))}");
            }
            catch (AnswersDifferException e)
            {
                request.Progress.WriteLine($": {e.Message}");
                differences.Add(new Row([comparisons[i].Name, e.Message], request.Again(comparisons[i].Name)));
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
    public static IEnumerable<Row> Dropouts(Outcome outcome, string name, Func<int, string> again) => outcome.Dropouts.Select(d => new Row([name, d.Peer.Name, Text($"{d.Threads}"), d.Why], again(d.Threads)));

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
                     select new Row([peer.Key.Name, Text($"{peer.Key.Threads}"), Text($"{peer.Count()}"), Text($"{Quartiles.Mean(peer):F2}"), Text($"{peer.Min():F2}"), Text($"{peer.Max():F2}"), Text($"{peer.Count(r => r < 1)}")]);
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
            var cells = others.Select(p => Find(outcome, p, count) is { } t ? Text($"{t.Median:G3} ({weld.Over(t).Median:F2})") : "");
            rows.Add(new Row([outcome.Comparison.Name, Text($"{outcome.Rows}"), Text($"{weld.Median:G3}"), .. cells, Against(_ => true, best), Against(p => p.Rounds, asWritten)], again));
            charts.Add(new BarChart(Text($"{outcome.Comparison.Name}, {outcome.Rows:N0} rows"),
                [.. outcome.Timings.Where(t => t.Threads == count).OrderBy(t => t.Peer is not WeldPeer).Select(t => new Bar(t.Peer.Name, t.Median, t == weld ? Text($"{t.Median:G3} ms") : Text($"{t.Median:G3} ms, {t.Median / weld.Median:F2} ×")))], again));

            string Against(Func<Peer, bool> counts, List<double> all)
            {
                var twin = outcome.Timings.Where(t => t.Threads == count && t.Peer.IsTwin && counts(t.Peer)).MinBy(t => t.Median);
                if (twin is null)
                {
                    return "";
                }

                var ratio = weld.Over(twin);
                all.Add(ratio.Median);
                return Text($"{ratio.Median:F2} ({ratio.Low:F2}–{ratio.High:F2})");
            }
        }

        if (best.Count > 0)
        {
            rows.Add(new Row(["geometric mean", "", "", .. others.Select(_ => ""), Mean(best), Mean(asWritten)]) { IsSummary = true });
        }

        return new Section(Text($"{count} {(count == 1 ? "thread" : "threads")}"),
            "Medians in milliseconds; in a peer's column Weld's time ÷ the peer's: the median over rounds that were run in turn. Of the ratio to the best C the quartiles too; `as written` is the best C that rounds each operation as the program says.")
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
                         [kernel.Key.Name, Text($"{kernel.Key.Threads}"), Text($"{most.Weld.Median:G3}"), most.Time.Peer.Name, Text($"{most.Time.Median:G3}"), Text($"{most.Ratio.Median:F2} ({most.Ratio.Low:F2}–{most.Ratio.High:F2})"),
                          string.Join(", ", kernel.Where(k => k != most).OrderByDescending(k => k.Ratio.Median).Select(k => Text($"{k.Time.Peer.Name} {k.Ratio.Median:F2}")))],
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
        return new Section(Text($"From {one} to {most} threads"), "How many times faster.")
        {
            Table = new Table(
                ["kernel", .. request.Peers.Select(p => p.Name)],
                [.. outcomes.Select(o => new Row([o.Comparison.Name, .. request.Peers.Select(p => Find(o, p, one) is { } a && Find(o, p, most) is { } b ? Text($"{a.Over(b).Median:F2}") : "")], request.Again(o.Comparison.Name)))]).WithoutEmptyColumns(),
        };
    }

    private static Section Compiling(Request request, IReadOnlyList<Outcome> outcomes)
    {
        return new Section("Compiling", "Milliseconds, before the first run and in no other figure. What was compiled before is found again.")
        {
            Table = new Table(
                ["kernel", .. request.Peers.Select(p => p.Name)],
                [.. outcomes.Select(o => new Row([o.Comparison.Name, .. request.Peers.Select(p => Time(o, p) is { } time ? Text($"{time.TotalMilliseconds:G3}") : "")], request.Again(o.Comparison.Name)))]).WithoutEmptyColumns(),
        };

        TimeSpan? Time(Outcome outcome, Peer peer) => Find(outcome, peer, request.Threads[0])?.Compilation;
    }

    private static Timing? Weld(Outcome outcome, int count) => outcome.Timings.FirstOrDefault(t => t.Peer is WeldPeer && t.Threads == count);

    private static Timing? Find(Outcome outcome, Peer peer, int count) => outcome.Timings.FirstOrDefault(t => t.Peer == peer && t.Threads == count);

    private static string Mean(List<double> ratios) => ratios.Count == 0 ? "" : Text($"{Quartiles.Mean(ratios):F2}");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
