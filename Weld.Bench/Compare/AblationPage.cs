using Weld.Bench.Pages;
using Weld.Bench.Peers;
using Weld.Bench.Workloads;
using Weld.Core.Optimizer;
using static System.FormattableString;

namespace Weld.Bench.Compare;

/// <summary><c>compare ablation</c>: what each pass of the optimizer gains, by leaving it out, beside what the paper found for the same workloads.</summary>
internal static class AblationPage
{
    /// <summary>
    /// How many times slower a workload was without an optimisation, on one thread: figure 5 of S. Palkar et al., Evaluating End-to-End Optimization for Data
    /// Analytics Applications in Weld, PVLDB 11(9), 2018; read off where the text has no number.
    /// </summary>
    private static readonly Dictionary<string, (string Workload, double Slower)[]> Paper = new()
    {
        ["loop-fusion"] =
        [
            ("data-cleaning", 1.82), ("crime-index-simple", 15.86), ("black-scholes", 2.72), ("haversine", 2.19), ("n-body", 1.69), ("birth-analysis", 1.07),
            ("movielens", 1.07), ("logistic-regression", 2.51), ("nyc-filter", 11.21), ("flight-delays", 2.02),
        ],
        ["unroll-static-loop"] = [("data-cleaning", 1.05), ("crime-index-simple", 3.17)],
        ["infer-size"] =
        [
            ("data-cleaning", 1.06), ("crime-index-simple", 1.02), ("black-scholes", 1.00), ("haversine", 1.06), ("n-body", 1.50), ("birth-analysis", 1.05),
            ("movielens", 1.00), ("logistic-regression", 0.99), ("nyc-filter", 0.99), ("flight-delays", 1.01),
        ],
        ["vectorize"] =
        [
            ("data-cleaning", 1.05), ("crime-index-simple", 1.01), ("black-scholes", 1.85), ("haversine", 1.01), ("n-body", 1.12), ("birth-analysis", 0.98),
            ("movielens", 0.98), ("nyc-filter", 1.40), ("flight-delays", 1.00),
        ],
        ["predicate"] =
        [
            ("data-cleaning", 1.05), ("crime-index-simple", 1.01), ("haversine", 1.01), ("n-body", 1.02), ("nyc-filter", 4.45), ("flight-delays", 1.00),
        ],
    };

    private static readonly string[] PassNames = [.. Pipeline.Default.Select(p => p.Name).Distinct()];

    /// <summary>The example programs, with all passes, without each, without any.</summary>
    public static IReadOnlyList<Peer> Peers { get; } = [new WeldPeer(), .. PassNames.Select(p => new WithoutPeer(p)), WithoutPeer.AnyPass];

    /// <summary>Measures them in turn.</summary>
    public static Page Run(Request request)
    {
        var measured = request with { Peers = Peers };
        var (outcomes, differences) = ContestPage.Contests(measured, request.Only.Count == 0 ? [.. ExamplePrograms.All] : request.Chosen(CompareCommand.Comparisons, c => c.Name));
        var sections = new List<Section>(ContestPage.Failures(differences));
        foreach (var count in request.Threads)
        {
            sections.Add(Programs(request, outcomes, count));
            sections.Add(Passes(outcomes, count));
        }

        return new Page("ablation", "Each optimisation left out", request.Setting() with { Participants = [new Participant("Weld", new WeldPeer().Version, null)] }, sections, [.. outcomes.SelectMany(o => o.Timings.SelectMany(t => t.Measurements(o)))]);
    }

    private static Section Programs(Request request, IReadOnlyList<Outcome> outcomes, int count)
    {
        var others = Peers.OfType<WithoutPeer>().ToArray();
        var rows = outcomes.Select(o => new Row([Short(o), Figure.Of(Whole(o, count).Median), .. others.Select(p => Cell(o, p, count))], request.Again(o.Comparison.Name, count)));
        var charts = outcomes.Select(o => new BarChart(
            $"{Short(o)}, without",
            [
                new Bar("nothing", Whole(o, count).Median, $"{Figure.Of(Whole(o, count).Median)} ms"),
                .. o.Timings.Where(t => t.Threads == count && t.Peer is WithoutPeer).OrderByDescending(t => t.Median).Select(t => new Bar(t.Peer.Name, t.Median, Invariant($"{t.Over(Whole(o, count)).Median:F2} ×"))),
            ],
            request.Again(o.Comparison.Name, count)));
        return new Section(
            Invariant($"How many times slower without, {count} {(count == 1 ? "thread" : "threads")}"),
            "The median over rounds that were run in turn, with its quartiles; in square brackets the paper's figure for its form of the workload on one thread (Palkar et al., PVLDB 11(9), 2018, figure 5). No figure: the program is the same without the pass. The second column has milliseconds with all passes.")
        {
            Table = new Table(["program", "all, ms", .. others.Select(p => p.Name)], [.. rows]).WithoutEmptyColumns(),
            Charts = [.. charts],
        };
    }

    private static Section Passes(IReadOnlyList<Outcome> outcomes, int count)
    {
        var rows = from peer in Peers.OfType<WithoutPeer>()
                   let changed = outcomes.Where(o => Find(o, peer, count) is not null).Select(o => (Name: Short(o), Slower: Find(o, peer, count)!.Over(Whole(o, count)).Median)).ToArray()
                   where changed.Length > 0
                   let most = changed.MaxBy(c => c.Slower)
                   let theirs = Paper.GetValueOrDefault(peer.Name, [])
                   orderby Quartiles.Mean(changed.Select(c => c.Slower)) descending
                   select new Row([peer.Name, Invariant($"{changed.Length}"), Invariant($"{Quartiles.Mean(changed.Select(c => c.Slower)):F2}"), Invariant($"{changed.Min(c => c.Slower):F2}"), Invariant($"{most.Slower:F2}"), most.Name,
                       theirs.Length == 0 ? "" : Invariant($"{Quartiles.Mean(theirs.Select(t => t.Slower)):F2} of {theirs.Length}")]);
        return new Section(Invariant($"What each pass gains, {count} {(count == 1 ? "thread" : "threads")}"), "Over the programs that the pass changes.")
        {
            Table = new Table(["left out", "programs", "times slower, geometric mean", "least", "most", "in", "the paper's mean"], [.. rows]),
        };
    }

    private static string Short(Outcome outcome) => outcome.Comparison.Name.Split('/')[^1];

    private static string Cell(Outcome outcome, WithoutPeer peer, int count)
    {
        if (Find(outcome, peer, count) is not { } time)
        {
            return "";
        }

        var slower = Figure.OfRatio(time.Over(Whole(outcome, count)));
        return Paper.GetValueOrDefault(peer.Name, []).FirstOrDefault(p => p.Workload == Short(outcome)) is { Slower: > 0 } paper ? Invariant($"{slower} [{paper.Slower:F2}]") : slower;
    }

    private static Timing Whole(Outcome outcome, int count) => outcome.Timings.Single(t => t.Peer is WeldPeer && t.Threads == count);

    private static Timing? Find(Outcome outcome, Peer peer, int count) => outcome.Timings.FirstOrDefault(t => t.Peer == peer && t.Threads == count);
}
