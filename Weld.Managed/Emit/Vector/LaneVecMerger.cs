using System.Linq.Expressions;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Weld.Core.IR;
using Weld.Core.Operators;
using Weld.Core.Types;
using Weld.Managed.Builders;
using Weld.Managed.Runtime;

namespace Weld.Managed.Emit.Vector;

/// <summary>
/// A vecmerger of numbers in a vector loop. Where each iteration merges into the cell of its own number, the cells of a step are merged with a vector: the totals themselves, or where the order
/// of merges shows the partials, if this block has touched all of the range's before. Else the lanes are merged one by one.
/// </summary>
internal sealed class LaneVecMerger(BuilderCode code, ObjectOperand builder, VecMergerType type) : LaneBuilder
{
    private readonly LaneSpill _spill = new(code, builder);
    private readonly ScalarKind _kind = ((ScalarType)type.Element).Kind;
    private readonly bool _isSensitive = ReductionOrder.IsSensitive(type.Element, type.Operator);
    private readonly VecState _state = (VecState)builder.State!;
    private ParameterExpression? _isReady;

    /// <summary>Whether neighbouring cells may be merged with a vector: where the order of merges shows only those of f64, whose records are as long as two numbers.</summary>
    public static bool Takes(VecMergerType type) =>
        type is { Element: ScalarType { Kind: var kind and not ScalarKind.Bool } } && (kind == ScalarKind.F64 || !ReductionOrder.IsSensitive(type.Element, type.Operator));

    // isReady = index + most <= length && all records from the index on are of this block
    public override void Begin(VectorEmitter emitter, Expression most)
    {
        Expression isReady = Expression.LessThanOrEqual(Expression.Add(emitter.Index, most), _state.Length);
        if (_isSensitive)
        {
            isReady = Expression.AndAlso(isReady, Clr.Call(typeof(Records), nameof(Records.AreOf), Record(emitter.Index), most, _state.Block));
        }

        _isReady = emitter.Scalar.Local(isReady, "isReady");
    }

    // if (isReady) cells[first …] ∘= x; else merge lane by lane
    public override void Merge(VectorEmitter emitter, Seq<LaneMerge> merges, int copy, Expression first)
    {
        if (merges is not [{ Where: null, Value: StructOperand { Fields: [LaneOperand { First: { } place }, var value] } } merge] || place != emitter.Iteration?.First)
        {
            _spill.Merge(emitter, merges, copy, first);
            return;
        }

        var scalar = emitter.Scalar;
        var x = new LaneOperand(_kind, scalar.HoldPure(emitter.Lanes(_kind, value)));
        scalar.Do(Expression.IfThenElse(
            _isReady!,
            scalar.Scoped(() => (_isSensitive ? (Action<VectorEmitter, Expression, Expression>)MergeRecords : MergeCells)(emitter, place, x.Value)),
            scalar.Scoped(() => _spill.Merge(emitter, [merge with { Value = new StructOperand([emitter.Number(place), x]) }], copy, first))));
    }

    public override void End(VectorEmitter emitter)
    {
    }

    private Expression Record(Expression place) => Clr.Element(_state.Records, place, 2 * sizeof(double));

    private void MergeCells(VectorEmitter emitter, Expression place, Expression x)
    {
        var cells = emitter.Scalar.Local(Clr.Element(_state.Data, place, _kind.Size()), "cells");
        emitter.Scalar.Do(emitter.Shape.Store(_kind, cells, Apply(emitter, emitter.Shape.Load(_kind, cells), x)));
    }

    private void MergeRecords(VectorEmitter emitter, Expression place, Expression x)
    {
        var bytes = emitter.Shape.Bytes(_kind);
        var records = emitter.Scalar.Local(Record(place), "records");
        foreach (var (half, at) in (ReadOnlySpan<(string, int)>)[("Low", 0), ("High", bytes)])
        {
            var record = emitter.Scalar.Local(emitter.Shape.Load(_kind, Clr.At(records, at)), "record");
            var merged = Apply(emitter, record, Clr.Call(typeof(Records), $"{half}{8 * bytes}", x));
            emitter.Scalar.Do(emitter.Shape.Store(_kind, Clr.At(records, at), Clr.Call(typeof(Records), $"Partials{8 * bytes}", record, merged)));
        }
    }

    private Expression Apply(VectorEmitter emitter, Expression x, Expression y) =>
        LaneOperators.Reduce(((SingleOperator)type.Operator).Operator, emitter.Shape.Bytes(_kind), x, y);
}

/// <summary>Vectors of the records of <see cref="BlockPartials"/> of f64: the number of a block, then the partial.</summary>
internal static class Records
{
    /// <summary>Whether the partials of so many records are of a block.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static bool AreOf(long records, long count, long block)
    {
        var end = records + (count * 2 * sizeof(long));
        for (; records <= end - 64; records += 64)
        {
            var equal = Vector256.Equals(Memory.Load<Vector256<long>>(records), Vector256.Create(block)) & Vector256.Equals(Memory.Load<Vector256<long>>(records + 32), Vector256.Create(block));
            if ((Vector256.ExtractMostSignificantBits(equal) & 0b0101) != 0b0101)
            {
                return false;
            }
        }

        for (; records < end && Memory.Load<long>(records) == block; records += 16)
        {
        }

        return records == end;
    }

    /// <summary>The low lanes at the places of the partials; what is between does not count.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<double> Low128(Vector128<double> x) => Vector128.Shuffle(x, Vector128.Create(0L, 0));

    /// <summary>The high lanes at the places of the partials; what is between does not count.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<double> High128(Vector128<double> x) => x;

    /// <summary>The low lanes at the places of the partials; what is between does not count.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> Low256(Vector256<double> x) => Vector256.Shuffle(x, Vector256.Create(0L, 0, 1, 1));

    /// <summary>The high lanes at the places of the partials; what is between does not count.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> High256(Vector256<double> x) => Vector256.Shuffle(x, Vector256.Create(2L, 2, 3, 3));

    /// <summary>The low lanes at the places of the partials; what is between does not count.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> Low512(Vector512<double> x) => Vector512.Create(Low256(x.GetLower()), High256(x.GetLower()));

    /// <summary>The high lanes at the places of the partials; what is between does not count.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> High512(Vector512<double> x) => Vector512.Create(Low256(x.GetUpper()), High256(x.GetUpper()));

    /// <summary>The records with other partials.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<double> Partials128(Vector128<double> records, Vector128<double> partials) =>
        Vector128.ConditionalSelect(Vector128.Create(0L, -1).AsDouble(), partials, records);

    /// <summary>The records with other partials.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> Partials256(Vector256<double> records, Vector256<double> partials) =>
        Avx.IsSupported ? Avx.Blend(records, partials, 0b1010) : Vector256.ConditionalSelect(Vector256.Create(0L, -1, 0, -1).AsDouble(), partials, records);

    /// <summary>The records with other partials.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> Partials512(Vector512<double> records, Vector512<double> partials) =>
        Vector512.ConditionalSelect(Vector512.Create(0L, -1, 0, -1, 0, -1, 0, -1).AsDouble(), partials, records);
}
