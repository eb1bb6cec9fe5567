using Weld.Core.Diagnostics;

namespace Weld.Managed;

/// <summary>Where a run's time went. It is machine code from the run's beginning.</summary>
/// <param name="Time">How long the program ran.</param>
/// <param name="Loops">Its outermost loops that ran, in the order of the text.</param>
public sealed record RunProfile(TimeSpan Time, IReadOnlyList<LoopProfile> Loops);

/// <summary>What an outermost loop did in a run.</summary>
/// <param name="Span">The loop's place in the program.</param>
/// <param name="Plan">What was decided for it before it ran: scalar or vector, of which width, and all that <c>weld explain</c> says of it.</param>
/// <param name="Storage">
/// What those of its builders that adapt to the data had become when it ended, with commas: of dictmergers and groupmergers <c>a direct index</c>, <c>a hash table</c>, a number of
/// <c>partitions</c> or <c>no keys</c>; of vecmergers <c>totals</c>, with the partials of the current block in floats. Empty without such builders.
/// </param>
/// <param name="Runs">How often it ran.</param>
/// <param name="Time">How long that took.</param>
/// <param name="ThreadTime">The sum of what it took in each thread.</param>
/// <param name="ResultTime">How long it took to make the dictionaries of its dictmergers and groupmergers afterwards.</param>
/// <param name="Threads">How many threads took part at most.</param>
/// <param name="RowsIn">Its iterations.</param>
/// <param name="BytesIn">The bytes of the elements that these visited.</param>
/// <param name="RowsOut">The elements that its appenders got, the new keys of its dictmergers, the values of its groupmergers.</param>
/// <param name="BytesOut">The bytes of these.</param>
/// <param name="Selectivity">
/// The share of its iterations that pass its conditions: for an appender or groupmerger the elements that it got for each; for other builders the share of those that merge something, in a sample spread over
/// the loop, of all if they are few. Null without conditions, and where they can only be computed by the loop itself.
/// </param>
public sealed record LoopProfile(
    SourceSpan Span, string Plan, string Storage, long Runs, TimeSpan Time, TimeSpan ThreadTime, TimeSpan ResultTime, int Threads, long RowsIn, long BytesIn, long RowsOut, long BytesOut,
    double? Selectivity);
