using System.Linq.Expressions;
using Weld.Core.Types;
using Weld.Managed.Emit;
using Weld.Managed.Layout;
using Weld.Managed.Runtime;

namespace Weld.Managed.Builders;

/// <summary>
/// The partial values of a keyed builder's cells where the order of merges shows (language.md §5): a cell's merges within a block are reduced
/// from the identity; when a later block touches the cell, or at the end, the partial is merged into the total. A cell's record is the number of the
/// block of its partial, 0 where nothing is pending, and the partial: the value's scalars whose order shows; others go to the total at once.
/// </summary>
internal sealed class BlockPartials
{
    private const int ValueOffset = sizeof(long);
    private readonly Reduction _reduction;
    private readonly ReducedScalar[] _sensitive;

    public BlockPartials(Reduction reduction)
    {
        _reduction = reduction;
        _sensitive = [.. reduction.Scalars.Where(s => s.IsSensitive)];
        Fresh = new byte[(ValueOffset + reduction.Identity.Length + 7) & ~7];
        reduction.Identity.CopyTo(Fresh, ValueOffset);
    }

    /// <summary>A record with nothing pending, as it lies in memory.</summary>
    public byte[] Fresh { get; }

    /// <summary>The bytes of a record, a multiple of 8.</summary>
    public int Size => Fresh.Length;

    // if (record.block != block) { total ∘= partial; partial = identity; record.block = block; }
    // partial ∘= value;
    public void EmitMerge(FunctionEmitter emitter, Expression record, Expression total, Expression block, Operand value)
    {
        emitter.Do(Expression.IfThen(Expression.NotEqual(Clr.LoadLong(record), block), emitter.Scoped(() =>
        {
            foreach (var scalar in _sensitive)
            {
                var (place, partial) = (Clr.At(total, scalar.Offset), Partial(record, scalar));
                emitter.Do(Clr.Store(scalar.Kind, place, scalar.Apply(Clr.Load(scalar.Kind, place), Clr.Load(scalar.Kind, partial))));
                emitter.Do(Clr.Store(scalar.Kind, partial, scalar.Identity));
            }

            emitter.Do(Clr.StoreLong(record, block));
        })));
        foreach (var (scalar, x) in _reduction.Scalars.Zip(Reduction.Flatten(value)))
        {
            var place = scalar.IsSensitive ? Partial(record, scalar) : Clr.At(total, scalar.Offset);
            emitter.Do(Clr.Store(scalar.Kind, place, scalar.Apply(Clr.Load(scalar.Kind, place), x)));
        }
    }

    /// <summary>Merges what is pending for a cell into its total.</summary>
    public void Flush(long record, long total)
    {
        if (IsPending(record))
        {
            foreach (var scalar in _sensitive)
            {
                scalar.Combine(total + scalar.Offset, record + ValueOffset + scalar.Offset);
            }

            Memory.CopyFrom(record, Fresh);
        }
    }

    /// <summary>Merges what is pending for neighbouring cells into their totals, for the last time.</summary>
    /// <param name="run">The run.</param>
    /// <param name="record">The first one's record.</param>
    /// <param name="total">The first one's total.</param>
    /// <param name="count">How many cells there are.</param>
    /// <param name="stride">From one to the next.</param>
    public void Settle(Run run, long record, long total, long count, int stride)
    {
        foreach (var scalar in _sensitive)
        {
            var (at, target, source) = (record, total - record + scalar.Offset, ValueOffset + scalar.Offset);
            var isSum = scalar.IsSumOfDoubles;
            for (long i = 0; i < count; i++, at += stride)
            {
                Memory.LookEvery(run, i);
                if (!IsPending(at))
                {
                    continue;
                }

                if (isSum)
                {
                    Memory.Store(at + target, Memory.Load<double>(at + target) + Memory.Load<double>(at + source));
                }
                else
                {
                    scalar.Combine(at + target, at + source);
                }
            }
        }
    }

    /// <summary>Whether a record has a partial.</summary>
    public static bool IsPending(long record) => Memory.Load<long>(record) != 0;

    /// <summary>Merges a block that a fork has gathered into a total with nothing pending: the partial, and what went to the fork's total at once.</summary>
    public void Add(long total, long forkRecord, long forkTotal)
    {
        foreach (var scalar in _reduction.Scalars.Span)
        {
            scalar.Combine(total + scalar.Offset, (scalar.IsSensitive ? forkRecord + ValueOffset : forkTotal) + scalar.Offset);
        }
    }

    /// <summary>Copies a partial to where a value is, scalar by scalar.</summary>
    public void Take(long value, long record)
    {
        foreach (var scalar in _sensitive)
        {
            Memory.Copy(value + scalar.Offset, record + ValueOffset + scalar.Offset, scalar.Kind.Size());
        }
    }

    private static Expression Partial(Expression record, ReducedScalar scalar) => Clr.At(record, ValueOffset + scalar.Offset);
}
