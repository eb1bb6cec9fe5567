using System.Linq.Expressions;
using Weld.Core.Operators;
using Weld.Core.Types;

namespace Weld.Managed.Emit.Vector;

/// <summary>Operators on the lanes of numbers. Operands are evaluated once unless they are held.</summary>
/// <param name="shape">The lanes.</param>
/// <param name="hold">Makes an expression one that may be evaluated again.</param>
internal sealed class LaneOperators(VectorShape shape, Func<Expression, Expression> hold)
{
    private static readonly Dictionary<BinaryOperator, string> Methods = new()
    {
        [OperatorTable.Add] = "Add",
        [OperatorTable.Subtract] = "Subtract",
        [OperatorTable.Multiply] = "Multiply",
        [OperatorTable.And] = "BitwiseAnd",
        [OperatorTable.Or] = "BitwiseOr",
        [OperatorTable.ExclusiveOr] = "Xor",
        [OperatorTable.Minimum] = "Min",
        [OperatorTable.Maximum] = "Max",
        [OperatorTable.Less] = "LessThan",
        [OperatorTable.Greater] = "GreaterThan",
        [OperatorTable.LessOrEqual] = "LessThanOrEqual",
        [OperatorTable.GreaterOrEqual] = "GreaterThanOrEqual",
    };

    /// <summary>x ∘ y, no comparison and no elementary function.</summary>
    public Expression Binary(BinaryOperator op, ScalarKind kind, Expression x, Expression y) =>
        op == OperatorTable.Divide && kind.IsFloat() ? shape.Call(kind, "Divide", x, y)
        : Methods.TryGetValue(op, out var method) ? shape.Call(kind, method, x, y)
        : Simd.CallLanewise(
            typeof(IBitwiseDefinition).IsAssignableFrom(op.Definition) ? nameof(Lanewise.Bitwise) : nameof(Lanewise.Numeric), [op.Definition!, x.Type, Clr.Of(kind)], x, y);

    /// <summary>x ∘ y of an operator that reduces, in vectors of so many bytes.</summary>
    public static Expression Reduce(BinaryOperator op, int bytes, Expression x, Expression y) => Simd.Call(bytes, Methods[op], x, y);

    /// <summary>All lanes shifted by one number, modulo the width.</summary>
    public Expression Shift(BinaryOperator op, ScalarKind kind, Expression x, Expression count)
    {
        var bits = Expression.And(count.Type == typeof(int) ? count : Expression.Convert(count, typeof(int)), Expression.Constant((8 * kind.Size()) - 1));
        return shape.Call(kind, op == OperatorTable.ShiftLeft ? "ShiftLeft" : kind.IsSigned() ? "ShiftRightArithmetic" : "ShiftRightLogical", x, bits);
    }

    /// <summary>Where a comparison of numbers holds; x and y may be evaluated again.</summary>
    public static Mask Compare(BinaryOperator op, ScalarKind kind, Expression x, Expression y) =>
        op == OperatorTable.Equal ? new Comparison("Equals", kind, x, y)
        : op == OperatorTable.NotEqual ? new Opposite(new Comparison("Equals", kind, x, y))
        : new Comparison(Methods[op], kind, x, y);

    /// <summary>A comparison of bools: false orders before true.</summary>
    public static Mask Compare(BinaryOperator op, Mask x, Mask y) =>
        op == OperatorTable.Equal ? Mask.Not(new Different(x, y))
        : op == OperatorTable.NotEqual ? new Different(x, y)
        : op == OperatorTable.Less ? new Both(Mask.Not(x), y)
        : op == OperatorTable.Greater ? new Both(x, Mask.Not(y))
        : op == OperatorTable.LessOrEqual ? new Either(Mask.Not(x), y)
        : new Either(x, Mask.Not(y));

    /// <summary>The operator of one operand, no elementary function; x may be evaluated again.</summary>
    public Expression Unary(UnaryOperator op, ScalarKind kind, Expression x) => op.Name switch
    {
        "-" => shape.Call(kind, "Negate", x),
        "~" => shape.Call(kind, "OnesComplement", x),
        "sqrt" => shape.Call(kind, "Sqrt", x),
        "floor" => shape.Call(kind, "Floor", x),
        "ceil" => shape.Call(kind, "Ceiling", x),
        "trunc" => shape.Call(kind, "Truncate", x),
        "round" => Round(kind, x),
        "abs" => kind.IsFloat() ? shape.Call(kind, "Abs", x) : !kind.IsSigned() ? x : Select(kind, shape.Call(kind, "LessThan", x, Number(kind, 0)), shape.Call(kind, "Negate", x), x),
        "sign" => Sign(kind, x),
        _ => throw new ArgumentException($"expected an operator of lanes, found {op.Name}", nameof(op)),
    };

    /// <summary>−1, 0 or 1 as i32 where each is less, equal or greater in the total order; x and y may be evaluated again.</summary>
    public Expression TotalOrder(ScalarKind kind, Expression x, Expression y)
    {
        Mask less = new Comparison("LessThan", kind, x, y), greater = new Comparison("GreaterThan", kind, x, y);
        if (kind.IsFloat())
        {
            var (left, right) = (new Comparison("Equals", kind, x, x), new Comparison("Equals", kind, y, y));
            less = new Either(less, new Both(left, Mask.Not(right)));
            greater = new Either(greater, new Both(Mask.Not(left), right));
        }

        return TotalOrder(less, greater);
    }

    /// <summary>The same from where less and where greater.</summary>
    public Expression TotalOrder(Mask less, Mask greater) => shape.Call(
        ScalarKind.I32, "Subtract", less.Lanes(shape, 4, hold), greater.Lanes(shape, 4, hold));

    /// <summary>One of two by a mask that was compared in the kind itself.</summary>
    public Expression Select(ScalarKind kind, Expression mask, Expression yes, Expression no) => shape.Call(kind, "ConditionalSelect", mask, yes, no);

    public Expression Number(ScalarKind kind, int value) => Simd.Create(Clr.Constant(Casts.Apply(Core.Values.Scalar.I32(value), kind)), shape.Bytes(kind));

    // Halves away from zero: trunc(x) corrected where the exact remainder is a half or more.
    private Expression Round(ScalarKind kind, Expression x)
    {
        var half = Simd.Create(kind == ScalarKind.F32 ? Expression.Constant(0.5f) : Expression.Constant(0.5), shape.Bytes(kind));
        var whole = hold(shape.Call(kind, "Truncate", x));
        var away = Select(
            kind, shape.Call(kind, "GreaterThanOrEqual", shape.Call(kind, "Abs", shape.Call(kind, "Subtract", x, whole)), half), Number(kind, 1), Number(kind, 0));
        return shape.Call(kind, "CopySign", shape.Call(kind, "Add", shape.Call(kind, "Abs", whole), away), x);
    }

    private Expression Sign(ScalarKind kind, Expression x)
    {
        var positive = shape.Call(kind, "GreaterThan", x, Number(kind, 0));
        return kind.IsSigned() || kind.IsFloat()
            ? Select(kind, positive, Number(kind, 1), Select(kind, shape.Call(kind, "LessThan", x, Number(kind, 0)), Number(kind, -1), x))
            : Select(kind, positive, Number(kind, 1), x);
    }
}
