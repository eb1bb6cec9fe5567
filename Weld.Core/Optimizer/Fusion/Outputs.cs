using Weld.Core.IR;
using Weld.Core.Operators;
using Weld.Core.Types;
using Weld.Core.Values;

namespace Weld.Core.Optimizer.Fusion;

/// <summary>Gets the results of a region's loops ready for fusion: structs of results apart where only their fields are used, and lengths without the vector.</summary>
internal static class Outputs
{
    /// <summary>Rewrites the statements and the tail; whether a length was found without its vector.</summary>
    public static bool Prepare(List<Statement> statements, ref Expr tail)
    {
        Split(statements, ref tail);
        return Lengths(statements, ref tail);
    }

    // let r = result(for(v, {a, b}, f)); g(r.$0, r.$1)  =>  r0, r1 = result(for(v, {a, b}, f)); g(r0, r1)
    private static void Split(List<Statement> statements, ref Expr tail)
    {
        var structs = new Dictionary<Symbol, Symbol[]>(ReferenceEqualityComparer.Instance);
        foreach (var statement in statements)
        {
            if (statement is LoopStatement { IsFinished: true, Loop.Builder: StructLiteral { Fields.Count: > 1 } } s)
            {
                structs.Add(s.Symbol, [.. ((StructType)s.Symbol.Type).Fields.Select(f => new Symbol(s.Symbol.Name, f))]);
            }
        }

        if (structs.Count == 0)
        {
            return;
        }

        foreach (var statement in statements)
        {
            RemoveWhole(statement.Value, structs);
        }

        RemoveWhole(tail, structs);
        if (structs.Count == 0)
        {
            return;
        }

        tail = Rewrite(statements, tail, e => e is Field { Operand: Ident i } f && structs.TryGetValue(i.Symbol, out var fields) ? new Ident(fields[f.Index]) { Span = e.Span } : null);
        foreach (var statement in statements)
        {
            if (statement is LoopStatement s && structs.TryGetValue(s.Symbol, out var fields))
            {
                s.Outputs = fields;
            }
        }
    }

    private static bool RemoveWhole(Expr expr, Dictionary<Symbol, Symbol[]> structs) => StackGuard.Run(
        static a =>
        {
            if (a.Expr is Ident i)
            {
                return a.Structs.Remove(i.Symbol);
            }

            if (a.Expr is not Field { Operand: Ident })
            {
                foreach (var child in a.Expr.Children.Span)
                {
                    RemoveWhole(child, a.Structs);
                }
            }

            return true;
        },
        (Expr: expr, Structs: structs));

    // let w = result(for(v, appender, |b, i, x| merge(b, f(x)))); len(w)  =>  … len(v)
    // let w = result(for(v, appender, f)); len(w), w only visited else  =>  let n = result(for(w, merger[i64,+], |b, i, x| merge(b, 1L))); … n
    private static bool Lengths(List<Statement> statements, ref Expr tail)
    {
        var lengths = new Dictionary<Symbol, int>(ReferenceEqualityComparer.Instance);
        foreach (var statement in statements)
        {
            CountLengths(statement.Value, lengths);
        }

        CountLengths(tail, lengths);
        if (lengths.Count == 0)
        {
            return false;
        }

        var uses = Uses.Of([.. statements.Select(s => s.Value), tail]);
        var visits = statements.OfType<LoopStatement>().SelectMany(s => s.Loop.Iters).Where(i => i.Start is null).Select(i => i.Data).OfType<Ident>()
            .CountBy(i => i.Symbol).ToDictionary();
        var known = new Dictionary<Symbol, Expr>(ReferenceEqualityComparer.Instance);
        for (var at = 0; at < statements.Count; at++)
        {
            if (statements[at] is not LoopStatement { Outputs: [var output] } s || !LoopStatement.IsStream(s.Loop.Builder) || !lengths.TryGetValue(output, out var count))
            {
                continue;
            }

            if (s.Loop.Iters is [{ Kind: IterKind.Scalar, Start: null, Data: { } data }] && MergeBody.Value(s.Loop.Function.Body, s.Loop.Function.Parameters[0]) is not null)
            {
                known.Add(output, data is Ident d && known.TryGetValue(d.Symbol, out var length) ? length : new Length(data));
            }
            else if (uses[output].Count == count + visits.GetValueOrDefault(output))
            {
                var counter = Count(output);
                known.Add(output, new Ident(counter.Symbol));
                statements.Insert(++at, counter);
            }
        }

        if (known.Count == 0)
        {
            return false;
        }

        tail = Rewrite(statements, tail, e => e is Length { Vector: Ident i } && known.TryGetValue(i.Symbol, out var length) ? Substitution.Copy(length) : null);
        return true;
    }

    private static LoopStatement Count(Symbol vector)
    {
        var type = new MergerType(ScalarType.I64, new SingleOperator(OperatorTable.Add));
        var (b, i, x) = (new Symbol("b", type), new Symbol("i", ScalarType.I64), new Symbol("x", ((VectorType)vector.Type).Element));
        var loop = new For([new Iter(new Ident(vector))], new NewBuilder(type), new Lambda([b, i, x], new Merge(new Ident(b), new Literal(Scalar.I64(1)))));
        var result = new Result(loop);
        var symbol = new Symbol("n", result.Type);
        return new LoopStatement(new Let(symbol, result, new Ident(symbol)), result, loop, isFinished: true);
    }

    private static bool CountLengths(Expr expr, Dictionary<Symbol, int> lengths) => StackGuard.Run(
        static a =>
        {
            if (a.Expr is Length { Vector: Ident i })
            {
                a.Lengths[i.Symbol] = a.Lengths.GetValueOrDefault(i.Symbol) + 1;
            }

            foreach (var child in a.Expr.Children.Span)
            {
                CountLengths(child, a.Lengths);
            }

            return true;
        },
        (Expr: expr, Lengths: lengths));

    private static Expr Rewrite(List<Statement> statements, Expr tail, Func<Expr, Expr?> rule)
    {
        Func<Expr, Expr> visit = null!;
        visit = StackGuard.Guarded<Expr, Expr>(e => rule(e) ?? e.Map(visit));
        foreach (var statement in statements)
        {
            if (statement is LoopStatement s)
            {
                s.Rewrite(visit);
            }
            else
            {
                statement.Value = visit(statement.Value);
            }
        }

        return visit(tail);
    }
}
