using Weld.Core.IR;

namespace Weld.Core.Optimizer.Passes;

/// <summary>Applied functions become lets.</summary>
internal static class InlineApply
{
    public static readonly Pass Pass = new("inline-apply", "Applied functions become lets.", Bind, Precede);

    // (|x, y| e)(a, b)  =>  let x = a; let y = b; e
    private static Expr? Bind(Expr node)
    {
        if (node is not Apply apply)
        {
            return null;
        }

        var body = apply.Function.Body;
        for (var i = apply.Arguments.Count - 1; i >= 0; i--)
        {
            body = new Let(apply.Function.Parameters[i], apply.Arguments[i], body);
        }

        return body;
    }

    // merge(b, let x = v; e)  =>  let x = v; merge(b, e)
    private static Expr? Precede(Expr node) =>
        node is Merge { Builder: Ident or Field { Operand: Ident }, Value: Let let } merge ? let with { Body = merge with { Value = let.Body } } : null;
}
