using Weld.Core.IR;
using Weld.Core.Types;

namespace Weld.Core.Optimizer.Passes;

/// <summary>A loop over zipped vectors visits the vectors themselves: no vector of structs is made.</summary>
internal static class InlineZip
{
    public static readonly Pass Pass = new("inline-zip", "Loops over zipped vectors visit the vectors.", Effects.Loops, Single, Visit);

    // zip(v)  =>  v
    private static Expr? Single(Expr node) => node is Zip { Vectors: [var only] } ? only : null;

    // for(zip(v, w), b, f)  =>  for(zip(iter(v), iter(w)), b, f)
    // for(zip(iter(zip(v, w)), u), b, |b, i, x| e)  =>  for(zip(iter(v), iter(w), u), b, |b, i, y| let x = {{y.$0, y.$1}, y.$2}; e)
    // The loop's own check of the counts stands for that of the zip; with bounds it would not.
    private static Expr? Visit(Expr node)
    {
        if (node is not For loop)
        {
            return null;
        }

        var found = false;
        foreach (var iter in loop.Iters.Span)
        {
            found |= Zipped(iter) is not null;
        }

        if (!found)
        {
            return null;
        }

        var iters = new List<Iter>();
        foreach (var iter in loop.Iters.Span)
        {
            if (Zipped(iter) is { } zip)
            {
                foreach (var vector in zip.Vectors.Span)
                {
                    iters.Add(new Iter(vector));
                }
            }
            else
            {
                iters.Add(iter);
            }
        }

        var visited = loop with { Iters = iters.ToSeq() };
        return loop.Iters.Count == 1 ? visited : visited with { Function = Regrouped(loop, visited) };
    }

    private static Zip? Zipped(Iter iter) => iter is { Kind: IterKind.Scalar, Start: null, Data: Zip zip } ? zip : null;

    private static Lambda Regrouped(For loop, For visited)
    {
        var (builder, index, element) = (loop.Function.Parameters[0], loop.Function.Parameters[1], loop.Function.Parameters[2]);
        var flat = new Symbol(element.Name, visited.ElementType) { Span = element.Span };
        var groups = new Expr[loop.Iters.Count];
        var at = 0;
        for (var i = 0; i < groups.Length; i++)
        {
            groups[i] = Zipped(loop.Iters[i]) is { } zip ? new StructLiteral(zip.Vectors.To(_ => Next())) : Next();
        }

        return loop.Function with { Parameters = [builder, index, flat], Body = new Let(element, new StructLiteral(groups.ToSeq()), loop.Function.Body) };

        Expr Next() => new Field(new Ident(flat), at++);
    }
}
