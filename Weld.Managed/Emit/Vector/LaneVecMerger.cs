using System.Linq.Expressions;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Weld.Core.IR;
using Weld.Core.Operators;
using Weld.Core.Types;
using Weld.Managed.Builders;
using Weld.Managed.Runtime;

namespace Weld.Managed.Emit.Vector;

/// <summary>
/// A vecmerger of numbers in a vector loop. Where each iteration merges into the cell of its own number, the cells of a step are merged with a vector: the totals themselves, or where the order
/// of merges shows the partials, if this block has touched all of the range's before. Else the lanes are merged one by one. Invariant: behind a buffer there is room for a vector, so that
/// lanes that do not merge may lie there.
/// </summary>
internal sealed class LaneVecMerger(BuilderCode code, ObjectOperand builder, VecMergerType type) : LaneBuilder
{
    private readonly LaneSpill _spill = new(code, builder);
    private readonly ScalarKind _kind = ((ScalarType)type.Element).Kind;
    private readonly bool _isSensitive = ReductionOrder.IsSensitive(type.Element, type.Operator);
    private readonly VecState _state = (VecState)builder.State!;
    private ParameterExpression? _isReady;

    /// <summary>Whether neighbouring cells may be merged with a vector.</summary>
    public static bool Takes(VecMergerType type) => type is { Element: ScalarType { Kind: not ScalarKind.Bool } };

    // isReady = index + most <= length
    // Where the order of merges shows: isReady = index + most <= marked; if (!isReady && index + most <= length && all marks from the index on are of this block) { isReady = true; if (index <= marked) marked = index + most; }
    public override void Begin(VectorEmitter emitter, Expression most)
    {
        var scalar = emitter.Scalar;
        var last = scalar.Local(Expression.Add(emitter.Index, most), "last");
        var isInside = Expression.LessThanOrEqual(last, _state.Length);
        if (!_isSensitive)
        {
            _isReady = scalar.Local(isInside, "isReady");
            return;
        }

        _isReady = scalar.Local(Expression.LessThanOrEqual(last, _state.Marked), "isReady");
        var areMarked = Clr.Call(typeof(LaneVecMerger), nameof(AreMarked), Clr.Element(_state.Marks, emitter.Index, sizeof(long)), most, _state.Block);
        scalar.Do(Expression.IfThen(
            Expression.AndAlso(Expression.Not(_isReady), Expression.AndAlso(isInside, areMarked)),
            Expression.Block(
                Expression.Assign(_isReady, Expression.Constant(true)),
                Expression.IfThen(Expression.LessThanOrEqual(emitter.Index, _state.Marked), Expression.Assign(_state.Marked, last)))));
    }

    // if (isReady) cells[first …] ∘= x, in the lanes that merge; else merge lane by lane
    public override void Merge(VectorEmitter emitter, Seq<LaneMerge> merges, int copy, Expression first)
    {
        if (merges is not [{ Value: StructOperand { Fields: [LaneOperand { First: { } place }, var value] } } merge] || place != emitter.Iteration?.First)
        {
            _spill.Merge(emitter, merges, copy, first);
            return;
        }

        var scalar = emitter.Scalar;
        var x = new LaneOperand(_kind, scalar.HoldPure(emitter.Lanes(_kind, value)));
        scalar.Do(Expression.IfThenElse(
            _isReady!,
            scalar.Scoped(() => MergeCells(emitter, place, merge.Where, x.Value)),
            scalar.Scoped(() => _spill.Merge(emitter, [merge with { Value = new StructOperand([emitter.Number(place), x]) }], copy, first))));
    }

    public override void End(VectorEmitter emitter)
    {
    }

    /// <summary>Whether so many marks are of a block.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static bool AreMarked(long marks, long count, long block)
    {
        var end = marks + (count * sizeof(long));
        for (; marks <= end - 32; marks += 32)
        {
            if (Memory.Load<Vector256<long>>(marks) != Vector256.Create(block))
            {
                return false;
            }
        }

        for (; marks < end && Memory.Load<long>(marks) == block; marks += sizeof(long))
        {
        }

        return marks >= end;
    }

    private void MergeCells(VectorEmitter emitter, Expression place, Mask? where, Expression x)
    {
        var cells = emitter.Scalar.Local(Clr.Element(_isSensitive ? _state.Partials : _state.Data, place, _kind.Size()), "cells");
        var held = emitter.Scalar.Local(emitter.Shape.Load(_kind, cells), "held");
        var merged = LaneOperators.Reduce(((SingleOperator)type.Operator).Operator, emitter.Shape.Bytes(_kind), held, x);
        emitter.Scalar.Do(emitter.Shape.Store(_kind, cells, where is null ? merged : emitter.Choose(_kind, where, merged, held)));
    }
}
