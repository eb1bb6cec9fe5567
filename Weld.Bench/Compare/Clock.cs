using System.Diagnostics;

namespace Weld.Bench.Compare;

/// <summary>What time is taken by; a peer in another process has its own of the same name.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Now">What it shows.</param>
internal sealed record Clock(string Name, Func<TimeSpan> Now)
{
    private const int Steps = 3;

    private readonly Lazy<TimeSpan> _resolution = new(() => Enumerable.Range(0, Steps).Min(_ => Step(Now)));

    public static Clock Wall { get; } = new("wall", () => Stopwatch.GetElapsedTime(0));

    /// <summary>The time of the processors: steadier for one thread of a busy machine.</summary>
    public static Clock Processor { get; } = new("cpu", () => Environment.CpuUsage.TotalTime);

    public static IReadOnlyList<Clock> All { get; } = [Wall, Processor];

    /// <summary>The least time that it shows: a hundredth of a second and more for the processor's on some systems.</summary>
    public TimeSpan Resolution => _resolution.Value;

    private static TimeSpan Step(Func<TimeSpan> now)
    {
        var (start, next) = (now(), now());
        while (next <= start)
        {
            next = now();
        }

        return next - start;
    }
}
