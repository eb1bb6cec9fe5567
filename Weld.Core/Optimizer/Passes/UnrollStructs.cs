using Weld.Core.IR;
using Weld.Core.Types;

namespace Weld.Core.Optimizer.Passes;

/// <summary>Structs are taken apart: a field of a struct that is made here is the value itself.</summary>
internal static partial class UnrollStructs
{
    public static readonly Pass Pass = new("unroll-structs", "Structs are taken apart into the values of their fields.", Unroll);

    private static readonly Rewriter Steps = Rewriter.Lasting(Effects.None, Simplify);

    private static Lambda Unroll(Lambda program) => Splitter.Split((Lambda)Steps.Visit(program));

    private static Expr? Simplify(Expr node) => node switch
    {
        Field f => Projected(f.Operand, f.Index),
        StructLiteral s => Whole(s),
        Result r => Finish(r),
        Iterate => Thin(node),
        _ => null,
    };

    // result({b, c})  =>  {result(b), result(c)}
    private static StructLiteral? Finish(Result node) =>
        node.Builder is StructLiteral s ? new StructLiteral(s.Fields.To(b => (Expr)new Result(b) { Span = node.Span })) : null;

    // {x.$0, x.$1}  =>  x    where x has these fields only
    private static Expr? Whole(StructLiteral node)
    {
        if (node is not { Fields: [Field { Index: 0, Operand: var whole }, ..] fields } || !Atoms.IsAtom(whole) || whole.Type is not StructType { Fields.Count: var count }
            || count != fields.Count)
        {
            return null;
        }

        for (var k = 1; k < count; k++)
        {
            if (fields[k] is not Field f || f.Index != k || f.Operand != whole)
            {
                return null;
            }
        }

        return whole;
    }

    // {a, b}.$1  =>  b    where a may go; through lets, branches and selects too
    /// <summary>The field of a struct, where it can be told without making the struct; else null.</summary>
    private static Expr? Projected(Expr expr, int k)
    {
        switch (expr)
        {
            case StructLiteral s:
                for (var i = 0; i < s.Fields.Count; i++)
                {
                    if (i != k && !Dropping.MayGo(s.Fields[i]))
                    {
                        return null;
                    }
                }

                return s.Fields[k];
            case OptLookup o:
                return k == 0 ? new KeyExists(o.Dictionary, o.Key) : null;
            case If i:
                var (then, other) = (Projected(i.Then, k), Projected(i.Else, k));
                return then is null && other is null ? null : i with { Then = then ?? new Field(i.Then, k), Else = other ?? new Field(i.Else, k) };
            case Select s:
                return Projected(s.Then, k) is { } a && Projected(s.Else, k) is { } b ? s with { Then = a, Else = b } : null;
            case Let let:
                return BelowLets(let, k);
            default:
                return null;
        }
    }

    // (let x = a; e).$0  =>  let x = a; e.$0
    private static Expr BelowLets(Let first, int k)
    {
        var chain = new List<Let>();
        Expr expr = first;
        for (; expr is Let let; expr = let.Body)
        {
            chain.Add(let);
        }

        var body = Projected(expr, k) ?? new Field(expr, k);
        for (var i = chain.Count - 1; i >= 0; i--)
        {
            body = chain[i] with { Body = body };
        }

        return body;
    }

    // let s = {a, b}; … s.$0 … s.$1 …  =>  let x = a; let y = b; … x … y …    where s is used by field only
    private sealed class Splitter
    {
        private readonly HashSet<Symbol> _whole;
        private readonly Dictionary<Symbol, Symbol[]> _parts = new(ReferenceEqualityComparer.Instance);
        private readonly Func<Expr, Expr> _visit;

        private Splitter(HashSet<Symbol> whole)
        {
            _whole = whole;
            _visit = StackGuard.Guarded<Expr>(Step);
        }

        public static Lambda Split(Lambda program)
        {
            var (made, whole) = (false, new HashSet<Symbol>(ReferenceEqualityComparer.Instance));
            Func<Expr, bool> collect = null!;
            collect = StackGuard.Guarded<bool>(Collect);
            collect(program);
            return made ? (Lambda)new Splitter(whole).Step(program) : program;

            bool Collect(Expr expr)
            {
                for (; expr is Let let; expr = let.Body)
                {
                    made |= let.Value is StructLiteral;
                    collect(let.Value);
                }

                switch (expr)
                {
                    case Ident i:
                        return whole.Add(i.Symbol);
                    case Literal or Field { Operand: Ident }:
                        return true;
                }

                foreach (var child in expr.Children.Span)
                {
                    collect(child);
                }

                return true;
            }
        }

        private Expr Step(Expr expr) => expr switch
        {
            Field { Operand: Ident i } f when _parts.TryGetValue(i.Symbol, out var parts) => new Ident(parts[f.Index]) { Span = f.Span },
            Let let => LetChain(let),
            _ => expr.Map(_visit),
        };

        private Expr LetChain(Let first)
        {
            var chain = new List<(Let Let, Symbol Symbol, Expr Value)>();
            Expr expr = first;
            for (; expr is Let let; expr = let.Body)
            {
                var value = _visit(let.Value);
                if (value is not StructLiteral s || _whole.Contains(let.Symbol))
                {
                    chain.Add((let, let.Symbol, value));
                    continue;
                }

                var parts = _parts[let.Symbol] = new Symbol[s.Fields.Count];
                for (var k = 0; k < parts.Length; k++)
                {
                    parts[k] = new Symbol(let.Symbol.Name, s.Fields[k].Type) { Span = let.Symbol.Span };
                    chain.Add((let, parts[k], s.Fields[k]));
                }
            }

            var body = _visit(expr);
            for (var i = chain.Count - 1; i >= 0; i--)
            {
                var (let, symbol, value) = chain[i];
                body = ReferenceEquals(symbol, let.Symbol) && ReferenceEquals(value, let.Value) && ReferenceEquals(body, let.Body)
                    ? let : let with { Symbol = symbol, Value = value, Body = body };
            }

            return body;
        }
    }
}
