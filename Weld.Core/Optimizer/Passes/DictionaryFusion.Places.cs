using Weld.Core.IR;
using Weld.Core.Operators;
using Weld.Core.Types;

namespace Weld.Core.Optimizer.Passes;

internal static partial class DictionaryFusion
{
    /// <summary>Where a loop has its builders afterwards.</summary>
    private sealed class Places
    {
        public const int All = -1;

        /// <summary>The fields that become one builder, for each builder afterwards.</summary>
        private readonly int[][] _members;

        private Places(int[][] members, For loop)
        {
            _members = members;
            var builders = ((StructLiteral)loop.Builder).Fields;
            Builders = members.Select(m => m.Length == 1 ? builders[m[0]] : new NewBuilder(Fused(m.Select(f => (DictMergerType)builders[f].Type))) { Span = builders[m[0]].Span }).ToSeq();
        }

        /// <summary>The builders afterwards.</summary>
        public Seq<Expr> Builders { get; }

        /// <summary>The fields that become the builder with a number.</summary>
        public ReadOnlySpan<int> Members(int builder) => _members[builder];

        /// <summary>The places of a loop's builders; null where none becomes one with another.</summary>
        /// <param name="loop">A loop over a struct literal of builders.</param>
        /// <param name="leaves">Whether more is asked of a field's dictionary than keys and entries.</param>
        public static Places? Of(For loop, Func<int, bool> leaves)
        {
            var fields = ((StructLiteral)loop.Builder).Fields;
            if (leaves(All) || loop.Function.Body.Facts.Has(Effects.Acts))
            {
                return null;
            }

            var first = new int[fields.Count];
            for (var f = 0; f < first.Length; f++)
            {
                first[f] = f;
                for (var g = 0; g < f && first[f] == f; g++)
                {
                    first[f] = CanJoin(g) && CanJoin(f) && KeyOf(g) == KeyOf(f) ? first[g] : f;
                }
            }

            return Part(loop.Function.Body, loop.Function.Parameters[0], first) && first.Distinct().Count() is var count && count < first.Length
                ? new Places([.. Enumerable.Range(0, first.Length).GroupBy(f => first[f]).Select(g => g.ToArray())], loop)
                : null;

            bool CanJoin(int field) => IsNewDictionary(fields[field]) && !leaves(field);

            WeldType KeyOf(int field) => ((DictMergerType)fields[field].Type).Key;
        }

        /// <summary>The builder that holds what a field held.</summary>
        /// <param name="symbol">The builders afterwards, or their results.</param>
        /// <param name="field">A field before.</param>
        public Expr At(Symbol symbol, int field) => _members.Length == 1 ? new Ident(symbol) : new Field(new Ident(symbol), Array.FindIndex(_members, m => m.Contains(field)));

        /// <summary>Which field of its dictionary's values a field's value is; null for all of them.</summary>
        public int? InValue(int field) => Array.Find(_members, m => m.Contains(field)) is { Length: > 1 } members ? Array.IndexOf(members, field) : null;

        /// <summary>The key and the value that a body merges into a field of its builders; null where it does something else.</summary>
        public static (Expr Key, Expr Value)? Merged(Expr builder, Symbol builders, int field) =>
            builder is not Merge { Builder: var before, Value: var pair } || !IsField(before, builders, field) ? null
            : pair is StructLiteral { Fields: [var key, var value] } ? (key, value)
            : pair is Ident ? (new Field(pair, 0), new Field(pair, 1))
            : null;

        private static DictMergerType Fused(IEnumerable<DictMergerType> types) => new(
            types.First().Key,
            new StructType(types.Select(t => t.Value).ToSeq()),
            MergeOperator.OfFields(types.Select(t => t.Operator).ToSeq()));

        /// <summary>Parts fields that a path of a body does not merge into together, each from the first that it was with; false where the builders go another way.</summary>
        private static bool Part(Expr body, Symbol builders, int[] first) => StackGuard.Walk(
            body,
            static a =>
            {
                var body = a.Body;
                for (; body is Let { Value.Type.ContainsBuilder: false } let; body = let.Body)
                {
                }

                switch (body)
                {
                    case Ident:
                        return true;
                    case If i:
                        return Part(i.Then, a.Builders, a.First) && Part(i.Else, a.Builders, a.First);
                    case StructLiteral s:
                        var before = a.First.ToArray();
                        for (var f = 0; f < before.Length; f++)
                        {
                            var g = before[f];
                            while (g < f && !(before[g] == before[f] && AreTogether(s, g, f, a.Builders)))
                            {
                                g++;
                            }

                            a.First[f] = g;
                        }

                        return true;
                    default:
                        return false;
                }
            },
            (Body: body, Builders: builders, First: first));

        private static bool AreTogether(StructLiteral end, int f, int g, Symbol builders) =>
            Merged(end.Fields[f], builders, f) is var (key, _) ? Merged(end.Fields[g], builders, g) is var (other, _) && !key.Facts.Has(Effects.Acts) && AlphaEquality.Equal(key, other)
            : IsField(end.Fields[f], builders, f) && IsField(end.Fields[g], builders, g);

        private static bool IsField(Expr expr, Symbol builders, int field) => expr is Field { Operand: Ident { Symbol: var symbol }, Index: var index } && symbol == builders && index == field;
    }
}
