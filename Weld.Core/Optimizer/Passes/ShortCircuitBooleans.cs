using Weld.Core.IR;
using Weld.Core.Operators;

namespace Weld.Core.Optimizer.Passes;

/// <summary>A lazy operator whose right side costs less than the branch around it evaluates both sides.</summary>
internal static class ShortCircuitBooleans
{
    public static readonly Pass Pass = new("short-circuit-booleans", "Cheap conditions are evaluated without branches.", Evaluate);

    /// <summary>What the right side may cost: a branch is guessed wrong one time in four at most where neither way is rare.</summary>
    private const int MostCost = Cost.Miss / 4;

    private const int MostNodes = 32;

    // a && b  =>  a & b    a || b  =>  a | b    where b cannot fail and costs little
    private static Expr? Evaluate(Expr node) =>
        node is Logical { Right: { Facts: { Effects: Effects.None, Size: <= MostNodes } } right } l && Cost.Of(right) <= MostCost
            ? new Binary(l.IsAnd ? OperatorTable.And : OperatorTable.Or, l.Left, right) { Annotations = l.Annotations }
            : null;
}
