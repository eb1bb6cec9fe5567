using Weld.Core.IR;

namespace Weld.Core.Optimizer.Passes;

/// <summary>Loops that may run in SIMD are marked; the backend decides the width.</summary>
internal static class Vectorize
{
    public static readonly Pass Pass = new("vectorize", "Loops that may run in SIMD are marked; the backend decides the width.", Effects.Loops, Mark);

    // for(v, b, f)  =>  @(vectorize: true) for(v, b, f)    where Obstacles.Of finds nothing
    private static Expr? Mark(Expr node) =>
        node is For loop && !loop.Says("vectorize", "true") && Obstacles.Of(loop) is null ? loop.With("vectorize", "true") : null;
}
