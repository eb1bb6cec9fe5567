using System.Linq.Expressions;
using Weld.Core.Operators;
using Weld.Core.Types;
using Weld.Core.Values;
using Weld.Managed.Runtime;

namespace Weld.Managed.Emit;

/// <summary>
/// Scalar operators as expressions. Where the expression language has a node of the same meaning for the type it is used, since it
/// compiles several times faster; else the operator's own definition is called, which the JIT inlines.
/// </summary>
internal static class OperatorEmitter
{
    private static readonly Dictionary<BinaryOperator, ExpressionType> Nodes = new()
    {
        [OperatorTable.Add] = ExpressionType.Add,
        [OperatorTable.Subtract] = ExpressionType.Subtract,
        [OperatorTable.Multiply] = ExpressionType.Multiply,
        [OperatorTable.And] = ExpressionType.And,
        [OperatorTable.Or] = ExpressionType.Or,
        [OperatorTable.ExclusiveOr] = ExpressionType.ExclusiveOr,
        [OperatorTable.Equal] = ExpressionType.Equal,
        [OperatorTable.NotEqual] = ExpressionType.NotEqual,
        [OperatorTable.Less] = ExpressionType.LessThan,
        [OperatorTable.Greater] = ExpressionType.GreaterThan,
        [OperatorTable.LessOrEqual] = ExpressionType.LessThanOrEqual,
        [OperatorTable.GreaterOrEqual] = ExpressionType.GreaterThanOrEqual,
    };

    /// <summary>x ∘ y; elementary functions are not for here.</summary>
    public static Expression Binary(BinaryOperator op, ScalarKind kind, Expression x, Expression y)
    {
        if (op == OperatorTable.Divide && kind.IsFloat())
        {
            return Expression.Divide(x, y);
        }

        if (Nodes.TryGetValue(op, out var node) && HasNode(node, kind))
        {
            return Expression.MakeBinary(node, x, y);
        }

        var call = Clr.CallGeneric(op.Definition!, "Invoke", [Clr.Numeric(kind)], Numeric(x), Numeric(y));
        return op.GivesBool || kind != ScalarKind.Bool ? call : FromNumeric(call);
    }

    /// <summary>
    /// x / y or x % y of integers, where y is not 0; both may be used more than once. As nodes, since the definition's own code is slow to compile:
    /// y == −1 ? −x : x / y, or y == −1 ? 0 : x % y, and without the test where y cannot be −1.
    /// </summary>
    public static Expression Quotient(BinaryOperator op, ScalarKind kind, Expression x, Expression y)
    {
        if (kind.Size() == 1)
        {
            return Binary(op, kind, x, y);
        }

        var isDivision = op == OperatorTable.Divide;
        var quotient = isDivision ? Expression.Divide(x, y) : Expression.Modulo(x, y);
        var minusOne = Clr.Constant(Casts.Apply(Scalar.I32(-1), kind));
        if (!kind.IsSigned() || (y is ConstantExpression { Value: var divisor } && !divisor!.Equals(((ConstantExpression)minusOne).Value)))
        {
            return quotient;
        }

        return Expression.Condition(Expression.Equal(y, minusOne), isDivision ? Expression.Negate(x) : Expression.Default(x.Type), quotient);
    }

    /// <summary>The operator of one operand; elementary functions are not for here.</summary>
    public static Expression Unary(UnaryOperator op, ScalarKind kind, Expression x) =>
        kind == ScalarKind.Bool ? Expression.Not(x)
        : Clr.CallGeneric(op.Definition!, "Invoke", [Clr.Of(kind)], x);

    /// <summary>x as another scalar (language.md §4.4).</summary>
    public static Expression Cast(ScalarKind from, ScalarKind to, Expression x) =>
        from == to ? x
        : to == ScalarKind.Bool ? Clr.CallGeneric(typeof(Casts), nameof(Casts.ToBool), [Clr.Of(from)], x)
        : from.IsInteger() && to.IsInteger() ? Expression.Convert(x, Clr.Of(to))
        : Clr.CallGeneric(typeof(Casts), nameof(Casts.Invoke), [Clr.Numeric(from), Clr.Of(to)], Numeric(x));

    /// <summary>−1, 0 or 1 in the total order.</summary>
    public static Expression TotalOrder(ScalarKind kind, Expression x, Expression y) =>
        Clr.CallGeneric(typeof(TotalOrder), nameof(Core.Operators.TotalOrder.Invoke), [Clr.Numeric(kind)], Numeric(x), Numeric(y));

    private static bool HasNode(ExpressionType node, ScalarKind kind) => node switch
    {
        ExpressionType.And or ExpressionType.Or or ExpressionType.ExclusiveOr or ExpressionType.Equal or ExpressionType.NotEqual => true,
        ExpressionType.Add or ExpressionType.Subtract or ExpressionType.Multiply => kind.Size() > 1,
        _ => kind != ScalarKind.Bool,
    };

    /// <summary>The operand as arithmetic sees it: a bool as a byte.</summary>
    public static Expression Numeric(Expression x) => x.Type == typeof(bool) ? Clr.Call(typeof(Memory), nameof(Memory.ToByte), x) : x;

    private static Expression FromNumeric(Expression x) => Clr.Call(typeof(Memory), nameof(Memory.ToBool), x);
}
