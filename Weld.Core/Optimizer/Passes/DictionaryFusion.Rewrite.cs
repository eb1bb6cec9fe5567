using Weld.Core.IR;
using Weld.Core.Types;

namespace Weld.Core.Optimizer.Passes;

internal static partial class DictionaryFusion
{
    /// <summary>Gives loops their builders afterwards, and what is asked of the results its place.</summary>
    private sealed class Rewrite
    {
        private readonly Dictionary<Symbol, Places> _loops;
        private readonly Dictionary<Symbol, (Symbol Symbol, Places Places)> _renamed = new(ReferenceEqualityComparer.Instance);
        private readonly Func<Expr, Expr> _visit;

        public Rewrite(Dictionary<Symbol, Places> loops)
        {
            _loops = loops;
            _visit = Visit;
        }

        public Expr Visit(Expr expr) => StackGuard.Walk(expr, static a => a.This.Step(a.Expr), (This: this, Expr: expr));

        private Expr Step(Expr expr)
        {
            switch (expr)
            {
                case Let let:
                    return LetChain(let, _visit);
                case Lookup { Collection: Field f } l when InValue(f) is { } part:
                    return new Field(l with { Collection = Visit(f), Key = Visit(l.Key) }, part);
                case OptLookup { Dictionary: Field f } o when InValue(f) is { } part:
                    var all = o with { Dictionary = Visit(f), Key = Visit(o.Key) };
                    var found = new Symbol("found", all.Type);
                    return new Let(found, all, new StructLiteral([new Field(new Ident(found), 0), new Field(new Field(new Ident(found), 1), part)]));
                case Length { Vector: ToVector { Dictionary: Field f } entries } l when InValue(f) is not null:
                    return l with { Vector = entries with { Dictionary = Visit(f) } };
                case ToVector { Dictionary: Field f } entries when InValue(f) is { } part:
                    return Entries(entries with { Dictionary = Visit(f) }, part);
                case Field { Operand: Ident i } f when _renamed.TryGetValue(i.Symbol, out var renamed):
                    return renamed.Places.At(renamed.Symbol, f.Index);
                default:
                    return expr.Map(_visit);
            }
        }

        private int? InValue(Field field) => field.Operand is Ident i && _renamed.TryGetValue(i.Symbol, out var renamed) ? renamed.Places.InValue(field.Index) : null;

        private Expr LetChain(Let first, Func<Expr, Expr> last)
        {
            var chain = new List<(Let Let, Symbol Symbol, Expr Value)>();
            Expr expr = first;
            for (; expr is Let let; expr = let.Body)
            {
                chain.Add(_loops.TryGetValue(let.Symbol, out var places) ? Fused(let, places) : (let, let.Symbol, Visit(let.Value)));
            }

            var body = last(expr);
            for (var i = chain.Count - 1; i >= 0; i--)
            {
                var (let, symbol, value) = chain[i];
                body = symbol == let.Symbol && ReferenceEquals(value, let.Value) && ReferenceEquals(body, let.Body) ? let : let with { Symbol = symbol, Value = value, Body = body };
            }

            return body;
        }

        private (Let Let, Symbol Symbol, Expr Value) Fused(Let let, Places places)
        {
            var result = (Result)let.Value;
            var loop = (For)result.Builder;
            var builders = places.Builders.Map(_visit);
            var builder = builders.Count == 1 ? builders[0] : (StructLiteral)loop.Builder with { Fields = builders };
            var own = loop.Function.Parameters[0];
            var parameter = Rename(own, builder.Type, places);
            var function = loop.Function with { Parameters = [parameter, .. loop.Function.Parameters.Skip(1)], Body = Body(loop.Function.Body, own, places) };
            var value = result with { Builder = loop with { Iters = loop.Iters.Map(i => i.Map(_visit)), Builder = builder, Function = function } };
            return (let, Rename(let.Symbol, value.Type, places), value);
        }

        private Symbol Rename(Symbol symbol, WeldType type, Places places)
        {
            var renamed = new Symbol(symbol.Name, type) { Span = symbol.Span };
            _renamed.Add(symbol, (renamed, places));
            return renamed;
        }

        /// <summary>The body of a loop, with the builders afterwards.</summary>
        private Expr Body(Expr expr, Symbol own, Places places) => StackGuard.Walk(expr, static a => a.This.Way(a.Expr, a.Own, a.Places), (This: this, Expr: expr, Own: own, Places: places));

        private Expr Way(Expr expr, Symbol own, Places places) => expr switch
        {
            Let let => LetChain(let, e => Body(e, own, places)),
            If i => i with { Condition = Visit(i.Condition), Then = Body(i.Then, own, places), Else = Body(i.Else, own, places) },
            StructLiteral s => End(s, own, places),
            Ident i => i with { Symbol = _renamed[own].Symbol },
            _ => throw new InvalidOperationException($"expected builders on their way, found {expr}"),
        };

        private Expr End(StructLiteral end, Symbol own, Places places)
        {
            var builders = new Expr[places.Builders.Count];
            for (var b = 0; b < builders.Length; b++)
            {
                builders[b] = Builder(end, own, places.Members(b));
            }

            return builders.Length == 1 ? builders[0] : end with { Fields = builders.ToSeq() };
        }

        private Expr Builder(StructLiteral end, Symbol own, ReadOnlySpan<int> members)
        {
            var leader = end.Fields[members[0]];
            if (members.Length == 1 || Places.Merged(leader, own, members[0]) is not var (key, _))
            {
                return Visit(leader);
            }

            var merge = (Merge)leader;
            var values = new Expr[members.Length];
            for (var m = 0; m < values.Length; m++)
            {
                values[m] = Visit(Places.Merged(end.Fields[members[m]], own, members[m])!.Value.Value);
            }

            return merge with { Builder = Visit(merge.Builder), Value = new StructLiteral([Visit(key), new StructLiteral(values.ToSeq())]) };
        }

        // map(tovec(d), |y| {y.$0, y.$1.$part})
        private static Result Entries(ToVector entries, int part)
        {
            var entry = new Symbol("entry", ((VectorType)entries.Type).Element);
            var pair = new StructLiteral([new Field(new Ident(entry), 0), new Field(new Field(new Ident(entry), 1), part)]);
            var appender = new NewBuilder(new AppenderType(pair.Type));
            var builder = new Symbol("b", appender.Type);
            return new Result(new For([new Iter(entries)], appender, new Lambda([builder, new Symbol("i", ScalarType.I64), entry], new Merge(new Ident(builder), pair))));
        }
    }
}
