using System.Diagnostics;

namespace Weld.Bench.Compare;

/// <summary>An entry that takes its turns in rounds, and the time of a run in each, in milliseconds.</summary>
/// <param name="entry">The entry.</param>
/// <param name="clock">The clock to time by.</param>
/// <param name="pace">How long it may take.</param>
internal sealed class Runner(Entry entry, Clock clock, Pace pace)
{
    private const int MostCalibrations = 200;
    private const long StepsOfClock = 8;
    private static readonly TimeSpan LongestWarmUp = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan ShortestTurn = TimeSpan.FromMilliseconds(2);

    private readonly List<double> _times = [];
    private int _repeats = 1;
    private bool _isShort;
    private TimeSpan _spent;

    public Entry Entry => entry;

    /// <summary>One for each round in which it took part.</summary>
    public double[] Times => [.. _times];

    /// <summary>
    /// Runs until it is as fast as it gets, and finds how often to run for a time long enough to measure: by the wall's clock, which has fine steps everywhere.
    /// </summary>
    /// <param name="known">What one run has taken at most; one known to be long needs no more.</param>
    public void Calibrate(TimeSpan? known = null)
    {
        entry.WarmUp();
        if (known > pace.LongestTurns / 2)
        {
            return;
        }

        var fastest = TimeSpan.MaxValue;
        for (var (run, warm) = (0, Stopwatch.StartNew()); run == 0 || (run < MostCalibrations && warm.Elapsed < pace.Calibration); run++)
        {
            var time = entry.Time(1, Clock.Wall);
            fastest = time < fastest ? time : fastest;
        }

        var shortest = Math.Max(ShortestTurn.Ticks, StepsOfClock * clock.Resolution.Ticks);
        _repeats = (int)Math.Max(1, shortest / (fastest.Ticks + 1));
        _isShort = fastest < LongestWarmUp;
    }

    /// <summary>Takes part in a round, after a run that makes up for what the peer before did to caches and pools; a slow peer takes part in the first rounds alone.</summary>
    public void Time()
    {
        if (_times.Count >= pace.FewestOfSlow && _spent > pace.LongestTurns)
        {
            return;
        }

        if (_isShort)
        {
            entry.Run();
        }

        var time = entry.Time(_repeats, clock);
        _spent += time;
        _times.Add(time.TotalMilliseconds / _repeats);
    }
}
