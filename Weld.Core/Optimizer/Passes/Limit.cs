using Weld.Core.IR;
using Weld.Core.Types;

namespace Weld.Core.Optimizer.Passes;

/// <summary>A loop of whose vector only a slice is used makes no more than that. Errors in elements that nothing uses vanish with them.</summary>
internal static class Limit
{
    public static readonly Pass Pass = new("limit", "A loop of whose vector only a slice is used stops when it has that.", Effects.Loops, Push, Mark);

    /// <summary>Whether a loop into a vector may stop once it has made what the slice takes.</summary>
    public static bool Applies(Slice slice) =>
        slice.Vector is Result { Builder: For { Builder: NewBuilder { BuilderType: AppenderType } } loop }
        && !loop.Function.Facts.Has(Effects.Acts | Effects.Asserts)
        && !slice.Start.Facts.Has(Effects.Acts) && !slice.Count.Facts.Has(Effects.Acts);

    // slice(result(for(v, appender, |b, i, x| merge(b, f(x)))), s, n)  =>  result(for(slice(v, s, n), appender, |b, i, x| merge(b, f(x))))
    // where each iteration merges once, so that both vectors have one length; and the index is not used, or s is 0
    private static Expr? Push(Expr node)
    {
        if (node is not Slice { Vector: Result { Builder: For { Iters: [{ Kind: IterKind.Scalar, Start: null, Data: { } data }] } loop } result } slice
            || slice.Says("limit", "false") || loop.Builder is not NewBuilder { Argument: null or { Type: ScalarType } } || !Applies(slice))
        {
            return null;
        }

        var (body, parameters) = (loop.Function.Body, loop.Function.Parameters);
        return Contribution.Of(body, parameters[0]) is not null && (slice.Start is Literal { Value.Bits: 0 } || Uses.Of(body)[parameters[1]].Count == 0)
            ? result with { Builder = loop with { Iters = [new Iter(slice with { Vector = data })] } }
            : null;
    }

    // slice(result(for(v, appender, f)), s, n)  =>  @(limit: true) slice(result(for(v, appender, f)), s, n)
    private static Expr? Mark(Expr node) => node is Slice slice && slice.Said("limit") is null && Applies(slice) ? slice.With("limit", "true") : null;
}
