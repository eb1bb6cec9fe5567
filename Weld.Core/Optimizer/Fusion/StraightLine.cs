using Weld.Core.IR;
using Weld.Core.Types;

namespace Weld.Core.Optimizer.Fusion;

/// <summary>
/// What is surely evaluated together: the lets of a function's body or branch, and the loops in their values, each a statement of its own. Its loops are
/// put into groups, and each group becomes a loop.
/// <para>A group has a depth: 1 + the greatest depth of what its loops need, apart from elements that come from the group itself. A loop joins a group only
/// if all else it needs has a smaller depth, so that no group ever waits for itself; a loop that nothing waits for may wait for a deeper group.</para>
/// </summary>
internal sealed class StraightLine
{
    private readonly List<Statement> _statements = [];
    private readonly Func<Expr, Expr> _hoist;

    private StraightLine() => _hoist = Hoist;

    /// <summary>The region with its loops fused; the same object if none are.</summary>
    public static Expr Fuse(Expr body)
    {
        if (!body.Facts.Has(Effects.Loops) || body.Facts.Has(Effects.Acts))
        {
            return body;
        }

        var region = new StraightLine();
        var tail = region.Block(body);
        return Fused(region._statements, tail) ?? body;
    }

    /// <summary>A loop that passes its builder on, over the elements of loops that stand in it; the same object if nothing is fused.</summary>
    // for(result(for(v, appender, |b, i, x| merge(b, f(x)))), c, |d, j, y| g(d, y))  =>  for(v, c, |b, i, x| let y = f(x); g(b, y))
    public static Expr FuseInto(For loop)
    {
        if (loop.Iters[0].IsChunked || !loop.Iters.Any(i => i is { Kind: IterKind.Scalar, Start: null, Data: Result { Builder: For } }) || loop.Facts.Has(Effects.Acts))
        {
            return loop;
        }

        var region = new StraightLine();
        var hoisted = loop with { Iters = loop.Iters.Map(region.Source) };
        var last = new Symbol("b", loop.Type);
        region._statements.Add(new LoopStatement(new Let(last, hoisted, new Ident(last)), hoisted, hoisted, isFinished: false));
        return Fused(region._statements, new Ident(last)) ?? loop;
    }

    private static Expr? Fused(List<Statement> statements, Expr tail)
    {
        if (!statements.Exists(s => s is LoopStatement))
        {
            return null;
        }

        var lengthsFused = Outputs.Prepare(statements, ref tail);
        if (!lengthsFused && statements.Count(s => s is LoopStatement) == 1)
        {
            return null;
        }

        OwnIndexes.Visit(statements);
        var grouping = new Grouping(statements, tail);
        return (lengthsFused || grouping.MayFuse()) && (grouping.Place() || lengthsFused) ? grouping.Emit() : null;
    }

    private Expr Block(Expr expr)
    {
        for (; expr is Let let; expr = let.Body)
        {
            _statements.Add(let.Value switch
            {
                Result { Builder: For loop } r when IsCandidate(loop) => Loop(let, r with { Builder = Operands(loop) }),
                Zip zip => Loop(let, Operands(zip)),
                _ => new Statement(let, Hoist(let.Value)),
            });
        }

        return Hoist(expr);
    }

    private Expr Hoist(Expr expr) => !expr.Facts.Has(Effects.Loops) ? expr : StackGuard.Walk(expr, static a => a.This.HoistStep(a.Expr), (This: this, Expr: expr));

    private Expr HoistStep(Expr expr)
    {
        switch (expr)
        {
            case Let:
                return Block(expr);
            case Result { Builder: For loop } r when IsCandidate(loop):
                return Add(r with { Builder = Operands(loop) }, Loop);
            case Zip zip:
                return Add(Operands(zip), Loop);
            case For loop:
                return Operands(loop);
            case Lambda:
                return expr;
            case If i:
                return Hoist(i.Condition) is var c && ReferenceEquals(c, i.Condition) ? i : i with { Condition = c };
            case Logical l:
                return Hoist(l.Left) is var left && ReferenceEquals(left, l.Left) ? l : l with { Left = left };
            default:
                return expr.Map(_hoist);
        }
    }

    private static LoopStatement Loop(Let let, Expr value) => new(let, value, value is Zip zip ? Visit(zip) : (For)((Result)value).Builder, isFinished: true);

    /// <summary>The loop that a zip amounts to. It stays a zip if no other loop joins.</summary>
    // zip(v, w)  =>  result(for(zip(v, w), appender, |b, i, x| merge(b, x)))
    private static For Visit(Zip zip)
    {
        var type = new AppenderType(((VectorType)zip.Type).Element);
        var (builder, index, element) = (new Symbol("b", type), new Symbol("i", ScalarType.I64), new Symbol("x", type.Element));
        return new For(zip.Vectors.To(v => new Iter(v)), new NewBuilder(type), new Lambda([builder, index, element], new Merge(new Ident(builder), new Ident(element)))) { Span = zip.Span };
    }

    private Zip Operands(Zip zip) => zip with { Vectors = zip.Vectors.Map(v => Named(Hoist(v))) };

    private For Operands(For loop) => loop with { Iters = loop.Iters.Map(Source), Builder = Hoist(loop.Builder) };

    /// <summary>The source over data that has a name.</summary>
    private Iter Source(Iter iter)
    {
        var hoisted = iter.Map(_hoist);
        return hoisted.Data is null ? hoisted : Named(hoisted.Data) is var data && ReferenceEquals(data, hoisted.Data) ? hoisted : hoisted with { Data = data };
    }

    private Expr Named(Expr vector) => IsPath(vector) ? vector : Add(vector, static (let, value) => new Statement(let, value));

    private Ident Add(Expr value, Func<Let, Expr, Statement> make)
    {
        var symbol = new Symbol("v", value.Type);
        var ident = new Ident(symbol);
        _statements.Add(make(new Let(symbol, value, ident), value));
        return ident;
    }

    private static bool IsCandidate(For loop) => !loop.Iters[0].IsChunked && LoopStatement.IsNew(loop.Builder);

    private static bool IsPath(Expr expr) => expr is Ident || (expr is Field f && IsPath(f.Operand));
}
