using Weld.Core.IR;

namespace Weld.Core.Optimizer.Passes;

/// <summary>A sort of which only a slice is used need not sort the rest.</summary>
internal static class SortSlice
{
    public static readonly Pass Pass = new("sort-slice", "A sort of which only a slice is used orders no more than that.", Effects.Loops, Mark);

    /// <summary>Whether comparisons that only order what the slice leaves out may be left out too.</summary>
    public static bool Applies(Slice slice) => slice.Vector is Sort sort && !sort.Comparator.Facts.Has(Effects.Acts | Effects.Asserts);

    // slice(sort(v, f), s, n)  =>  @(top_k: true) slice(sort(v, f), s, n)
    private static Expr? Mark(Expr node) => node is Slice slice && slice.Said("top_k") is null && Applies(slice) ? slice.With("top_k", "true") : null;
}
