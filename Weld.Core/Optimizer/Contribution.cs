using Weld.Core.IR;
using Weld.Core.Operators;
using Weld.Core.Types;

namespace Weld.Core.Optimizer;

/// <summary>
/// What one iteration gives to its mergers, as a value: what it merges, and the identity where it merges nothing. To merge the identity is to merge nothing, bit for
/// bit: x ∘ e = x for every x but −0 under +, and what gathers from the identity on is never −0 (+0 + −0 is +0).
/// </summary>
internal static class Contribution
{
    /// <summary>
    /// The value of a body, of the merge type of the builder; null where it merges twice, or its builder takes another way than merges, ifs, lets and struct
    /// literals, or where another builder than a merger is not merged into on every path.
    /// </summary>
    /// <param name="body">The body of a loop's function.</param>
    /// <param name="builder">The function's first parameter.</param>
    public static Expr? Of(Expr body, Symbol builder) => Of(body, new Ident(builder));

    /// <summary>The identity of a reduction.</summary>
    public static Expr Identity(WeldType type, MergeOperator op) => type switch
    {
        ScalarType s => new Literal(((SingleOperator)op).Operator.Identity(s.Kind)),
        _ => new StructLiteral(((StructType)type).Fields.Select((f, i) => Identity(f, op.Field(i))).ToSeq()),
    };

    /// <summary>The type of a builder's contributions and how they are reduced; null if it is no merger and no struct of such.</summary>
    public static (WeldType Type, MergeOperator Operator)? Reduction(WeldType builder)
    {
        switch (builder)
        {
            case MergerType m:
                return (m.Element, m.Operator);
            case StructType s:
                var fields = s.Fields.Select(Reduction).ToArray();
                return fields.Contains(null) ? null
                    : (new StructType(fields.Select(f => f!.Value.Type).ToSeq()), MergeOperator.OfFields(fields.Select(f => f!.Value.Operator).ToSeq()));
            default:
                return null;
        }
    }

    /// <summary>The same for builders after merges and what they were before: the parameter, or a field of it.</summary>
    public static Expr? Of(Expr expr, Expr own) => StackGuard.Walk(expr, static a => Step(a.Expr, a.Own), (Expr: expr, Own: own));

    private static Expr? Step(Expr expr, Expr own)
    {
        if (IsSame(expr, own))
        {
            return Reduction(own.Type) is var (type, op) ? Identity(type, op) : null;
        }

        switch (expr)
        {
            case Merge m:
                return IsSame(m.Builder, own) && m.Value.Type is not SimdType ? m.Value : null;
            case If i:
                return Of(i.Then, own) is { } then && Of(i.Else, own) is { } @else ? i with { Then = then, Else = @else } : null;
            case Let l when !l.Value.Type.ContainsBuilder:
                return Of(l.Body, own) is { } body ? l with { Body = body } : null;
            case StructLiteral s:
                var fields = new Expr[s.Fields.Count];
                for (var i = 0; i < fields.Length; i++)
                {
                    if (Of(s.Fields[i], new Field(own, i)) is not { } field)
                    {
                        return null;
                    }

                    fields[i] = field;
                }

                return s with { Fields = fields.ToSeq() };
            default:
                return null;
        }
    }

    private static bool IsSame(Expr expr, Expr own)
    {
        for (; own is Field f; own = f.Operand)
        {
            if (expr is not Field g || g.Index != f.Index)
            {
                return false;
            }

            expr = g.Operand;
        }

        return expr is Ident a && own is Ident b && a.Symbol == b.Symbol;
    }
}
