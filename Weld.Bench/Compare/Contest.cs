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
internal sealed record Outcome(Comparison Comparison, long Rows, IReadOnlyList<Timing> Timings)
{
    /// <summary>Who should have taken part, and failed.</summary>
    public IReadOnlyList<Dropout> Dropouts { get; init; } = [];
}

/// <summary>A peer on a number of threads that failed, and how.</summary>
internal sealed record Dropout(Peer Peer, int Threads, string Why);

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
    private const long StepsOfClock = 8;
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
        var (runners, dropouts) = (new List<Runner>(), new List<Dropout>());
        try
        {
            foreach (var (count, peer) in request.Threads.SelectMany(count => peers.Select(p => (count, p))))
            {
                try
                {
                    if (peer.Enter(comparison, arguments, count) is { } entry)
                    {
                        runners.Add(new Runner(peer, count, entry, request.Clock));
                    }
                }
                catch (PeerFailedException e)
                {
                    dropouts.Add(new Dropout(peer, count, e.Message));
                }
            }

            Array[]? expected = null;
            Each(r => expected = Check(comparison, runners[0], r, expected));
            Each(r => r.Calibrate());
            var clock = Stopwatch.StartNew();
            for (var round = 0; round < FewestRounds || (round < MostRounds && clock.Elapsed < Budget); round++)
            {
                Each(r => r.Time());
            }

            return new Outcome(comparison, rows, [.. runners.Select(r => new Timing(r.Peer, r.Threads, [.. r.Times]) { Compilation = r.Entry.Compilation })]) { Dropouts = dropouts };
        }
        finally
        {
            runners.ForEach(r => r.Entry.Dispose());
            GC.Collect();
        }

        void Each(Action<Runner> act)
        {
            foreach (var runner in runners.ToArray())
            {
                try
                {
                    act(runner);
                }
                catch (PeerFailedException e)
                {
                    dropouts.Add(new Dropout(runner.Peer, runner.Threads, e.Message));
                    runners.Remove(runner);
                    runner.Entry.Dispose();
                }
            }
        }
    }

    /// <summary>Compares an answer with the first one, which it gives.</summary>
    private static Array[] Check(Comparison comparison, Runner first, Runner runner, Array[]? expected)
    {
        var found = runner.Entry.Answer();
        expected ??= found;
        var unordered = comparison.Unordered || (comparison.UnorderedInTables && runner.Peer.IsOfTables);
        return Answers.Difference(Ordered(expected), Ordered(found), comparison.Tolerance) is { } difference
            ? throw new AnswersDifferException($"{first.Peer.Name} and {runner.Peer.Name} ({runner.Threads} threads) differ: {difference}")
            : expected;

        Array[] Ordered(Array[] columns) => unordered ? Answers.ByKey(columns) : columns;
    }

    private sealed record Runner(Peer Peer, int Threads, Entry Entry, Clock Clock)
    {
        private int _repeats = 1;
        private bool _isShort;
        private TimeSpan _spent;

        public List<double> Times { get; } = [];

        /// <summary>Runs until it is as fast as it gets, and finds how often to run for a time long enough to measure: by the wall's clock, which has fine steps everywhere.</summary>
        public void Calibrate()
        {
            Entry.WarmUp();
            var fastest = TimeSpan.MaxValue;
            for (var (run, warm) = (0, Stopwatch.StartNew()); run == 0 || (run < 2 && warm.Elapsed < LongestTurns / 2) || (run < 200 && warm.ElapsedMilliseconds < 100); run++)
            {
                var time = Entry.Time(1, Clock.Wall);
                fastest = time < fastest ? time : fastest;
            }

            var shortest = Math.Max(ShortestRun.Ticks, StepsOfClock * Clock.Resolution.Ticks);
            _repeats = (int)Math.Max(1, shortest / (fastest.Ticks + 1));
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
