using Weld.Core.IR;
using Weld.Core.Types;

namespace Weld.Core.Optimizer.Passes;

/// <summary>The state of <c>iterate</c>.</summary>
internal static partial class UnrollStructs
{
    // iterate({a, b}, |s| {{f(s.$0, s.$1), s.$1}, c})  =>  let x = b; let r = iterate(a, |t| {f(t, x), c}); {r, x}
    // where s is used by field only: fields that no step changes leave the state.
    private static Expr? Thin(Expr node)
    {
        if (node is not Iterate { Initial.Type: StructType wide } iterate || iterate.Initial.Facts.Has(Effects.Acts)
            || !(iterate.Initial is StructLiteral || Atoms.IsAtom(iterate.Initial)))
        {
            return null;
        }

        var state = iterate.Function.Parameters[0];
        var end = iterate.Function.Body;
        while (end is Let let)
        {
            end = let.Body;
        }

        if (end is not StructLiteral { Fields: [StructLiteral next, var again] } step)
        {
            return null;
        }

        var kept = Enumerable.Range(0, wide.Fields.Count).Where(k => !IsField(next.Fields[k], state, k)).ToSeq();
        if (kept.Count == 0 || kept.Count == wide.Fields.Count)
        {
            return null;
        }

        var narrow = kept.Count == 1 ? wide.Fields[kept[0]] : new StructType(kept.To(k => wide.Fields[k]));
        var (thin, result) = (new Symbol(state.Name, narrow) { Span = state.Span }, new Symbol(state.Name, narrow));
        var (inside, outside) = (new Expr[wide.Fields.Count], new Expr[wide.Fields.Count]);
        var lets = new List<(Symbol Symbol, Expr Value)>();
        for (var k = 0; k < inside.Length; k++)
        {
            var at = kept.Span.IndexOf(k);
            if (at < 0)
            {
                var constant = new Symbol(state.Name, wide.Fields[k]);
                lets.Add((constant, Initial(k)));
                inside[k] = outside[k] = new Ident(constant);
            }
            else
            {
                inside[k] = kept.Count == 1 ? new Ident(thin) : new Field(new Ident(thin), at);
                outside[k] = kept.Count == 1 ? new Ident(result) : new Field(new Ident(result), at);
            }
        }

        var fields = new FieldsOf(state, inside);
        var body = fields.In(iterate.Function.Body, step, kept);
        if (fields.IsUsedWhole)
        {
            return null;
        }

        lets.Add((result, iterate with
        {
            Initial = kept.Count == 1 ? Initial(kept[0]) : new StructLiteral(kept.To(Initial)),
            Function = iterate.Function with { Parameters = [thin], Body = body },
        }));
        Expr whole = new StructLiteral(outside.ToSeq());
        for (var i = lets.Count - 1; i >= 0; i--)
        {
            whole = new Let(lets[i].Symbol, lets[i].Value, whole);
        }

        return whole;

        Expr Initial(int k) => iterate.Initial is StructLiteral s ? s.Fields[k] : new Field(iterate.Initial, k);
    }

    private static bool IsField(Expr expr, Symbol of, int index) => expr is Field { Operand: Ident i } f && i.Symbol == of && f.Index == index;

    /// <summary>Puts other expressions in the place of a variable's fields.</summary>
    private sealed class FieldsOf
    {
        private readonly Symbol _symbol;
        private readonly Expr[] _places;
        private readonly Func<Expr, Expr> _visit;

        public FieldsOf(Symbol symbol, Expr[] places)
        {
            _symbol = symbol;
            _places = places;
            _visit = StackGuard.Guarded<Expr>(Step);
        }

        /// <summary>Whether the variable is also used otherwise.</summary>
        public bool IsUsedWhole { get; private set; }

        /// <summary>The body of a step: its lets, then the kept fields of the next state, and whether to go on.</summary>
        public Expr In(Expr body, StructLiteral step, Seq<int> kept)
        {
            var chain = new List<(Let Let, Expr Value)>();
            for (; body is Let let; body = let.Body)
            {
                chain.Add((let, _visit(let.Value)));
            }

            var next = (StructLiteral)step.Fields[0];
            var state = kept.Count == 1 ? _visit(next.Fields[kept[0]]) : next with { Fields = kept.To(k => _visit(next.Fields[k])) };
            Expr end = step with { Fields = [state, _visit(step.Fields[1])] };
            for (var i = chain.Count - 1; i >= 0; i--)
            {
                end = chain[i].Let with { Value = chain[i].Value, Body = end };
            }

            return end;
        }

        private Expr Step(Expr expr)
        {
            if (expr is Field { Operand: Ident i } f && i.Symbol == _symbol)
            {
                return _places[f.Index];
            }

            IsUsedWhole |= expr is Ident whole && whole.Symbol == _symbol;
            return expr.Map(_visit);
        }
    }
}
