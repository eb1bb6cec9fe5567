using Weld.Core.IR;

namespace Weld.Core.Optimizer.Fusion;

/// <summary>One element, or the number of elements, of what a loop makes element by element: no loop is needed.</summary>
internal static class Elements
{
    public static Expr? Rewrite(Expr node) => node switch
    {
        // len(result(for(v, appender, |b, i, x| merge(b, f(x)))))  =>  len(v)
        Length { Vector: Result { Builder: For f } } when Value(f) is not null => new Length(f.Iters[0].Data!),

        // lookup(result(for(v, appender, |b, i, x| merge(b, f(i, x)))), k)  =>  let i = k; let x = lookup(v, i); f(i, x)
        // The element must be used, so that the check of the index stays.
        Lookup { Collection: Result { Builder: For f } } l when Value(f) is { } value && MergeBody.Mentions(value, f.Function.Parameters[2]) => At(f, l, value),
        _ => null,
    };

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
