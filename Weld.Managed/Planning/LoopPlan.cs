using Weld.Core.Diagnostics;
using Weld.Core.IR;
using Weld.Core.Types;
using Weld.Managed.Emit;

namespace Weld.Managed.Planning;

/// <summary>What was decided for a loop before its code was emitted.</summary>
/// <param name="Span">The loop's place.</param>
/// <param name="Reads">The variables whose elements it visits; <c>range</c> for a range, <c>…</c> for data that has no name.</param>
/// <param name="Builders">The builders it threads through.</param>
/// <param name="Parent">The number of the loop around it; null for an outermost one.</param>
/// <param name="Lanes">The virtual lanes of its float reductions (<see cref="ReductionOrder"/>).</param>
/// <param name="HasFunction">Whether it is a function of its own, called block by block; else it is emitted in place.</param>
/// <param name="HasBlocks">Whether a builder needs to know the blocks.</param>
/// <param name="ReleasesTemporaries">Whether the memory of an iteration's temporaries can be given back after it.</param>
internal sealed record LoopPlan(
    SourceSpan Span, Seq<string> Reads, Seq<BuilderType> Builders, int? Parent, int Lanes, bool HasFunction, bool HasBlocks, bool ReleasesTemporaries)
{
    /// <summary>Why a loop is not in SIMD: the backend emits scalar code.</summary>
    public const string ScalarBackend = "scalar-backend";

    /// <summary>Decides for a loop.</summary>
    public static LoopPlan Of(For loop, int? parent, bool isMain)
    {
        var builders = new List<BuilderType>();
        Collect(loop.Builder.Type, builders);
        return new LoopPlan(
            loop.Span,
            loop.Iters.To(Name),
            builders.ToSeq(),
            parent,
            ReductionOrder.Lanes(loop.Builder.Type),
            HasFunction: isMain,
            builders.Any(IsOrdered),
            Allocations.HoldsNoPointerInBuilders(loop.Builder.Type) && Allocations.MayAllocate(loop.Function.Body));
    }

    /// <inheritdoc/>
    public override string ToString() =>
        $"for {string.Join(", ", Reads)} into {string.Join(", ", Builders)}: scalar, serial, {Lanes} lanes"
        + (HasFunction ? ", in blocks" : ", in place") + (ReleasesTemporaries ? ", frees each iteration's temporaries" : "");

    private static string Name(Iter iter) => iter.Kind == IterKind.Range ? "range" : iter.Data is Ident ident ? ident.Symbol.Name : "…";

    private static void Collect(WeldType type, List<BuilderType> builders)
    {
        if (type is BuilderType builder)
        {
            builders.Add(builder);
            return;
        }

        foreach (var part in type.Parts)
        {
            Collect(part, builders);
        }
    }

    private static bool IsOrdered(BuilderType builder) => builder switch
    {
        MergerType m => ReductionOrder.IsSensitive(m.Element, m.Operator),
        DictMergerType d => ReductionOrder.IsSensitive(d.Value, d.Operator),
        VecMergerType v => ReductionOrder.IsSensitive(v.Element, v.Operator),
        _ => false,
    };
}
