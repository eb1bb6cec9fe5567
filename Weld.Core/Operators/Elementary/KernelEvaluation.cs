using System.Numerics;
using System.Runtime.CompilerServices;
using Weld.Core.Types;

namespace Weld.Core.Operators.Elementary;

/// <summary>Evaluation on scalars: the nodes as an array of steps over one row of 64-bit slots, constants first.</summary>
internal sealed partial class Kernel
{
    private Tape Compiled => field ??= new Tape(this);

    /// <summary>The function's value at x.</summary>
    public double Evaluate(double x, double y = 0) =>
        BitConverter.UInt64BitsToDouble(Compiled.Run<double, long>(BitConverter.DoubleToUInt64Bits(x), BitConverter.DoubleToUInt64Bits(y)));

    /// <summary>The function's value at x.</summary>
    public float Evaluate(float x, float y = 0) =>
        BitConverter.UInt32BitsToSingle((uint)Compiled.Run<float, int>(BitConverter.SingleToUInt32Bits(x), BitConverter.SingleToUInt32Bits(y)));

    /// <summary>target ← primitive(x, y, z), all slots; of a branch x is the condition and y the step to go on from where it does not hold.</summary>
    private readonly record struct Instruction(Primitive Primitive, int Target, int X, int Y, int Z, int Count, double[]? Table);

    private sealed class Tape
    {
        private readonly List<Instruction> steps = [];
        private readonly List<ulong> constants = [0, 0];
        private readonly Dictionary<Node, int> slots = [];
        private readonly Instruction[] program;
        private readonly ulong[] initial;
        private readonly int result;
        private readonly int size;
        private int next;

        internal Tape(Kernel kernel)
        {
            CollectConstants(kernel.Body, kernel.Kind == ScalarKind.F32);
            CollectConstant(kernel.Result, kernel.Kind == ScalarKind.F32);
            next = constants.Count;
            Write(kernel.Body);
            result = Slot(kernel.Result);
            program = [.. steps];
            initial = [.. constants];
            size = next;
        }

        internal ulong Run<TFloat, TInteger>(ulong x, ulong y)
            where TFloat : unmanaged, IBinaryFloatingPointIeee754<TFloat>
            where TInteger : unmanaged, IBinaryInteger<TInteger>
        {
            Span<ulong> slot = stackalloc ulong[size];
            initial.CopyTo(slot);
            slot[0] = x;
            slot[1] = y;
            for (var i = 0; i < program.Length; i++)
            {
                ref readonly var step = ref program[i];
                var a = slot[step.X];
                if (step.Primitive == Primitive.Branch)
                {
                    i = a != 0 ? i : step.Y;
                    continue;
                }

                slot[step.Target] = step.Primitive switch
                {
                    Primitive.Add => From(Get<TFloat>(a) + Get<TFloat>(slot[step.Y])),
                    Primitive.Subtract => From(Get<TFloat>(a) - Get<TFloat>(slot[step.Y])),
                    Primitive.Multiply => From(Get<TFloat>(a) * Get<TFloat>(slot[step.Y])),
                    Primitive.Divide => From(Get<TFloat>(a) / Get<TFloat>(slot[step.Y])),
                    Primitive.FusedMultiplyAdd => From(TFloat.FusedMultiplyAdd(Get<TFloat>(a), Get<TFloat>(slot[step.Y]), Get<TFloat>(slot[step.Z]))),
                    Primitive.SquareRoot => From(TFloat.Sqrt(Get<TFloat>(a))),
                    Primitive.Negate => From(-Get<TFloat>(a)),
                    Primitive.Absolute => From(TFloat.Abs(Get<TFloat>(a))),
                    Primitive.CopySign => From(TFloat.CopySign(Get<TFloat>(a), Get<TFloat>(slot[step.Y]))),
                    Primitive.RoundEven => From(TFloat.Round(Get<TFloat>(a))),
                    Primitive.ToBits or Primitive.FromBits or Primitive.Outcome => a,
                    Primitive.IntegerAdd => From(Get<TInteger>(a) + Get<TInteger>(slot[step.Y])),
                    Primitive.IntegerSubtract => From(Get<TInteger>(a) - Get<TInteger>(slot[step.Y])),
                    Primitive.And or Primitive.Both => a & slot[step.Y],
                    Primitive.Or or Primitive.Either => a | slot[step.Y],
                    Primitive.ExclusiveOr => a ^ slot[step.Y],
                    Primitive.ShiftLeft => From(Get<TInteger>(a) << step.Count),
                    Primitive.ShiftRight => From(Get<TInteger>(a) >>> step.Count),
                    Primitive.Less => Mask(Get<TFloat>(a) < Get<TFloat>(slot[step.Y])),
                    Primitive.LessOrEqual => Mask(Get<TFloat>(a) <= Get<TFloat>(slot[step.Y])),
                    Primitive.Equal => Mask(Get<TFloat>(a) == Get<TFloat>(slot[step.Y])),
                    Primitive.IntegerEqual => Mask(a == slot[step.Y]),
                    Primitive.Not => ~a,
                    Primitive.Select => a != 0 ? slot[step.Y] : slot[step.Z],
                    _ => From(TFloat.CreateTruncating(step.Table![int.CreateTruncating(Get<TInteger>(a))])),
                };
            }

            return slot[result];
        }

        /// <summary>The low bytes of a slot; those above a narrower type are zero.</summary>
        private static T Get<T>(ulong bits)
            where T : unmanaged => Unsafe.As<ulong, T>(ref bits);

        private static ulong From<T>(T value)
            where T : unmanaged
        {
            ulong bits = 0;
            Unsafe.As<ulong, T>(ref bits) = value;
            return bits;
        }

        private static ulong Mask(bool truth) => truth ? ulong.MaxValue : 0;

        private void CollectConstants(Region region, bool single)
        {
            foreach (var node in region.Nodes)
            {
                Array.ForEach(node.Operands, operand => CollectConstant(operand, single));
                if (node is Branch branch)
                {
                    CollectConstants(region.Slow(branch), single);
                }
            }
        }

        private void CollectConstant(Node node, bool single)
        {
            if (node.Primitive == Primitive.Constant && slots.TryAdd(node, constants.Count))
            {
                constants.Add((node.Kind, single) switch
                {
                    (LaneKind.Float, true) => BitConverter.SingleToUInt32Bits((float)node.Number),
                    (LaneKind.Float, false) => BitConverter.DoubleToUInt64Bits(node.Number),
                    (_, true) => (uint)node.Integer,
                    _ => (ulong)node.Integer,
                });
            }
        }

        private void Write(Region region)
        {
            foreach (var node in region.Nodes)
            {
                if (node is Branch branch)
                {
                    WriteBranch(branch, region.Slow(branch));
                    continue;
                }

                var operands = node.Operands.Select(Slot).ToArray();
                steps.Add(new Instruction(node.Primitive, slots[node] = next++, operands[0], At(operands, 1), At(operands, 2), (int)node.Integer, node.Table));
            }

            static int At(int[] operands, int i) => i < operands.Length ? operands[i] : 0;
        }

        private void WriteBranch(Branch branch, Region slow)
        {
            Array.ForEach(branch.Outcomes, outcome => slots[outcome] = next++);
            Copy(branch.Outcomes, branch.Fast);
            var jump = steps.Count;
            steps.Add(default);
            Write(slow);
            Copy(branch.Outcomes, branch.Slow);
            steps[jump] = new Instruction(Primitive.Branch, 0, Slot(branch.Condition), steps.Count - 1, 0, 0, null);
        }

        private void Copy(Node[] targets, Node[] values)
        {
            for (var i = 0; i < targets.Length; i++)
            {
                steps.Add(new Instruction(Primitive.Outcome, slots[targets[i]], Slot(values[i]), 0, 0, 0, null));
            }
        }

        private int Slot(Node node) => node.Primitive == Primitive.Argument ? (int)node.Integer : slots[node];
    }
}
