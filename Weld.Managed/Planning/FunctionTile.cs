using Weld.Core.IR;
using Weld.Core.Operators;
using Weld.Core.Types;
using Weld.Managed.Emit;

namespace Weld.Managed.Planning;

/// <summary>
/// The elementary functions of a loop that runs one element at a time: their arguments are computed for a tile of iterations first, then the functions go over the tile in lanes, then come the
/// iterations themselves. So the functions, long chains of operations, overlap, and no iteration waits for the one before it.
/// </summary>
/// <param name="Lets">The variables of the body that the arguments are computed from, in order.</param>
/// <param name="Functions">The applications, none within another's argument.</param>
/// <param name="Kept">The values of variables that are not to be computed twice.</param>
/// <param name="Bits">The bits of a vector.</param>
internal sealed record FunctionTile(Seq<(Symbol Symbol, Expr Value)> Lets, Seq<Expr> Functions, Seq<Expr> Kept, int Bits)
{
    /// <summary>The iterations of a tile: what is handed on stays in the first-level cache.</summary>
    public const int Rows = 64;

    /// <summary>What takes time or memory is computed once.</summary>
    private const Effects Once = Effects.Loops | Effects.Allocates | Effects.Builds;

    /// <summary>The tile of a loop; null if it applies no function in each iteration, or does what must not come earlier.</summary>
    public static FunctionTile? Of(For loop, int bits)
    {
        if (bits == 0 || loop.Function.Body.Facts.Has(Effects.Acts))
        {
            return null;
        }

        var search = new Search();
        var body = loop.Function.Body;
        for (; body is Let let; body = let.Body)
        {
            search.Bind(let);
        }

        search.Visit(body);
        var functions = search.Functions.Where(f => search.Needed([f]) is not null).ToSeq();
        var lets = search.Needed(functions);
        return functions.Count == 0 || lets is null ? null : new FunctionTile(lets.Value, functions, lets.Value.Where(l => l.Value.Facts.Has(Once)).Select(l => l.Value).ToSeq(), bits);
    }

    /// <summary>Finds the applications that every iteration computes, and that need no other's result.</summary>
    private sealed class Search
    {
        private readonly List<Let> _lets = [];
        private readonly HashSet<Symbol> _after = new(ReferenceEqualityComparer.Instance);
        private readonly Dictionary<Expr, bool> _seen = new(ReferenceEqualityComparer.Instance);

        public List<Expr> Functions { get; } = [];

        public void Bind(Let let)
        {
            if (Visit(let.Value))
            {
                _after.Add(let.Symbol);
            }

            _lets.Add(let);
        }

        /// <summary>The variables that expressions need, in order; null if one of them cannot be computed beforehand.</summary>
        public Seq<(Symbol Symbol, Expr Value)>? Needed(IEnumerable<Expr> exprs)
        {
            var symbols = exprs.SelectMany(FreeVariables.Of).ToHashSet();
            var needed = new List<(Symbol Symbol, Expr Value)>();
            for (var i = _lets.Count - 1; i >= 0; i--)
            {
                var (symbol, value) = (_lets[i].Symbol, _lets[i].Value);
                if (!symbols.Contains(symbol))
                {
                    continue;
                }

                if (value.Type.ContainsBuilder || (value.Facts.Has(Once) && value.Type is not ScalarType))
                {
                    return null;
                }

                needed.Insert(0, (symbol, value));
                symbols.UnionWith(FreeVariables.Of(value));
            }

            return needed.ToSeq();
        }

        /// <summary>Whether an expression needs the result of a function.</summary>
        public bool Visit(Expr expr) => StackGuard.Run(static a => a.This.Step(a.Expr), (This: this, Expr: expr));

        private bool Step(Expr expr)
        {
            if (_seen.TryGetValue(expr, out var known))
            {
                return known;
            }

            var needs = expr switch
            {
                Ident i => _after.Contains(i.Symbol),
                If i => Visit(i.Condition) | Uses(i.Then) | Uses(i.Else),
                Logical l => Visit(l.Left) | Uses(l.Right),
                Lambda or Let or Apply => Uses(expr),
                _ => OfChildren(expr),
            };
            if (!needs && expr is (Unary { Operator: ElementaryOperator } or Binary { Operator: BinaryElementaryOperator }) and { Type: ScalarType })
            {
                Functions.Add(expr);
                needs = true;
            }

            return _seen[expr] = needs;
        }

        private bool OfChildren(Expr expr)
        {
            var any = false;
            foreach (var child in expr.Children.Span)
            {
                any |= Visit(child);
            }

            return any;
        }

        /// <summary>What is not computed in each iteration, or binds variables of its own, is only looked through.</summary>
        private bool Uses(Expr expr) => FreeVariables.Of(expr).Exists(_after.Contains);
    }
}
