using System.Linq.Expressions;
using System.Numerics;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Weld.Core.Operators.Elementary;

namespace Weld.Managed.Emit;

/// <summary>One lane: floats and integers as they are, a mask as a bool where it decides a branch and as a vector's lane where it selects, since a selection on random data must not branch.</summary>
internal sealed class ScalarLanes<TFloat, TInteger> : LaneTarget
    where TFloat : unmanaged, IBinaryFloatingPointIeee754<TFloat>
    where TInteger : unmanaged, IBinaryInteger<TInteger>
{
    private static readonly MethodInfo FusedMultiplyAdd = Ternary(TFloat.FusedMultiplyAdd);
    private static readonly MethodInfo CopySign = Binary(TFloat.CopySign);
    private static readonly MethodInfo Absolute = Unary(TFloat.Abs);
    private static readonly MethodInfo SquareRoot = Unary(TFloat.Sqrt);
    private static readonly MethodInfo RoundEven = Unary(TFloat.Round);
    private static readonly MethodInfo ToBits = ((Func<TFloat, TInteger>)Unsafe.BitCast<TFloat, TInteger>).Method;
    private static readonly MethodInfo FromBits = ((Func<TInteger, TFloat>)Unsafe.BitCast<TInteger, TFloat>).Method;
    private static readonly MethodInfo ReadTable = ((Func<nint, TInteger, TFloat>)KernelTables.Read<TFloat, TInteger>).Method;

    private static readonly MethodInfo Lane = ((Func<TFloat, Vector128<TFloat>>)Vector128.CreateScalarUnsafe).Method;
    private static readonly MethodInfo IntegerLane = ((Func<TInteger, Vector128<TInteger>>)Vector128.CreateScalarUnsafe).Method;
    private static readonly MethodInfo FirstLane = ((Func<Vector128<TFloat>, TFloat>)Vector128.ToScalar).Method;
    private static readonly MethodInfo AsFloats = ((Func<Vector128<TInteger>, Vector128<TFloat>>)Vector128.As<TInteger, TFloat>).Method;
    private static readonly MethodInfo LaneSelect = ((Func<Vector128<TFloat>, Vector128<TFloat>, Vector128<TFloat>, Vector128<TFloat>>)Vector128.ConditionalSelect).Method;
    private static readonly MethodInfo LaneLess = Vector(Vector128.LessThan);
    private static readonly MethodInfo LaneLessOrEqual = Vector(Vector128.LessThanOrEqual);
    private static readonly MethodInfo LaneEqual = Vector(Vector128.Equals);
    private static readonly MethodInfo LaneIntegerEqual = ((Func<Vector128<TInteger>, Vector128<TInteger>, Vector128<TInteger>>)Vector128.Equals).Method;
    private static readonly MethodInfo LaneBoth = Vector(Vector128.BitwiseAnd);
    private static readonly MethodInfo LaneEither = Vector(Vector128.BitwiseOr);
    private static readonly MethodInfo LaneNot = ((Func<Vector128<TFloat>, Vector128<TFloat>>)Vector128.OnesComplement).Method;

    public static ScalarLanes<TFloat, TInteger> Instance { get; } = new();

    public override Type Float => typeof(TFloat);

    public override Type Integer => typeof(TInteger);

    public override Expression Constant(Node node) => node.Kind == LaneKind.Float
        ? Expression.Constant(TFloat.CreateTruncating(node.Number))
        : Expression.Constant(TInteger.CreateTruncating(node.Integer));

    public override Expression Apply(Node node, IReadOnlyList<Expression> operands) => (node.Primitive, operands) switch
    {
        (Primitive.Add or Primitive.IntegerAdd, [var x, var y]) => Expression.Add(x, y),
        (Primitive.Subtract or Primitive.IntegerSubtract, [var x, var y]) => Expression.Subtract(x, y),
        (Primitive.Multiply, [var x, var y]) => Expression.Multiply(x, y),
        (Primitive.Divide, [var x, var y]) => Expression.Divide(x, y),
        (Primitive.FusedMultiplyAdd, [var x, var y, var z]) => Expression.Call(FusedMultiplyAdd, x, y, z),
        (Primitive.SquareRoot, [var x]) => Expression.Call(SquareRoot, x),
        (Primitive.Negate, [var x]) => Expression.Negate(x),
        (Primitive.Absolute, [var x]) => Expression.Call(Absolute, x),
        (Primitive.CopySign, [var x, var y]) => Expression.Call(CopySign, x, y),
        (Primitive.RoundEven, [var x]) => Expression.Call(RoundEven, x),
        (Primitive.ToBits, [var x]) => Expression.Call(ToBits, x),
        (Primitive.FromBits, [var x]) => Expression.Call(FromBits, x),
        (Primitive.And, [var x, var y]) => Expression.And(x, y),
        (Primitive.Or, [var x, var y]) => Expression.Or(x, y),
        (Primitive.ExclusiveOr, [var x, var y]) => Expression.ExclusiveOr(x, y),
        (Primitive.ShiftLeft, [var x]) => Expression.LeftShift(x, Expression.Constant((int)node.Integer)),
        (Primitive.ShiftRight, [var x]) => Expression.Convert(Expression.RightShift(Expression.Convert(x, Unsigned), Expression.Constant((int)node.Integer)), Integer),
        (Primitive.Lookup, [var x]) => Expression.Call(ReadTable, Expression.Convert(Expression.Constant((long)KernelTables.Address<TFloat>(node.Table!)), typeof(nint)), x),
        _ => throw new InvalidOperationException($"expected a primitive of floats or integers, found {node.Primitive}"),
    };

    public override Expression Select(Node mask, Func<Node, Expression> value, Expression yes, Expression no) =>
        Expression.Call(FirstLane, Expression.Call(LaneSelect, Mask(mask, value), Expression.Call(Lane, yes), Expression.Call(Lane, no)));

    public override Expression Any(Node mask, Func<Node, Expression> value) => mask.Primitive switch
    {
        Primitive.Less => Expression.LessThan(value(mask.Operands[0]), value(mask.Operands[1])),
        Primitive.LessOrEqual => Expression.LessThanOrEqual(value(mask.Operands[0]), value(mask.Operands[1])),
        Primitive.Equal or Primitive.IntegerEqual => Expression.Equal(value(mask.Operands[0]), value(mask.Operands[1])),
        Primitive.Both => Expression.AndAlso(Any(mask.Operands[0], value), Any(mask.Operands[1], value)),
        Primitive.Either => Expression.OrElse(Any(mask.Operands[0], value), Any(mask.Operands[1], value)),
        Primitive.Not => Expression.Not(Any(mask.Operands[0], value)),
        _ => throw NoMask(mask),
    };

    public override Expression Slow(Node mask, Func<Node, Expression> value, Expression slow, Expression fast) => slow;

    private static Type Unsigned => typeof(TInteger) == typeof(long) ? typeof(ulong) : typeof(uint);

    private static MethodInfo Unary(Func<TFloat, TFloat> function) => function.Method;

    private static MethodInfo Binary(Func<TFloat, TFloat, TFloat> function) => function.Method;

    private static MethodInfo Ternary(Func<TFloat, TFloat, TFloat, TFloat> function) => function.Method;

    private static MethodInfo Vector(Func<Vector128<TFloat>, Vector128<TFloat>, Vector128<TFloat>> function) => function.Method;

    private static Expression Mask(Node mask, Func<Node, Expression> value)
    {
        return mask.Primitive switch
        {
            Primitive.Less => Compare(LaneLess),
            Primitive.LessOrEqual => Compare(LaneLessOrEqual),
            Primitive.Equal => Compare(LaneEqual),
            Primitive.IntegerEqual => Expression.Call(
                AsFloats,
                Expression.Call(LaneIntegerEqual, Expression.Call(IntegerLane, value(mask.Operands[0])), Expression.Call(IntegerLane, value(mask.Operands[1])))),
            Primitive.Both => Expression.Call(LaneBoth, Mask(mask.Operands[0], value), Mask(mask.Operands[1], value)),
            Primitive.Either => Expression.Call(LaneEither, Mask(mask.Operands[0], value), Mask(mask.Operands[1], value)),
            Primitive.Not => Expression.Call(LaneNot, Mask(mask.Operands[0], value)),
            _ => throw NoMask(mask),
        };

        Expression Compare(MethodInfo method) =>
            Expression.Call(method, Expression.Call(Lane, value(mask.Operands[0])), Expression.Call(Lane, value(mask.Operands[1])));
    }

    private static InvalidOperationException NoMask(Node node) => new($"expected a mask, found {node.Primitive}");
}
