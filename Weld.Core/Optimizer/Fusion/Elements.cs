using Weld.Core.IR;
using Weld.Core.Types;

namespace Weld.Core.Optimizer.Fusion;

/// <summary>Elements that a loop has at hand: no lookup, and no other loop, is needed for them.</summary>
internal static class Elements
{
    // len(result(for(v, appender, |b, i, x| merge(b, f(x)))))  =>  len(v)
    public static Expr? Count(Expr node) => node is Length { Vector: Result { Builder: For f } } && Value(f) is not null ? new Length(f.Iters[0].Data!) : null;

    // lookup(result(for(v, appender, |b, i, x| merge(b, f(i, x)))), k)  =>  let i = k; let x = lookup(v, i); f(i, x)
    // The element must be used, so that the check of the index stays.
    public static Expr? Compute(Expr node) =>
        node is Lookup { Collection: Result { Builder: For f } } l && Value(f) is { } value && MergeBody.Mentions(value, f.Function.Parameters[2]) ? At(f, l, value) : null;

    // result(for(v, appender, |b, i, x| merge(b, x)))  =>  v
    public static Expr? Copy(Expr node) =>
        node is Result { Builder: For f } && Value(f) is Ident i && i.Symbol == f.Function.Parameters[2] ? f.Iters[0].Data : null;

    // for(rangeiter(0L, len(v), 1L), b, |b, i, x| f(i, x))  =>  for(v, b, |b, i, x| f(i, i))
    public static Expr? Visit(Expr node) => node is For loop && loop.Iters.Any(IsEveryIndex) ? Visit(loop) : null;

    private static For Visit(For loop)
    {
        var iters = loop.Iters.To(i => IsEveryIndex(i) ? new Iter(((Length)i.End!).Vector) : i);
        var (builder, index, element) = (loop.Function.Parameters[0], loop.Function.Parameters[1], loop.Function.Parameters[2]);
        var visited = new Symbol(element.Name, iters.Count == 1 ? iters[0].ElementType : new StructType(iters.To(i => i.ElementType)));
        var values = iters.Select((iter, at) => ReferenceEquals(iter, loop.Iters[at]) ? iters.Count == 1 ? new Ident(visited) : new Field(new Ident(visited), at) : (Expr)new Ident(index));
        var body = new ElementNames(element, [.. values]).In(loop.Function.Body);
        return loop with { Iters = iters, Function = loop.Function with { Parameters = [builder, index, visited], Body = body } };
    }

    // for(v, b, |b, i, x| f(lookup(v, i)))  =>  for(v, b, |b, i, x| f(x))
    public static Expr? Take(Expr node) =>
        node is For loop && !loop.Iters[0].IsChunked && loop.Function.Body.Facts.Has(Effects.Fails) && loop.Iters.Any(IsWhole) ? Take(loop) : null;

    private static For? Take(For loop)
    {
        var element = loop.Function.Parameters[2];
        Func<Expr, Expr> visit = null!;
        visit = StackGuard.Guarded<Expr>(Step);
        var body = visit(loop.Function.Body);
        return ReferenceEquals(body, loop.Function.Body) ? null : loop with { Function = loop.Function with { Body = body } };

        Expr Step(Expr e)
        {
            if (!e.Facts.Has(Effects.Fails))
            {
                return e;
            }

            if (e is Lookup { Key: Ident k } l && k.Symbol == loop.Function.Parameters[1])
            {
                for (var at = 0; at < loop.Iters.Count; at++)
                {
                    if (IsWhole(loop.Iters[at]) && loop.Iters[at].Data == l.Collection)
                    {
                        return loop.Iters.Count == 1 ? new Ident(element) { Span = e.Span } : new Field(new Ident(element), at) { Span = e.Span };
                    }
                }
            }

            return e.Map(visit);
        }
    }

    private static bool IsEveryIndex(Iter iter) => iter is
    {
        Kind: IterKind.Range, Start: Literal { Value.AsInt64: 0 }, Stride: Literal { Value.AsInt64: 1 }, End: Length { Vector: Ident or Field { Operand: Ident } },
    };

    private static bool IsWhole(Iter iter) => iter is { Kind: IterKind.Scalar, Start: null, Data: Ident or Field { Operand: Ident } };

    /// <summary>What a loop over one whole vector appends for each element, exactly once.</summary>
    private static Expr? Value(For loop) =>
        loop.Iters is [{ Kind: IterKind.Scalar, Start: null }] && LoopStatement.IsStream(loop.Builder) && !loop.Facts.Has(Effects.Acts | Effects.Asserts)
            ? MergeBody.Value(loop.Function.Body, loop.Function.Parameters[0])
            : null;

    private static Let At(For loop, Lookup lookup, Expr value)
    {
        var (index, element) = (loop.Function.Parameters[1], loop.Function.Parameters[2]);
        return new Let(index, lookup.Key, new Let(element, new Lookup(loop.Iters[0].Data!, new Ident(index)) { Span = lookup.Span }, value));
    }
}
