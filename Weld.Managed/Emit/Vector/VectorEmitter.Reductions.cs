using System.Linq.Expressions;
using Weld.Core.IR;
using Weld.Core.Types;
using Weld.Managed.Builders;
using Weld.Managed.Runtime;

namespace Weld.Managed.Emit.Vector;

/// <summary>Loops in a body in which every lane reduces the same data.</summary>
internal sealed partial class VectorEmitter
{
    // total = initial; for each block: lanes[…] = identity; for each k: lanes[k mod L] ∘= value; fold by halving; total ∘= lanes[0]
    // in each lane of the vectors as in the scalar loop (ReductionOrder). What does not show the order is reduced in one vector.
    private Operand EmitReduction(For node)
    {
        var type = (MergerType)node.Builder.Type;
        var reduction = new Reduction(type.Element, type.Operator);
        var initial = ((NewBuilder)node.Builder).Argument is { } argument ? LaneMerger.Flatten(Emit(argument)).ToArray() : null;
        var (sources, count) = Scalar.EmitSources(node);
        var lanes = ReductionOrder.Lanes(type);
        var slots = reduction.Scalars.Select((s, i) => new Slot(
            s,
            Scalar.Local(initial is null ? Simd.Create(OperatorEmitter.Numeric(s.Identity), Shape.Bytes(s.Kind)) : Lanes(s.Kind, initial[i]), "total"),
            s.IsSensitive ? Scalar.Scratch(lanes * Shape.Bytes(s.Kind)) : null)).ToArray();
        var k = Scalar.Local(Clr.Zero, "k");
        Scalar.Loop(exit =>
        {
            Scalar.Do(Expression.IfThen(Expression.GreaterThanOrEqual(k, count), Expression.Break(exit)));
            var end = Scalar.Local(Clr.Min(Expression.Add(k, Expression.Constant((long)ReductionOrder.BlockSize)), count), "blockEnd");
            var used = Scalar.Local(Clr.Call(typeof(MergerLanes), nameof(MergerLanes.Used), Expression.Subtract(end, k), Expression.Constant((long)lanes)), "used");
            foreach (var slot in slots.Where(s => s.Lanes is not null))
            {
                var j = Scalar.Local(Clr.Zero, "j");
                var identity = Simd.Create(OperatorEmitter.Numeric(slot.Scalar.Identity), Shape.Bytes(slot.Scalar.Kind));
                Scalar.CountTo(j, used, () => Scalar.Do(Store(slot, j, identity)));
            }

            Scalar.Loop(done =>
            {
                Scalar.Do(Expression.IfThen(Expression.GreaterThanOrEqual(k, end), Expression.Break(done)));
                Scalar.Look();
                var chunk = Scalar.Local(Clr.Min(Expression.Add(k, Expression.Constant(LoopDriver.ChunkSize)), end), "chunkEnd");
                Scalar.CountTo(k, chunk, () => Scalar.Inside(() => EmitInner(node, sources, slots, lanes, k)));
            });
            foreach (var slot in slots.Where(s => s.Lanes is not null))
            {
                Fold(slot, used);
            }
        });
        var totals = new Queue<Operand>(slots.Select(s => Result(s.Scalar.Kind, s.Total)));
        return Build(type.Element, totals);
    }

    private void EmitInner(For node, LoopSource[] sources, Slot[] slots, int lanes, ParameterExpression k)
    {
        var (uniform, broadcast) = (_uniform, _broadcast);
        (_uniform, _broadcast) = (new(ReferenceEqualityComparer.Instance), []);
        Scalar.BindElement(node, sources, k);
        Bind(node.Function.Parameters[0], new MergesOperand(new LaneTotals(), []));
        foreach (var merge in ((MergesOperand)Emit(node.Function.Body)).Merges)
        {
            var values = LaneMerger.Flatten(merge.Value).ToArray();
            for (var s = 0; s < slots.Length; s++)
            {
                var (slot, kind) = (slots[s], slots[s].Scalar.Kind);
                var x = Lanes(kind, values[s]);
                var j = slot.Lanes is null ? null : Scalar.Local(Expression.And(k, Expression.Constant((long)lanes - 1)), "lane");
                var before = j is null ? slot.Total : Scalar.Local(Load(slot, j));
                var merged = LaneOperators.Reduce(slot.Scalar.Operator, Shape.Bytes(kind), before, x);
                var after = merge.Where is null ? merged : Choose(kind, merge.Where, merged, before);
                Scalar.Do(j is null ? Expression.Assign(slot.Total, after) : Store(slot, j, after));
            }
        }

        (_uniform, _broadcast) = (uniform, broadcast);
    }

    private void Fold(Slot slot, ParameterExpression used)
    {
        var half = Scalar.Local(used, "half");
        Scalar.Loop(exit =>
        {
            Scalar.Do(Expression.Assign(half, Expression.RightShift(half, Expression.Constant(1))));
            Scalar.Do(Expression.IfThen(Expression.Equal(half, Clr.Zero), Expression.Break(exit)));
            var j = Scalar.Local(Clr.Zero, "j");
            Scalar.CountTo(j, half, () => Scalar.Do(Store(slot, j, Merged(slot, Load(slot, j), Load(slot, Expression.Add(j, half))))));
        });
        Scalar.Do(Expression.Assign(slot.Total, Merged(slot, slot.Total, Load(slot, Clr.Zero))));
    }

    private Expression Merged(Slot slot, Expression x, Expression y) => LaneOperators.Reduce(slot.Scalar.Operator, Shape.Bytes(slot.Scalar.Kind), x, y);

    private MethodCallExpression Load(Slot slot, Expression lane) =>
        (MethodCallExpression)Clr.CallGeneric(typeof(Memory), nameof(Memory.Load), [Shape.Of(slot.Scalar.Kind)], Clr.Element(slot.Lanes!, lane, Shape.Bytes(slot.Scalar.Kind)));

    private Expression Store(Slot slot, Expression lane, Expression vector) =>
        Clr.CallGeneric(typeof(Memory), nameof(Memory.Store), [vector.Type], Clr.Element(slot.Lanes!, lane, Shape.Bytes(slot.Scalar.Kind)), vector);

    private Operand Result(ScalarKind kind, Expression total) => kind == ScalarKind.Bool ? ToMask(total) : new LaneOperand(kind, total);

    private static Operand Build(WeldType type, Queue<Operand> scalars) => type is StructType s ? new StructOperand([.. s.Fields.Select(f => Build(f, scalars))]) : scalars.Dequeue();

    /// <summary>One scalar of a reduction in every lane of a vector.</summary>
    private sealed record Slot(ReducedScalar Scalar, ParameterExpression Total, Expression? Lanes);

    /// <summary>The builder of such a loop: its merges are done at once.</summary>
    private sealed class LaneTotals : LaneBuilder
    {
        public override void Begin(VectorEmitter emitter, Expression most)
        {
        }

        public override void Merge(VectorEmitter emitter, Seq<LaneMerge> merges, int copy, Expression first)
        {
        }

        public override void End(VectorEmitter emitter)
        {
        }
    }
}
