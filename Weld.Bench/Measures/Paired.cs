using System.Diagnostics;
using System.Runtime;
using Weld.Bench.Compare;
using Weld.Bench.Pages;

namespace Weld.Bench.Measures;

/// <summary>Times one way of doing a thing, or two in turn, A B A B …, in many short rounds.</summary>
internal static class Paired
{
    private static readonly Pace Pace = new(101, 101, TimeSpan.Zero, TimeSpan.FromSeconds(0.1), TimeSpan.MaxValue);

    /// <summary>The median time of one call of each, in nanoseconds, the ratio a/b of the medians, and that of the fastest rounds, which a busy machine disturbs less.</summary>
    /// <param name="a">The one way.</param>
    /// <param name="b">The other.</param>
    public static (double A, double B, double Ratio, double FastestRatio) Time(Action a, Action b)
    {
        var times = Times(a, b);
        var (medianA, medianB) = (Median(times[0]), Median(times[1]));
        return (medianA * 1e6, medianB * 1e6, medianA / medianB, times[0].Min() / times[1].Min());
    }

    /// <summary>The median time of one call, in nanoseconds.</summary>
    /// <param name="action">What to time.</param>
    public static double Time(Action action) => Median(Times(action)[0]) * 1e6;

    public static double Median(double[] values) => Quartiles.Of(values).Median;

    /// <summary>The times of one call of each, round by round, in milliseconds.</summary>
    public static double[][] Times(params Action[] actions)
    {
        var runners = Array.ConvertAll(actions, a => new Runner(new Call(a), Clock.Wall, Pace));
        Array.ForEach(runners, r => r.Calibrate());
        Pace.Run(() => Array.ForEach(runners, r => r.Time()));
        return Array.ConvertAll(runners, r => r.Times);
    }

    private sealed class Call(Action action) : Entry
    {
        private const int MostStretches = 50;
        private static readonly TimeSpan Stretch = TimeSpan.FromMilliseconds(200);

        /// <summary>Until the runtime has finished compiling what is called, in its tiers: when it compiled nothing in three stretches of calls, one after the other.</summary>
        public override void WarmUp()
        {
            var (compiled, since) = (JitInfo.GetCompiledMethodCount(), 0);
            for (var stretch = 0; since < 3 && stretch < MostStretches; stretch++)
            {
                for (var warm = Stopwatch.StartNew(); warm.Elapsed < Stretch;)
                {
                    action();
                }

                since = JitInfo.GetCompiledMethodCount() == compiled ? since + 1 : 0;
                compiled = JitInfo.GetCompiledMethodCount();
            }
        }

        public override void Run() => action();

        public override Array[] Answer() => [];

        public override void Dispose()
        {
        }
    }
}
