using System.Diagnostics;

namespace Weld.Bench.Measures;

/// <summary>Times two ways of doing one thing in turn, A B A B …, in many short rounds, so that a machine that slows down slows both.</summary>
internal static class Paired
{
    private const int Rounds = 101;
    private const int MostStretches = 20;
    private static readonly TimeSpan RoundTime = TimeSpan.FromMilliseconds(2);

    /// <summary>The median time of one call of each, in nanoseconds, the ratio a/b of the medians, and that of the fastest rounds, which a busy machine disturbs less.</summary>
    /// <param name="a">The one way.</param>
    /// <param name="b">The other.</param>
    public static (double A, double B, double Ratio, double FastestRatio) Time(Action a, Action b)
    {
        var (repeatsA, repeatsB) = (Calibrate(a), Calibrate(b));
        var (timesA, timesB) = (new double[Rounds], new double[Rounds]);
        for (var round = 0; round < Rounds; round++)
        {
            timesA[round] = Time(a, repeatsA);
            timesB[round] = Time(b, repeatsB);
        }

        var (medianA, medianB) = (Median(timesA), Median(timesB));
        return (medianA, medianB, medianA / medianB, timesA.Min() / timesB.Min());
    }

    /// <summary>The median time of one call, in nanoseconds.</summary>
    /// <param name="action">What to time.</param>
    public static double Time(Action action)
    {
        var repeats = Calibrate(action);
        var times = new double[Rounds];
        for (var round = 0; round < Rounds; round++)
        {
            times[round] = Time(action, repeats);
        }

        return Median(times);
    }

    public static double Median(double[] values)
    {
        Array.Sort(values);
        return (values[values.Length / 2] + values[(values.Length - 1) / 2]) / 2;
    }

    /// <summary>
    /// How many calls fill a round, once the runtime has finished compiling what is called, in its tiers: when three stretches of calls one after the other
    /// were not faster than one before.
    /// </summary>
    private static int Calibrate(Action action)
    {
        var (fastest, since) = (TimeSpan.MaxValue, 0);
        for (var stretch = 0; since < 3 && stretch < MostStretches; stretch++)
        {
            var (warm, calls) = (Stopwatch.StartNew(), 0);
            while (warm.Elapsed < 100 * RoundTime)
            {
                action();
                calls++;
            }

            var time = warm.Elapsed / calls;
            since = time < 0.95 * fastest ? 0 : since + 1;
            fastest = time < fastest ? time : fastest;
        }

        return Math.Max(1, (int)(RoundTime / fastest));
    }

    private static double Time(Action action, int repeats)
    {
        var start = Stopwatch.GetTimestamp();
        for (var i = 0; i < repeats; i++)
        {
            action();
        }

        return Stopwatch.GetElapsedTime(start).TotalNanoseconds / repeats;
    }
}
