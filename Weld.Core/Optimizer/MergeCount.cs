using Weld.Core.IR;
using Weld.Core.Optimizer.Fusion;
using Weld.Core.Types;
using Weld.Core.Values;

namespace Weld.Core.Optimizer;

/// <summary>How often an iteration merges into a builder.</summary>
internal static class MergeCount
{
    private static readonly Literal True = new(Scalar.Bool(true));
    private static readonly Literal False = new(Scalar.Bool(false));

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

    /// <summary>Whether an iteration merges something, as an expression over what its body reads; null if that cannot be computed beside the loop, or shows only in an inner one.</summary>
    /// <param name="loop">The loop.</param>
    public static Expr? IsAny(For loop) =>
        Any(loop.Function.Body, new Ident(loop.Function.Parameters[0])) is { } any && Predication.IsHarmless(any) ? any : null;

    private static Expr? Any(Expr expr, Expr own) => StackGuard.Run(static a => AnyOf(a.Expr, a.Own), (Expr: expr, Own: own));

    private static Expr? AnyOf(Expr expr, Expr own)
    {
        switch (expr)
        {
            case Merge m:
                return Any(m.Builder, own) is null ? null : True;
            case If i:
                var (then, otherwise) = (Any(i.Then, own), Any(i.Else, own));
                return then is null || otherwise is null ? null : then == otherwise ? then : new If(i.Condition, then, otherwise);
            case Let { Value.Type.ContainsBuilder: false } l:
                var rest = Any(l.Body, own);
                return rest is not null && MergeBody.Mentions(rest, l.Symbol) ? l with { Body = rest } : rest;
            case StructLiteral s:
                Expr? any = False;
                for (var i = 0; i < s.Fields.Count && any is not null; i++)
                {
                    any = Any(s.Fields[i], new Field(own, i)) is not { } field ? null : any == False ? field : field == False || field == any ? any : new Logical(IsAnd: false, any, field);
                }

                return any;
            default:
                return expr == own ? False : null;
        }
    }
}
