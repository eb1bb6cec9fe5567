using System.Diagnostics;

namespace Weld.Bench.Compare;

/// <summary>How many rounds are run.</summary>
/// <param name="Fewest">So many at least.</param>
/// <param name="Most">So many at most.</param>
/// <param name="Budget">After this time no more than the fewest.</param>
/// <param name="Calibration">So long it takes to find how often to run in a turn.</param>
/// <param name="LongestTurns">Who has needed as long for all its turns leaves after its fewest rounds.</param>
internal sealed record Pace(int Fewest, int Most, TimeSpan Budget, TimeSpan Calibration, TimeSpan LongestTurns)
{
    /// <summary>So many rounds of a slow one at least.</summary>
    public int FewestOfSlow { get; private init; } = 3;

    /// <summary>For figures that are to be compared by their quartiles.</summary>
    public static Pace Thorough { get; } = new(7, 31, TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(0.1), TimeSpan.FromSeconds(1.5));

    /// <summary>For figures that are points of a line.</summary>
    public static Pace Quick { get; } = new(3, 11, TimeSpan.FromSeconds(0.5), TimeSpan.FromSeconds(0.03), TimeSpan.FromSeconds(0.5)) { FewestOfSlow = 1 };

    /// <summary>Runs the rounds.</summary>
    public void Run(Action round)
    {
        var clock = Stopwatch.StartNew();
        for (var number = 0; number < Fewest || (number < Most && clock.Elapsed < Budget); number++)
        {
            round();
        }
    }
}
