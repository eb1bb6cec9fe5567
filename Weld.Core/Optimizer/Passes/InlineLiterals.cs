using Weld.Core.IR;
using Weld.Core.Operators;
using Weld.Core.Types;
using Weld.Core.Values;

namespace Weld.Core.Optimizer.Passes;

/// <summary>What follows from constants is computed now, by the operators' own definitions.</summary>
internal static class InlineLiterals
{
    public static readonly Pass Pass = Optimizer.Pass.Omitting("inline-literals", "What follows from constants is computed while compiling.", values => [Fold, node => Decide(node, values), node => Measure(node, values)]);

    // f(c)  =>  the value    c + d  =>  the value, unless it is an integer divided by 0    T(c)  =>  the value    compare(c, d)  =>  the value
    private static Expr? Fold(Expr node) => node switch
    {
        Unary { Operand: Literal x } u => new Literal(u.Operator.Apply(x.Value)),
        Binary { Left: Literal x, Right: Literal y } b =>
            b.Operator.ChecksZero && y.Value.Kind.IsInteger() && y.Value.Bits == 0 ? null : new Literal(b.Operator.Apply(x.Value, y.Value)),
        Cast { Operand: Literal x } c => new Literal(Casts.Apply(x.Value, c.Kind)),
        Compare { Left: Literal x, Right: Literal y } => new Literal(Scalar.I32(TotalOrder.Compare(x.Value, y.Value))),
        _ => null,
    };

    // if(true, a, b)  =>  a    select(true, a, b)  =>  a, where b is sound    true && a  =>  a    false && a  =>  false    a && true  =>  a
    // a && false  =>  false, where a is sound    assert(true)  =>  true
    private static Expr? Decide(Expr node, Soundness values) => node switch
    {
        If { Condition: Literal { Value.AsBool: var c } } i => c ? i.Then : i.Else,
        Select { Condition: Literal { Value.AsBool: var c } } s when values.Of(c ? s.Else : s.Then) => c ? s.Then : s.Else,
        Logical { Left: Literal { Value.AsBool: var left } } l => left == l.IsAnd ? l.Right : l.Left,
        Logical { Right: Literal { Value.AsBool: var right } } l when right == l.IsAnd => l.Left,
        Logical { Right: Literal } l when values.Of(l.Left) => l.Right,
        Assertion { Condition: Literal { Value.AsBool: true } condition } => condition,
        _ => null,
    };

    // len([a, b])  =>  2    lookup([a, b], 1)  =>  b    where what goes is sound
    private static Expr? Measure(Expr node, Soundness values) => node switch
    {
        Length { Vector: VectorLiteral v } when AreSound(v.Elements, -1, values) => new Literal(Scalar.I64(v.Elements.Count)),
        Length { Vector: StringLiteral s } => new Literal(Scalar.I64(s.Bytes.Count)),
        Lookup { Collection: VectorLiteral v, Key: Literal { Value.AsInt64: var i } } 
            when i >= 0 && i < v.Elements.Count && AreSound(v.Elements, (int)i, values) => v.Elements[(int)i],
        Lookup { Collection: StringLiteral { Type: VectorType { Element: ScalarType t } } s, Key: Literal { Value.AsInt64: var i } }
            when i >= 0 && i < s.Bytes.Count => new Literal(Scalar.FromBits(t.Kind, s.Bytes[(int)i])),
        _ => null,
    };

    private static bool AreSound(Seq<Expr> elements, int butAt, Soundness values)
    {
        for (var i = 0; i < elements.Count; i++)
        {
            if (i != butAt && !values.Of(elements[i]))
            {
                return false;
            }
        }

        return true;
    }
}
