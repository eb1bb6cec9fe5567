using Weld.Core.Diagnostics;
using Weld.Core.IR;

namespace Weld.Core.Syntax;

internal sealed partial class Parser
{
    /// <summary>What each visible name stands for: a <see cref="Symbol"/>, or the <see cref="NamedFunction"/> of a let-bound lambda.</summary>
    private Dictionary<string, object> _scope = [];

    private Stack<(string Name, object? Hidden)> _hidden = new();

    /// <summary>A let-bound function. Its first use takes the tree itself, the others take copies.</summary>
    private sealed class NamedFunction(Lambda function)
    {
        private bool _taken;

        public Lambda Take(NodeBudget budget)
        {
            var first = !_taken;
            _taken = true;
            return first ? function : Substitution.Copy(function, budget);
        }
    }

    private void Bind(string name, object meaning)
    {
        _hidden.Push((name, _scope.GetValueOrDefault(name)));
        _scope[name] = meaning;
    }

    /// <summary>Names in the text that recovery skipped: they may have been defined there.</summary>
    private readonly HashSet<string> _skipped = new(StringComparer.Ordinal);

    /// <summary>Ends the scopes of all names bound since <see cref="_hidden"/> had <paramref name="mark"/> entries.</summary>
    private void Unbind(int mark)
    {
        while (_hidden.Count > mark)
        {
            var (name, hidden) = _hidden.Pop();
            if (hidden is null)
            {
                _scope.Remove(name);
            }
            else
            {
                _scope[name] = hidden;
            }
        }
    }

    /// <summary>What is left of an expression without the lets around it.</summary>
    private static Expr Core(Expr expr)
    {
        while (expr is Let let)
        {
            expr = let.Body;
        }

        return expr;
    }

    /// <summary>A function or iterator out of the lets around it, which are added to <paramref name="bindings"/>; anything else as it is.</summary>
    private static Expr Unwrap(Expr expr, List<(Symbol Symbol, Expr Value, SourceSpan Span)> bindings)
    {
        if (Core(expr) is not (Lambda or IteratorArgument))
        {
            return expr;
        }

        for (; expr is Let let; expr = let.Body)
        {
            bindings.Add((let.Symbol, let.Value, let.Span));
        }

        return expr;
    }

    private static Expr Wrap(List<(Symbol Symbol, Expr Value, SourceSpan Span)> bindings, Expr body)
    {
        for (var i = bindings.Count - 1; i >= 0; i--)
        {
            body = new Let(bindings[i].Symbol, bindings[i].Value, body) { Span = bindings[i].Span };
        }

        return body;
    }

    /// <summary>The expression, which may not be a function or an iterator.</summary>
    private Expr Value(Expr expr) => Core(expr) switch
    {
        IteratorArgument i => Report(CompileCode.Syntax, i.Span, "expected a value, found an iterator, which stands only in a for's first place"),
        Lambda f => Report(CompileCode.Type, f.Span, "expected a value, found a function"),
        _ => expr,
    };
}
