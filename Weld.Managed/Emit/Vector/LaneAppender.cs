using System.Linq.Expressions;
using System.Numerics;
using Weld.Core.IR;
using Weld.Core.Types;
using Weld.Managed.Builders;
using Weld.Managed.Runtime;

namespace Weld.Managed.Emit.Vector;

/// <summary>
/// An appender of scalars in a vector loop. There is room for every iteration before it begins, and behind a buffer lie 64 bytes of slack, so whole vectors are stored: what every lane
/// merges as it is, what some merge after it was compressed to the low lanes. More than one merge in an iteration is done lane by lane. What is larger than the caches is stored past them.
/// </summary>
internal sealed class LaneAppender(BuilderCode code, Operand builder, ParameterExpression appender, ScalarKind kind) : LaneBuilder
{
    private readonly LaneSpill _spill = new(code, builder);
    private ParameterExpression? _place;
    private ParameterExpression? _isFar;
    private long _pending;

    public override bool TakesOne => true;

    // b.MakeRoom(most, index); place = b.Data + b.Length * size; isFar = b.IsFar && place is that of an aligned vector;
    public override void Begin(VectorEmitter emitter, Expression most)
    {
        emitter.Scalar.Do(Clr.CallOn(appender, nameof(Appender.MakeRoom), most, emitter.Index, Expression.Constant(emitter.IsMasked)));
        _place = emitter.Scalar.Local(Clr.Element(Clr.Property(appender, nameof(Appender.Data)), Clr.Property(appender, nameof(Appender.Length)), kind.Size()), "place");
        if (emitter.Shape.Lanes * kind.Size() == emitter.Shape.Bytes(kind))
        {
            var isAligned = Expression.Equal(Expression.And(_place, Expression.Constant(emitter.Shape.Bytes(kind) - 1L)), Clr.Zero);
            _isFar = emitter.Scalar.Local(Expression.AndAlso(Clr.Property(appender, nameof(Appender.IsFar)), isAligned), "isFar");
        }
    }

    public override void Merge(VectorEmitter emitter, Seq<LaneMerge> merges, int copy, Expression first)
    {
        if (merges.Count == 0)
        {
            return;
        }

        var merge = merges[0];
        if (merges.Count > 1)
        {
            MergeEach(emitter, merges, copy, first);
            return;
        }

        var value = emitter.Lanes(kind, merge.Value);
        if (merge.Where is null)
        {
            EmitStore(emitter, Clr.At(_place!, _pending), value);
            _pending += (long)emitter.Shape.Lanes * kind.Size();
            return;
        }

        // store(place, compress(value, where)); place += count(where) * size;
        DoSettle(emitter);
        emitter.Scalar.Do(Compress.Store(emitter, kind, _place!, value, merge.Where));
    }

    public override IEnumerable<Expression> Settle() => _pending == 0 ? [] : [Expression.AddAssign(_place!, Expression.Constant(_pending))];

    public override void EndStep() => _pending = 0;

    // b.Length = (place - b.Data) / size; if (isFar) fence
    public override void End(VectorEmitter emitter)
    {
        emitter.Scalar.Do(Expression.Assign(
            Clr.Property(appender, nameof(Appender.Length)),
            Expression.RightShift(Expression.Subtract(_place!, Clr.Property(appender, nameof(Appender.Data))), Expression.Constant(BitOperations.Log2((uint)kind.Size())))));
        if (_isFar is not null)
        {
            emitter.Scalar.Do(Expression.IfThen(_isFar, Clr.Call(typeof(Memory), nameof(Memory.FinishFar))));
        }
    }

    // if (isFar) store past the caches; else store
    private void EmitStore(VectorEmitter emitter, Expression place, Expression value)
    {
        if (_isFar is null)
        {
            emitter.Scalar.Do(emitter.Shape.Store(kind, place, value));
            return;
        }

        var held = emitter.Scalar.Local(value, "stored");
        emitter.Scalar.Do(Expression.IfThenElse(
            _isFar, Simd.StoreFar(place, held), emitter.Shape.Store(kind, place, held)));
    }

    private void DoSettle(VectorEmitter emitter)
    {
        foreach (var statement in Settle())
        {
            emitter.Scalar.Do(statement);
        }

        _pending = 0;
    }

    private void MergeEach(VectorEmitter emitter, Seq<LaneMerge> merges, int copy, Expression first)
    {
        DoSettle(emitter);
        End(emitter);
        _spill.Merge(emitter, merges, copy, first);
        emitter.Scalar.Do(Expression.Assign(
            _place!, Clr.Element(Clr.Property(appender, nameof(Appender.Data)), Clr.Property(appender, nameof(Appender.Length)), kind.Size())));
    }
}
