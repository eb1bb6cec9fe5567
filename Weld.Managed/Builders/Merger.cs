using System.Linq.Expressions;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Weld.Core.IR;
using Weld.Core.Operators;
using Weld.Core.Types;
using Weld.Managed.Emit;
using Weld.Managed.Layout;
using Weld.Managed.Runtime;

namespace Weld.Managed.Builders;

/// <summary>A merger between two programs: its value so far, in memory.</summary>
internal sealed class Merger(Run run, int size) : Builder(run)
{
    public long Total { get; } = Memory.AllocateOwned(run, 1, size);

    public override IEnumerable<long> Buffers => [Total];
}

/// <summary>What a loop keeps for a merger: for each scalar an accumulator, and lanes where the order shows.</summary>
internal sealed record MergerFrame(LoopScope Loop, MergerSlot[] Slots);

/// <summary>One scalar of a merger in a loop.</summary>
/// <param name="Scalar">What is reduced.</param>
/// <param name="Accumulator">The value so far; where the order shows, of the blocks before this one.</param>
/// <param name="Lanes">The address of the lanes, where the order shows.</param>
/// <param name="Used">How many lanes this block uses, long.</param>
internal sealed record MergerSlot(ReducedScalar Scalar, ParameterExpression Accumulator, Expression? Lanes, ParameterExpression? Used);

/// <summary>
/// Mergers. Outside loops a merger is its value, in variables; in a loop the scalars whose order of merges shows go to lanes in memory
/// (see <see cref="ReductionOrder"/>), the others to a variable that nested loops share.
/// </summary>
internal sealed class MergerCode(MergerType type) : BuilderCode
{
    private readonly Reduction _reduction = new(type.Element, type.Operator);

    public override Type ObjectType => typeof(Merger);

    public override Operand New(FunctionEmitter emitter, NewBuilder node, Operand? argument) =>
        new MergerOperand(argument ?? Reduction.Build(type.Element, new(_reduction.Scalars.Select(s => s.Identity))));

    public override Operand Merge(FunctionEmitter emitter, Operand builder, Operand value, Merge node)
    {
        if (builder is MergerOperand { Total: var total })
        {
            var merged = Reduction.Flatten(total).Zip(Reduction.Flatten(value)).Select((p, i) => (Expression)emitter.Local(Apply(_reduction.Scalars[i], p.First, p.Second)));
            return new MergerOperand(Reduction.Build(type.Element, new(merged)));
        }

        var frame = ((MergerSlotOperand)builder).Frame;
        Merge(emitter, frame, [.. Reduction.Flatten(value)]);
        return builder;
    }

    public override Operand Result(FunctionEmitter emitter, Operand builder, DictionaryUse use) => ((MergerOperand)builder).Total;

    public override Operand Enter(FunctionEmitter emitter, Operand outer, LoopScope loop)
    {
        var initial = outer is MergerOperand m ? Reduction.Flatten(m.Total).ToArray() : null;
        var slots = new MergerSlot[_reduction.Scalars.Count];
        for (var i = 0; i < slots.Length; i++)
        {
            var scalar = _reduction.Scalars[i];
            var accumulator = initial is not null ? emitter.Local(initial[i])
                : scalar.IsSensitive ? emitter.Local(scalar.Identity)
                : ((MergerSlotOperand)outer).Frame.Slots[i].Accumulator;
            slots[i] = new MergerSlot(
                scalar,
                accumulator,
                scalar.IsSensitive ? emitter.Scratch(loop.Lanes * scalar.Kind.Size()) : null,
                scalar.IsSensitive ? emitter.Local(typeof(long)) : null);
        }

        return new MergerSlotOperand(new MergerFrame(loop, slots));
    }

    // used = min(lanes, count rounded up to a power of two); for (j = 0; j < used; j++) lanes[j] = identity;
    public override void BeginBlock(FunctionEmitter emitter, Operand outer, Operand inner, Expression count)
    {
        foreach (var slot in Sensitive(inner))
        {
            var most = Expression.Constant((long)((MergerSlotOperand)inner).Frame.Loop.Lanes);
            emitter.Do(Expression.Assign(slot.Used!, Clr.Call(typeof(MergerLanes), nameof(MergerLanes.Used), count, most)));
            emitter.Do(Clr.CallGeneric(typeof(MergerLanes), nameof(MergerLanes.Fill), [Clr.Of(slot.Scalar.Kind)], slot.Lanes!, slot.Used!, slot.Scalar.Identity));
        }
    }

    // accumulator ∘= fold(lanes);
    public override void EndBlock(FunctionEmitter emitter, Operand inner)
    {
        foreach (var slot in Sensitive(inner))
        {
            var fold = slot.Scalar.Operator == OperatorTable.Add ? nameof(MergerLanes.FoldSum) : nameof(MergerLanes.FoldProduct);
            var total = Clr.CallGeneric(typeof(MergerLanes), fold, [Clr.Of(slot.Scalar.Kind)], slot.Lanes!, slot.Used!);
            emitter.Do(Expression.Assign(slot.Accumulator, Apply(slot.Scalar, slot.Accumulator, total)));
        }
    }

    public override Operand Leave(FunctionEmitter emitter, Operand outer, Operand inner)
    {
        var slots = ((MergerSlotOperand)inner).Frame.Slots;
        if (outer is MergerOperand)
        {
            return new MergerOperand(Reduction.Build(type.Element, new(slots.Select(s => s.Accumulator))));
        }

        Merge(emitter, ((MergerSlotOperand)outer).Frame, [.. slots.Select(s => s.Scalar.IsSensitive ? s.Accumulator : null)]);
        return outer;
    }

    public override Expression Pack(FunctionEmitter emitter, Operand builder)
    {
        var packed = emitter.Local(Clr.New(typeof(Merger), emitter.Run, Expression.Constant(MemoryLayout.Of(type.Element).Size)));
        emitter.Store(type, builder, emitter.Local(Clr.Property(packed, nameof(Merger.Total))));
        return packed;
    }

    public override Operand Unpack(FunctionEmitter emitter, ParameterExpression builder)
    {
        var address = emitter.Local(Clr.Property(builder, nameof(Merger.Total)));
        var value = emitter.HoldLoaded(emitter.Load(type, address));
        emitter.Do(Clr.Call(typeof(Memory), nameof(Memory.Free), emitter.Run, address));
        return value;
    }

    /// <summary>Emits the merge of values into a loop's slots; a null value is none.</summary>
    private static void Merge(FunctionEmitter emitter, MergerFrame frame, Expression?[] values)
    {
        for (var i = 0; i < values.Length; i++)
        {
            var (slot, value) = (frame.Slots[i], values[i]);
            if (value is null)
            {
                continue;
            }

            if (slot.Lanes is null)
            {
                emitter.Do(Expression.Assign(slot.Accumulator, Apply(slot.Scalar, slot.Accumulator, value)));
                continue;
            }

            var lane = emitter.Local(Expression.And(frame.Loop.Index, Expression.Constant((long)frame.Loop.Lanes - 1)), "lane");
            var kind = slot.Scalar.Kind;
            emitter.Do(Clr.Store(kind, Lane(slot, lane), Apply(slot.Scalar, Clr.Load(kind, Lane(slot, lane)), value)));
        }
    }

    private static Expression Lane(MergerSlot slot, Expression index) => Clr.Element(slot.Lanes!, index, slot.Scalar.Kind.Size());

    private static Expression Apply(ReducedScalar scalar, Expression x, Expression y) => OperatorEmitter.Binary(scalar.Operator, scalar.Kind, x, y);

    private static IEnumerable<MergerSlot> Sensitive(Operand inner) => ((MergerSlotOperand)inner).Frame.Slots.Where(s => s.Scalar.IsSensitive);
}

/// <summary>
/// The lanes of a block. A block of fewer iterations than lanes leaves the others at the identity, and x ∘ identity is x to the bit,
/// since a lane that starts from +0 never becomes −0: so only as many lanes as the next power of two are filled and folded.
/// Invariant: an address of lanes has room for a whole vector.
/// </summary>
internal static class MergerLanes
{
    public static long Used(long count, long lanes) => count >= lanes ? lanes : (long)BitOperations.RoundUpToPowerOf2((ulong)count);

    /// <summary>Stores the identity in the lanes that are used.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Fill<T>(long lanes, long used, T identity)
        where T : unmanaged, INumber<T>
    {
        for (long j = 0; j < used; j += Vector256<T>.Count)
        {
            Memory.Store(At<T>(lanes, j), Vector256.Create(identity));
        }
    }

    // for (half = used / 2; half > 0; half /= 2) for (j = 0; j < half; j++) lanes[j] += lanes[j + half];
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static T FoldSum<T>(long lanes, long used)
        where T : unmanaged, INumber<T>
    {
        for (; used >= 4 * Vector256<T>.Count; used /= 4)
        {
            for (long j = 0, quarter = used / 4; j < quarter; j += Vector256<T>.Count)
            {
                Memory.Store(At<T>(lanes, j), (Lanes<T>(lanes, j) + Lanes<T>(lanes, j + (2 * quarter))) + (Lanes<T>(lanes, j + quarter) + Lanes<T>(lanes, j + (3 * quarter))));
            }
        }

        var all = used > Vector256<T>.Count ? Lanes<T>(lanes, 0) + Lanes<T>(lanes, Vector256<T>.Count) : Lanes<T>(lanes, 0);
        var low = used > Vector128<T>.Count ? all.GetLower() + all.GetUpper() : all.GetLower();
        if (Vector128<T>.Count == 2)
        {
            return used > 1 ? low.GetElement(0) + low.GetElement(1) : low.ToScalar();
        }

        for (var half = (int)Math.Min(used, Vector128<T>.Count) / 2; half > 0; half /= 2)
        {
            low += half == 1 ? Vector128.Create(low.GetElement(1)) : Upper(low);
        }

        return low.ToScalar();
    }

    // The same with lanes[j] *= lanes[j + half];
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static T FoldProduct<T>(long lanes, long used)
        where T : unmanaged, INumber<T>
    {
        for (; used >= 4 * Vector256<T>.Count; used /= 4)
        {
            for (long j = 0, quarter = used / 4; j < quarter; j += Vector256<T>.Count)
            {
                Memory.Store(At<T>(lanes, j), (Lanes<T>(lanes, j) * Lanes<T>(lanes, j + (2 * quarter))) * (Lanes<T>(lanes, j + quarter) * Lanes<T>(lanes, j + (3 * quarter))));
            }
        }

        var all = used > Vector256<T>.Count ? Lanes<T>(lanes, 0) * Lanes<T>(lanes, Vector256<T>.Count) : Lanes<T>(lanes, 0);
        var low = used > Vector128<T>.Count ? all.GetLower() * all.GetUpper() : all.GetLower();
        if (Vector128<T>.Count == 2)
        {
            return used > 1 ? low.GetElement(0) * low.GetElement(1) : low.ToScalar();
        }

        for (var half = (int)Math.Min(used, Vector128<T>.Count) / 2; half > 0; half /= 2)
        {
            low *= half == 1 ? Vector128.Create(low.GetElement(1)) : Upper(low);
        }

        return low.ToScalar();
    }

    private static Vector128<T> Upper<T>(Vector128<T> x)
        where T : unmanaged => Vector128.Create(x.GetUpper(), x.GetUpper());

    private static Vector256<T> Lanes<T>(long lanes, long index)
        where T : unmanaged => Memory.Load<Vector256<T>>(At<T>(lanes, index));

    private static long At<T>(long lanes, long index)
        where T : unmanaged => lanes + (index * Unsafe.SizeOf<T>());
}
