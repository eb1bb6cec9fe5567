using System.Linq.Expressions;
using Weld.Core.IR;
using Weld.Core.Operators;
using Weld.Core.Types;
using Weld.Managed.Layout;
using Weld.Managed.Runtime;

namespace Weld.Managed.Emit;

/// <summary>
/// Comparison of structs and vectors (language.md §4.5). The order of two values is an int: −1 less, 0 equal, 1 greater, 2 none of these;
/// the first pair that is not equal decides.
/// </summary>
internal sealed partial class FunctionEmitter
{
    private Expression EmitLiftedComparison(BinaryOperator op, WeldType type, Operand left, Operand right)
    {
        if (op == OperatorTable.Equal || op == OperatorTable.NotEqual)
        {
            var equal = Local(Expression.Constant(true), "equal");
            EmitEqual(equal, type, left, right);
            return op == OperatorTable.Equal ? equal : Expression.Not(equal);
        }

        var order = EmitOrder(type, left, right, total: false);
        return op == OperatorTable.Less ? Is(-1)
            : op == OperatorTable.Greater ? Is(1)
            : op == OperatorTable.LessOrEqual ? Expression.LessThanOrEqual(order, Expression.Constant(0))
            : Expression.LessThanOrEqual(Expression.Convert(order, typeof(uint)), Expression.Constant(1u));

        Expression Is(int value) => Expression.Equal(order, Expression.Constant(value));
    }

    /// <summary>An and or an or of which a side compares vectors: that is skipped where the other one, which comes first then, decides.</summary>
    private static Logical? InTurn(Binary node)
    {
        const Effects Matter = Effects.Fails | Effects.Acts | Effects.Asserts | Effects.Builds | Effects.Allocates;
        if (!node.Left.Type.Is(ScalarKind.Bool) || (node.Operator != OperatorTable.And && node.Operator != OperatorTable.Or))
        {
            return null;
        }

        var (left, right) = (ComparesVectors(node.Left), ComparesVectors(node.Right));
        var (first, second) = left && !right ? (node.Right, node.Left) : (node.Left, node.Right);
        return (left || right) && !second.Facts.Has(Matter) ? new Logical(node.Operator == OperatorTable.And, first, second) : null;
    }

    private static bool ComparesVectors(Expr at) =>
        at.Facts.Size <= MostBodyNodes && at is not For && (at is Binary { Left.Type: VectorType } || at.Children.Any(ComparesVectors));

    /// <summary>Sets <paramref name="equal"/>, which is true, to whether the values are equal.</summary>
    private void EmitEqual(ParameterExpression equal, WeldType type, Operand left, Operand right)
    {
        switch (type)
        {
            case ScalarType s:
                Do(Expression.Assign(equal, OperatorEmitter.Binary(OperatorTable.Equal, s.Kind, ((ScalarOperand)left).Value, ((ScalarOperand)right).Value)));
                break;
            case StructType s:
                for (var i = 0; i < s.Fields.Count; i++)
                {
                    var (field, l, r) = (s.Fields[i], ((StructOperand)left).Fields[i], ((StructOperand)right).Fields[i]);
                    Do(Expression.IfThen(equal, Scoped(() => EmitEqual(equal, field, l, r))));
                }

                break;
            case VectorType { Element: var element }:
                var (x, y) = ((VectorOperand)left, (VectorOperand)right);
                Do(Expression.Assign(equal, Expression.Equal(x.Length, y.Length)));
                if (element is ScalarType { Kind: var kind })
                {
                    var isEqual = kind.IsFloat()
                        ? Clr.CallGeneric(typeof(VectorOrder), nameof(VectorOrder.EqualFloats), [Clr.Numeric(kind)], Run, x.Data, y.Data, x.Length)
                        : Clr.Call(typeof(VectorOrder), nameof(VectorOrder.EqualBytes), Run, x.Data, y.Data, Clr.Element(Clr.Zero, x.Length, kind.Size()));
                    Do(Expression.IfThen(equal, Expression.Assign(equal, isEqual)));
                    break;
                }

                var index = Local(Clr.Zero);
                Loop(exit =>
                {
                    Do(Expression.IfThen(Expression.OrElse(Expression.Not(equal), Expression.GreaterThanOrEqual(index, x.Length)), Expression.Break(exit)));
                    Look();
                    EmitEqual(equal, element, ElementAt(element, x.Data, index), ElementAt(element, y.Data, index));
                    Do(Expression.Assign(index, Expression.Add(index, Clr.One)));
                });
                break;
            default:
                throw new ArgumentException($"{type} has no equality", nameof(type));
        }
    }

    /// <summary>The order of two held values, in a variable.</summary>
    private ParameterExpression EmitOrder(WeldType type, Operand left, Operand right, bool total)
    {
        var order = Local(Expression.Constant(0), "order");
        EmitOrder(order, type, left, right, total);
        return order;
    }

    private void EmitOrder(ParameterExpression order, WeldType type, Operand left, Operand right, bool total)
    {
        switch (type)
        {
            case ScalarType { Kind: var kind }:
                var (a, b) = (((ScalarOperand)left).Value, ((ScalarOperand)right).Value);
                Do(Expression.Assign(order, total
                    ? OperatorEmitter.TotalOrder(kind, a, b)
                    : Clr.CallGeneric(typeof(VectorOrder), nameof(VectorOrder.PartialOrder), [Clr.Numeric(kind)], OperatorEmitter.Numeric(a), OperatorEmitter.Numeric(b))));
                break;
            case StructType s:
                for (var i = 0; i < s.Fields.Count; i++)
                {
                    var (field, l, r) = (s.Fields[i], ((StructOperand)left).Fields[i], ((StructOperand)right).Fields[i]);
                    Do(Expression.IfThen(Expression.Equal(order, Expression.Constant(0)), Scoped(() => EmitOrder(order, field, l, r, total))));
                }

                break;
            case VectorType { Element: ScalarType { Kind: var kind } }:
                var (p, q) = ((VectorOperand)left, (VectorOperand)right);
                Do(Expression.Assign(order, Clr.CallGeneric(
                    typeof(VectorOrder), nameof(VectorOrder.Order), [Clr.Numeric(kind)], Run, p.Data, p.Length, q.Data, q.Length, Expression.Constant(total))));
                break;
            case VectorType { Element: var element }:
                var (x, y) = ((VectorOperand)left, (VectorOperand)right);
                var index = Local(Clr.Zero);
                var shorter = Local(Clr.Min(x.Length, y.Length));
                Loop(exit =>
                {
                    Do(Expression.IfThen(
                        Expression.OrElse(Expression.NotEqual(order, Expression.Constant(0)), Expression.GreaterThanOrEqual(index, shorter)), Expression.Break(exit)));
                    Look();
                    EmitOrder(order, element, ElementAt(element, x.Data, index), ElementAt(element, y.Data, index), total);
                    Do(Expression.Assign(index, Expression.Add(index, Clr.One)));
                });
                Do(Expression.IfThen(
                    Expression.Equal(order, Expression.Constant(0)), Expression.Assign(order, OperatorEmitter.TotalOrder(ScalarKind.I64, x.Length, y.Length))));
                break;
            default:
                throw new ArgumentException($"{type} has no order", nameof(type));
        }
    }
}
