using Weld.Core.IR;
using Weld.Core.Operators;
using Weld.Core.Optimizer;
using Weld.Core.Types;

namespace Weld.Managed.Planning;

/// <summary>
/// A part of a body with several elementary functions: it computes their arguments for a tile of iterations, which stays in the cache; then each function goes over the tile in a loop of its
/// own, whose constants stay in registers, and whose iterations overlap. What needs the results is the next stage, the last one the body itself.
/// In a body with loops, each loop is a stage: several steps then go through the loop together.
/// </summary>
/// <param name="Lets">The variables of the body that it needs, in order.</param>
/// <param name="Functions">The applications of elementary functions whose arguments it computes; none in the last stage.</param>
/// <param name="Kept">The values of variables that it stores because later stages need them, too.</param>
/// <param name="Elements">The fields of the zipped elements that it reads.</param>
/// <param name="UsesIndex">Whether it reads the number of the iteration.</param>
internal sealed record TileStage(Seq<(Symbol Symbol, Expr Value)> Lets, Seq<Expr> Functions, Seq<Expr> Kept, HashSet<int> Elements, bool UsesIndex)
{
    /// <summary>The result of the loop that the stage computes, in several steps at once; null for functions.</summary>
    public Result? Reduction { get; private init; }

    /// <summary>
    /// The variables of the body that are not bound where they stand: <see cref="Lets"/> are before all else, and what other stages alone use is not at all.
    /// </summary>
    public HashSet<Symbol> Elsewhere { get; private init; } = [];

    /// <summary>The stages of a loop's body; none if it is to stay whole.</summary>
    public static Seq<TileStage> Of(For loop, LaneFacts facts) => facts.Elementary < 2 && !facts.HasLoops ? [] : new Split(loop, facts).Stages();

    /// <summary>What one stage reads, without what is computed before it.</summary>
    private sealed class Needs(Split split)
    {
        private readonly HashSet<Expr> _seen = new(ReferenceEqualityComparer.Instance);

        public HashSet<Symbol> Symbols { get; } = new(ReferenceEqualityComparer.Instance);

        public HashSet<int> Elements { get; } = [];

        public bool UsesIndex { get; private set; }

        /// <summary>The functions whose results it reads.</summary>
        public List<Expr> Results { get; } = [];

        /// <summary>Follows what functions are applied to.</summary>
        public Needs OfArguments(IEnumerable<Expr> functions)
        {
            foreach (var function in functions)
            {
                Children(function);
            }

            return this;
        }

        public Needs Of(Expr expr) => StackGuard.Run(static a => a.This.Step(a.Expr), (This: this, Expr: expr));

        private Needs Step(Expr expr)
        {
            for (; expr is Let let; expr = let.Body)
            {
                OfUnbound(let.Symbol, let.Value);
            }

            if (!_seen.Add(expr))
            {
                return this;
            }

            if (split.Computed.Contains(expr))
            {
                Results.Add(expr);
                return this;
            }

            switch (expr)
            {
                case Ident { Symbol: var symbol } i:
                    UsesIndex |= symbol == split.Index;
                    if (symbol == split.Element)
                    {
                        Elements.UnionWith(i.Type is StructType s ? Enumerable.Range(0, s.Fields.Count) : [0]);
                    }

                    if (split.Bound.TryGetValue(symbol, out var value) && Symbols.Add(symbol))
                    {
                        Of(value);
                    }

                    break;
                case Field { Operand: Ident { Symbol: var symbol } } f when symbol == split.Element:
                    Elements.Add(f.Index);
                    break;
                case Apply apply:
                    for (var i = 0; i < apply.Arguments.Count; i++)
                    {
                        OfUnbound(apply.Function.Parameters[i], apply.Arguments[i]);
                    }

                    Of(apply.Function.Body);
                    break;
                default:
                    Children(expr);
                    break;
            }

            return this;
        }

        /// <summary>A variable inside of a branch or loop is not followed where it is used.</summary>
        private void OfUnbound(Symbol symbol, Expr value)
        {
            if (!split.Bound.ContainsKey(symbol))
            {
                Of(value);
            }
        }

        private void Children(Expr expr)
        {
            foreach (var child in expr.Children.Span)
            {
                Of(child);
            }
        }
    }

    /// <summary>Finds the elementary functions that every lane computes, in the order of evaluation.</summary>
    private sealed class Split
    {
        private readonly LaneFacts _facts;
        private readonly Expr _body;
        private readonly List<Symbol> _order = [];
        private readonly List<Expr> _functions = [];
        private readonly HashSet<Expr> _seen = new(ReferenceEqualityComparer.Instance);

        public Split(For loop, LaneFacts facts)
        {
            (_facts, _body) = (facts, loop.Function.Body);
            (Index, Element) = (loop.Function.Parameters[1], loop.Function.Parameters[2]);
            Walk(_body);
        }

        public Symbol Index { get; }

        public Symbol Element { get; }

        public Dictionary<Symbol, Expr> Bound { get; } = new(ReferenceEqualityComparer.Instance);

        /// <summary>What the stages so far have computed.</summary>
        public HashSet<Expr> Computed { get; } = new(ReferenceEqualityComparer.Instance);

        public Seq<TileStage> Stages()
        {
            var levels = Levels();
            if (levels.Sum(l => l.Count) < (_facts.HasLoops ? 1 : 2))
            {
                return [];
            }

            var shared = Shared(levels);
            var stages = new List<TileStage>();
            var used = new HashSet<Symbol>(ReferenceEqualityComparer.Instance);
            var bound = Bound.Keys.ToHashSet();
            foreach (var functions in levels)
            {
                var needs = new Needs(this).OfArguments(functions);
                var lets = _order.Where(needs.Symbols.Contains).Select(s => (Symbol: s, Value: Bound[s])).ToSeq();
                var kept = lets.Where(l => shared.Contains(l.Symbol) && !Computed.Contains(l.Value)).Select(l => l.Value).ToSeq();
                stages.Add(_facts.HasLoops
                    ? new TileStage(lets, [], [], needs.Elements, needs.UsesIndex) { Reduction = (Result)functions[0], Elsewhere = bound }
                    : new TileStage(lets, functions.ToSeq(), kept, needs.Elements, needs.UsesIndex) { Elsewhere = bound });
                Computed.UnionWith([.. functions, .. stages[^1].Kept]);
                used.UnionWith(needs.Symbols);
            }

            // What nobody needs may still fail.
            var rest = new Needs(this).Of(_body);
            _order.ForEach(symbol => _ = used.Contains(symbol) ? rest : rest.Of(Bound[symbol]));
            used.ExceptWith(rest.Symbols);
            stages.Add(new TileStage([], [], [], rest.Elements, rest.UsesIndex) { Elsewhere = used });
            return stages.ToSeq();
        }

        /// <summary>The functions by how many others their arguments go through.</summary>
        private List<List<Expr>> Levels()
        {
            var levels = new List<List<Expr>>();
            var level = new Dictionary<Expr, int>(ReferenceEqualityComparer.Instance);
            Computed.UnionWith(_functions);
            foreach (var function in _functions)
            {
                var at = new Needs(this).OfArguments([function]).Results.Select(f => level[f] + 1).DefaultIfEmpty(0).Max();
                level.Add(function, at);
                if (at == levels.Count || _facts.HasLoops)
                {
                    levels.Add([]);
                }

                levels[_facts.HasLoops ? ^1 : at].Add(function);
            }

            Computed.Clear();
            return levels;
        }

        /// <summary>The variables that several stages would compute again, where that is more than an operation.</summary>
        private HashSet<Symbol> Shared(List<List<Expr>> levels)
        {
            Computed.UnionWith(_functions);
            var stages = levels.Select(l => new Needs(this).OfArguments(l)).Append(new Needs(this).Of(_body));
            var shared = stages.SelectMany(n => n.Symbols).GroupBy(s => s).Where(g => g.Count() > 1).Select(g => g.Key).Where(IsWorthKeeping).ToHashSet();
            Computed.Clear();
            return shared;
        }

        private bool IsWorthKeeping(Symbol symbol) =>
            Bound[symbol] is { Type.LaneKind: not (null or ScalarKind.Bool) } value && !_facts.IsUniform(value) && !_functions.Exists(f => ReferenceEquals(f, value)) && Cost.Of(value) > 1;

        private void Walk(Expr expr) => StackGuard.Run(
            static a =>
            {
                a.This.Step(a.Expr);
                return 0;
            },
            (This: this, Expr: expr));

        private void Step(Expr expr)
        {
            for (; expr is Let let; expr = let.Body)
            {
                Walk(let.Value);
                Bind(let.Symbol, let.Value);
            }

            if (!_seen.Add(expr) || _facts.IsUniform(expr))
            {
                return;
            }

            switch (expr)
            {
                case If branch:
                    Walk(branch.Condition);
                    return;
                case Logical logical:
                    Walk(logical.Left);
                    return;
                case Result { Builder: For { Builder: var builder } }:
                    if (builder is NewBuilder { Argument: { } initial })
                    {
                        Walk(initial);
                    }

                    _functions.Add(expr);
                    return;
                case Apply apply:
                    for (var i = 0; i < apply.Arguments.Count; i++)
                    {
                        Walk(apply.Arguments[i]);
                        Bind(apply.Function.Parameters[i], apply.Arguments[i]);
                    }

                    Walk(apply.Function.Body);
                    return;
            }

            foreach (var child in expr.Children.Span)
            {
                Walk(child);
            }

            if (!_facts.HasLoops && (expr is Unary { Operator: ElementaryOperator } or Binary { Operator: BinaryElementaryOperator }))
            {
                _functions.Add(expr);
            }
        }

        private void Bind(Symbol symbol, Expr value)
        {
            Bound[symbol] = value;
            _order.Add(symbol);
        }
    }
}
