using System.Linq.Expressions;
using Weld.Core.IR;
using Weld.Core.Operators;
using Weld.Core.Types;
using Weld.Managed.Builders;
using Weld.Managed.Runtime;

namespace Weld.Managed.Emit.Vector;

/// <summary>
/// A merger in a vector loop. Where the order of merges shows, iteration i merges into lane i mod L (<see cref="Core.IR.ReductionOrder"/>): a step of L iterations keeps the lanes in
/// registers, a shorter one loads and stores them, each address once in L iterations. Else each computation of the body has an accumulator of its own, and they fold at the end.
/// </summary>
internal sealed class LaneMerger(MergerFrame frame, int copies) : LaneBuilder
{
    private readonly ParameterExpression[]?[] _accumulators = new ParameterExpression[]?[frame.Slots.Length];

    public override void Begin(VectorEmitter emitter, Expression most)
    {
        for (var s = 0; s < frame.Slots.Length; s++)
        {
            var slot = frame.Slots[s];
            if (slot.Lanes is null)
            {
                var first = Simd.Create(StartsFromValue(slot) ? slot.Accumulator : OperatorEmitter.Numeric(slot.Scalar.Identity), emitter.Shape.Bytes(slot.Scalar.Kind));
                _accumulators[s] = [.. Enumerable.Range(0, copies).Select(_ => emitter.Scalar.Local(first, "acc"))];
            }
            else if (copies * emitter.Shape.Lanes == frame.Loop.Lanes)
            {
                _accumulators[s] = [.. Enumerable.Range(0, copies).Select(c => emitter.Scalar.Local(emitter.Shape.Load(slot.Scalar.Kind, Place(emitter, slot, c)), "acc"))];
            }
        }
    }

    // acc = acc ∘ x, or acc = where ? acc ∘ x : acc
    public override void Merge(VectorEmitter emitter, Seq<LaneMerge> merges, int copy, Expression first)
    {
        foreach (var merge in merges)
        {
            var s = 0;
            foreach (var value in Flatten(merge.Value))
            {
                var (slot, accumulators) = (frame.Slots[s], _accumulators[s++]);
                var kind = slot.Scalar.Kind;
                var x = emitter.Lanes(kind, value);
                if (accumulators is not null)
                {
                    emitter.Scalar.Do(Expression.Assign(accumulators[copy], Merged(accumulators[copy])));
                    continue;
                }

                var lane = Expression.And(first, Expression.Constant((long)frame.Loop.Lanes - 1));
                var place = emitter.Scalar.Local(Clr.Element(slot.Lanes!, lane, kind.Size()), "lane");
                emitter.Scalar.Do(emitter.Shape.Store(kind, place, Merged(merge.Where is null
                    ? emitter.Shape.Load(kind, place) : emitter.Scalar.Local(emitter.Shape.Load(kind, place)))));

                Expression Merged(Expression accumulator)
                {
                    var merged = Apply(emitter, slot, accumulator, x);
                    return merge.Where is null ? merged : emitter.Choose(kind, merge.Where, merged, accumulator);
                }
            }
        }
    }

    public override void End(VectorEmitter emitter)
    {
        for (var s = 0; s < frame.Slots.Length; s++)
        {
            var slot = frame.Slots[s];
            if (slot.Lanes is null)
            {
                Fold(emitter, slot, _accumulators[s]!);
                continue;
            }

            for (var c = 0; c < _accumulators[s]?.Length; c++)
            {
                emitter.Scalar.Do(emitter.Shape.Store(slot.Scalar.Kind, Place(emitter, slot, c), _accumulators[s]![c]));
            }
        }
    }

    /// <summary>Whether every lane may start from the value so far, as merging it again changes nothing.</summary>
    private static bool StartsFromValue(MergerSlot slot) => slot.Scalar.Kind != ScalarKind.Bool && slot.Scalar.Operator.Laws.HasFlag(Laws.Idempotent);

    // Halves until one lane is left; no step is a branch that depends on what was merged.
    private static void Fold(VectorEmitter emitter, MergerSlot slot, ParameterExpression[] accumulators)
    {
        var kind = slot.Scalar.Kind;
        var (bytes, lanes) = (emitter.Shape.Bytes(kind), emitter.Shape.Lanes);
        var all = accumulators.Skip(1).Aggregate((Expression)accumulators[0], (x, y) => emitter.Scalar.Local(Apply(emitter, slot, x, y)));
        for (; bytes > 16; bytes /= 2)
        {
            lanes /= 2;
            all = emitter.Scalar.Local(LaneOperators.Reduce(slot.Scalar.Operator, bytes / 2, Simd.Call(bytes, "GetLower", all), Simd.Call(bytes, "GetUpper", all)));
        }

        for (; lanes > 1; lanes /= 2)
        {
            all = emitter.Scalar.Local(LaneOperators.Reduce(slot.Scalar.Operator, 16, all, Simd.ShiftDown(all, lanes / 2 * kind.Size())));
        }

        var lane = Simd.Call(16, "ToScalar", all);
        var value = kind == ScalarKind.Bool ? Clr.Call(typeof(Memory), nameof(Memory.ToBool), lane) : lane;
        emitter.Scalar.Do(Expression.Assign(slot.Accumulator, StartsFromValue(slot) ? value : OperatorEmitter.Binary(slot.Scalar.Operator, kind, slot.Accumulator, value)));
    }

    private static Expression Apply(VectorEmitter emitter, MergerSlot slot, Expression x, Expression y) =>
        LaneOperators.Reduce(slot.Scalar.Operator, emitter.Shape.Bytes(slot.Scalar.Kind), x, y);

    private static Expression Place(VectorEmitter emitter, MergerSlot slot, int copy) =>
        Clr.At(slot.Lanes!, (long)copy * emitter.Shape.Lanes * slot.Scalar.Kind.Size());

    /// <summary>The scalars of a value, in order.</summary>
    public static IEnumerable<Operand> Flatten(Operand value) => value is StructOperand s ? s.Fields.SelectMany(Flatten) : [value];
}
