using Weld.Core.IR;
using Weld.Core.Types;

namespace Weld.Core.Optimizer;

/// <summary>
/// A loop over a struct of builders with some of the builders only. The loop's state, the struct, may go through lets, branches, nested loops and struct
/// literals over its own fields; a body that does anything else with it stays as it is.
/// </summary>
internal sealed class BuilderNarrowing
{
    private readonly Seq<int> _kept;
    private readonly WeldType _wide;
    private readonly WeldType _narrow;
    private readonly Func<Expr, Expr> _other;

    /// <summary>Variables that hold the wide state, each with the one that holds the narrow state.</summary>
    private readonly Dictionary<Symbol, Symbol> _states = new(ReferenceEqualityComparer.Instance);

    /// <summary>Variables that hold a builder that goes.</summary>
    private readonly HashSet<Symbol> _gone = new(ReferenceEqualityComparer.Instance);

    private bool _failed;

    private BuilderNarrowing(StructType wide, Seq<int> kept)
    {
        _wide = wide;
        _kept = kept;
        _narrow = kept.Count == 1 ? wide.Fields[kept[0]] : new StructType(kept.To(k => wide.Fields[k]));
        _other = e => StackGuard.Walk(Other, e);
    }

    // for(v, {b, c}, |s, i, x| {merge(s.$0, e), merge(s.$1, d)})  =>  for(v, b, |s, i, x| merge(s, e))
    /// <summary>The loop with the builders <paramref name="kept"/> alone (one of them not as a struct), or null where they cannot be told from the others.</summary>
    public static For? Narrow(For loop, Seq<int> kept)
    {
        if (loop.Builder.Type is not StructType wide || kept.Count == wide.Fields.Count)
        {
            return null;
        }

        var narrowing = new BuilderNarrowing(wide, kept);
        var narrow = narrowing.Loop(loop);
        return narrowing._failed ? null : narrow;
    }

    private For Loop(For loop)
    {
        var builder = State(loop.Builder);
        var state = Narrowed(loop.Function.Parameters[0]);
        var function = loop.Function with { Parameters = [state, loop.Function.Parameters[1], loop.Function.Parameters[2]], Body = State(loop.Function.Body) };
        return loop with { Iters = loop.Iters.Map(i => i.Map(_other)), Builder = builder, Function = function };
    }

    private Symbol Narrowed(Symbol symbol) => _states[symbol] = new Symbol(symbol.Name, _narrow) { Span = symbol.Span };

    /// <summary>An expression that gives the whole state.</summary>
    private Expr State(Expr expr) => _failed ? expr : StackGuard.Walk(StateStep, expr);

    private Expr StateStep(Expr expr)
    {
        switch (expr)
        {
            case Ident i when _states.TryGetValue(i.Symbol, out var state):
                return new Ident(state) { Span = i.Span };
            case StructLiteral s:
                for (var k = 0; k < s.Fields.Count; k++)
                {
                    _failed |= !_kept.Contains(k) && !Goes(s.Fields[k]);
                }

                return _kept.Count == 1 ? _other(s.Fields[_kept[0]]) : s with { Fields = _kept.To(k => _other(s.Fields[k])) };
            case If i:
                return i with { Condition = _other(i.Condition), Then = State(i.Then), Else = State(i.Else) };
            case For f when f.Type == _wide:
                return Loop(f);
            case Let let:
                return LetChain(let, State);
            default:
                return Fail(expr);
        }
    }

    /// <summary>Any other expression: of the state it may use the fields that are kept.</summary>
    private Expr Other(Expr expr)
    {
        switch (expr)
        {
            case Field { Operand: Ident i } f when _states.TryGetValue(i.Symbol, out var state):
                var at = _kept.Span.IndexOf(f.Index);
                return at < 0 ? Fail(expr) : _kept.Count == 1 ? new Ident(state) { Span = f.Span } : f with { Operand = new Ident(state), Index = at };
            case Ident i:
                return _states.ContainsKey(i.Symbol) || _gone.Contains(i.Symbol) ? Fail(expr) : expr;
            case Let let:
                return LetChain(let, _other);
            default:
                return _failed ? expr : expr.Map(_other);
        }
    }

    private Expr LetChain(Let first, Func<Expr, Expr> last)
    {
        var chain = new List<(Let Let, Symbol Symbol, Expr Value)>();
        Expr expr = first;
        for (; expr is Let let && !_failed; expr = let.Body)
        {
            if (!let.Value.Type.ContainsBuilder || !Dropping.TakesBuilder(let.Value, IsOurs))
            {
                chain.Add((let, let.Symbol, _other(let.Value)));
            }
            else if (let.Value.Type == _wide)
            {
                var value = State(let.Value);
                chain.Add((let, Narrowed(let.Symbol), value));
            }
            else if (!Dropping.TakesBuilder(let.Value, _states.ContainsKey) || Reads(let.Value, kept: false))
            {
                _failed |= Reads(let.Value, kept: true) || !Goes(let.Value);
                _gone.Add(let.Symbol);
            }
            else
            {
                chain.Add((let, let.Symbol, _other(let.Value)));
            }
        }

        var body = _failed ? expr : last(expr);
        for (var i = chain.Count - 1; i >= 0; i--)
        {
            body = chain[i].Let with { Symbol = chain[i].Symbol, Value = chain[i].Value, Body = body };
        }

        return body;
    }

    private bool IsOurs(Symbol symbol) => _states.ContainsKey(symbol) || _gone.Contains(symbol);

    /// <summary>Whether an expression may go together with the builders that go: it takes no builder but those.</summary>
    private bool Goes(Expr expr) => Dropping.IsQuiet(expr) && !Dropping.TakesBuilder(expr, s => !IsOurs(s)) && !Reads(expr, kept: true);

    /// <summary>Whether an expression uses a field of the state that is, or is not, kept, or the whole state.</summary>
    private bool Reads(Expr expr, bool kept) => StackGuard.Walk(
        expr,
        static a => a.Expr switch
        {
            Field { Operand: Ident i } f when a.This._states.ContainsKey(i.Symbol) => a.This._kept.Contains(f.Index) == a.Kept,
            Ident i => a.This._states.ContainsKey(i.Symbol),
            _ => a.Expr.Children.Any(c => a.This.Reads(c, a.Kept)),
        },
        (This: this, Expr: expr, Kept: kept));

    private Expr Fail(Expr expr)
    {
        _failed = true;
        return expr;
    }
}
