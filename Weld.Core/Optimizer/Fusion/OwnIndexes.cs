using Weld.Core.IR;
using Weld.Core.Types;

namespace Weld.Core.Optimizer.Fusion;

/// <summary>Loops that look up, by their own index, what another loop made of the same data visit it instead: then the loops can fuse.</summary>
internal sealed class OwnIndexes
{
    /// <summary>For each vector one that is as long: what makes an element for each of its data, and what is zipped.</summary>
    private readonly Dictionary<Symbol, Symbol> _asLongAs = new(ReferenceEqualityComparer.Instance);
    private readonly HashSet<Symbol> _made = new(ReferenceEqualityComparer.Instance);

    // let w = result(for(v, appender, f)); for(v, b, |b, i, x| g(x, lookup(w, i)))  =>  for(zip(v, w), b, |b, i, x| g(x.$0, x.$1))
    public static void Visit(List<Statement> statements)
    {
        var indexes = new OwnIndexes();
        foreach (var statement in statements)
        {
            if (statement is not LoopStatement s)
            {
                continue;
            }

            if (s.Value is not Zip && indexes._made.Count > 0 && indexes.Rewrite(s.Loop) is { } rewritten)
            {
                s.Become(rewritten);
            }

            indexes.Learn(s);
        }
    }

    private void Learn(LoopStatement s)
    {
        Symbol? first = null;
        foreach (var iter in s.Loop.Iters.Span)
        {
            if (IsWhole(iter))
            {
                var data = ((Ident)iter.Data!).Symbol;
                Same(data, first ??= data);
            }
        }

        if (first is not null && s.Outputs is [var output] && LoopStatement.IsStream(s.Loop.Builder) && MergeBody.Value(s.Loop.Function.Body, s.Loop.Function.Parameters[0]) is not null)
        {
            Same(output, first);
            _made.Add(output);
        }
    }

    private void Same(Symbol left, Symbol right)
    {
        var (a, b) = (Longest(left), Longest(right));
        if (a != b)
        {
            _asLongAs[a] = b;
        }
    }

    private Symbol Longest(Symbol symbol) => _asLongAs.TryGetValue(symbol, out var other) ? _asLongAs[symbol] = Longest(other) : symbol;

    private static bool IsWhole(Iter iter) => iter is { Kind: IterKind.Scalar, Start: null, Data: Ident };

    private For? Rewrite(For loop)
    {
        var (builder, index, element) = (loop.Function.Parameters[0], loop.Function.Parameters[1], loop.Function.Parameters[2]);
        if (!loop.Function.Body.Facts.Has(Effects.Fails) || loop.Iters.FirstOrDefault(IsWhole) is not { Data: Ident data })
        {
            return null;
        }

        var length = Longest(data.Symbol);
        var visited = new Dictionary<Symbol, Symbol>(ReferenceEqualityComparer.Instance);
        Func<Expr, Expr> visit = null!;
        visit = StackGuard.Guarded<Expr>(Step);
        var body = visit(loop.Function.Body);
        if (visited.Count == 0)
        {
            return null;
        }

        var iters = loop.Iters.Concat(visited.Keys.Select(v => new Iter(new Ident(v)))).ToSeq();
        var all = new Symbol(element.Name, new StructType(iters.To(i => i.ElementType)));
        Expr[] own = [.. loop.Iters.Select((_, at) => new Field(new Ident(all), at))];
        var names = new ElementNames(element, own);
        foreach (var (at, symbol) in visited.Values.Index())
        {
            names[symbol] = new Field(new Ident(all), loop.Iters.Count + at);
        }

        return loop with { Iters = iters, Function = loop.Function with { Parameters = [builder, index, all], Body = names.In(body) } };

        Expr Step(Expr e)
        {
            if (!e.Facts.Has(Effects.Fails))
            {
                return e;
            }

            if (e is not Lookup { Collection: Ident vector, Key: Ident key } || key.Symbol != index || !_made.Contains(vector.Symbol) || Longest(vector.Symbol) != length)
            {
                return e.Map(visit);
            }

            if (!visited.TryGetValue(vector.Symbol, out var symbol))
            {
                visited.Add(vector.Symbol, symbol = new Symbol("x", e.Type));
            }

            return new Ident(symbol) { Span = e.Span };
        }
    }
}
