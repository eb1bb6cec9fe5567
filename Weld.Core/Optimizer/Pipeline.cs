using Weld.Core.IR;
using Weld.Core.Optimizer.Passes;

namespace Weld.Core.Optimizer;

/// <summary>The order of the passes, and the reasons for it.</summary>
public static class Pipeline
{
    /// <summary>The passes in their usual order. A pass may stand in it more than once: what one lays open, another uses.</summary>
    public static Seq<Pass> Default { get; } =
    [
        // The others see lets only.
        InlineApply.Pass,

        // A struct that is made only to be taken apart hides what is in it.
        UnrollStructs.Pass,

        // What a producer gives stands where it is consumed, so that rules see both.
        InlineLet.Pass,
        InlineZip.Pass,
        InlineLiterals.Pass,
        UnrollStaticLoop.Pass,
        DeadCode.Pass,

        // Groups that loops of their own reduce: fusion would gather them together with other results of the same data.
        GroupAggregate.Pass,

        // The loops of one group give a struct of results.
        LoopFusion.Pass,
        UnrollStructs.Pass,
        InlineLet.Pass,
        DeadCode.Pass,

        // Again, since loops that reduce groups in steps are one now.
        GroupAggregate.Pass,

        // One loop fills what are several dictionaries still; the next fusion takes in what reads their entries.
        DictionaryFusion.Pass,

        // Again, since now the insides of loops stand together: an element may turn out to be a literal vector.
        UnrollStaticLoop.Pass,
        UnrollStructs.Pass,
        LoopFusion.Pass,
        UnrollStructs.Pass,
        InlineLet.Pass,

        // Keys that were a vector of their own are fields of entries now.
        InlineEntries.Pass,

        // The builders of unrolled loops stand where they are finished.
        UnrollStaticLoop.Pass,

        // Folding brings constants to the identities, and both leave values unused.
        InlineLiterals.Pass,
        Algebraic.Pass,
        DeadCode.Pass,

        // Slices of loops have met their loops; what goes through a loop may meet a sort.
        Limit.Pass,
        SortSlice.Pass,

        // Loops that are equal become one, and what a loop does not change leaves it, once the program is small.
        Cse.Pass,

        // What may leave a loop has left it.
        Tile.Pass,

        // Loops have the bodies that they will run; conditions first, which branches are chosen by.
        ShortCircuitBooleans.Pass,
        Predicate.Pass,
        InferSize.Pass,

        // Last: it marks the loops that are left.
        Vectorize.Pass,
    ];

    /// <summary>All passes, by name.</summary>
    public static IReadOnlyDictionary<string, Pass> Known { get; } =
        Default.DistinctBy(p => p.Name).OrderBy(p => p.Name, StringComparer.Ordinal).ToDictionary(p => p.Name, StringComparer.Ordinal);

    /// <summary>
    /// The passes of a list of names, in its order; an empty list is no passes. A name with a minus before it takes the pass out of the usual
    /// order instead: such a list holds nothing else.
    /// </summary>
    /// <param name="names">Names of passes.</param>
    /// <exception cref="ArgumentException">A name is unknown, or the list mixes both forms.</exception>
    public static Seq<Pass> Of(Seq<string> names)
    {
        foreach (var name in names)
        {
            if (!Known.ContainsKey(name.TrimStart('-')))
            {
                throw new ArgumentException($"expected names among {string.Join(", ", Known.Keys)}, found '{name}'");
            }
        }

        var without = names.Where(n => n.StartsWith('-')).Select(n => n[1..]).ToHashSet(StringComparer.Ordinal);
        return without.Count == 0 ? names.To(n => Known[n])
            : without.Count == names.Distinct(StringComparer.Ordinal).Count() ? Default.Where(p => !without.Contains(p.Name)).ToSeq()
            : throw new ArgumentException("expected either passes to run or passes to leave out (-name), found both");
    }
}
