using System.Diagnostics;
using Weld.Bench.Pages;

namespace Weld.Bench.Compare;

/// <summary>A peer on a number of threads, and its times in milliseconds, one for each round.</summary>
internal sealed record Timing(Peer Peer, int Threads, double[] Milliseconds)
{
    /// <summary>What compiling took, before the first run; null if nothing was compiled.</summary>
    public TimeSpan? Compilation { get; init; }

    /// <summary>The bytes that a run needs at its peak besides its arguments, its result included; null if not known, or not asked for.</summary>
    public long? Memory { get; init; }

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
    /// <summary>Times the peers that take part.</summary>
    /// <param name="comparison">What.</param>
    /// <param name="peers">Who.</param>
    /// <param name="request">On how many threads, on what share of the usual rows, by which clock.</param>
    /// <exception cref="AnswersDifferException">Two answers differ.</exception>
    public static Outcome Run(Comparison comparison, IReadOnlyList<Peer> peers, Request request)
    {
        var rows = comparison.RowsAt(request.Scale);
        var arguments = comparison.Arguments(rows);
        var (contestants, dropouts) = (new List<Contestant>(), new List<Dropout>());
        try
        {
            foreach (var (count, peer) in request.Threads.SelectMany(count => peers.Select(p => (count, p))))
            {
                try
                {
                    if (peer.Enter(comparison, arguments, count) is { } entry)
                    {
                        contestants.Add(new Contestant(peer, count, new Runner(entry, request.Clock, request.Pace)));
                    }
                }
                catch (PeerFailedException e)
                {
                    dropouts.Add(new Dropout(peer, count, e.Message));
                }
            }

            if (request.MeasuresMemory)
            {
                Each(c => c.Memory = c.Entry.PeakMemory());
            }

            Array[]? expected = null;
            Each(c => expected = Check(comparison, contestants[0], c, expected));
            Each(c => c.Runner.Calibrate(c.First));
            request.Pace.Run(() => Each(c => c.Runner.Time()));
            return new Outcome(comparison, rows, [.. contestants.Select(c => c.Timing)]) { Dropouts = dropouts };
        }
        finally
        {
            contestants.ForEach(c => c.Entry.Dispose());
            GC.Collect();
        }

        void Each(Action<Contestant> act)
        {
            foreach (var contestant in contestants.ToArray())
            {
                try
                {
                    act(contestant);
                }
                catch (PeerFailedException e)
                {
                    dropouts.Add(new Dropout(contestant.Peer, contestant.Threads, e.Message));
                    contestants.Remove(contestant);
                    contestant.Entry.Dispose();
                }
            }
        }
    }

    /// <summary>Compares an answer with the first one, which it gives.</summary>
    private static Array[] Check(Comparison comparison, Contestant first, Contestant contestant, Array[]? expected)
    {
        var start = Stopwatch.GetTimestamp();
        var found = contestant.Entry.Answer();
        contestant.First = Stopwatch.GetElapsedTime(start);
        expected ??= found;
        var unordered = comparison.Unordered || (comparison.UnorderedInTables && contestant.Peer.IsOfTables);
        return Answers.Difference(Ordered(expected), Ordered(found), comparison.Tolerance) is { } difference
            ? throw new AnswersDifferException($"{first.Peer.Name} and {contestant.Peer.Name} ({contestant.Threads} threads) differ: {difference}")
            : expected;

        Array[] Ordered(Array[] columns) => unordered ? Answers.ByKey(columns) : columns;
    }

    private sealed record Contestant(Peer Peer, int Threads, Runner Runner)
    {
        public Entry Entry => Runner.Entry;

        /// <summary>What the first run took, its answer's reading included.</summary>
        public TimeSpan First { get; set; }

        public long? Memory { get; set; }

        public Timing Timing => new(Peer, Threads, Runner.Times) { Compilation = Entry.Compilation, Memory = Memory };
    }
}
