using System.Runtime.InteropServices;
using Weld.Core.IR;

namespace Weld.Core.Optimizer;

/// <summary>How a variable is used in its scope.</summary>
/// <param name="Count">How often it stands in the text.</param>
/// <param name="Repeats">Whether one of the uses is in the function of a loop, iterate or sort inside the scope: evaluated many times, or never.</param>
/// <param name="Skips">Whether one of the uses is in a branch of an <c>if</c> or on the right of <c>&amp;&amp;</c> and <c>||</c> inside the scope: evaluated or not.</param>
internal readonly record struct Use(int Count, bool Repeats, bool Skips);

/// <summary>The uses of all variables of a tree, by one walk.</summary>
internal sealed class Uses
{
    private readonly Dictionary<Symbol, Known> _known = new(ReferenceEqualityComparer.Instance);
    private readonly Func<Expr, bool> _step;
    private int _repeats;
    private int _skips;

    private Uses() => _step = Step;

    /// <summary>The use of a variable; count 0 if there is none.</summary>
    public Use this[Symbol symbol] => _known.TryGetValue(symbol, out var known) ? known.Use : default;

    /// <summary>The uses in all of some trees. A variable that is free in one counts as bound around it.</summary>
    public static Uses Of(params ReadOnlySpan<Expr> trees)
    {
        var uses = new Uses();
        foreach (var tree in trees)
        {
            uses.Visit(tree);
        }

        return uses;
    }

    private bool Visit(Expr expr) => expr is Literal || StackGuard.Walk(_step, expr);

    private bool Step(Expr expr)
    {
        for (; expr is Let let; expr = let.Body)
        {
            Visit(let.Value);
            Bind(let.Symbol);
        }

        switch (expr)
        {
            case Ident i:
                ref var known = ref Of(i.Symbol);
                known.Use = new Use(known.Use.Count + 1, known.Use.Repeats || _repeats > known.Repeats, known.Use.Skips || _skips > known.Skips);
                break;
            case Lambda f:
                Function(f, repeats: false);
                break;
            case If i:
                Visit(i.Condition);
                _skips++;
                Visit(i.Then);
                Visit(i.Else);
                _skips--;
                break;
            case Logical l:
                Visit(l.Left);
                _skips++;
                Visit(l.Right);
                _skips--;
                break;
            case Apply a:
                foreach (var argument in a.Arguments.Span)
                {
                    Visit(argument);
                }

                Function(a.Function, repeats: false);
                break;
            default:
                foreach (var child in expr.Children.Span)
                {
                    if (child is Lambda f)
                    {
                        Function(f, repeats: true);
                    }
                    else
                    {
                        Visit(child);
                    }
                }

                break;
        }

        return true;
    }

    private void Function(Lambda f, bool repeats)
    {
        _repeats += repeats ? 1 : 0;
        foreach (var parameter in f.Parameters.Span)
        {
            Bind(parameter);
        }

        Visit(f.Body);
        _repeats -= repeats ? 1 : 0;
    }

    private void Bind(Symbol symbol)
    {
        ref var known = ref Of(symbol);
        (known.Repeats, known.Skips) = (_repeats, _skips);
    }

    private ref Known Of(Symbol symbol) => ref CollectionsMarshal.GetValueRefOrAddDefault(_known, symbol, out _);

    /// <summary>A variable's use so far, and what was around the place where it is bound.</summary>
    private struct Known
    {
        public Use Use;
        public int Repeats;
        public int Skips;
    }
}
