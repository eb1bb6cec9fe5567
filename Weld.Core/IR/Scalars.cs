using Weld.Core.Operators;
using Weld.Core.Types;
using Weld.Core.Values;

namespace Weld.Core.IR;

/// <summary>A scalar constant.</summary>
/// <param name="Value">The value.</param>
public sealed record Literal(Scalar Value) : Expr
{
    private protected override Seq<Expr> ChildrenRule() => [];

    private protected override WeldType TypeRule() => ScalarType.Of(Value.Kind);

    internal override Expr Map(Func<Expr, Expr> f) => this;
}

/// <summary>An operator of one operand, also lane by lane on simd.</summary>
/// <param name="Operator">The operator.</param>
/// <param name="Operand">A scalar or simd in the operator's domain.</param>
public sealed record Unary(UnaryOperator Operator, Expr Operand) : Expr
{
    private protected override Seq<Expr> ChildrenRule() => [Operand];

    private protected override WeldType TypeRule() => Operand.Type.LaneKind is { } kind && Operator.Domain.Contains(kind)
        ? Lanes.Like(Operand.Type, Operator.ResultKind(kind))
        : throw Expected($"{Lanes.Describe(Operator.Domain)} as the operand of {Operator.Name}", Operand);

    internal override Expr Map(Func<Expr, Expr> f) => f(Operand) is var x && ReferenceEquals(x, Operand) ? this : this with { Operand = x };
}

/// <summary>An operator of two operands of one type, also lane by lane on simd. Comparisons also take structs and vectors (language.md §4.5). Both sides are evaluated.</summary>
/// <param name="Operator">The operator.</param>
/// <param name="Left">The first operand.</param>
/// <param name="Right">The second operand.</param>
public sealed record Binary(BinaryOperator Operator, Expr Left, Expr Right) : Expr
{
    private protected override Seq<Expr> ChildrenRule() => [Left, Right];

    private protected override WeldType TypeRule()
    {
        if (Left.Type != Right.Type)
        {
            throw Expected($"{Left.Type}", Right);
        }

        return Left.Type.LaneKind is { } kind
            ? Operator.Domain.Contains(kind) ? Lanes.Like(Left.Type, Operator.ResultKind(kind)) : throw Expected(Operands, Left)
            : Operator.GivesBool && Lanes.IsComparable(Left.Type) ? ScalarType.Bool
            : throw Expected(Operands, Left);
    }

    private string Operands => $"{(Operator.GivesBool ? "scalars, or structs and vectors of such," : Lanes.Describe(Operator.Domain))} as the operands of {Operator.Name}";

    internal override Expr Map(Func<Expr, Expr> f) =>
        f(Left) is var l && f(Right) is var r && ReferenceEquals(l, Left) && ReferenceEquals(r, Right) ? this : this with { Left = l, Right = r };
}

/// <summary>Lazy <c>&amp;&amp;</c> or <c>||</c> on bool: the right side is evaluated only if the left does not decide.</summary>
/// <param name="IsAnd">And, else or.</param>
/// <param name="Left">bool.</param>
/// <param name="Right">bool.</param>
public sealed record Logical(bool IsAnd, Expr Left, Expr Right) : Expr
{
    private protected override Seq<Expr> ChildrenRule() => [Left, Right];

    private protected override WeldType TypeRule() =>
        !Left.Type.Is(ScalarKind.Bool) ? throw Expected("bool", Left)
        : !Right.Type.Is(ScalarKind.Bool) ? throw Expected("bool", Right)
        : ScalarType.Bool;

    internal override Expr Map(Func<Expr, Expr> f) =>
        f(Left) is var l && f(Right) is var r && ReferenceEquals(l, Left) && ReferenceEquals(r, Right) ? this : this with { Left = l, Right = r };
}

/// <summary>−1, 0 or 1 (i32) in a total order: as <c>&lt;</c> orders, with NaN equal to NaN and after every number, also inside structs and vectors.</summary>
/// <param name="Left">A scalar, struct or vector.</param>
/// <param name="Right">The same type.</param>
public sealed record Compare(Expr Left, Expr Right) : Expr
{
    private protected override Seq<Expr> ChildrenRule() => [Left, Right];

    private protected override WeldType TypeRule() =>
        Left.Type != Right.Type ? throw Expected($"{Left.Type}", Right)
        : !Lanes.IsComparable(Left.Type) ? throw Expected("scalars, or structs and vectors of such, as the operands of compare", Left)
        : ScalarType.I32;

    internal override Expr Map(Func<Expr, Expr> f) =>
        f(Left) is var l && f(Right) is var r && ReferenceEquals(l, Left) && ReferenceEquals(r, Right) ? this : this with { Left = l, Right = r };
}

/// <summary>A scalar as another scalar (language.md §4.4), also lane by lane on simd.</summary>
/// <param name="Kind">The kind it becomes.</param>
/// <param name="Operand">A scalar or simd.</param>
public sealed record Cast(ScalarKind Kind, Expr Operand) : Expr
{
    private protected override Seq<Expr> ChildrenRule() => [Operand];

    private protected override WeldType TypeRule() =>
        Operand.Type.LaneKind is null ? throw Expected("a scalar", Operand) : Lanes.Like(Operand.Type, Kind);

    internal override Expr Map(Func<Expr, Expr> f) => f(Operand) is var x && ReferenceEquals(x, Operand) ? this : this with { Operand = x };
}

/// <summary>One of two values; both are evaluated. With a simd condition lane by lane.</summary>
/// <param name="Condition">bool or simd[bool].</param>
/// <param name="Then">The value where true.</param>
/// <param name="Else">The value where false, of the same type.</param>
public sealed record Select(Expr Condition, Expr Then, Expr Else) : Expr
{
    private protected override Seq<Expr> ChildrenRule() => [Condition, Then, Else];

    private protected override WeldType TypeRule() =>
        Condition.Type.LaneKind != ScalarKind.Bool ? throw Expected("bool", Condition)
        : Condition.Type is SimdType && Then.Type is not SimdType ? throw Expected("simd", Then)
        : Then.Type != Else.Type ? throw Expected($"{Then.Type}", Else)
        : Then.Type;

    internal override Expr Map(Func<Expr, Expr> f) => f(Condition) is var c && f(Then) is var t && f(Else) is var e
        && ReferenceEquals(c, Condition) && ReferenceEquals(t, Then) && ReferenceEquals(e, Else) ? this : this with { Condition = c, Then = t, Else = e };
}

/// <summary>A scalar in every lane of a simd value.</summary>
/// <param name="Operand">A scalar.</param>
public sealed record Broadcast(Expr Operand) : Expr
{
    private protected override Seq<Expr> ChildrenRule() => [Operand];

    private protected override WeldType TypeRule() => Operand.Type is ScalarType ? new SimdType(Operand.Type) : throw Expected("a scalar", Operand);

    internal override Expr Map(Func<Expr, Expr> f) => f(Operand) is var x && ReferenceEquals(x, Operand) ? this : this with { Operand = x };
}

internal static class Lanes
{
    /// <summary>The scalar, or the simd of it, that has the shape of <paramref name="type"/>.</summary>
    internal static WeldType Like(WeldType type, ScalarKind kind) => type is SimdType ? new SimdType(ScalarType.Of(kind)) : ScalarType.Of(kind);

    /// <summary>A domain in words.</summary>
    internal static string Describe(KindSet domain) => domain switch
    {
        KindSet.Bool => "bool",
        KindSet.Floats => "a float",
        KindSet.Integers => "an integer",
        KindSet.Integers | KindSet.Bool => "an integer or bool",
        KindSet.Numbers => "a number",
        _ => "a scalar",
    };

    /// <summary>Whether <c>==</c>, <c>&lt;</c> and <c>compare</c> are defined: scalars, structs and vectors of such.</summary>
    internal static bool IsComparable(WeldType type) => type.IsHashable;
}
