using System.Diagnostics;

namespace Weld.Bench.Compare;

/// <summary>What time is taken by; a peer in another process has its own of the same name.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Now">What it shows.</param>
internal sealed record Clock(string Name, Func<TimeSpan> Now)
{
    public static Clock Wall { get; } = new("wall", () => Stopwatch.GetElapsedTime(0));

    /// <summary>The time of the processors: steadier for one thread of a busy machine.</summary>
    public static Clock Processor { get; } = new("cpu", () => Environment.CpuUsage.TotalTime);

    public static IReadOnlyList<Clock> All { get; } = [Wall, Processor];
}
