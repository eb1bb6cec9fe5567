using System.Numerics;
using Weld.Core.Operators;
using Weld.Core.Types;

namespace Weld.Core.IR;

/// <summary>
/// The fixed order of float reductions (language.md §5), the same in interpreter and backend, for any number of threads and any vector width.
/// <para>A loop's iterations are cut into blocks of <see cref="BlockSize"/>. Within a block the merges of iteration i go to lane i mod L, each lane
/// starting from the identity; lanes fold by halving (lane j takes lane j + h for h = L/2 … 1); the block totals are merged in order into what the
/// loop's builder held before. Every block counts, also one without merges. A nested loop's total, from the identity, counts as one merge of the
/// enclosing iteration, also when it is empty. A keyed builder (dictmerger, vecmerger) combines per key: within a block of the outermost loop that
/// it passes through, nested loops included, in merge order from the identity; then the blocks that touched the key, in order.</para>
/// <para>Operators whose order does not matter (integers, min, max, bits) need none of this.</para>
/// </summary>
internal static class ReductionOrder
{
    /// <summary>Iterations in a block.</summary>
    public const int BlockSize = 65_536;

    private const int MaxLanes = 64;
    private const int MinLanes = 8;

    /// <summary>Half of the 32 vector registers of 64 bytes of the widest machine.</summary>
    private const int RegisterBytes = 1_024;

    /// <summary>
    /// L for a loop with a builder of this type: the largest power of two, from 8 to 64, with L · (bytes of all order-sensitive scalars of its
    /// mergers) ≤ 1,024; 64 where there is none.
    /// </summary>
    public static int Lanes(WeldType builder)
    {
        var bytes = SensitiveBytes(builder);
        return bytes == 0 ? MaxLanes : Math.Clamp((int)BitOperations.RoundUpToPowerOf2((uint)(RegisterBytes / bytes) + 1) / 2, MinLanes, MaxLanes);
    }

    /// <summary>Whether the order of merges shows in the bits of any scalar of a value reduced so.</summary>
    public static bool IsSensitive(WeldType value, MergeOperator op) => value switch
    {
        ScalarType s => ((SingleOperator)op).Operator.IsOrderSensitive(s.Kind),
        StructType s => Enumerable.Range(0, s.Fields.Count).Any(i => IsSensitive(s.Fields[i], op.Field(i))),
        _ => false,
    };

    /// <summary>Whether a program makes a builder where the order of merges shows.</summary>
    public static bool ShowsIn(Expr program)
    {
        var (open, seen) = (new Stack<Expr>([program]), new HashSet<Expr>(ReferenceEqualityComparer.Instance));
        while (open.TryPop(out var at))
        {
            if (!at.Facts.Has(Effects.Builds) || !seen.Add(at))
            {
                continue;
            }

            if (at is NewBuilder { BuilderType: var type } && type switch
                {
                    MergerType m => IsSensitive(m.Element, m.Operator),
                    DictMergerType d => IsSensitive(d.Value, d.Operator),
                    VecMergerType v => IsSensitive(v.Element, v.Operator),
                    _ => false,
                })
            {
                return true;
            }

            foreach (var child in at.Children.Span)
            {
                open.Push(child);
            }
        }

        return false;
    }

    private static int SensitiveBytes(WeldType builder) => builder switch
    {
        MergerType m => SensitiveBytes(m.Element, m.Operator),
        StructType s => s.Fields.Sum(SensitiveBytes),
        _ => 0,
    };

    private static int SensitiveBytes(WeldType value, MergeOperator op) => value switch
    {
        ScalarType s => ((SingleOperator)op).Operator.IsOrderSensitive(s.Kind) ? s.Kind.Size() : 0,
        StructType s => Enumerable.Range(0, s.Fields.Count).Sum(i => SensitiveBytes(s.Fields[i], op.Field(i))),
        _ => 0,
    };
}
