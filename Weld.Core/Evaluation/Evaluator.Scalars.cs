using Weld.Core.Diagnostics;
using Weld.Core.IR;
using Weld.Core.Operators;
using Weld.Core.Types;
using Weld.Core.Values;

namespace Weld.Core.Evaluation;

/// <summary>Scalars: operators, comparisons, casts.</summary>
internal sealed partial class Evaluator
{
    private Value EvaluateBinary(Binary node)
    {
        var left = Evaluate(node.Left);
        var right = Evaluate(node.Right);
        if (left is not ScalarValue { Scalar: var x } || right is not ScalarValue { Scalar: var y })
        {
            return Bool(CompareParts(node.Operator, left, right));
        }

        return node.Operator.ChecksZero && x.Kind.IsInteger() && y.Bits == 0
            ? throw Error(RuntimeCode.DivideByZero, node, $"expected a divisor other than 0, found {x} {node.Operator} 0")
            : new ScalarValue(node.Operator.Apply(x, y));
    }

    /// <summary>A comparison of structs or vectors (language.md §4.5): a ≤ b is a &lt; b or a == b.</summary>
    private static bool CompareParts(BinaryOperator op, Value x, Value y) =>
        op == OperatorTable.Equal ? ValueOrder.IsEqual(x, y)
        : op == OperatorTable.NotEqual ? !ValueOrder.IsEqual(x, y)
        : op == OperatorTable.Less ? ValueOrder.IsLess(x, y)
        : op == OperatorTable.Greater ? ValueOrder.IsLess(y, x)
        : op == OperatorTable.LessOrEqual ? ValueOrder.IsLess(x, y) || ValueOrder.IsEqual(x, y)
        : op == OperatorTable.GreaterOrEqual ? ValueOrder.IsLess(y, x) || ValueOrder.IsEqual(x, y)
        : throw new InvalidOperationException($"expected a comparison, found {op}");

    private ScalarValue EvaluateCompare(Compare node)
    {
        var left = Evaluate(node.Left);
        return new ScalarValue(Scalar.I32(ValueOrder.Compare(left, Evaluate(node.Right))));
    }

    private ScalarValue EvaluateCast(Cast node) => new(Casts.Apply(EvaluateScalar(node.Operand), node.Kind));

    private Value EvaluateSelect(Select node)
    {
        var condition = IsTrue(node.Condition);
        var then = Evaluate(node.Then);
        var otherwise = Evaluate(node.Else);
        return condition ? then : otherwise;
    }
}
