using System.Linq.Expressions;
using System.Numerics;
using Weld.Core.IR;
using Weld.Core.Operators;
using Weld.Core.Operators.Elementary;
using Weld.Core.Types;

namespace Weld.Managed.Emit.Vector;

/// <summary>Operators, casts, lookups.</summary>
internal sealed partial class VectorEmitter
{
    private Operand EmitUnary(Unary node)
    {
        var kind = node.Operand.Type.LaneKind!.Value;
        var operand = Emit(node.Operand);
        if (kind == ScalarKind.Bool)
        {
            return new MaskOperand(Mask.Not(MaskOf(operand)));
        }

        var x = Lanes(kind, operand);
        if (node.Operator is ElementaryOperator f)
        {
            return EmitElementary(f.Kernel(kind), kind, x, null);
        }

        var held = Scalar.HoldPure(x);
        return node.Operator == OperatorTable.IsNaN
            ? new MaskOperand(new Opposite(new Comparison("Equals", kind, held, held)))
            : Cut(kind, _operators.Unary(node.Operator, kind, held), 1);
    }

    private LaneOperand EmitElementary(Kernel kernel, ScalarKind kind, Expression x, Expression? y) =>
        new(kind, Scalar.Local(KernelEmitter.Emit(kernel, LaneTarget.Vector(kind, Shape.Bytes(kind)), x, y, Scalar.KernelLocals)));

    private Operand EmitBinary(Binary node)
    {
        var kind = node.Left.Type.LaneKind!.Value;
        var (left, right) = (Emit(node.Left), Emit(node.Right));
        if (kind == ScalarKind.Bool)
        {
            return new MaskOperand(EmitBools(node.Operator, MaskOf(left), MaskOf(right)));
        }

        if ((node.Operator == OperatorTable.ShiftLeft || node.Operator == OperatorTable.ShiftRight) && right is ScalarOperand { Value: var count })
        {
            return Cut(kind, _operators.Shift(node.Operator, kind, Lanes(kind, left), count), Depth(left, right));
        }

        if (node.Operator.ChecksZero && kind.IsInteger())
        {
            return EmitQuotient(node, kind, left, right);
        }

        var (x, y) = (Lanes(kind, left), Lanes(kind, right));
        if (node.Operator is BinaryElementaryOperator f)
        {
            return EmitElementary(f.Kernel(kind), kind, x, y);
        }

        return node.Operator.GivesBool
            ? new MaskOperand(LaneOperators.Compare(node.Operator, kind, Scalar.HoldPure(x), Scalar.HoldPure(y)))
            : Cut(kind, _operators.Binary(node.Operator, kind, x, y), Depth(left, right));
    }

    // if (any lane's divisor is 0) leave; x / y
    private LaneOperand EmitQuotient(Binary node, ScalarKind kind, Operand left, Operand right)
    {
        var x = Scalar.HoldPure(Lanes(kind, left));
        if (node.Right is Literal { Value: var divisor } && divisor.Bits != 0)
        {
            if (divisor.Bits > 1 && BitOperations.IsPow2(divisor.Bits) && (!kind.IsSigned() || divisor.AsInt64 > 0))
            {
                return new LaneOperand(kind, Scalar.Local(LaneDivision.EmitPower(Shape, _operators, node.Operator, kind, x, BitOperations.Log2(divisor.Bits))));
            }
        }
        else
        {
            right = Hold(right);
            LeaveIf(new Comparison("Equals", kind, Lanes(kind, right), _operators.Number(kind, 0)));
        }

        return new LaneOperand(kind, Scalar.Local(LaneDivision.Emit(node.Operator, kind, x, Lanes(kind, right))));
    }

    private static Mask EmitBools(BinaryOperator op, Mask x, Mask y) =>
        op == OperatorTable.And ? new Both(x, y)
        : op == OperatorTable.Or ? new Either(x, y)
        : op == OperatorTable.ExclusiveOr ? new Different(x, y)
        : LaneOperators.Compare(op, x, y);

    // The right side counts where the left one does not decide.
    private MaskOperand EmitLogical(Logical node)
    {
        var left = MaskOf(Emit(node.Left));
        var outer = _path;
        if (node.Right.Facts.Has(Effects.Fails))
        {
            left = Hold(left);
            _path = Mask.And(outer, node.IsAnd ? left : Mask.Not(left));
        }

        var right = MaskOf(Emit(node.Right));
        _path = outer;
        return new MaskOperand(node.IsAnd ? new Both(left, right) : new Either(left, right));
    }

    private LaneOperand EmitCompare(Compare node)
    {
        var kind = node.Left.Type.LaneKind!.Value;
        var (left, right) = (Emit(node.Left), Emit(node.Right));
        if (kind == ScalarKind.Bool)
        {
            var (p, q) = (Hold(MaskOf(left)), Hold(MaskOf(right)));
            return new LaneOperand(ScalarKind.I32, _operators.TotalOrder(LaneOperators.Compare(OperatorTable.Less, p, q), LaneOperators.Compare(OperatorTable.Greater, p, q)));
        }

        return new LaneOperand(ScalarKind.I32, _operators.TotalOrder(kind, Scalar.HoldPure(Lanes(kind, left)), Scalar.HoldPure(Lanes(kind, right))));
    }

    private Operand EmitCast(Cast node)
    {
        var (from, to) = (node.Operand.Type.LaneKind!.Value, node.Kind);
        var operand = Emit(node.Operand);
        if (from == to)
        {
            return operand;
        }

        if (from == ScalarKind.Bool)
        {
            return Cut(to, Choose(to, MaskOf(operand), _operators.Number(to, 1), _operators.Number(to, 0)), 1);
        }

        var x = Lanes(from, operand);
        return to == ScalarKind.Bool
            ? new MaskOperand(new Opposite(new Comparison("Equals", from, Scalar.HoldPure(x), _operators.Number(from, 0))))
            : Cut(to, _casts.Cast(from, to, x), Depth(operand, operand));
    }

    private ScalarOperand EmitAssertion(Assertion node)
    {
        LeaveIf(Mask.Not(MaskOf(Emit(node.Condition))));
        return new ScalarOperand(Expression.Constant(true));
    }

    // if (any lane's index is outside) leave; elements at the indexes, where a lane that does not look takes the first
    private Operand EmitLookup(Lookup node)
    {
        var vector = (VectorOperand)Emit(node.Collection);
        var kind = ((ScalarType)node.Type).Kind;
        var key = Emit(node.Key);
        if (key is LaneOperand { First: { } first, IsNatural: var isNatural })
        {
            return EmitNeighbours(vector, kind, first, isNatural);
        }

        var index = Scalar.HoldPure(Lanes(ScalarKind.I64, key));
        var length = Broadcast(vector.Length, Shape.Bytes(ScalarKind.I64));
        LeaveIf(new Comparison("GreaterThanOrEqual", ScalarKind.U64, Simd.As(index, typeof(ulong)), Simd.As(length, typeof(ulong))));
        var (data, places) = (vector.Data, index);
        if (_path is not null)
        {
            data = Scalar.Ahead(() => Scalar.Local(Expression.Condition(Expression.Equal(vector.Length, Clr.Zero), Scalar.Scratch(sizeof(long)), vector.Data)));
            places = Scalar.HoldPure(Choose(ScalarKind.I64, _path, index, _operators.Number(ScalarKind.I64, 0)));
        }

        var elements = Gather.Emit(Shape, kind, data, places);
        return kind == ScalarKind.Bool ? ToMask(elements) : new LaneOperand(kind, Scalar.Local(elements));
    }

    // if (first < 0 || first > length - lanes) leave; the elements from there on
    private Operand EmitNeighbours(VectorOperand vector, ScalarKind kind, Expression first, bool isNatural)
    {
        // Of several steps together the greatest number decides; natural ones grow with the steps.
        var steps = isNatural ? _stepsAhead ?? 0 : 0;
        if (steps >= 0)
        {
            var count = _count is not null && PartialLoad.Takes(kind, Shape.Lanes) ? _count : Expression.Constant((long)Shape.Lanes * (steps + 1));
            var last = Expression.Subtract(vector.Length, count);
            var isBehind = Expression.GreaterThan(first, last);
            Scalar.Do(Expression.IfThen(isNatural ? isBehind : Expression.OrElse(Expression.LessThan(first, Clr.Zero), isBehind), Leave()));
        }

        return Load(kind, Clr.Element(vector.Data, first, kind.Size()));
    }

    /// <summary>Bools as they lie in memory: any byte but 0 is true.</summary>
    private MaskOperand ToMask(Expression bytes) =>
        new(new Opposite(new Comparison("Equals", ScalarKind.U8, Scalar.HoldPure(bytes), Simd.Create(Expression.Constant((byte)0), Shape.Bytes(1)))));
}
