using Weld.Core.IR;
using Weld.Core.Types;

namespace Weld.Core.Optimizer.Passes;

/// <summary>An appender that gets one value in each iteration is made for as many as there are.</summary>
internal static class InferSize
{
    public static readonly Pass Pass = new("infer-size", "Appenders of known length are made for it.", Effects.Loops, Size);

    // for(v, appender, |b, i, x| merge(b, e))  =>  for(v, appender(len(v)), |b, i, x| merge(b, e))    where v, one of the data, is a variable: a hint, which changes no result
    // for(v, {appender, c}, f)  =>  for(v, {appender(len(v)), c}, f)                                  where f merges once into the first field
    private static For? Size(Expr node) => node is For loop && Measure(loop) is { } data ? Size(loop, data) : null;

    private static For? Size(For loop, Expr data)
    {
        var own = new Ident(loop.Function.Parameters[0]);
        var builder = loop.Builder switch
        {
            NewBuilder b => Sized(b, loop, own, data),
            StructLiteral s => s.Map(e => e is NewBuilder b && At(s.Fields, b) is var k ? Sized(b, loop, new Field(own, k), data) : e),
            var other => other,
        };
        return ReferenceEquals(builder, loop.Builder) ? null : loop with { Builder = builder };
    }

    /// <summary>A variable whose length is the number of iterations; null if there is none.</summary>
    private static Expr? Measure(For loop)
    {
        foreach (var iter in loop.Iters.Span)
        {
            if (iter is { Kind: IterKind.Scalar, Start: null, Data: { } data } && Atoms.IsAtom(data))
            {
                return data;
            }
        }

        return null;
    }

    private static int At(Seq<Expr> fields, Expr field)
    {
        var k = 0;
        while (!ReferenceEquals(fields[k], field))
        {
            k++;
        }

        return k;
    }

    private static Expr Sized(NewBuilder builder, For loop, Expr own, Expr data) =>
        builder is { BuilderType: AppenderType, Argument: null } && MergeCount.IsOne(loop.Function.Body, own) ? builder with { Argument = new Length(data) } : builder;
}
