using Weld.Core.IR;
using Weld.Core.Operators;
using Weld.Core.Types;

namespace Weld.Core.Optimizer;

/// <summary>A loop's body without branches, which merges the identity where the other merges nothing: the same bits (<see cref="Contribution"/>).</summary>
/// <param name="Body">The body: every value and condition is computed, and selects choose.</param>
/// <param name="Conditions">A struct of the conditions on which the body with branches branches.</param>
/// <param name="ConditionCount">How many they are.</param>
/// <param name="Cost">Cycles that it takes more than the body with branches if that takes none of them.</param>
/// <param name="Branches">The ifs that are gone.</param>
/// <param name="CanSample">Whether the conditions may be computed ahead: nothing that comes before them can fail or takes long.</param>
internal sealed record Predication(Expr Body, Expr Conditions, int ConditionCount, int Cost, IReadOnlyList<If> Branches, bool CanSample)
{
    /// <summary>What a chunk is judged by: the iterations whose conditions are looked at.</summary>
    public const int Sample = 64;

    private const int MostConditions = 8;

    /// <summary>
    /// From so many changes of a condition between neighbours of a sample on, the body without branches is faster. Of branches at random with probability p, 2p(1 − p)
    /// differ from the one before and min(p, 1 − p) are guessed wrong, about 0.6 of those.
    /// </summary>
    public int Threshold => Math.Max(1, (int)Math.Ceiling(Cost * Sample / (0.6 * Optimizer.Cost.Miss)));

    /// <summary>The body of a loop without branches; null if it has none, or if what they guard can fail, act or loop.</summary>
    public static Predication? Of(For loop)
    {
        if (!HasBranch(loop.Function.Body) || loop.Function.Facts.Has(Effects.Acts | Effects.Asserts))
        {
            return null;
        }

        var search = new Search();
        var own = new Ident(loop.Function.Parameters[0]);
        var body = loop.Function.Body;
        for (; body is Let { Value.Type.ContainsBuilder: false } let; body = let.Body)
        {
            search.Prelude.Add(let);
        }

        if (search.Value(body, own, null) is not { } value || search.Branches.Count == 0)
        {
            return null;
        }

        return new Predication(
            search.Wrap(Merged(own, value), hoisted: true),
            search.Wrap(new StructLiteral(search.Conditions.ToSeq()), hoisted: false),
            search.Conditions.Count,
            search.Cost,
            search.Branches,
            search.Prelude.TrueForAll(l => l.Value.Type.IsFlat && IsHarmless(l.Value)) && search.Hoisted.TrueForAll(h => h.IsOwn));
    }

    /// <summary>A condition without <c>&amp;&amp;</c> and <c>||</c>: both sides are evaluated, if the right one cannot fail.</summary>
    public static Expr Eager(Expr condition) => condition is Logical l && IsHarmless(l.Right)
        ? new Binary(l.IsAnd ? OperatorTable.And : OperatorTable.Or, Eager(l.Left), Eager(l.Right))
        : condition;

    /// <summary>Whether evaluating more often than written does nothing but take a little time.</summary>
    public static bool IsHarmless(Expr expr) => !expr.Facts.Has(Effects.Fails | Effects.Acts | Effects.Asserts | Effects.Loops | Effects.Builds);

    private static bool HasBranch(Expr body)
    {
        while (body is Let let)
        {
            body = let.Body;
        }

        return body is If || (body is StructLiteral s && s.Fields.Any(HasBranch));
    }

    private static Expr Merged(Expr own, Expr value)
    {
        if (own.Type is not StructType)
        {
            return value is Ident or Literal && Contribution.Reduction(own.Type) is var (type, op) && value.Equals(Contribution.Identity(type, op)) ? own : new Merge(own, value);
        }

        return new StructLiteral(((StructLiteral)value).Fields.Select((f, i) => Merged(new Field(own, i), f)).ToSeq());
    }

    private sealed class Search
    {
        public List<Let> Prelude { get; } = [];

        /// <summary>Lets of the body, and those that name a condition, in order.</summary>
        public List<(Symbol Symbol, Expr Value, bool IsOwn)> Hoisted { get; } = [];

        public List<Expr> Conditions { get; } = [];

        public List<If> Branches { get; } = [];

        public int Cost { get; private set; }

        /// <summary>The expression inside the lets that came before it.</summary>
        public Expr Wrap(Expr expr, bool hoisted)
        {
            for (var i = hoisted ? Hoisted.Count - 1 : -1; i >= 0; i--)
            {
                expr = new Let(Hoisted[i].Symbol, Hoisted[i].Value, expr);
            }

            for (var i = Prelude.Count - 1; i >= 0; i--)
            {
                expr = Prelude[i] with { Body = expr };
            }

            return expr;
        }

        /// <summary>What a body merges, shaped like its builder; null where that cannot be said without branches.</summary>
        /// <param name="expr">Builders after merges.</param>
        /// <param name="own">The builders before.</param>
        /// <param name="path">What is true where the expression stands; null at the root.</param>
        public Expr? Value(Expr expr, Expr own, Expr? path)
        {
            switch (expr)
            {
                case Let { Value.Type.ContainsBuilder: false } l when path is null || Takes(l.Value):
                    Hoisted.Add((l.Symbol, l.Value, false));
                    return Value(l.Body, own, path);
                case StructLiteral s when own.Type is StructType:
                    var fields = new Expr[s.Fields.Count];
                    for (var i = 0; i < fields.Length; i++)
                    {
                        if (Value(s.Fields[i], new Field(own, i), path) is not { } field)
                        {
                            return null;
                        }

                        fields[i] = field;
                    }

                    return new StructLiteral(fields.ToSeq());
                case If i:
                    return Branch(i, own, path);
                default:
                    return Contribution.Of(expr, own) is { } value && (path is null || Takes(value)) ? value : null;
            }
        }

        private Expr? Branch(If branch, Expr own, Expr? path)
        {
            if (path is null ? branch.Condition.Facts.Has(Effects.Fails | Effects.Acts | Effects.Asserts | Effects.Loops | Effects.Builds) : !Takes(branch.Condition))
            {
                return null;
            }

            Branches.Add(branch);
            var condition = Eager(branch.Condition);
            condition = own.Type is BuilderType { MergeType: ScalarType } ? condition : Name(condition);
            AddConditions(branch.Condition, path);
            var holds = path is null ? branch.Condition : new Logical(true, path, branch.Condition);
            return Value(branch.Then, own, holds) is { } then && Value(branch.Else, own, holds) is { } @else ? Choose(condition, then, @else) : null;
        }

        private Expr Name(Expr condition)
        {
            if (condition is Ident)
            {
                return condition;
            }

            var symbol = new Symbol("holds", ScalarType.Bool);
            Hoisted.Add((symbol, condition, true));
            return new Ident(symbol);
        }

        /// <summary>Each place at which the condition may branch.</summary>
        private void AddConditions(Expr condition, Expr? path)
        {
            if (condition is Logical l && Conditions.Count < MostConditions)
            {
                AddConditions(l.Left, path);
                Cost += Optimizer.Cost.Of(l.Right);
            }

            if (Conditions.Count < MostConditions)
            {
                Conditions.Add(path is null ? condition : new Logical(true, path, condition));
            }
        }

        /// <summary>Counts what was guarded by a branch and will be computed always.</summary>
        private bool Takes(Expr value)
        {
            Cost += Optimizer.Cost.Of(value);
            return IsHarmless(value);
        }

        private Expr Choose(Expr condition, Expr then, Expr @else)
        {
            if (then is Ident or Literal && then.Equals(@else))
            {
                return then;
            }

            if (Fields(then) is { } a && Fields(@else) is { } b)
            {
                return new StructLiteral(a.Select((f, i) => Choose(condition, f, b[i])).ToSeq());
            }

            Cost += Optimizer.Cost.Select;
            return new Select(condition, then, @else);
        }

        /// <summary>The fields of a struct that is written out, or a variable's.</summary>
        private static Seq<Expr>? Fields(Expr expr) => expr switch
        {
            StructLiteral s => s.Fields,
            Ident { Type: StructType type } => type.Fields.Select((_, i) => (Expr)new Field(expr, i)).ToSeq(),
            _ => null,
        };
    }
}
