using Weld.Core.Diagnostics;

namespace Weld.Managed;

/// <summary>Where a run's time went.</summary>
/// <param name="Time">How long the program ran.</param>
/// <param name="Loops">Its outermost loops that ran, in the order of the text.</param>
public sealed record RunProfile(TimeSpan Time, IReadOnlyList<LoopProfile> Loops);

/// <summary>What an outermost loop did in a run.</summary>
/// <param name="Span">The loop's place in the program.</param>
/// <param name="Plan">What was decided for it before it ran.</param>
/// <param name="Runs">How often it ran.</param>
/// <param name="Time">How long that took.</param>
/// <param name="ThreadTime">The sum of what it took in each thread.</param>
/// <param name="Threads">How many threads took part at most.</param>
/// <param name="RowsIn">Its iterations.</param>
/// <param name="BytesIn">The bytes of the elements that these visited.</param>
/// <param name="RowsOut">The elements that its appenders got, the new keys of its dictmergers, the values of its groupmergers.</param>
/// <param name="BytesOut">The bytes of these.</param>
public sealed record LoopProfile(
    SourceSpan Span, string Plan, long Runs, TimeSpan Time, TimeSpan ThreadTime, int Threads, long RowsIn, long BytesIn, long RowsOut, long BytesOut)
{
    /// <summary>Rows out for each row in; null without rows.</summary>
    public double? Selectivity => RowsIn == 0 || RowsOut == 0 ? null : (double)RowsOut / RowsIn;
}
