using System.Linq.Expressions;
using Weld.Core.Types;
using Weld.Managed.Emit;
using Weld.Managed.Layout;
using Weld.Managed.Runtime;

namespace Weld.Managed.Builders;

/// <summary>
/// The partial values of a keyed builder's cells where the order of merges shows (language.md §5): a cell's merges within a block are reduced
/// from the identity; when a later block touches the cell, or at the end, the partial is merged into the total. A cell's mark is the number of the
/// block of its partial, 0 where nothing is pending; its partial has the value's scalars whose order shows, others go to the total at once.
/// </summary>
internal sealed class BlockPartials
{
    private readonly Reduction _reduction;
    private readonly ReducedScalar[] _sensitive;

    public BlockPartials(Reduction reduction)
    {
        _reduction = reduction;
        _sensitive = [.. reduction.Scalars.Where(s => s.IsSensitive)];
    }

    // if (mark != block) { total ∘= partial; partial = identity; mark = block; }
    // partial ∘= value;
    public void EmitMerge(FunctionEmitter emitter, Expression mark, Expression partial, Expression total, Expression block, Operand value)
    {
        emitter.Do(Expression.IfThen(Expression.NotEqual(Clr.LoadLong(mark), block), emitter.Scoped(() =>
        {
            foreach (var scalar in _sensitive)
            {
                var (place, part) = (Clr.At(total, scalar.Offset), Clr.At(partial, scalar.Offset));
                emitter.Do(Clr.Store(scalar.Kind, place, scalar.Apply(Clr.Load(scalar.Kind, place), Clr.Load(scalar.Kind, part))));
                emitter.Do(Clr.Store(scalar.Kind, part, scalar.Identity));
            }

            emitter.Do(Clr.StoreLong(mark, block));
        })));
        Reduction.EmitMerges(emitter, [.. _reduction.Scalars.Zip(Reduction.Flatten(value), (s, x) => new ScalarMerge(s, s.IsSensitive ? partial : total, x))]);
    }

    /// <summary>Merges what is pending for a cell into its total.</summary>
    public void Flush(long mark, long partial, long total)
    {
        if (IsPending(mark))
        {
            foreach (var scalar in _sensitive)
            {
                scalar.Combine(total + scalar.Offset, partial + scalar.Offset);
            }

            Memory.Store(mark, 0L);
            Memory.CopyFrom(partial, _reduction.Identity);
        }
    }

    /// <summary>Merges what is pending for neighbouring cells into their totals, for the last time.</summary>
    /// <param name="run">The run.</param>
    /// <param name="mark">The first one's mark.</param>
    /// <param name="partial">The first one's partial.</param>
    /// <param name="total">The first one's total.</param>
    /// <param name="count">How many cells there are.</param>
    /// <param name="stride">From one to the next.</param>
    public void Settle(Run run, long mark, long partial, long total, long count, int stride)
    {
        foreach (var scalar in _sensitive)
        {
            scalar.Combine(run, total + scalar.Offset, partial + scalar.Offset, mark, count, stride);
        }
    }

    /// <summary>Merges a block that a fork has gathered into the totals of neighbouring cells: as <see cref="Flush"/> and <see cref="Add"/> for each cell of the fork that has something.</summary>
    /// <param name="run">The run.</param>
    /// <param name="mark">The first cell's mark.</param>
    /// <param name="forkMark">That of the fork's first cell.</param>
    /// <param name="partial">From a mark to the partial.</param>
    /// <param name="total">From a mark to the total.</param>
    /// <param name="count">How many cells there are.</param>
    /// <param name="stride">From one to the next.</param>
    public void Join(Run run, long mark, long forkMark, int partial, int total, long count, int stride)
    {
        for (long i = 0; i < count; i++)
        {
            Memory.LookEvery(run, i);
            if (IsPending(mark + (i * stride)) && IsPending(forkMark + (i * stride)))
            {
                var at = mark + (i * stride);
                Flush(at, at + partial, at + total);
            }
        }

        foreach (var scalar in _reduction.Scalars.Span)
        {
            scalar.Combine(run, mark + total + scalar.Offset, forkMark + (scalar.IsSensitive ? partial : total) + scalar.Offset, forkMark, count, stride);
        }
    }

    /// <summary>Whether a partial is pending.</summary>
    public static bool IsPending(long mark) => Memory.Load<long>(mark) != 0;

    /// <summary>Merges a block that a fork has gathered into a total with nothing pending: the partial, and what went to the fork's total at once.</summary>
    public void Add(long total, long forkPartial, long forkTotal)
    {
        foreach (var scalar in _reduction.Scalars.Span)
        {
            scalar.Combine(total + scalar.Offset, (scalar.IsSensitive ? forkPartial : forkTotal) + scalar.Offset);
        }
    }

    /// <summary>Copies a partial to where a value is, scalar by scalar.</summary>
    public void Take(long value, long partial)
    {
        foreach (var scalar in _sensitive)
        {
            Memory.Copy(value + scalar.Offset, partial + scalar.Offset, scalar.Kind.Size());
        }
    }
}
