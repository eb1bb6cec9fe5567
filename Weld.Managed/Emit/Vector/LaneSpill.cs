using System.Linq.Expressions;
using System.Numerics;
using Weld.Core.IR;
using Weld.Core.Types;
using Weld.Managed.Builders;

namespace Weld.Managed.Emit.Vector;

/// <summary>Any other builder in a vector loop: what the lanes merge is put in memory, then merged lane by lane.</summary>
internal sealed class LaneSpill(BuilderCode code, Operand builder) : LaneBuilder
{
    private readonly List<Expression> _blocks = [];

    public override void Begin(VectorEmitter emitter, Expression most)
    {
    }

    // store the values; for (j = 0; j < lanes; j++) { if (bit j of where) merge(b, value j); … }
    public override void Merge(VectorEmitter emitter, Seq<LaneMerge> merges, int copy, Expression first)
    {
        if (merges.Count == 0)
        {
            return;
        }

        var scalar = emitter.Scalar;
        var block = 0;
        var spilled = merges.To(m => (m.Node, Bits: m.Where is null ? null : scalar.Local(Expression.Convert(emitter.Bits(m.Where), typeof(ulong)), "where"), Value: Spill(m.Value)));
        if (spilled is [{ Bits: { } left } only])
        {
            // while (where != 0) { j = index of the lowest bit; where &= where - 1; merge(b, value j); }
            scalar.Loop(exit =>
            {
                scalar.Do(Expression.IfThen(Expression.Equal(left, Expression.Constant(0UL)), Expression.Break(exit)));
                var j = scalar.Local(Expression.Convert(Clr.Call(typeof(LaneBits), nameof(LaneBits.Lowest), left), typeof(long)), "j");
                scalar.Do(Expression.Assign(left, Expression.And(left, Expression.Subtract(left, Expression.Constant(1UL)))));
                code.Merge(scalar, builder, only.Value(j), only.Node);
            });
            return;
        }

        var lane = scalar.Local(Clr.Zero, "j");
        scalar.CountTo(lane, Expression.Constant((long)emitter.Shape.Lanes), () =>
        {
            foreach (var (node, bits, value) in spilled)
            {
                if (bits is null)
                {
                    code.Merge(scalar, builder, value(lane), node);
                }
                else
                {
                    var isSet = Clr.Call(typeof(LaneBits), nameof(LaneBits.IsSet), bits, lane);
                    scalar.Do(Expression.IfThen(isSet, scalar.Scoped(() => code.Merge(scalar, builder, value(lane), node))));
                }
            }
        });

        Func<Expression, Operand> Spill(Operand value)
        {
            switch (value)
            {
                case StructOperand s:
                    var fields = Array.ConvertAll(s.Fields, Spill);
                    return j => new StructOperand(Array.ConvertAll(fields, f => f(j)));
                case LaneOperand or MaskOperand:
                    var kind = value is LaneOperand l ? l.Kind : ScalarKind.Bool;
                    if (block == _blocks.Count)
                    {
                        _blocks.Add(scalar.Scratch(64));
                    }

                    var address = _blocks[block++];
                    scalar.Do(emitter.Shape.Store(kind, address, emitter.Lanes(kind, value)));
                    return j => new ScalarOperand(scalar.Local(Clr.Load(kind, Clr.Element(address, j, kind.Size()))));
                default:
                    return _ => value;
            }
        }
    }

    public override void End(VectorEmitter emitter)
    {
    }
}

/// <summary>Masks as numbers, a bit for each lane.</summary>
internal static class LaneBits
{
    public static int Lowest(ulong bits) => BitOperations.TrailingZeroCount(bits);

    public static int Count(ulong bits) => BitOperations.PopCount(bits);

    public static bool IsSet(ulong bits, long lane) => ((bits >> (int)lane) & 1) != 0;
}
