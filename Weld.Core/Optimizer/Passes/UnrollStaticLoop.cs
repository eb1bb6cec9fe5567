using Weld.Core.IR;
using Weld.Core.Operators;
using Weld.Core.Types;
using Weld.Core.Values;

namespace Weld.Core.Optimizer.Passes;

/// <summary>A short loop over elements that stand in the program becomes its iterations, one after the other.</summary>
internal static class UnrollStaticLoop
{
    public static readonly Pass Pass = new("unroll-static-loop", "Short loops of known length become their iterations.", Short);

    private const int MostIterations = 8;

    /// <summary>Nodes of all iterations together.</summary>
    private const int MostNodes = 400;

    private static Lambda Short(Lambda program)
    {
        var constants = new Dictionary<Symbol, VectorLiteral>(ReferenceEqualityComparer.Instance);
        Collect(program, constants);
        return (Lambda)new Rewriter(Effects.Builds, e => e is For loop ? Unroll(WithConstants(loop, constants)) : null, Finish).Visit(program);
    }

    /// <summary>The short vectors of constants that have a name.</summary>
    private static bool Collect(Expr expr, Dictionary<Symbol, VectorLiteral> constants) => StackGuard.Walk(
        expr,
        static a =>
        {
            var expr = a.Expr;
            for (; expr is Let let; expr = let.Body)
            {
                if (let.Value is VectorLiteral { Elements: { Count: <= MostIterations } elements } v && elements.All(e => e is Literal))
                {
                    a.Constants.Add(let.Symbol, v);
                }

                Collect(let.Value, a.Constants);
            }

            foreach (var child in expr.Children.Span)
            {
                Collect(child, a.Constants);
            }

            return true;
        },
        (Expr: expr, Constants: constants));

    private static For WithConstants(For loop, Dictionary<Symbol, VectorLiteral> constants) => constants.Count == 0 ? loop
        : loop with { Iters = loop.Iters.Map(i => i is { Kind: IterKind.Scalar, Start: null, Data: Ident d } && constants.TryGetValue(d.Symbol, out var v) ? i with { Data = v } : i) };

    // for([p, q], b, |c, i, x| e)  =>  let x0 = p; let x1 = q; let c0 = b; let c1 = e[c0, 0, x0]; e[c1, 1, x1]
    private static Expr? Unroll(For loop) =>
        loop.Annotations is [] or [{ Key: "loopsize" }] && Count(loop.Iters[0]) is >= 0 and <= MostIterations and var count && count * loop.Function.Facts.Size <= MostNodes ? Unroll(loop, count) : null;

    private static Expr? Unroll(For loop, long count)
    {
        foreach (var iter in loop.Iters.Span)
        {
            if (Count(iter) != count)
            {
                return null;
            }
        }

        var lets = new List<(Symbol Symbol, Expr Value)>();
        var elements = new Expr[(int)count];
        var iters = loop.Iters.To(i => Elements(i, lets));
        for (var k = 0; k < elements.Length; k++)
        {
            elements[k] = iters.Count == 1 ? iters[0][k] : new StructLiteral(iters.To(e => e[k]));
        }

        var end = !IsOrdered(loop.Builder.Type) ? Iterations(loop, elements, lets)
            : loop.Type is MergerType { Element: ScalarType } type && !loop.Function.Body.Facts.Has(Effects.Acts) ? Total(loop, type, elements, lets)
            : null;
        if (end is null)
        {
            return null;
        }

        for (var i = lets.Count - 1; i >= 0; i--)
        {
            end = new Let(lets[i].Symbol, lets[i].Value, end);
        }

        return end;
    }

    private static Expr Iterations(For loop, Expr[] elements, List<(Symbol Symbol, Expr Value)> lets)
    {
        var builder = loop.Builder;
        for (var k = 0; k < elements.Length; k++)
        {
            var copy = Substitution.Copy(loop.Function);
            lets.Add((copy.Parameters[0], builder));
            lets.Add((copy.Parameters[1], new Literal(Scalar.I64(k))));
            lets.Add((copy.Parameters[2], elements[k]));
            builder = copy.Body;
        }

        return builder;
    }

    // for([p, q, r], b, |c, i, x| merge(c, e))  =>  merge(b, (e[p] + e[r]) + e[q])
    // In the order of reductions: each iteration has a lane, lanes fold by halving, and the total is one merge. That is not the order of the iterations, which
    // host functions with effects must see.
    private static Merge? Total(For loop, MergerType type, Expr[] elements, List<(Symbol Symbol, Expr Value)> lets)
    {
        var op = ((SingleOperator)type.Operator).Operator;
        var identity = new Literal(op.Identity(((ScalarType)type.Element).Kind));
        var builder = new Symbol("b", type);
        lets.Add((builder, loop.Builder));
        var lanes = new Expr[MostIterations];
        for (var k = 0; k < elements.Length; k++)
        {
            var copy = Substitution.Copy(loop.Function);
            lets.Add((copy.Parameters[1], new Literal(Scalar.I64(k))));
            lets.Add((copy.Parameters[2], elements[k]));
            var body = copy.Body;
            for (; body is Let let; body = let.Body)
            {
                lets.Add((let.Symbol, let.Value));
            }

            if (body is not Merge { Builder: Ident { Symbol: var merged }, Value: var value } || merged != copy.Parameters[0])
            {
                return null;
            }

            lanes[k] = new Binary(op, identity, value);
        }

        for (var half = MostIterations / 2; half > 0; half /= 2)
        {
            for (var k = 0; k < half; k++)
            {
                lanes[k] = lanes[k] is null || lanes[k + half] is null ? lanes[k] ?? lanes[k + half] : new Binary(op, lanes[k], lanes[k + half]);
            }
        }

        return new Merge(new Ident(builder), lanes[0] ?? identity);
    }

    /// <summary>Whether the order of merges shows in the bits of what a builder gives.</summary>
    private static bool IsOrdered(WeldType type) => type switch
    {
        MergerType m => ReductionOrder.IsSensitive(m.Element, m.Operator),
        DictMergerType d => ReductionOrder.IsSensitive(d.Value, d.Operator),
        VecMergerType v => ReductionOrder.IsSensitive(v.Element, v.Operator),
        StructType s => s.Fields.Any(IsOrdered),
        _ => false,
    };

    /// <summary>How many elements an iterator visits, where the program says so; else −1.</summary>
    private static long Count(Iter iter) => iter switch
    {
        { Kind: IterKind.Scalar, Start: null, Data: VectorLiteral v } => v.Elements.Count,
        { Kind: IterKind.Range, Start: Literal { Value.AsInt64: var s }, End: Literal { Value.AsInt64: var e }, Stride: Literal { Value.AsInt64: var t and not 0 } }
            when (Int128)e - s is var distance && distance % t == 0 && distance / t is var steps && steps >= 0 && steps <= MostIterations => (long)steps,
        _ => -1,
    };

    /// <summary>The elements in order; what is not a literal is bound first, as it is evaluated before the loop.</summary>
    private static Expr[] Elements(Iter iter, List<(Symbol Symbol, Expr Value)> lets)
    {
        var elements = new Expr[(int)Count(iter)];
        for (var k = 0; k < elements.Length; k++)
        {
            if (iter.Data is VectorLiteral v)
            {
                var symbol = new Symbol("x", v.Element);
                lets.Add((symbol, v.Elements[k]));
                elements[k] = new Ident(symbol);
            }
            else
            {
                elements[k] = new Literal(Scalar.I64(((Literal)iter.Start!).Value.AsInt64 + (k * ((Literal)iter.Stride!).Value.AsInt64)));
            }
        }

        return elements;
    }

    // result(merge(merge(appender, a), b))  =>  [a, b]
    // result(merge(merge(merger[T,∘](a), b), c))  =>  (a ∘ b) ∘ c    with the identity for a where there is none
    private static Expr? Finish(Expr node)
    {
        if (node is not Result { Builder: Merge last } || last.Value.Type is SimdType)
        {
            return null;
        }

        var merges = new List<Merge>();
        Expr builder = last;
        for (; builder is Merge merge; builder = merge.Builder)
        {
            merges.Add(merge);
        }

        merges.Reverse();
        switch (builder)
        {
            case NewBuilder { BuilderType: AppenderType a, Argument: null }:
                return new VectorLiteral(a.Element, merges.ToSeq().To(m => m.Value));
            case NewBuilder { BuilderType: MergerType { Element: ScalarType t, Operator: SingleOperator { Operator: var op } } } m:
                var total = m.Argument ?? new Literal(op.Identity(t.Kind));
                foreach (var merge in merges)
                {
                    total = new Binary(op, total, merge.Value) { Span = merge.Span };
                }

                return total;
            default:
                return null;
        }
    }
}
