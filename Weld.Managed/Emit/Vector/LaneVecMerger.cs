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
/// of merges shows the block's partials, if it has them flat (<see cref="FlatPartials"/>). Else the lanes are merged one by one. Invariant: behind a buffer there is room for a vector, so that
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

    // isReady = index + most <= length && flat != 0
    public override void Begin(VectorEmitter emitter, Expression most)
    {
        Expression isReady = Expression.LessThanOrEqual(Expression.Add(emitter.Index, most), _state.Length);
        _isReady = emitter.Scalar.Local(_isSensitive ? Expression.AndAlso(isReady, Expression.NotEqual(_state.Flat, Clr.Zero)) : isReady, "isReady");
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

    private void MergeCells(VectorEmitter emitter, Expression place, Mask? where, Expression x)
    {
        var (op, bytes) = (((SingleOperator)type.Operator).Operator, emitter.Shape.Bytes(_kind));
        var cells = emitter.Scalar.Local(Clr.Element(_isSensitive ? _state.Flat : _state.Data, place, _kind.Size()), "cells");
        var held = emitter.Scalar.Local(emitter.Shape.Load(_kind, cells), "held");
        var value = _isSensitive && op == OperatorTable.Add ? LaneOperators.Reduce(op, bytes, x, Simd.Create(Clr.Constant(op.Identity(_kind)), bytes)) : x;
        var merged = LaneOperators.Reduce(op, bytes, held, value);
        emitter.Scalar.Do(emitter.Shape.Store(_kind, cells, where is null ? merged : emitter.Choose(_kind, where, merged, held)));
    }
}
