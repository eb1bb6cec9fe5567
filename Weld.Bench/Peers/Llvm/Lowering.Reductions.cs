using Weld.Core.IR;
using Weld.Core.Operators;
using Weld.Core.Types;
using Weld.Core.Values;
using Weld.Managed.Layout;
using Weld.Managed.Planning;

namespace Weld.Bench.Peers.Llvm;

/// <summary>One scalar of a merger in a loop.</summary>
/// <param name="Kind">Its kind.</param>
/// <param name="Operator">How it is reduced.</param>
/// <param name="Total">The variable with the total of the blocks so far.</param>
/// <param name="Lanes">Where the lanes of the present block are; null if their order does not show.</param>
/// <param name="Vectors">Variables of whole vectors, of a loop in lanes, where the order does not show.</param>
internal sealed record MergerSlot(ScalarKind Kind, BinaryOperator Operator, string Total, string? Lanes, string[] Vectors);

/// <summary>A merger that a loop passes through.</summary>
/// <param name="Outer">The merger around the loop.</param>
/// <param name="Slots">Its scalars.</param>
/// <param name="Lanes">How many lanes the loop has for what it merges.</param>
/// <param name="Width">The iterations that merge at once.</param>
internal sealed record MergerFrame(MergerValue Outer, MergerSlot[] Slots, int Lanes, int Width) : Lowered;

/// <summary>
/// Float reductions in the library's order (<see cref="ReductionOrder"/>): a block's iteration i merges into lane i mod L, the lanes fold by halving, the block goes into the total;
/// a nested loop's total is one merge of the iteration around it. Keyed builders keep what a block comes to for each key.
/// </summary>
internal sealed partial class Lowering
{
    /// <summary>Whether the order of the merges is to be kept, and shows.</summary>
    private bool MindsOrder(WeldType type, MergeOperator op) => _isOrdered && ReductionOrder.IsSensitive(type, op);

    private Lowered Enter(WeldType type, Lowered builder, int lanes, VectorPlan? plan) => (type, builder) switch
    {
        (StructType s, StructValue v) => new StructValue([.. s.Fields.Select((f, i) => Enter(f, v.Fields[i], lanes, plan))]),
        (MergerType m, MergerValue v) => new MergerFrame(v, [.. Scalars(m.Element, m.Operator, null).Select((s, i) => Slot(s.Kind, s.Operator, v, v.Totals[i], lanes, plan))], lanes, plan?.Lanes ?? 1),
        (_, VecMergerValue { Partials: { } p } v) => v with { Partials = p with { InLoop = true } },
        (_, DictMergerValue { Partials: { } p } v) => v with { Partials = p with { InLoop = true } },
        _ => builder,
    };

    private MergerSlot Slot(ScalarKind kind, BinaryOperator op, MergerValue outer, string total, int lanes, VectorPlan? plan)
    {
        var (type, identity) = (LlvmTypes.Of(kind), Constant(op.Identity(kind)));
        if (_isOrdered && op.IsOrderSensitive(kind))
        {
            return new MergerSlot(kind, op, outer.InLoop ? _code.Variable(type, identity.Name) : total, _code.Variable($"[{lanes} x {type}]"), []);
        }

        return new MergerSlot(
            kind, op, total, null, [.. Enumerable.Range(0, plan?.Copies ?? 0).Select(_ => _code.Variable(LlvmTypes.Of(type, plan!.Lanes), Spread(type, identity, plan.Lanes)))]);
    }

    private static bool ShowsBlocks(Lowered outer, Lowered inner) => (outer, inner) switch
    {
        (StructValue o, StructValue i) => o.Fields.Zip(i.Fields).Any(p => ShowsBlocks(p.First, p.Second)),
        (_, MergerFrame f) => f.Slots.Any(s => s.Lanes is not null),
        _ => PartialsOf(outer) is { InLoop: false },
    };

    private static Partials? PartialsOf(Lowered builder) => builder switch
    {
        VecMergerValue v => v.Partials,
        DictMergerValue v => v.Partials,
        _ => null,
    };

    // used = count >= lanes ? lanes : count rounded up to a power of two
    private string UsedLanes(string count, int lanes)
    {
        Declare("declare i64 @llvm.ctlz.i64(i64, i1)");
        var zeros = _code.Do($"call i64 @llvm.ctlz.i64(i64 {_code.Do($"sub i64 {count}, 1")}, i1 false)");
        var rounded = _code.Do($"shl i64 1, {_code.Do($"sub i64 64, {Least(zeros, "64")}")}");
        return Pick("i64", _code.Do($"icmp sge i64 {count}, {lanes}"), Text(lanes), rounded);
    }

    private void BeginBlock(Lowered outer, Lowered inner, string used)
    {
        if ((outer, inner) is (StructValue o, StructValue n))
        {
            for (var i = 0; i < o.Fields.Length; i++)
            {
                BeginBlock(o.Fields[i], n.Fields[i], used);
            }
        }
        else if (inner is MergerFrame frame)
        {
            foreach (var slot in frame.Slots.Where(s => s.Lanes is not null))
            {
                FillLanes(slot, used);
            }
        }
        else if (PartialsOf(outer) is { InLoop: false } partials)
        {
            _code.Set("i64", partials.Block, _code.Do($"add i64 {_code.Get("i64", partials.Block)}, 1"));
        }
    }

    // total ∘= fold(lanes)
    private void EndBlock(Lowered inner, string used)
    {
        foreach (var slot in Frames(inner).SelectMany(f => f.Slots).Where(s => s.Lanes is not null))
        {
            MergeInto(slot.Kind, slot.Operator, slot.Total, FoldLanes(slot, used));
        }
    }

    private void Leave(Lowered inner)
    {
        foreach (var frame in Frames(inner))
        {
            for (var i = 0; i < frame.Slots.Length; i++)
            {
                var slot = frame.Slots[i];
                var type = LlvmTypes.Of(slot.Kind);
                foreach (var vector in slot.Vectors)
                {
                    var lanes = new ScalarValue(_code.Get(LlvmTypes.Of(type, frame.Width), vector), frame.Width);
                    for (var lane = 0; lane < frame.Width; lane++)
                    {
                        MergeInto(slot.Kind, slot.Operator, slot.Total, Lane(type, lanes, lane));
                    }
                }

                if (slot.Total != frame.Outer.Totals[i])
                {
                    MergeInto(slot.Kind, slot.Operator, frame.Outer.Totals[i], new(_code.Get(type, slot.Total)));
                }
            }
        }
    }

    private void MergeInto(ScalarKind kind, BinaryOperator op, string total, ScalarValue value)
    {
        var type = LlvmTypes.Of(kind);
        _code.Set(type, total, Operate(op, kind, new(_code.Get(type, total)), value).Name);
    }

    private static IEnumerable<MergerFrame> Frames(Lowered inner) => inner switch
    {
        StructValue s => s.Fields.SelectMany(Frames),
        MergerFrame f => [f],
        _ => [],
    };

    /// <summary>A loop's builders as iteration <paramref name="i"/> merges into them.</summary>
    private Lowered Inside(Lowered builders, string i) => builders switch
    {
        StructValue s => new StructValue([.. s.Fields.Select(f => Inside(f, i))]),
        MergerFrame f => new MergerValue([.. f.Slots.Select(s => s.Lanes is null ? s.Total : LaneAddress(s, i, f.Lanes))]) { InLoop = true },
        _ => builders,
    };

    /// <summary>The same for the iterations from <paramref name="first"/> on.</summary>
    private Lowered InLanes(Lowered builders, string first, int copy, VectorPlan plan) => builders switch
    {
        StructValue s => new StructValue([.. s.Fields.Select(f => InLanes(f, first, copy, plan))]),
        MergerFrame f => new MergerValue([.. f.Slots.Select(s => s.Lanes is null ? s.Vectors[copy]
            : plan.Copies * plan.Lanes == f.Lanes ? At(s.Lanes, copy * plan.Lanes * s.Kind.Size())
            : LaneAddress(s, first, f.Lanes))]) { InLoop = true },
        _ => builders,
    };

    private string LaneAddress(MergerSlot slot, string i, int lanes) => Element(slot.Lanes!, _code.Do($"and i64 {i}, {lanes - 1}"), slot.Kind.Size());

    private void FillLanes(MergerSlot slot, string used)
    {
        var type = LlvmTypes.Of(slot.Kind);
        Declare($$"""
            define internal void @fill_{{type}}(ptr %lanes, i64 %used, {{type}} %identity) nounwind noinline {
            entry:
              br label %top
            top:
              %j = phi i64 [ 0, %entry ], [ %next, %top ]
              %lane = getelementptr {{type}}, ptr %lanes, i64 %j
              store {{type}} %identity, ptr %lane
              %next = add i64 %j, 1
              %more = icmp slt i64 %next, %used
              br i1 %more, label %top, label %done, !llvm.loop !1
            done:
              ret void
            }
            """);
        _code.Line($"call void @fill_{type}(ptr {slot.Lanes}, i64 {used}, {type} {Constant(slot.Operator.Identity(slot.Kind)).Name})");
    }

    // for (half = used / 2; half > 0; half /= 2) for (j = 0; j < half; j++) lanes[j] ∘= lanes[j + half]
    private ScalarValue FoldLanes(MergerSlot slot, string used)
    {
        var (type, operation) = (LlvmTypes.Of(slot.Kind), slot.Operator == OperatorTable.Add ? "fadd" : "fmul");
        Declare($$"""
            define internal {{type}} @fold_{{operation}}_{{type}}(ptr %lanes, i64 %used) nounwind noinline {
            entry:
              br label %fold
            fold:
              %size = phi i64 [ %used, %entry ], [ %half, %inner ]
              %half = lshr i64 %size, 1
              %more = icmp sgt i64 %half, 0
              br i1 %more, label %inner, label %done
            inner:
              %j = phi i64 [ 0, %fold ], [ %next, %inner ]
              %at = getelementptr {{type}}, ptr %lanes, i64 %j
              %from = getelementptr {{type}}, ptr %at, i64 %half
              %x = load {{type}}, ptr %at
              %y = load {{type}}, ptr %from
              %z = {{operation}} {{type}} %x, %y
              store {{type}} %z, ptr %at
              %next = add i64 %j, 1
              %go = icmp slt i64 %next, %half
              br i1 %go, label %inner, label %fold, !llvm.loop !1
            done:
              %total = load {{type}}, ptr %lanes
              ret {{type}} %total
            }
            """);
        return new(_code.Do($"call {type} @fold_{operation}_{type}(ptr {slot.Lanes}, i64 {used})"));
    }

    private static int StampOffset(WeldType value) => (MemoryLayout.Of(value).Size + sizeof(long) - 1) & -sizeof(long);

    private static int PartialSize(WeldType value) => StampOffset(value) + sizeof(long);

    /// <summary>total ∘= value; in a loop what the block comes to for the key takes the value, and the total what an earlier block came to.</summary>
    private void MergeKeyed(WeldType type, MergeOperator op, Partials? partials, string total, string partial, Lowered value)
    {
        if (partials is not { InLoop: true })
        {
            Settle(type, op, partials, total, partial);
            MergeInMemory(type, op, total, value);
            return;
        }

        var block = _code.Get("i64", partials.Block);
        var (fresh, after) = (_code.Label(), _code.Label());
        _code.Branch(_code.Do($"icmp eq i64 {block}, {LoadPart("i64", partial, StampOffset(type))}"), after, fresh);
        _code.Begin(fresh);
        Settle(type, op, partials, total, partial);
        Store(type, Identity(type, op), partial);
        StorePart("i64", block, partial, StampOffset(type));
        _code.Begin(after);
        MergeInMemory(type, op, partial, value);
    }

    // if (stamp != 0) { total ∘= partial; stamp = 0 }
    private void Settle(WeldType type, MergeOperator op, Partials? partials, string total, string partial)
    {
        if (partials is null)
        {
            return;
        }

        var (settle, after) = (_code.Label(), _code.Label());
        _code.Branch(_code.Do($"icmp eq i64 {LoadPart("i64", partial, StampOffset(type))}, 0"), after, settle);
        _code.Begin(settle);
        MergeInMemory(type, op, total, Load(type, partial));
        StorePart("i64", "0", partial, StampOffset(type));
        _code.Begin(after);
    }

    private static Lowered Identity(WeldType type, MergeOperator op) => Build(type, new(Scalars(type, op, null).Select(s => Constant(s.Operator.Identity(s.Kind)))));
}
