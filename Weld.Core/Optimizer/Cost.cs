using Weld.Core.IR;
using Weld.Core.Operators;
using Weld.Core.Types;

namespace Weld.Core.Optimizer;

/// <summary>Roughly how many cycles an expression takes on its own, and what a branch that is guessed wrong costs.</summary>
internal static class Cost
{
    /// <summary>A branch that the processor guesses wrong.</summary>
    public const int Miss = 20;

    /// <summary>A select without a branch.</summary>
    public const int Select = 2;

    /// <summary>The cycles of an expression without loops.</summary>
    public static int Of(Expr expr) => StackGuard.Walk(
        static e =>
        {
            var cost = OfNode(e);
            foreach (var child in e.Children.Span)
            {
                cost += Of(child);
            }

            return cost;
        },
        expr);

    /// <summary>The cycles of a node without those of its children.</summary>
    public static int OfNode(Expr expr) => expr switch
    {
        Literal or Ident or Field or StructLiteral or Let or Lambda or Apply => 0,
        Unary { Operator: ElementaryOperator } or Binary { Operator: BinaryElementaryOperator } => 40,
        Unary u when u.Operator == OperatorTable.SquareRoot => 5,
        Binary { Operator.ChecksZero: true } b => b.Operator == OperatorTable.Divide && b.Left.Type.LaneKind is { } kind && kind.IsFloat() ? 5 : 20,
        Unary or Binary { Left.Type: ScalarType or SimdType } or Logical or Cast or Length => 1,
        Compare { Left.Type: ScalarType } or IR.Select or If => Select,
        Lookup { Collection.Type: VectorType } => 4,
        _ => 100,
    };
}
