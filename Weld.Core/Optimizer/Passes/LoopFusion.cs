using Weld.Core.IR;
using Weld.Core.Optimizer.Fusion;

namespace Weld.Core.Optimizer.Passes;

/// <summary>
/// Loops become one. <see cref="StraightLine"/> takes what is surely evaluated together (a function's body, a branch), and puts loops into groups that run as one
/// loop: a loop joins the group that makes its elements (vertically; also several at once, zipped), or one that visits the same data (horizontally).
/// Nothing is computed twice. Regions inside functions and branches follow, the outer ones first, since fusion brings inner loops together.
/// </summary>
internal static class LoopFusion
{
    public static readonly Pass Pass = new("loop-fusion", "Loops over the same data, and loops over what loops make, become one loop.", Fuse);

    private static readonly Rewriter Steps = Rewriter.Lasting(Effects.Loops, Elements.Copy, Elements.Count, Elements.Compute, Elements.Visit, Elements.Take);

    private static Lambda Fuse(Lambda program) => 
        program.Facts.Has(Effects.Loops) ? (Lambda)Inside(Steps.Visit(program)) : program;

    private static Expr Inside(Expr expr) => !expr.Facts.Has(Effects.Loops) ? expr : StackGuard.Walk(Step, expr);

    private static Expr Step(Expr expr)
    {
        switch (expr)
        {
            case Let let:
                return LetChain(let);
            case Lambda f:
                return OfRegion(f.Body) is var body && ReferenceEquals(body, f.Body) ? f : f with { Body = body };
            case If i:
                return (Inside(i.Condition), OfRegion(i.Then), OfRegion(i.Else)) is var (c, t, e)
                    && ReferenceEquals(c, i.Condition) && ReferenceEquals(t, i.Then) && ReferenceEquals(e, i.Else) ? i : i with { Condition = c, Then = t, Else = e };
            case Logical l:
                return (Inside(l.Left), OfRegion(l.Right)) is var (left, right)
                    && ReferenceEquals(left, l.Left) && ReferenceEquals(right, l.Right) ? l : l with { Left = left, Right = right };
            case Result { Builder: For loop } r:
                return loop.Map(Inside) is var inside && ReferenceEquals(inside, loop) ? r : r with { Builder = inside };
            case For loop:
                return StraightLine.FuseInto(loop) is var into && ReferenceEquals(into, loop) ? loop.Map(Inside) : Inside(into);
            default:
                return expr.Map(Inside);
        }
    }

    private static Expr OfRegion(Expr body) => Inside(StraightLine.Fuse(body));

    private static Expr LetChain(Let first)
    {
        var chain = new (Let Let, Expr Value)[first.Length];
        Expr expr = first;
        for (var i = 0; expr is Let let; expr = let.Body, i++)
        {
            chain[i] = (let, Inside(let.Value));
        }

        var body = Inside(expr);
        for (var i = chain.Length - 1; i >= 0; i--)
        {
            var (let, value) = chain[i];
            body = ReferenceEquals(value, let.Value) && ReferenceEquals(body, let.Body) ? let : let with { Value = value, Body = body };
        }

        return body;
    }
}
