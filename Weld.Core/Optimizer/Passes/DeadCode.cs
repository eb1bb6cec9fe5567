using System.Numerics;
using Weld.Core.IR;
using Weld.Core.Types;

namespace Weld.Core.Optimizer.Passes;

/// <summary>What nothing uses goes: values, and the builders of a loop whose results nothing reads.</summary>
internal static class DeadCode
{
    public static readonly Pass Pass = new("dead-code", "What nothing uses is not computed.", program => new Remover().Program(program));

    private sealed class Remover
    {
        /// <summary>Fields beyond these count as a use of the whole.</summary>
        private const int MostFields = 64;

        private readonly HashSet<Symbol> _used = new(ReferenceEqualityComparer.Instance);

        /// <summary>The fields, as bits, of the variables that are used by field.</summary>
        private readonly Dictionary<Symbol, ulong> _fields = new(ReferenceEqualityComparer.Instance);

        /// <summary>What stands for the fields of the variables whose loops lost builders.</summary>
        private readonly Dictionary<Symbol, Expr?[]> _narrowed = new(ReferenceEqualityComparer.Instance);

        private readonly Func<Expr, Expr> _visit;
        private readonly Func<Expr, Expr> _rename;

        public Remover()
        {
            _visit = StackGuard.Guarded<Expr>(Step);
            _rename = StackGuard.Guarded<Expr>(Rename);
        }

        public Lambda Program(Lambda program)
        {
            var next = _visit(program);
            return (Lambda)(_narrowed.Count == 0 ? next : _rename(next));
        }

        private Expr Step(Expr expr)
        {
            switch (expr)
            {
                case Literal:
                    return expr;
                case Ident i:
                    _used.Add(i.Symbol);
                    return i;
                case Field { Operand: Ident i, Index: < MostFields } f:
                    _fields[i.Symbol] = _fields.GetValueOrDefault(i.Symbol) | (1UL << f.Index);
                    return f;
                case Field { Operand: Result { Builder: For loop } result } f when BuilderNarrowing.Narrow(loop, [f.Index]) is { } narrow:
                    return _visit(result with { Builder = narrow });
                case Let let:
                    return LetChain(let);
                default:
                    return expr.Map(_visit);
            }
        }

        /// <summary>From the last let to the first: uses in values that go do not count.</summary>
        private Expr LetChain(Let first)
        {
            var chain = new List<Let>();
            Expr expr = first;
            for (; expr is Let let; expr = let.Body)
            {
                chain.Add(let);
            }

            var body = _visit(expr);
            for (var i = chain.Count - 1; i >= 0; i--)
            {
                if (Kept(chain[i]) is { } let)
                {
                    var value = _visit(let.Value);
                    body = ReferenceEquals(value, let.Value) && ReferenceEquals(body, let.Body) ? let : let with { Value = value, Body = body };
                }
            }

            return body;
        }

        // let x = a; e  =>  e    where e does not use x and a may go
        // let x = result(for(v, {b, c}, f)); … x.$0 …  =>  let y = result(for(v, b, g)); … y …    where nothing uses x.$1
        private Let? Kept(Let let)
        {
            var fields = _fields.GetValueOrDefault(let.Symbol);
            if (_used.Contains(let.Symbol))
            {
                return let;
            }

            if (fields == 0)
            {
                return Dropping.MayGo(let.Value) ? null : let;
            }

            if (let.Value is not Result { Builder: For { Builder.Type: StructType { Fields.Count: var count } } loop } result
                || BitOperations.PopCount(fields) == count)
            {
                return let;
            }

            var kept = Enumerable.Range(0, count).Where(k => (fields & (1UL << k)) != 0).ToSeq();
            if (BuilderNarrowing.Narrow(loop, kept) is not { } narrow)
            {
                return let;
            }

            var value = result with { Builder = narrow };
            var symbol = new Symbol(let.Symbol.Name, value.Type) { Span = let.Symbol.Span };
            var places = new Expr?[count];
            for (var k = 0; k < kept.Count; k++)
            {
                places[kept[k]] = kept.Count == 1 ? new Ident(symbol) : new Field(new Ident(symbol), k);
            }

            _narrowed[let.Symbol] = places;
            return let with { Symbol = symbol, Value = value };
        }

        private Expr Rename(Expr expr) => expr switch
        {
            Field { Operand: Ident i } f when _narrowed.TryGetValue(i.Symbol, out var places) => places[f.Index]!,
            Let let => Renamed(let),
            _ => expr.Map(_rename),
        };

        private Expr Renamed(Let first)
        {
            var chain = new List<(Let Let, Expr Value)>();
            Expr expr = first;
            for (; expr is Let let; expr = let.Body)
            {
                chain.Add((let, _rename(let.Value)));
            }

            var body = _rename(expr);
            for (var i = chain.Count - 1; i >= 0; i--)
            {
                var (let, value) = chain[i];
                body = ReferenceEquals(value, let.Value) && ReferenceEquals(body, let.Body) ? let : let with { Value = value, Body = body };
            }

            return body;
        }
    }
}
