using Weld.Core.IR;
using Weld.Core.Operators;
using Weld.Core.Types;

namespace Weld.Core.Optimizer.Passes;

/// <summary>A groupmerger whose groups are only reduced becomes a dictmerger of the reductions: one value a key instead of all of them.</summary>
internal static partial class GroupAggregate
{
    public static readonly Pass Pass = new("group-aggregate", "Groups that are only reduced are reduced while they are gathered.", Aggregate) { MostRounds = 2 };

    // let d = result(for(v, groupmerger[K,V], |b, i, x| merge(b, {k, e})));
    // for(tovec(d), c, |c, j, g| … len(g.$1) … result(for(g.$1, merger[T,op], |m, n, y| merge(m, f(y)))) …)
    // =>
    // let d = result(for(v, dictmerger[K,{i64,T},{+,op}], |b, i, x| merge(b, {k, {1L, f(e)}})));
    // for(tovec(d), c, |c, j, g| … g.$1.$0 … g.$1.$1 …)
    // where nothing else is done with the groups, f cannot fail and uses no variable from after d. Groups are not empty, and the keys come in the same order.
    private static Lambda Aggregate(Lambda program)
    {
        if (!HasGroups(program))
        {
            return program;
        }

        var search = new Search();
        search.Visit(program);
        return search.FindsNothing ? program : (Lambda)new Rewrite(search).Visit(program);
    }

    private static bool HasGroups(Expr expr) => StackGuard.Walk(
        static e =>
        {
            foreach (var child in e.Children.Span)
            {
                if (child is NewBuilder { BuilderType: GroupMergerType } || (child.Facts.Has(Effects.Builds) && HasGroups(child)))
                {
                    return true;
                }
            }

            return false;
        },
        expr);

    /// <summary>What an expression is to a dictionary of groups.</summary>
    private enum Role
    {
        /// <summary>The dictionary.</summary>
        Dictionary,

        /// <summary>Its entries, sorted and sliced perhaps.</summary>
        Entries,

        /// <summary>One of them.</summary>
        Entry,

        /// <summary>The values of a key.</summary>
        Group,
    }

    /// <summary>An expression that belongs to a dictionary of groups.</summary>
    private sealed record Part(Grouping Grouping, Role Role);

    /// <summary>A reduction of groups.</summary>
    /// <param name="Type">Its type.</param>
    /// <param name="Operator">How values are joined.</param>
    /// <param name="Function">The function of its loop; null for the length.</param>
    /// <param name="Contribution">What an element gives to it.</param>
    private sealed record Reduced(WeldType Type, MergeOperator Operator, Lambda? Function, Expr Contribution);

    /// <summary>A dictionary of groups, and what is done with them.</summary>
    /// <param name="type">The groupmerger.</param>
    /// <param name="limit">The variables with smaller numbers are in scope where it is made.</param>
    private sealed class Grouping(GroupMergerType type, int limit)
    {
        private const int MostReductions = 16;

        public GroupMergerType Type => type;

        public int Limit => limit;

        public List<Reduced> Reductions { get; } = [];

        /// <summary>Whether something else is done with it than reductions.</summary>
        public bool Escapes { get; set; }

        public bool IsReduced => !Escapes && Reductions.Count > 0;

        /// <summary>The number of a reduction; equal ones are one.</summary>
        public int Add(Reduced reduced)
        {
            for (var i = 0; i < Reductions.Count; i++)
            {
                var known = Reductions[i];
                if (known.Type == reduced.Type && known.Operator == reduced.Operator
                    && (known.Function is { } f ? reduced.Function is { } g && AlphaEquality.Equal(f, g) : reduced.Function is null))
                {
                    return i;
                }
            }

            Escapes |= Reductions.Count == MostReductions;
            Reductions.Add(reduced);
            return Reductions.Count - 1;
        }
    }

    /// <summary>Finds the dictionaries of groups and what is done with them, by one walk in order of evaluation.</summary>
    private sealed class Search
    {
        private const int MostMerges = 4;

        private static readonly Reduced Count = new(ScalarType.I64, new SingleOperator(OperatorTable.Add), null, new Literal(Values.Scalar.I64(1)));

        private readonly Dictionary<Symbol, int> _numbers = new(ReferenceEqualityComparer.Instance);

        public Dictionary<Symbol, Part> Parts { get; } = new(ReferenceEqualityComparer.Instance);

        /// <summary>The elements of zipped loops some of whose fields are entries.</summary>
        public Dictionary<Symbol, Part?[]> Zipped { get; } = new(ReferenceEqualityComparer.Instance);

        public Dictionary<Expr, Grouping> Groupings { get; } = new(ReferenceEqualityComparer.Instance);

        public Dictionary<Expr, (Grouping Grouping, int Index)> Reductions { get; } = new(ReferenceEqualityComparer.Instance);

        public bool FindsNothing => !Groupings.Values.Any(g => g.IsReduced);

        /// <summary>What an expression is to a dictionary of groups, or null.</summary>
        public Part? Visit(Expr expr) => StackGuard.Walk(expr, static a => a.This.Step(a.Expr), (This: this, Expr: expr));

        private Part? Step(Expr expr)
        {
            for (; expr is Let let; expr = let.Body)
            {
                if (let.Value is Result { Builder.Type: StructType type } r && GroupField(type) is { } field)
                {
                    var among = Found(r, (GroupMergerType)type.Fields[field]);
                    Bind(let.Symbol, null);
                    if (among is not null)
                    {
                        Zipped.Add(let.Symbol, [.. type.Fields.Select((_, i) => i == field ? among : null)]);
                    }
                }
                else
                {
                    var part = Visit(let.Value);
                    Bind(let.Symbol, part);
                }
            }

            switch (expr)
            {
                case Ident i:
                    return OfIdent(i);
                case Field { Operand: Ident i } f when Zipped.TryGetValue(i.Symbol, out var fields):
                    return fields[f.Index];
                case Field f:
                    return Visit(f.Operand) is not { } entry ? null
                        : entry.Role == Role.Entry ? f.Index == 1 ? entry with { Role = Role.Group } : null
                        : Escape(entry);
                case ToVector v:
                    return Visit(v.Dictionary) is { } dictionary ? dictionary with { Role = Role.Entries } : null;
                case Slice s:
                    var sliced = Visit(s.Vector);
                    Plain(s.Start);
                    Plain(s.Count);
                    return sliced is { Role: Role.Group } ? Escape(sliced) : sliced;
                case Sort s:
                    var sorted = Visit(s.Vector);
                    var compared = sorted is { Role: Role.Entries } ? sorted with { Role = Role.Entry } : null;
                    Bind(s.Comparator.Parameters[0], compared);
                    Bind(s.Comparator.Parameters[1], compared);
                    Plain(s.Comparator.Body);
                    return sorted is { Role: Role.Group } ? Escape(sorted) : sorted;
                case Lookup l:
                    var collection = Visit(l.Collection);
                    Plain(l.Key);
                    return collection?.Role switch
                    {
                        Role.Dictionary => collection with { Role = Role.Group },
                        Role.Entries => collection with { Role = Role.Entry },
                        _ => Escape(collection),
                    };
                case KeyExists k:
                    Visit(k.Dictionary);
                    Plain(k.Key);
                    return null;
                case Length l:
                    if (Visit(l.Vector) is { Role: Role.Group } group)
                    {
                        Reductions[l] = (group.Grouping, group.Grouping.Add(Count));
                    }

                    return null;
                case Result { Builder.Type: GroupMergerType type } r:
                    return Found(r, type);
                case Result { Builder: For loop } r:
                    var sources = Sources(loop);
                    if (sources is [{ Role: Role.Group, Grouping: var reduced }])
                    {
                        Reduce(r, loop, reduced);
                    }
                    else
                    {
                        Loop(loop, sources);
                    }

                    return null;
                case For loop:
                    Loop(loop, Sources(loop));
                    return null;
                case Apply a:
                    for (var i = 0; i < a.Arguments.Count; i++)
                    {
                        Bind(a.Function.Parameters[i], Visit(a.Arguments[i]));
                    }

                    return Visit(a.Function.Body);
                case Lambda f:
                    foreach (var parameter in f.Parameters.Span)
                    {
                        Bind(parameter, null);
                    }

                    Plain(f.Body);
                    return null;
                default:
                    foreach (var child in expr.Children.Span)
                    {
                        Plain(child);
                    }

                    return null;
            }
        }

        /// <summary>A dictionary of groups that can be gathered as one of reductions.</summary>
        private Part? Found(Result result, GroupMergerType type)
        {
            var limit = _numbers.Count;
            Plain(result.Builder);
            if (Merges(result.Builder, limit) is not <= MostMerges)
            {
                return null;
            }

            // A node that stands in several places is left alone.
            var grouping = new Grouping(type, limit);
            if (Groupings.TryAdd(result, grouping))
            {
                return new Part(grouping, Role.Dictionary);
            }

            Groupings[result].Escapes = true;
            return null;
        }

        /// <summary>The only groupmerger of a struct of builders.</summary>
        private static int? GroupField(StructType type)
        {
            int? found = null;
            for (var i = 0; i < type.Fields.Count; i++)
            {
                switch (type.Fields[i])
                {
                    case GroupMergerType when found is null:
                        found = i;
                        break;
                    case GroupMergerType or StructType:
                        return null;
                }
            }

            return found;
        }

        /// <summary>What the data of a loop's iterators is.</summary>
        private Part?[] Sources(For loop)
        {
            var parts = new Part?[loop.Iters.Count];
            for (var i = 0; i < parts.Length; i++)
            {
                var operands = loop.Iters[i].Operands;
                for (var o = 0; o < operands.Count; o++)
                {
                    if (o == 0 && loop.Iters[i].Data is not null)
                    {
                        parts[i] = Visit(operands[o]);
                    }
                    else
                    {
                        Plain(operands[o]);
                    }
                }
            }

            return parts;
        }

        private void Loop(For loop, Part?[] sources)
        {
            Plain(loop.Builder);
            for (var i = 0; i < sources.Length; i++)
            {
                sources[i] = sources[i] is { Role: Role.Entries } entries ? entries with { Role = Role.Entry } : Escape(sources[i]);
            }

            var parameters = loop.Function.Parameters;
            Bind(parameters[0], null);
            Bind(parameters[1], null);
            Bind(parameters[2], sources.Length == 1 ? sources[0] : null);
            if (sources.Length > 1 && sources.Any(s => s is not null))
            {
                Zipped.Add(parameters[2], sources);
            }

            Plain(loop.Function.Body);
        }

        private void Reduce(Result result, For loop, Grouping grouping)
        {
            Plain(loop.Builder);
            var (function, first) = (loop.Function, _numbers.Count);
            Plain(function);
            if (loop.Iters[0] is { Kind: IterKind.Scalar, Start: null } && IsNew(loop.Builder) && Contribution.Reduction(loop.Builder.Type) is var (type, op)
                && Contribution.Of(function.Body, function.Parameters[0]) is { } contribution
                && !contribution.Facts.Has(Effects.Fails | Effects.Acts | Effects.Asserts | Effects.Loops | Effects.Builds)
                && UsesOnly(contribution, function.Parameters[1], grouping.Limit, first))
            {
                Reductions[result] = (grouping, grouping.Add(new Reduced(type, op, function, contribution)));
            }
            else
            {
                grouping.Escapes = true;
            }
        }

        private static bool IsNew(Expr builder) => builder is NewBuilder { Argument: null } || (builder is StructLiteral s && s.Fields.All(IsNew));

        /// <summary>Whether an element's contribution uses only what is in scope where the groups are made, and what is bound from <paramref name="first"/> on; and not the index.</summary>
        private bool UsesOnly(Expr expr, Symbol index, int limit, int first) =>
            expr is Ident i ? i.Symbol != index && (!_numbers.TryGetValue(i.Symbol, out var number) || number < limit || number >= first)
            : StackGuard.Walk(expr, static a => a.Expr.Children.All(c => a.This.UsesOnly(c, a.Index, a.Limit, a.First)), (This: this, Expr: expr, Index: index, Limit: limit, First: first));

        /// <summary>Whether values of a type carry the groupmerger on.</summary>
        public static bool IsGathering(WeldType type) => type is GroupMergerType || (type is StructType s && s.Fields.Any(f => f is GroupMergerType));

        /// <summary>How many merges a new groupmerger passes through; null where it takes a way that cannot be followed, or is not new here.</summary>
        /// <param name="builder">The builder.</param>
        /// <param name="first">The variables with this number and larger ones are bound in the expression whose builder it is.</param>
        private int? Merges(Expr builder, int first)
        {
            return Of(builder);

            int? Of(Expr expr) => StackGuard.Walk(Step, expr);

            int? Step(Expr expr) => expr switch
            {
                Ident i => IsBound(i) ? 0 : null,
                Field { Operand: Ident i } => IsBound(i) ? 0 : null,
                NewBuilder { Argument: null } => 0,
                StructLiteral { Type.IsBuilder: true } s => s.Fields.Where(f => f.Type is GroupMergerType).Sum(f => Of(f) ?? MostMerges + 1),
                Merge m => Of(m.Builder) + 1,
                If i => Of(i.Then) + Of(i.Else),
                Let l => Of(l.Body) + (IsGathering(l.Value.Type) ? Of(l.Value) : 0),
                For f => Of(f.Builder) + Of(f.Function.Body),
                _ => null,
            };

            bool IsBound(Ident ident) => _numbers.TryGetValue(ident.Symbol, out var number) && number >= first;
        }

        private Part? OfIdent(Ident ident)
        {
            if (Zipped.TryGetValue(ident.Symbol, out var fields))
            {
                foreach (var field in fields)
                {
                    Escape(field);
                }
            }

            return Parts.GetValueOrDefault(ident.Symbol);
        }

        private void Bind(Symbol symbol, Part? part)
        {
            _numbers.Add(symbol, _numbers.Count);
            if (part is not null)
            {
                Parts.Add(symbol, part);
            }
        }

        /// <summary>Visits what must not be part of a dictionary of groups.</summary>
        private void Plain(Expr expr) => Escape(Visit(expr));

        private static Part? Escape(Part? part)
        {
            part?.Grouping.Escapes = true;
            return null;
        }
    }
}
