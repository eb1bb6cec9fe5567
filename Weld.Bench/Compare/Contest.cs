using System.Diagnostics;
using Weld.Bench.Pages;

namespace Weld.Bench.Compare;

/// <summary>A peer on a number of threads, and its times in milliseconds, one for each round.</summary>
internal sealed record Timing(Peer Peer, int Threads, double[] Milliseconds)
{
    /// <summary>What compiling took, before the first run; null if nothing was compiled.</summary>
    public TimeSpan? Compilation { get; init; }

    /// <summary>The median time.</summary>
    public double Median => Quartiles.Of(Milliseconds).Median;

    /// <summary>The quartiles of this time ÷ another's, round by round.</summary>
    public Quartiles Over(Timing other) => Quartiles.OfRatios(Milliseconds, other.Milliseconds);

    /// <summary>The times as a page keeps them.</summary>
    public IEnumerable<Measurement> Measurements(Outcome outcome) =>
    [
        Measurement(outcome, "ms", Milliseconds),
        .. Compilation is { } compilation ? [Measurement(outcome, "ms to compile", [compilation.TotalMilliseconds])] : Array.Empty<Measurement>(),
    ];

    private Measurement Measurement(Outcome outcome, string quantity, double[] values) => new(outcome.Comparison.Name, outcome.Rows, Peer.Name, Threads, quantity, values);
}

/// <summary>What came out of one comparison.</summary>
internal sealed record Outcome(Comparison Comparison, long Rows, IReadOnlyList<Timing> Timings);

/// <summary>Two peers gave different answers, so neither's time counts.</summary>
internal sealed class AnswersDifferException(string message) : Exception(message);

/// <summary>
/// Runs the peers of one comparison in turn, A B C A B C …, so that a machine that slows down slows all. Nothing is timed before all answers agree.
/// </summary>
internal static class Contest
{
    private const int FewestRounds = 7;
    private const int MostRounds = 51;
    private const int FewestRoundsOfSlow = 3;
    private static readonly TimeSpan Budget = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestTurns = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan LongestWarmUp = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan ShortestRun = TimeSpan.FromMilliseconds(2);

    /// <summary>Times the peers that take part.</summary>
    /// <param name="comparison">What.</param>
    /// <param name="peers">Who.</param>
    /// <param name="request">On how many threads, on what share of the usual rows, by which clock.</param>
    /// <exception cref="AnswersDifferException">Two answers differ.</exception>
    public static Outcome Run(Comparison comparison, IReadOnlyList<Peer> peers, Request request)
    {
        var rows = comparison.RowsAt(request.Scale);
        var arguments = comparison.Arguments(rows);
        var runners = new List<Runner>();
        try
        {
            foreach (var count in request.Threads)
            {
                runners.AddRange(peers.Select(p => (Peer: p, Entry: p.Enter(comparison, arguments, count))).Where(e => e.Entry is not null).Select(e => new Runner(e.Peer, count, e.Entry!, request.Clock)));
            }

            Check(comparison, runners);
            runners.ForEach(r => r.Calibrate());
            var clock = Stopwatch.StartNew();
            for (var round = 0; round < FewestRounds || (round < MostRounds && clock.Elapsed < Budget); round++)
            {
                runners.ForEach(r => r.Time());
            }

            return new Outcome(comparison, rows, [.. runners.Select(r => new Timing(r.Peer, r.Threads, [.. r.Times]) { Compilation = r.Entry.Compilation })]);
        }
        finally
        {
            runners.ForEach(r => r.Entry.Dispose());
            GC.Collect();
        }
    }

    private static void Check(Comparison comparison, List<Runner> runners)
    {
        Array[]? expected = null;
        foreach (var runner in runners)
        {
            var found = runner.Entry.Answer();
            expected ??= found;
            var unordered = comparison.Unordered || (comparison.UnorderedInTables && runner.Peer.IsOfTables);
            if (Answers.Difference(Ordered(expected), Ordered(found), comparison.Tolerance) is { } difference)
            {
                throw new AnswersDifferException($"{runners[0].Peer.Name} and {runner.Peer.Name} ({runner.Threads} threads) differ: {difference}");
            }

            Array[] Ordered(Array[] columns) => unordered ? Answers.ByKey(columns) : columns;
        }
    }

    private sealed record Runner(Peer Peer, int Threads, Entry Entry, Clock Clock)
    {
        private int _repeats = 1;
        private bool _isShort;
        private TimeSpan _spent;

        public List<double> Times { get; } = [];

        /// <summary>Runs until it is as fast as it gets, and finds how often to run for a time long enough to measure.</summary>
        public void Calibrate()
        {
            Entry.WarmUp();
            var fastest = TimeSpan.MaxValue;
            for (var (run, warm) = (0, Stopwatch.StartNew()); run == 0 || (run < 2 && warm.Elapsed < LongestTurns / 2) || (run < 200 && warm.ElapsedMilliseconds < 100); run++)
            {
                var time = Entry.Time(1, Clock);
                fastest = time < fastest ? time : fastest;
            }

            _repeats = Math.Max(1, (int)(ShortestRun / (fastest + TimeSpan.FromTicks(1))));
            _isShort = fastest < LongestWarmUp;
        }

        /// <summary>Takes part in a round, after a run that makes up for what the peer before did to caches and pools; a slow peer takes part in the first rounds alone.</summary>
        public void Time()
        {
            if (Times.Count >= FewestRoundsOfSlow && _spent > LongestTurns)
            {
                return;
            }

            if (_isShort)
            {
                Entry.Run();
            }

            var time = Entry.Time(_repeats, Clock);
            _spent += time;
            Times.Add(time.TotalMilliseconds / _repeats);
        }
    }
}
