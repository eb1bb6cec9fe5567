using Weld.Bench.Accuracy;
using Weld.Bench.Kernels;
using Weld.Bench.Pages;
using Weld.Bench.Peers;
using Weld.Bench.Peers.DotNet;
using static System.FormattableString;

namespace Weld.Bench.Compare;

/// <summary><c>compare functions</c>: what an element takes of each elementary function, and by how much it errs, beside libraries of such functions for vectors.</summary>
internal static class FunctionsPage
{
    /// <summary>On so many numbers errors are measured.</summary>
    private const int Sample = 10_000;

    /// <summary>Who errs by more ulps than Weld and this is less accurate.</summary>
    private const double Slack = 0.5;

    /// <summary>What Weld is to take at most, of what the best takes that is as accurate.</summary>
    private const double Aim = 1.3;

    /// <summary>Weld and the libraries.</summary>
    public static IReadOnlyList<Peer> Peers { get; } = [new WeldPeer(), TwinPeer.FastMath, SleefPeer.U10, SleefPeer.U35, ManagedPeer.Tensors];

    /// <summary>What can be asked for by itself.</summary>
    public static IEnumerable<string> Names => ElementaryMap.All.Select(m => m.Comparison.Name);

    public static Page Run(Request request)
    {
        var measured = request with { Peers = Peers };
        var maps = request.Chosen(ElementaryMap.All, m => m.Comparison.Name);
        var (outcomes, differences) = ContestPage.Contests(measured, [.. maps.Select(m => m.Comparison)]);
        Figures[] figures = [.. outcomes.Select(o => new Figures(o, Errors(maps.Single(m => m.Comparison == o.Comparison))))];
        return new Page(
            "functions", "Elementary functions", measured.Setting(),
            [.. ContestPage.Failures(differences), Table(request, figures)],
            [.. figures.SelectMany(f => f.Measurements)]);
    }

    /// <summary>The greatest error of each peer on the sample, in ulps.</summary>
    public static IReadOnlyDictionary<Peer, double> Errors(ElementaryMap map)
    {
        var arguments = map.Comparison.Arguments(Sample);
        double[][] numbers = [.. arguments.Select(Doubles)];
        var exact = ParallelEnumerable.Range(0, Sample).AsOrdered().Select(i => Reference.Evaluate(map.Function, numbers[0][i], numbers[^1][i])).ToArray();
        return Peers.Select(p => (Peer: p, Entry: p.Enter(map.Comparison, arguments, 1))).Where(p => p.Entry is not null).ToDictionary(p => p.Peer, p => Greatest(p.Entry!));

        double Greatest(Entry entry)
        {
            using (entry)
            {
                return exact.Zip(Doubles(entry.Answer()[0]), (e, found) => Reference.Error(e, found, map.Kind)).Max();
            }
        }

        static double[] Doubles(object column) => column as double[] ?? Array.ConvertAll((float[])column, x => (double)x);
    }

    private static Section Table(Request request, IReadOnlyList<Figures> figures)
    {
        Peer[] others = [.. Peers.Skip(1)];
        var rows = figures.Select(f => new Row([f.Name, f.Of(Peers[0]), .. others.Select(f.Of), f.Best?.Timing.Peer.Name ?? "", f.Best is { } best ? Figure.OfRatio(best.Ratio) : ""], request.Again(f.Name))).ToList();
        double[] ratios = [.. figures.Where(f => f.Best is not null).Select(f => f.Best!.Value.Ratio.Median)];
        if (ratios.Length > 0)
        {
            rows.Add(new Row(["geometric mean", .. Peers.Select(_ => ""), "", Invariant($"{Quartiles.Mean(ratios):F2}")]) { IsSummary = true });
        }

        return new Section(
            "Per element",
            Invariant($"Nanoseconds for an element of a map over an array that fits the caches, by whole runs, beginning and end included; then the greatest error on {Sample:N0} numbers of the same range, in units of the last place; last Weld's time ÷ the peer's, the median over rounds that were run in turn, and its quartiles. `C fast-math` calls the functions of libmvec for vectors where the C library has them. The best is the fastest of those that err by at most {Slack} ulp more than Weld, which takes at most {Aim} × as long in {ratios.Count(r => r <= Aim)} of {ratios.Length}."))
        {
            Table = new Table(["function", .. Peers.Select(p => p.Name), "best of equal accuracy", "÷ best"], rows).WithoutEmptyColumns(),
            Charts = [.. figures.Select(f => f.Chart(request.Again(f.Name)))],
        };
    }

    /// <summary>What was measured of a function.</summary>
    private sealed record Figures(Outcome Outcome, IReadOnlyDictionary<Peer, double> Errors)
    {
        public string Name => Outcome.Comparison.Name;

        /// <summary>The fastest of those that are as accurate as Weld; null if there is none.</summary>
        public (Timing Timing, Quartiles Ratio)? Best => Outcome.Timings.Where(t => t != Weld && Errors[t.Peer] <= Errors[Weld.Peer] + Slack).MinBy(t => t.Median) is { } best ? (best, Weld.Over(best)) : null;

        public IEnumerable<Measurement> Measurements => Outcome.Timings.SelectMany(t => new[]
        {
            new Measurement(Name, Outcome.Rows, t.Peer.Name, 1, "ns per element", [.. t.Milliseconds.Select(Nanoseconds)]),
            new Measurement(Name, Sample, t.Peer.Name, 1, "ulp", [Errors[t.Peer]]),
        });

        private Timing Weld => Outcome.Timings[0];

        public string Of(Peer peer) => Outcome.Timings.FirstOrDefault(t => t.Peer == peer) is { } timing ? $"{Time(timing)} · {Error(peer)}{(timing == Weld ? "" : $" · {Figure.OfRatio(Weld.Over(timing))}")}" : "";

        public BarChart Chart(string again) => new(Name, [.. Outcome.Timings.Select(t => new Bar(t.Peer.Name, t.Median, $"{Time(t)} ns, {Error(t.Peer)}"))], again);

        private string Time(Timing timing) => Figure.Of(Nanoseconds(timing.Median));

        private string Error(Peer peer) => Invariant($"{Errors[peer]:F2} ulp");

        private double Nanoseconds(double milliseconds) => milliseconds * 1e6 / Outcome.Rows;
    }
}
