using Weld.Core.Diagnostics;
using Weld.Core.IR;

namespace Weld.Core.Syntax;

/// <summary>
/// A macro's body with its arguments put in (language.md §10). Values are evaluated once: what is no name or constant is bound by a let, unless the
/// body evaluates it just once anyway. Functions and iterators are put in as they are. Every variable that the body binds is new.
/// </summary>
internal sealed class MacroExpansion
{
    private readonly Macro _macro;
    private readonly SourceSpan _span;
    private readonly NodeBudget _budget;
    private readonly DiagnosticBag _diagnostics;
    private readonly bool _inMacro;
    private readonly Dictionary<Symbol, Expr> _meaning = [];
    private readonly HashSet<Expr> _used = new(ReferenceEqualityComparer.Instance);
    private readonly List<(Symbol Symbol, Expr Value)> _lets = [];
    private readonly Func<Expr, Expr> _visit;

    private MacroExpansion(Macro macro, SourceSpan span, NodeBudget budget, DiagnosticBag diagnostics, bool inMacro)
    {
        _macro = macro;
        _span = span;
        _budget = budget;
        _diagnostics = diagnostics;
        _inMacro = inMacro;
        _visit = VisitValue;
    }

    /// <summary>What a call of a macro stands for.</summary>
    public static Expr Expand(Macro macro, List<Expr> arguments, SourceSpan span, NodeBudget budget, DiagnosticBag diagnostics, bool inMacro)
    {
        var expansion = new MacroExpansion(macro, span, budget, diagnostics, inMacro);
        for (var i = 0; i < arguments.Count; i++)
        {
            expansion.Assign(macro.Parameters[i], arguments[i]);
        }

        var body = expansion.Visit(macro.Body);
        for (var i = expansion._lets.Count - 1; i >= 0; i--)
        {
            body = new Let(expansion._lets[i].Symbol, expansion._lets[i].Value, body) { Span = span };
        }

        return body;
    }

    private void Assign(Symbol parameter, Expr argument)
    {
        for (; argument is Let let && Core(argument) is Lambda or IteratorArgument; argument = let.Body)
        {
            _lets.Add((let.Symbol, let.Value));
        }

        _meaning[parameter] = argument switch
        {
            Lambda or Ident or Literal or Hole => argument,
            _ when _macro.Once.Contains(parameter) && !Calls(argument) => argument,
            IteratorArgument a => a with { Iters = a.Iters.To(i => i.Map(e => Bound(parameter, e))) },
            Zip z => z with { Vectors = z.Vectors.Map(e => Bound(parameter, e)) },
            _ => Bound(parameter, argument),
        };
    }

    private static Expr Core(Expr expr)
    {
        while (expr is Let let)
        {
            expr = let.Body;
        }

        return expr;
    }

    private static bool Calls(Expr expr) => expr is ForeignCall || expr.Children.Any(c => StackGuard.Run(Calls, c));

    private Expr Bound(Symbol parameter, Expr value)
    {
        if (value is Ident or Literal)
        {
            return value;
        }

        var symbol = new Symbol(parameter.Name, parameter.Type) { Span = value.Span };
        _lets.Add((symbol, value));
        return new Ident(symbol) { Span = value.Span };
    }

    private Expr VisitValue(Expr expr) => Visit(expr) switch
    {
        IteratorArgument i => Report(CompileCode.Syntax, i.Span, "expected a value, found an iterator, which stands only in a for's first place"),
        Lambda f when expr is not Lambda => Report(CompileCode.Type, f.Span, $"expected a value, found a function as an argument of the macro {_macro.Name}"),
        var value => value,
    };

    private Expr Visit(Expr expr) => StackGuard.Run(static a => a.Expansion.Step(a.Expr), (Expansion: this, Expr: expr));

    private Expr Step(Expr expr)
    {
        _budget.Take(_span);
        switch (expr)
        {
            case Ident i when _meaning.TryGetValue(i.Symbol, out var meaning):
                return Use(meaning);
            case Let l:
                var value = Visit(l.Value);
                if (value is Lambda)
                {
                    _meaning[l.Symbol] = value;
                    return Visit(l.Body);
                }

                var symbol = Rename(l.Symbol);
                return Placed(l with { Symbol = symbol, Value = value, Body = Visit(l.Body) });
            case Lambda { Body: Call { Callee: Ident { Symbol: var callee } } c } f when IsEta(f, c) && _meaning.GetValueOrDefault(callee) is Lambda known:
                return Use(known);
            case Lambda f:
                return Placed(f with { Parameters = f.Parameters.To(Rename), Body = VisitValue(f.Body) });
            case Call c:
                return Application(c);
            case For f:
                return Placed(f with { Iters = f.Iters.SelectMany(Iterators).ToSeq(), Builder = VisitValue(f.Builder), Function = (Lambda)Visit(f.Function) });
            default:
                return Placed(expr.Map(_visit));
        }
    }

    /// <summary>|x, y| f(x, y) is f.</summary>
    private static bool IsEta(Lambda f, Call c)
    {
        for (var i = 0; i < c.Arguments.Count; i++)
        {
            if (c.Arguments.Count != f.Parameters.Count || c.Arguments[i] is not Ident a || a.Symbol != f.Parameters[i])
            {
                return false;
            }
        }

        return f.Parameters.Count == c.Arguments.Count;
    }

    private Expr Use(Expr meaning) => meaning is Ident or Literal || _used.Add(meaning) ? meaning : Substitution.Copy(meaning, _budget);

    private Symbol Rename(Symbol symbol)
    {
        var fresh = new Symbol(symbol.Name, symbol.Type) { Span = _macro.IsStandard ? _span : symbol.Span };
        _meaning[symbol] = new Ident(fresh) { Span = fresh.Span };
        return fresh;
    }

    private Expr Application(Call call)
    {
        var arguments = call.Arguments.Map(_visit);
        var callee = Visit(call.Callee);
        return callee switch
        {
            Lambda f when f.Parameters.Count == arguments.Count => new Apply(f, arguments) { Span = _macro.IsStandard ? f.Span : call.Span },
            Lambda f => Report(CompileCode.Type, f.Span, $"expected a function of {arguments.Count} parameters for the macro {_macro.Name}, found {f.Parameters.Count}"),
            Ident when _inMacro => call with { Callee = callee, Arguments = arguments, Span = _span },
            Hole => callee,
            _ => Report(CompileCode.Type, callee.Span, $"expected a function for the macro {_macro.Name}, found a value"),
        };
    }

    /// <summary>An iterator of the body, or those of the iterator argument that stands in its place.</summary>
    private IEnumerable<Iter> Iterators(Iter iter)
    {
        if (iter is not { Kind: IterKind.Scalar, Start: null, Data: Ident { Symbol: var s } } || !_meaning.TryGetValue(s, out var meaning))
        {
            return [iter.Map(_visit)];
        }

        return meaning switch
        {
            IteratorArgument a => ((IteratorArgument)Use(a)).Iters,
            Zip z => ((Zip)Use(z)).Vectors.Select(v => new Iter(v)),
            _ => [iter.Map(_visit)],
        };
    }

    /// <summary>Each use has nodes of its own, as what the body leaves out of its types may differ; a standard macro's have their place where it is called.</summary>
    private Expr Placed(Expr expr) => expr with { Span = _macro.IsStandard ? _span : expr.Span };

    private Hole Report(CompileCode code, SourceSpan span, string message)
    {
        _diagnostics.Add(code, span, message);
        return new Hole { Span = span };
    }
}
