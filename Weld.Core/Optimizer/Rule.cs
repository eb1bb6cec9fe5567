using Weld.Core.IR;

namespace Weld.Core.Optimizer;

/// <summary>A rewrite of one node: what stands for it, or null where the rule says nothing about the node. The result means the same and has the same type.</summary>
internal delegate Expr? Rule(Expr node);

/// <summary>
/// Applies rules to every node of a tree, children first, to each node until none fires. What lacks the effects that the rules are about is left as it is, without
/// a look; and so is what rules that depend on the node alone have left as it is before.
/// </summary>
internal sealed class Rewriter
{
    /// <summary>How often rules may fire on one node before the next round: two rules that undo each other must not run for ever.</summary>
    private const int MostAtNode = 100;

    private const int MostSets = 32;

    private static int _sets;

    private readonly Effects _about;
    private readonly int _bit;
    private readonly Rule[] _rules;
    private readonly Func<Expr, Expr> _visit;
    private readonly Func<Expr, Expr> _step;

    public Rewriter(params Rule[] rules)
        : this(Effects.None, rules)
    {
    }

    /// <summary>Rules that fire only on nodes with one of some effects.</summary>
    public Rewriter(Effects about, params Rule[] rules)
        : this(about, rules, 0)
    {
    }

    private Rewriter(Effects about, Rule[] rules, int bit)
    {
        (_about, _rules, _bit) = (about, rules, bit);
        (_visit, _step) = (Visit, Step);
    }

    /// <summary>Rules that depend on nothing but the node, for many walks.</summary>
    public static Rewriter Lasting(Effects about, params Rule[] rules)
    {
        var set = Interlocked.Increment(ref _sets);
        return set < MostSets ? new(about, rules, 1 << set) : throw new InvalidOperationException($"expected fewer than {MostSets} sets of rules, each with a bit of a node, found another");
    }

    /// <summary>The same set of rules for one program, which depend on what else it holds only in that they say nothing where they might.</summary>
    public Rewriter With(Rule[] rules) => new(_about, rules, _bit);

    /// <summary>The tree after one walk; the same object if no rule fired.</summary>
    public Expr Visit(Expr expr) => expr.IsSettled(_bit) || (_about != Effects.None && !expr.Facts.Has(_about)) ? expr : StackGuard.Walk(_step, expr);

    private Expr Step(Expr expr)
    {
        var after = expr is Let let ? LetChain(let) : AtNode(expr.Map(_visit));
        if (ReferenceEquals(after, expr))
        {
            expr.Settle(_bit);
        }

        return after;
    }

    /// <summary>A chain of lets is a loop here, not a recursion: values first, then from the innermost let outwards.</summary>
    private Expr LetChain(Let first)
    {
        var chain = new (Let Let, Expr Value)[first.Length];
        Expr expr = first;
        for (var i = 0; expr is Let let; expr = let.Body, i++)
        {
            chain[i] = (let, Visit(let.Value));
        }

        var body = Visit(expr);
        for (var i = chain.Length - 1; i >= 0; i--)
        {
            var (let, value) = chain[i];
            body = AtNode(ReferenceEquals(value, let.Value) && ReferenceEquals(body, let.Body) ? let : let with { Value = value, Body = body });
        }

        return body;
    }

    private Expr AtNode(Expr node)
    {
        for (var fired = 0; fired < MostAtNode; fired++)
        {
            if (Once(node) is not { } rewritten)
            {
                break;
            }

            node = rewritten.Span.IsNone && !node.Span.IsNone && rewritten is not Ident ? rewritten with { Span = node.Span } : rewritten;
        }

        return node;
    }

    private Expr? Once(Expr node)
    {
        foreach (var rule in _rules)
        {
            if (rule(node) is { } rewritten)
            {
                return rewritten;
            }
        }

        return null;
    }
}
