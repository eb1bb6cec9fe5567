using Weld.Core.IR;
using Weld.Core.Operators;
using Weld.Core.Types;
using Weld.Core.Values;
using Op = Weld.Core.Operators.OperatorTable;

namespace Weld.Core.Optimizer.Passes;

/// <summary>
/// Identities that hold for every value of a kind, bit for bit: integers wrap, −0 is not +0, a NaN is not equal to itself. What an identity drops cannot fail.
/// </summary>
internal static class Algebraic
{
    public static readonly Pass Pass = Optimizer.Pass.Omitting(
        "algebraic", "Expressions become simpler ones that give the same bits.", values => [node => Simplify(node, values)]);

    private static Expr? Simplify(Expr node, Soundness values) => node switch
    {
        Binary b => Order(b) ?? Neutral(b) ?? Absorb(b, values) ?? Associate(b) ?? Twice(b, values) ?? Signs(b) ?? Quotient(b) ?? Solve(b) ?? Invert(b),
        Unary => Signs(node) ?? Invert(node),
        Logical or Compare => Twice(node, values),
        If i => Choose(i, values) ?? Known(i),
        Select => Choose(node, values),
        Cast => Convert(node),
        _ => null,
    };

    // c + x  =>  x + c    c < x  =>  x > c
    private static Expr? Order(Binary b) =>
        b is not { Left: Literal, Right: not Literal } ? null
        : b.Operator.Laws.HasFlag(Laws.Commutative) ? b with { Left = b.Right, Right = b.Left }
        : Mirrored(b.Operator) is { } mirrored ? b with { Operator = mirrored, Left = b.Right, Right = b.Left }
        : null;

    // x ∘ e  =>  x    where e is the identity of ∘ on the right; for floats x + −0 and x − 0, but neither x + 0 nor x − −0, which turn −0 into +0
    private static Expr? Neutral(Binary b)
    {
        if (b.Right is not Literal { Value: var e })
        {
            return null;
        }

        var zero = e.Kind.IsFloat() && b.Operator == Op.Add ? Op.Negate.Apply(Scalar.Zero(e.Kind)) : Scalar.Zero(e.Kind);
        return (b.Operator == Op.Add || b.Operator == Op.Subtract ? e == zero
            : b.Operator.Reduces ? e == b.Operator.Identity(e.Kind)
            : b.Operator == Op.Divide ? e == Op.Multiply.Identity(e.Kind)
            : (b.Operator == Op.ShiftLeft || b.Operator == Op.ShiftRight) && e.AsInt64 % (e.Kind.Size() * 8) == 0) ? b.Left : null;
    }

    // x * 0  =>  0    x & 0  =>  0    x | −1  =>  −1    x % 1  =>  0    x < 0  =>  false    x ≥ 0  =>  true    on integers (& and | on bool too), the last two unsigned; where x may go
    private static Expr? Absorb(Binary b, Soundness values)
    {
        if (b.Right is not Literal { Value: var c } literal || c.Kind.IsFloat() || !values.Of(b.Left))
        {
            return null;
        }

        var isUnsigned = c.Kind.IsInteger() && !c.Kind.IsSigned();
        return (b.Operator == Op.Multiply || b.Operator == Op.And) && c.Bits == 0 || (b.Operator == Op.Or && c == Op.And.Identity(c.Kind)) ? literal
            : b.Operator == Op.Remainder && c == Op.Multiply.Identity(c.Kind) ? new Literal(Scalar.Zero(c.Kind))
            : isUnsigned && c.Bits == 0 && b.Operator == Op.Less ? Bool(false)
            : isUnsigned && c.Bits == 0 && b.Operator == Op.GreaterOrEqual ? Bool(true)
            : null;
    }

    // (x ∘ c) ∘ d  =>  x ∘ (c ∘ d)    where ∘ is associative on the kind: + and * on integers, min, max and bits
    // (x − c) − d  =>  x − (c + d)    (x − c) + d  =>  x + (d − c)    (x + c) − d  =>  x + (c − d)    on integers
    private static Expr? Associate(Binary outer)
    {
        if (outer is not { Left: Binary { Right: Literal { Value: var c } } inner, Right: Literal { Value: var d } })
        {
            return null;
        }

        if (outer.Operator == inner.Operator && outer.Operator.Laws.HasFlag(Laws.Associative) && !outer.Operator.IsOrderSensitive(d.Kind))
        {
            return outer with { Left = inner.Left, Right = new Literal(outer.Operator.Apply(c, d)) };
        }

        return d.Kind.IsFloat() ? null
            : (outer.Operator == Op.Subtract, inner.Operator == Op.Subtract, outer.Operator == Op.Add, inner.Operator == Op.Add) switch
            {
                (true, true, _, _) => outer with { Left = inner.Left, Right = new Literal(Op.Add.Apply(c, d)) },
                (_, true, true, _) => outer with { Left = inner.Left, Right = new Literal(Op.Subtract.Apply(d, c)) },
                (true, _, _, true) => outer with { Operator = Op.Add, Left = inner.Left, Right = new Literal(Op.Subtract.Apply(c, d)) },
                _ => null,
            };
    }

    // min(x, x)  =>  x    x & x  =>  x    x && x  =>  x    compare(x, x)  =>  0
    // x − x  =>  0    x ^ x  =>  0    x ≤ x  =>  true    x < x  =>  false    on integers and bool; x is an atom, and may go
    private static Expr? Twice(Expr node, Soundness values)
    {
        switch (node)
        {
            case Logical l when Atoms.IsAtom(l.Left) && l.Left == l.Right:
                return l.Left;
            case Compare { Left.Type: ScalarType } c when Atoms.IsAtom(c.Left) && c.Left == c.Right && values.Of(c.Left):
                return new Literal(Scalar.I32(0));
            case Binary { Left.Type: ScalarType { Kind: var kind } } b when Atoms.IsAtom(b.Left) && b.Left == b.Right:
                return b.Operator.Laws.HasFlag(Laws.Idempotent) ? b.Left
                    : kind.IsFloat() || !values.Of(b.Left) ? null
                    : b.Operator == Op.Subtract || b.Operator == Op.ExclusiveOr ? new Literal(Scalar.Zero(kind))
                    : b.Operator.GivesBool ? Bool(b.Operator == Op.Equal || b.Operator == Op.LessOrEqual || b.Operator == Op.GreaterOrEqual)
                    : null;
            default:
                return null;
        }
    }

    // −−x  =>  x    x + −y  =>  x − y    −x + y  =>  y − x    x − −y  =>  x + y    −x * −y  =>  x * y    −x * c  =>  x * −c    |−x|  =>  |x|, not unsigned
    // x * −1  =>  −x    x / −1  =>  −x    0 − x  =>  −x on integers
    private static Expr? Signs(Expr node) => node switch
    {
        Unary u when u.Operator == Op.Negate => Negated(u.Operand),
        Unary u when u.Operator == Op.Absolute => Negated(u.Operand) is { Type.LaneKind: { } kind } x && (kind.IsSigned() || kind.IsFloat()) ? u with { Operand = x } : null,
        Binary { Right: Literal { Value: var c } } b when (b.Operator == Op.Multiply || b.Operator == Op.Divide) && IsMinusOne(c) => new Unary(Op.Negate, b.Left),
        Binary { Left: Literal { Value: { Bits: 0 } zero } } b when b.Operator == Op.Subtract && zero.Kind.IsInteger() => new Unary(Op.Negate, b.Right),
        Binary b when b.Operator == Op.Add && Negated(b.Right) is { } y => b with { Operator = Op.Subtract, Right = y },
        Binary b when b.Operator == Op.Add && Negated(b.Left) is { } x => b with { Operator = Op.Subtract, Left = b.Right, Right = x },
        Binary b when b.Operator == Op.Subtract && Negated(b.Right) is { } y => b with { Operator = Op.Add, Right = y },
        Binary { Right: Literal { Value: var c } } b when b.Operator == Op.Multiply && Negated(b.Left) is { } x => b with { Left = x, Right = new Literal(Op.Negate.Apply(c)) },
        Binary b when b.Operator == Op.Multiply && Negated(b.Left) is { } x && Negated(b.Right) is { } y => b with { Left = x, Right = y },
        _ => null,
    };

    // x / 2ᵏ  =>  x * 2⁻ᵏ    on floats, where 2⁻ᵏ is a float: both round the same number once
    private static Expr? Quotient(Binary b)
    {
        if (b.Right is not Literal { Value: var c } || b.Operator != Op.Divide || !c.Kind.IsFloat())
        {
            return null;
        }

        var one = Op.Multiply.Identity(c.Kind);
        var inverse = Op.Divide.Apply(one, c);
        var isPower = c.Kind == ScalarKind.F32 ? float.IsPow2(MathF.Abs(c.AsSingle)) : double.IsPow2(Math.Abs(c.AsDouble));
        var isFinite = c.Kind == ScalarKind.F32 ? float.IsFinite(inverse.AsSingle) : double.IsFinite(inverse.AsDouble);
        return isPower && isFinite && Op.Divide.Apply(one, inverse) == c ? b with { Operator = Op.Multiply, Right = new Literal(inverse) } : null;
    }

    // x + c == d  =>  x == d − c    x − c == d  =>  x == d + c    −x == d  =>  x == −d    on integers, for == and != only: these are one to one, but do not keep the order
    private static Expr? Solve(Binary b)
    {
        if (b.Right is not Literal { Value: var d } || !(b.Operator == Op.Equal || b.Operator == Op.NotEqual))
        {
            return null;
        }

        // x == true  =>  x    x == false  =>  !x
        if (d.Kind == ScalarKind.Bool)
        {
            return d.AsBool == (b.Operator == Op.Equal) ? b.Left : new Unary(Op.Not, b.Left);
        }

        return !d.Kind.IsInteger() ? null : b.Left switch
        {
            Binary { Right: Literal { Value: var c } } i when i.Operator == Op.Add => b with { Left = i.Left, Right = new Literal(Op.Subtract.Apply(d, c)) },
            Binary { Right: Literal { Value: var c } } i when i.Operator == Op.Subtract => b with { Left = i.Left, Right = new Literal(Op.Add.Apply(d, c)) },
            Unary u when u.Operator == Op.Negate => b with { Left = u.Operand, Right = new Literal(Op.Negate.Apply(d)) },
            _ => null,
        };
    }

    // !!x  =>  x    ~~x  =>  x    x ^ true  =>  !x    !(x == y)  =>  x != y    !(x < y)  =>  x ≥ y, not on floats
    private static Expr? Invert(Expr node) => node switch
    {
        Unary { Operand: Unary i } u when (u.Operator == Op.Not || u.Operator == Op.Complement) && i.Operator == u.Operator => i.Operand,
        Unary { Operand: Binary b } u when u.Operator == Op.Not && Opposite(b) is { } opposite => b with { Operator = opposite },
        Binary { Right: Literal { Value: { Kind: ScalarKind.Bool, AsBool: true } } } b when b.Operator == Op.ExclusiveOr => new Unary(Op.Not, b.Left),
        _ => null,
    };

    // if(c, x, x)  =>  x, where c may go and x is an atom    if(!c, x, y)  =>  if(c, y, x)    if(c, true, false)  =>  c    if(c, false, true)  =>  !c
    // if(c, x, false)  =>  c && x    if(c, true, x)  =>  c || x    select likewise, with & and |
    // if(c, if(d, x, y), y)  =>  if(c && d, x, y), where y is an atom    if(x < y, b, e)  =>  if(x ≥ y, e, b), where b is a builder that stays as it is
    private static Expr? Choose(Expr node, Soundness values) => node switch
    {
        If i when Atoms.IsAtom(i.Then) && i.Then == i.Else && values.Of(i.Condition) => i.Then,
        Select s when Atoms.IsAtom(s.Then) && s.Then == s.Else && values.Of(s.Condition) => s.Then,
        If { Condition: Unary u } i when u.Operator == Op.Not && i.Annotations.Count == 0 => i with { Condition = u.Operand, Then = i.Else, Else = i.Then },
        Select { Condition: Unary u } s when u.Operator == Op.Not => s with { Condition = u.Operand, Then = s.Else, Else = s.Then },
        If { Then: If inner } i when Atoms.IsAtom(i.Else) && i.Else == inner.Else && i.Annotations.Count == 0 && inner.Annotations.Count == 0 =>
            i with { Condition = new Logical(true, i.Condition, inner.Condition), Then = inner.Then },
        If { Condition: Binary c } i when i.Type.IsBuilder && Atoms.IsAtom(i.Then) && !Atoms.IsAtom(i.Else) && i.Annotations.Count == 0 && Opposite(c) is { } opposite =>
            i with { Condition = c with { Operator = opposite }, Then = i.Else, Else = i.Then },
        If { Then: var t, Else: var e } i when Truth(t) is { } a && Truth(e) == !a => a ? i.Condition : new Unary(Op.Not, i.Condition),
        Select { Then: var t, Else: var e } s when Truth(t) is { } a && Truth(e) == !a => a ? s.Condition : new Unary(Op.Not, s.Condition),
        If i when Truth(i.Else) == false => new Logical(true, i.Condition, i.Then),
        If i when Truth(i.Then) == true => new Logical(false, i.Condition, i.Else),
        Select s when Truth(s.Else) == false => new Binary(Op.And, s.Condition, s.Then),
        Select s when Truth(s.Then) == true => new Binary(Op.Or, s.Condition, s.Else),
        _ => null,
    };

    // if(c, f(if(c, x, y)), g(if(c, x, y)))  =>  if(c, f(x), g(y))
    private static Expr? Known(If node)
    {
        const int MostNodes = 400;
        if (node.Facts.Size > MostNodes)
        {
            return null;
        }

        var (then, otherwise) = (Under(node.Then, true), Under(node.Else, false));
        return ReferenceEquals(then, node.Then) && ReferenceEquals(otherwise, node.Else) ? null : node with { Then = then, Else = otherwise };

        Expr Under(Expr e, bool holds) => e is If inner && inner.Condition == node.Condition ? Under(holds ? inner.Then : inner.Else, holds) : e.Map(x => Under(x, holds));
    }

    // T(x)  =>  x, where x is a T    T(U(x))  =>  T(x), where every value of x's kind is a U
    private static Expr? Convert(Expr node) => node switch
    {
        Cast { Operand.Type.LaneKind: { } from } c when from == c.Kind => c.Operand,
        Cast { Operand: Cast { Operand.Type.LaneKind: { } from } inner } c when Holds(inner.Kind, from) => c with { Operand = inner.Operand },
        _ => null,
    };

    private static BinaryOperator? Mirrored(BinaryOperator op) =>
        op == Op.Less ? Op.Greater : op == Op.Greater ? Op.Less : op == Op.LessOrEqual ? Op.GreaterOrEqual : op == Op.GreaterOrEqual ? Op.LessOrEqual : null;

    private static BinaryOperator? Opposite(Binary b) =>
        b.Operator == Op.Equal ? Op.NotEqual
        : b.Operator == Op.NotEqual ? Op.Equal
        : b.Left.Type is not ScalarType { Kind: var kind } || kind.IsFloat() ? null
        : b.Operator == Op.Less ? Op.GreaterOrEqual : b.Operator == Op.GreaterOrEqual ? Op.Less
        : b.Operator == Op.Greater ? Op.LessOrEqual : b.Operator == Op.LessOrEqual ? Op.Greater
        : null;

    private static Expr? Negated(Expr expr) => expr is Unary u && u.Operator == Op.Negate ? u.Operand : null;

    private static bool IsMinusOne(Scalar c) => (c.Kind.IsSigned() || c.Kind.IsFloat()) && c == Op.Negate.Apply(Op.Multiply.Identity(c.Kind));

    private static bool? Truth(Expr expr) => expr is Literal { Value: { Kind: ScalarKind.Bool, AsBool: var value } } ? value : null;

    private static Literal Bool(bool value) => new(Scalar.Bool(value));

    /// <summary>Whether a kind has every value of another, as integers of it or as f64 of f32.</summary>
    private static bool Holds(ScalarKind kind, ScalarKind from) =>
        from == ScalarKind.Bool ? kind.IsInteger()
        : from == ScalarKind.F32 ? kind == ScalarKind.F64
        : from.IsInteger() && kind.IsInteger() && kind.Size() > from.Size() && (kind.IsSigned() || !from.IsSigned());
}
