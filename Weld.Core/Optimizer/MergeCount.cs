using Weld.Core.IR;
using Weld.Core.Types;

namespace Weld.Core.Optimizer;

/// <summary>How often an iteration merges into a builder.</summary>
internal static class MergeCount
{
    /// <summary>Whether the builders that a body gives have <paramref name="own"/>, its parameter or a field of it, with one merge of one element, on every path.</summary>
    public static bool IsOne(Expr expr, Expr own)
    {
        while (expr is Let let)
        {
            expr = let.Body;
        }

        return expr switch
        {
            Merge m => m.Builder == own && m.Value.Type is not SimdType,
            If i => StackGuard.Run(static a => IsOne(a.If.Then, a.Own) && IsOne(a.If.Else, a.Own), (If: i, Own: own)),
            StructLiteral s => own is Field { Operand: Ident } f && IsOne(s.Fields[f.Index], own),
            _ => false,
        };
    }
}
