using System.Linq.Expressions;
using Weld.Core.Diagnostics;
using Weld.Core.IR;
using Weld.Core.Types;
using Weld.Managed.Builders;
using Weld.Managed.Planning;
using Weld.Managed.Runtime;

namespace Weld.Managed.Emit.Vector;

/// <summary>Loops in a body in which every lane reduces the same data.</summary>
internal sealed partial class VectorEmitter
{
    /// <summary>The steps after this one whose lookups it checks together with its own; null where each checks for itself.</summary>
    private int? _stepsAhead;

    /// <summary>Emits a stage's loop in a few neighbouring steps at once, and stores what it gives.</summary>
    /// <param name="stage">The stage.</param>
    /// <param name="tile">The places of the result's scalars in the tile.</param>
    /// <param name="nested">The loop that is being emitted, if its function runs it again and again.</param>
    /// <param name="first">The first iteration of the steps.</param>
    /// <param name="last">The first iteration of the last steps of the tile that go so.</param>
    /// <param name="count">How many steps there are.</param>
    /// <param name="bind">Binds the iterations of a step, given the first iteration of all.</param>
    public void EmitReduction(TileStage stage, IReadOnlyList<Expression> tile, For? nested, ParameterExpression first, Expression last, int count, Action<Expression, int> bind)
    {
        var (around, row) = (_variables, Row!);
        Elsewhere = stage.Elsewhere;
        var node = (For)stage.Reduction!.Builder;
        var reduction = ReductionOf(stage);
        var environments = Environments(first);
        var (given, iterations) = Scalar.EmitSources(node);
        var sources = Array.ConvertAll(given, s => s with { Values = Array.ConvertAll(s.Values, Scalar.HoldPure) });
        var results = Panel.Of(node, reduction, Shape, count, facts) is { } panel
            ? EmitPanels(panel, environments, sources, iterations, nested is not null && panel.IsSame(nested, stage, Scalar.Outside) ? EmitKept(panel, sources, iterations, first, last, Environments) : null)
            : EmitReduction(node, reduction, environments, sources, iterations);
        for (var step = 0; step < results.Length; step++)
        {
            for (var s = 0; s < tile.Count; s++)
            {
                var kind = reduction.Scalars[s].Kind;
                Scalar.Do(Shape.Store(kind, Clr.Element(tile[s], environments[step].Row, kind.Size()), results[step][s]));
            }
        }

        Enter(new StepScope(around, row));

        List<StepScope> Environments(ParameterExpression start)
        {
            var steps = new List<StepScope>();
            for (var step = 0; step < count; step++)
            {
                steps.Add(new StepScope(new(around, ReferenceEqualityComparer.Instance), Clr.At(start == first ? row : Expression.Add(row, Expression.Subtract(start, first)), (long)step * Shape.Lanes)));
                Enter(steps[^1]);
                bind(start, step);
                foreach (var (symbol, value) in stage.Lets)
                {
                    BindValue(symbol, value);
                }
            }

            return steps;
        }
    }

    /// <summary>How many steps go through a stage's loop together.</summary>
    public int StepsTogether(TileStage stage)
    {
        var reduction = ReductionOf(stage);
        return Panel.Of((For)stage.Reduction!.Builder, reduction, Shape, VectorPlan.MostTogether, facts) is not null
            ? VectorPlan.MostTogether : Math.Clamp(VectorPlan.MostSums / Math.Max(reduction.Scalars.Count, 1), 2, VectorPlan.MostTogether);
    }

    private void Enter(StepScope step) => (_variables, Row) = step;

    /// <summary>Room in the tile for the scalars of a stage's result.</summary>
    public IReadOnlyList<Expression> Reserve(TileStage stage) =>
        [.. ReductionOf(stage).Scalars.Select(s => Scalar.Scratch(VectorPlan.TileSteps * Shape.Lanes * s.Kind.Size()))];

    /// <summary>From now on the stage's result is read from the tile.</summary>
    public void ReadFrom(TileStage stage, IReadOnlyList<Expression> tile)
    {
        var scalars = ReductionOf(stage).Scalars;
        _tiled[stage.Reduction!] = () => Build(stage.Reduction!.Type, new(scalars.Select((s, i) => Load(s.Kind, Clr.Element(tile[i], Row!, s.Kind.Size())))));
    }

    private static Reduction ReductionOf(TileStage stage) => stage.Reduction!.Builder.Type is MergerType m
        ? new Reduction(m.Element, m.Operator) : throw new WeldInternalException("emit", $"expected a merger, found {stage.Reduction.Builder.Type}");

    // total = initial; for each block: lanes[…] = identity; for each lane j, a few scalars at a time: { sum = lanes[j]; for (k ≡ j modulo L) sum ∘= value; lanes[j] = sum; }; fold by halving; total ∘= lanes[0]
    // in each lane of the vectors as in the scalar loop (ReductionOrder). What does not show the order is reduced in one vector.
    private Expression[][] EmitReduction(For node, Reduction reduction, List<StepScope> environments, LoopSource[] sources, Expression count)
    {
        var type = (MergerType)node.Builder.Type;
        var lanes = reduction.IsSensitive ? ReductionOrder.Lanes(type) : 1;
        var steps = environments.ConvertAll(Slots).ToArray();
        var slots = steps.SelectMany(s => s).Where(s => s.Lanes is not null).ToList();
        var together = VectorPlan.MostSums / steps.Length;
        var chunkSize = lanes == 1 ? VectorPlan.ChunkOfOne : VectorPlan.UnpackedPerLane * lanes;
        var k = Scalar.Local(Clr.Zero, "k");
        Scalar.Loop(exit =>
        {
            Scalar.Do(Expression.IfThen(Expression.GreaterThanOrEqual(k, count), Expression.Break(exit)));
            var end = Scalar.Local(Clr.Min(Expression.Add(k, Expression.Constant((long)ReductionOrder.BlockSize)), count), "blockEnd");
            var used = Scalar.Local(Clr.Call(typeof(MergerLanes), nameof(MergerLanes.Used), Expression.Subtract(end, k), Expression.Constant((long)lanes)), "used");
            foreach (var slot in slots)
            {
                var j = Scalar.Local(Clr.Zero, "j");
                var identity = Simd.Create(OperatorEmitter.Numeric(slot.Scalar.Identity), Shape.Bytes(slot.Scalar.Kind));
                Scalar.CountTo(j, used, () => Scalar.Do(Store(slot, j, identity)));
            }

            Scalar.Loop(done =>
            {
                Scalar.Do(Expression.IfThen(Expression.GreaterThanOrEqual(k, end), Expression.Break(done)));
                Scalar.Look();
                var chunk = Scalar.Local(Clr.Min(Expression.Add(k, Expression.Constant((long)chunkSize)), end), "chunkEnd");
                var first = Scalar.Local(k, "first");
                Scalar.CountTo(first, Clr.Min(chunk, Expression.Add(k, Expression.Constant((long)lanes))), () =>
                {
                    var lane = slots.Count == 0 ? null : Scalar.Local(Expression.And(first, Expression.Constant((long)lanes - 1)), "lane");
                    for (var from = 0; from < steps[0].Length; from += together)
                    {
                        var to = Math.Min(from + together, steps[0].Length);
                        var sums = steps.SelectMany(s => s[from..to]).Where(s => s.Lanes is not null).ToList();
                        sums.ForEach(s => Scalar.Do(Expression.Assign(s.Sum, Load(s, lane!))));
                        var n = Scalar.Local(first, "n");
                        Scalar.CountTo(n, chunk, () => Scalar.Inside(() => EmitInner(node, sources, steps, from..to, environments, n)), Expression.Constant((long)lanes));
                        sums.ForEach(s => Scalar.Do(Store(s, lane!, s.Sum)));
                    }
                });
                Scalar.Do(Expression.Assign(k, chunk));
            });
            slots.ForEach(s => Fold(s, used));
        });
        return Array.ConvertAll(steps, s => Array.ConvertAll(s, Expression (slot) => slot.Total));

        Slot[] Slots(StepScope step)
        {
            Enter(step);
            var initial = ((NewBuilder)node.Builder).Argument is { } argument ? LaneMerger.Flatten(Emit(argument)).ToArray() : null;
            return [.. reduction.Scalars.Select((s, i) =>
            {
                var total = Scalar.Local(initial is null ? Simd.Create(OperatorEmitter.Numeric(s.Identity), Shape.Bytes(s.Kind)) : Lanes(s.Kind, initial[i]), "total");
                return new Slot(s, total, s.IsSensitive ? Scalar.Local(total.Type, "sum") : total, s.IsSensitive ? Scalar.Scratch(lanes * Shape.Bytes(s.Kind)) : null);
            })];
        }
    }

    private void EmitInner(For node, LoopSource[] sources, Slot[][] steps, Range some, List<StepScope> environments, ParameterExpression n) => InIteration(node, sources, n, null, () =>
    {
        for (var step = 0; step < steps.Length; step++)
        {
            _stepsAhead = step == 0 ? steps.Length - 1 : -1;
            Enter(environments[step]);
            Bind(node.Function.Parameters[0], new MergesOperand(new LaneTotals(), []));
            foreach (var merge in ((MergesOperand)Emit(node.Function.Body)).Merges)
            {
                foreach (var (slot, value) in steps[step][some].Zip(LaneMerger.Flatten(merge.Value).ToArray()[some]))
                {
                    var kind = slot.Scalar.Kind;
                    var merged = Merged(slot.Scalar, slot.Sum, Lanes(kind, value));
                    Scalar.Do(Expression.Assign(slot.Sum, merge.Where is null ? merged : Choose(kind, merge.Where, merged, slot.Sum)));
                }
            }
        }
    });

    /// <summary>Emits code in one iteration, of whose elements it reads these fields; null for all.</summary>
    private void InIteration(For node, LoopSource[] sources, ParameterExpression n, IReadOnlySet<int>? fields, Action emit)
    {
        var (uniform, broadcast) = (_uniform, _broadcast);
        (_uniform, _broadcast) = (new(ReferenceEqualityComparer.Instance), []);
        Scalar.BindElementInPlace(node, sources, n, fields);
        BroadcastElements(node, sources, fields);
        emit();
        _stepsAhead = null;
        (_uniform, _broadcast) = (uniform, broadcast);
    }

    /// <summary>Numbers go from memory to all lanes at once.</summary>
    private void BroadcastElements(For node, LoopSource[] sources, IReadOnlySet<int>? fields)
    {
        for (var i = 0; i < sources.Length; i++)
        {
            if (fields?.Contains(i) != false && sources[i] is { Kind: IterKind.Scalar, Element: ScalarType { Kind: var kind and not ScalarKind.Bool } })
            {
                var element = Scalar.EmitScalar(node.Iters.Count == 1 ? new Ident(node.Function.Parameters[2]) : new Field(new Ident(node.Function.Parameters[2]), i));
                _broadcast.Add((element, Shape.Bytes(kind)), Scalar.Local(Simd.Create(element, Shape.Bytes(kind))));
            }
        }
    }

    private void Fold(Slot slot, ParameterExpression used)
    {
        var half = Scalar.Local(used, "half");
        Scalar.Loop(exit =>
        {
            Scalar.Do(Expression.Assign(half, Expression.RightShift(half, Expression.Constant(1))));
            Scalar.Do(Expression.IfThen(Expression.Equal(half, Clr.Zero), Expression.Break(exit)));
            var j = Scalar.Local(Clr.Zero, "j");
            Scalar.CountTo(j, half, () => Scalar.Do(Store(slot, j, Merged(slot.Scalar, Load(slot, j), Load(slot, Expression.Add(j, half))))));
        });
        Scalar.Do(Expression.Assign(slot.Total, Merged(slot.Scalar, slot.Total, Load(slot, Clr.Zero))));
    }

    private Expression Merged(ReducedScalar scalar, Expression x, Expression y) => LaneOperators.Reduce(scalar.Operator, Shape.Bytes(scalar.Kind), x, y);

    private MethodCallExpression Load(Slot slot, Expression lane) =>
        (MethodCallExpression)Clr.CallGeneric(typeof(Memory), nameof(Memory.Load), [Shape.Of(slot.Scalar.Kind)], Clr.Element(slot.Lanes!, lane, Shape.Bytes(slot.Scalar.Kind)));

    private Expression Store(Slot slot, Expression lane, Expression vector) =>
        Clr.CallGeneric(typeof(Memory), nameof(Memory.Store), [vector.Type], Clr.Element(slot.Lanes!, lane, Shape.Bytes(slot.Scalar.Kind)), vector);

    private static Operand Build(WeldType type, Queue<Operand> scalars) => type is StructType s ? new StructOperand([.. s.Fields.Select(f => Build(f, scalars))]) : scalars.Dequeue();

    /// <summary>One of the steps that go through a loop together.</summary>
    /// <param name="Variables">What its variables are bound to.</param>
    /// <param name="Row">Its iteration, from the start of the tile.</param>
    private sealed record StepScope(Dictionary<Symbol, Operand> Variables, Expression Row);

    /// <summary>One scalar of a reduction in every lane of a vector.</summary>
    /// <param name="Scalar">What is reduced.</param>
    /// <param name="Total">The value so far; where the order shows, of the blocks before this one.</param>
    /// <param name="Sum">What merges go to: where the order shows the value of one lane of the reduction, else the total.</param>
    /// <param name="Lanes">The lanes of the reduction, each a vector, where the order shows.</param>
    private sealed record Slot(ReducedScalar Scalar, ParameterExpression Total, ParameterExpression Sum, Expression? Lanes);

    /// <summary>The builder of such a loop: its merges are done at once.</summary>
    private sealed class LaneTotals : LaneBuilder
    {
        public override bool TakesOnce => true;

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
