using System.Linq.Expressions;
using System.Numerics;
using System.Runtime.CompilerServices;
using Weld.Core.Operators;
using Weld.Core.Types;
using Weld.Managed.Emit;
using Weld.Managed.Layout;
using Weld.Managed.Runtime;

namespace Weld.Managed.Builders;

/// <summary>
/// The partials of all cells of a block as a vector of their own, which goes into the totals as a whole: a merge need not ask whether the block has touched its cell. That is exact, since a partial
/// to which nothing was merged leaves a total as it is: under + it is −0, and so that the first merge counts as one to +0 does, x + 0 is merged for x; under * it is 1.
/// </summary>
internal sealed class FlatPartials
{
    private readonly ScalarKind _kind;
    private readonly BinaryOperator _operator;
    private readonly int _scalars;

    private FlatPartials(ScalarKind kind, BinaryOperator op, int scalars) => (_kind, _operator, _scalars) = (kind, op, scalars);

    private bool Adds => _operator == OperatorTable.Add;

    /// <summary>The partials of values of one float, or of several that are reduced alike; null for others.</summary>
    public static FlatPartials? Of(Reduction reduction)
    {
        var first = reduction.Scalars is [var scalar, ..] ? scalar : null;
        var isFlat = first is { IsSensitive: true } && reduction.Scalars.Index().All(s => s.Item == first with { Offset = s.Index * first.Kind.Size() });
        return isFlat && MemoryLayout.Of(reduction.Type).Size == reduction.Scalars.Count * first!.Kind.Size() ? new(first.Kind, first.Operator, reduction.Scalars.Count) : null;
    }

    /// <summary>Leaves nothing pending.</summary>
    public void Clear(Run run, long partials, long cells)
    {
        if (_kind == ScalarKind.F64)
        {
            Clear(run, partials, cells * _scalars, Adds ? -0.0 : 1.0);
        }
        else
        {
            Clear(run, partials, cells * _scalars, Adds ? -0.0f : 1.0f);
        }
    }

    /// <summary>totals ∘= partials; nothing is pending then.</summary>
    public void Fold(Run run, long totals, long partials, long cells)
    {
        if (_kind == ScalarKind.F64)
        {
            Fold(run, totals, partials, cells * _scalars, Adds ? -0.0 : 1.0);
        }
        else
        {
            Fold(run, totals, partials, cells * _scalars, Adds ? -0.0f : 1.0f);
        }
    }

    /// <summary>What is merged for a scalar.</summary>
    public Expression Merged(Expression x) => Adds ? Expression.Add(x, Clr.Constant(_operator.Identity(_kind))) : x;

    private static void Clear<T>(Run run, long partials, long count, T start)
        where T : unmanaged
    {
        for (long i = 0; i < count; i++)
        {
            Memory.LookEvery(run, i);
            Memory.Store(partials, start);
            partials += Unsafe.SizeOf<T>();
        }
    }

    private void Fold<T>(Run run, long totals, long partials, long count, T start)
        where T : unmanaged, INumber<T>
    {
        var (size, lanes) = (Unsafe.SizeOf<T>(), Vector<T>.Count);
        var starts = new Vector<T>(start);
        for (long i = 0; i < count;)
        {
            Memory.Look(run);
            var end = Math.Min(count, i + LoopDriver.ChunkSize);
            for (; i + lanes <= end; i += lanes)
            {
                var (total, partial) = (Memory.Load<Vector<T>>(totals + (i * size)), Memory.Load<Vector<T>>(partials + (i * size)));
                Memory.Store(totals + (i * size), Adds ? total + partial : total * partial);
                Memory.Store(partials + (i * size), starts);
            }

            for (; i < end; i++)
            {
                var (total, partial) = (Memory.Load<T>(totals + (i * size)), Memory.Load<T>(partials + (i * size)));
                Memory.Store(totals + (i * size), Adds ? total + partial : total * partial);
                Memory.Store(partials + (i * size), start);
            }
        }
    }
}
