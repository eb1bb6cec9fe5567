using Weld.Core.IR;
using Weld.Core.Types;

namespace Weld.Core.Syntax;

/// <summary>Where an error was reported: fits everywhere and never leaves the front end.</summary>
internal sealed record Hole : Expr
{
    private protected override Seq<Expr> ChildrenRule() => [];

    private protected override WeldType TypeRule() => TypeVariable.Unknown;

    internal override Expr Map(Func<Expr, Expr> f) => this;
}

/// <summary><c>e : T</c>; inference unifies the two and leaves the operand.</summary>
internal sealed record Ascription(Expr Operand, WeldType Ascribed) : Expr
{
    private protected override Seq<Expr> ChildrenRule() => [Operand];

    private protected override WeldType TypeRule() => Ascribed;

    internal override Expr Map(Func<Expr, Expr> f) => f(Operand) is var x && ReferenceEquals(x, Operand) ? this : this with { Operand = x };
}

/// <summary>A call of a name that only a macro's expansion shows to be a function; stands in the bodies of macros only.</summary>
internal sealed record Call(Expr Callee, Seq<Expr> Arguments) : Expr
{
    private protected override Seq<Expr> ChildrenRule() => [Callee, .. Arguments];

    private protected override WeldType TypeRule() => TypeVariable.Unknown;

    internal override Expr Map(Func<Expr, Expr> f) =>
        f(Callee) is var c && Arguments.Map(f) is var a && ReferenceEquals(c, Callee) && a.SameAs(Arguments) ? this : this with { Callee = c, Arguments = a };
}

/// <summary>An iterator form as a macro's argument; it must end up in a for's first place.</summary>
internal sealed record IteratorArgument(Seq<Iter> Iters) : Expr
{
    private protected override Seq<Expr> ChildrenRule() => Iters.SelectMany(i => i.Operands).ToSeq();

    private protected override WeldType TypeRule() => TypeVariable.Unknown;

    internal override Expr Map(Func<Expr, Expr> f) => Iters.Map(i => i.Map(f)) is var m && m.SameAs(Iters) ? this : this with { Iters = m };
}
