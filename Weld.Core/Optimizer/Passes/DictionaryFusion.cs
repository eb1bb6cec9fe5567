using Weld.Core.IR;
using Weld.Core.Types;

namespace Weld.Core.Optimizer.Passes;

/// <summary>Dictionaries that a loop fills together, under the same keys, become one: a key is hashed and looked for once.</summary>
internal static partial class DictionaryFusion
{
    public static readonly Pass Pass = new("dictionary-fusion", "Dictionaries that a loop fills under the same keys become one.", Fuse) { MostRounds = 2 };

    // let r = result(for(v, {dictmerger[K,V,∘], dictmerger[K,W,∙]}, |b, i, x| … {merge(b.$0, {k, e}), merge(b.$1, {k, f})} …)); … lookup(r.$0, q) … tovec(r.$1) …
    // =>
    // let d = result(for(v, dictmerger[K,{V,W},{∘,∙}], |b, i, x| … merge(b, {k, {e, f}}) …)); … lookup(d, q).$0 … map(tovec(d), |y| {y.$0, y.$1.$1}) …
    // where each path merges into all of them, under equal keys, or into none; and nothing but keys and entries is asked of them. Other builders stay beside them.
    private static Lambda Fuse(Lambda program)
    {
        var loops = new Dictionary<Symbol, Result>(ReferenceEqualityComparer.Instance);
        Find(program, loops);
        if (loops.Count == 0)
        {
            return program;
        }

        var leaving = new HashSet<(Symbol Loop, int Field)>();
        FindLeaving(program, loops, leaving);
        var plans = new Dictionary<Symbol, Places>(ReferenceEqualityComparer.Instance);
        foreach (var (symbol, result) in loops)
        {
            if (Places.Of((For)result.Builder, field => leaving.Contains((symbol, field))) is { } places)
            {
                plans.Add(symbol, places);
            }
        }

        return plans.Count == 0 ? program : (Lambda)new Rewrite(plans).Visit(program);
    }

    /// <summary>The named results of loops over several new dictmergers.</summary>
    private static bool Find(Expr expr, Dictionary<Symbol, Result> loops) => StackGuard.Walk(
        expr,
        static a =>
        {
            var expr = a.Expr;
            for (; expr is Let let; expr = let.Body)
            {
                if (let.Value is Result { Builder: For { Builder: StructLiteral { Fields: var fields } } } result && fields.Count(IsNewDictionary) > 1)
                {
                    a.Loops.Add(let.Symbol, result);
                }

                if (let.Value.Facts.Has(Effects.Builds))
                {
                    Find(let.Value, a.Loops);
                }
            }

            foreach (var child in expr.Children.Span)
            {
                if (child.Facts.Has(Effects.Builds))
                {
                    Find(child, a.Loops);
                }
            }

            return true;
        },
        (Expr: expr, Loops: loops));

    private static bool IsNewDictionary(Expr builder) => builder is NewBuilder { BuilderType: DictMergerType, Argument: null, Annotations: [] };

    /// <summary>The results of which more is asked than keys and entries; as field −1, all of a loop.</summary>
    private static bool FindLeaving(Expr expr, Dictionary<Symbol, Result> loops, HashSet<(Symbol Loop, int Field)> leaving) => StackGuard.Walk(
        expr,
        static a =>
        {
            var expr = a.Expr;
            for (; expr is Let let; expr = let.Body)
            {
                FindLeaving(let.Value, a.Loops, a.Leaving);
            }

            switch (expr)
            {
                case Ident i when a.Loops.ContainsKey(i.Symbol):
                    a.Leaving.Add((i.Symbol, Places.All));
                    return true;
                case Field { Operand: Ident i } f when a.Loops.ContainsKey(i.Symbol):
                    a.Leaving.Add((i.Symbol, f.Index));
                    return true;
            }

            var asked = expr is Lookup or OptLookup or KeyExists or ToVector && expr.Children[0] is Field { Operand: Ident { Symbol: var symbol } } && a.Loops.ContainsKey(symbol);
            foreach (var child in expr.Children.Span[(asked ? 1 : 0)..])
            {
                FindLeaving(child, a.Loops, a.Leaving);
            }

            return true;
        },
        (Expr: expr, Loops: loops, Leaving: leaving));
}
