using Weld.Core.IR;
using Weld.Core.Types;

namespace Weld.Bench.Peers.Llvm;

/// <summary>How often an iteration of a loop merges into each of its builders, as far as the text tells.</summary>
internal sealed class MergeCounts
{
    private readonly Dictionary<Symbol, Expr> _values = new(ReferenceEqualityComparer.Instance);
    private readonly Symbol _builder;
    private readonly Func<WeldType, bool> _counts;
    private readonly bool _addsBranches;
    private bool _unknown;

    private MergeCounts(Symbol builder, Func<WeldType, bool> counts, bool addsBranches) => (_builder, _counts, _addsBranches) = (builder, counts, addsBranches);

    /// <summary>Whether an iteration merges at most once into each of its appenders, so that there can be room for a whole chunk before it begins.</summary>
    public static bool AppendsAtMostOnce(For loop) => Holds(loop.Builder.Type) && AtMostOnce(loop, t => t is AppenderType, addsBranches: false);

    /// <summary>Whether each builder but mergers has at most one place in the text that merges into it, so that lanes may merge together.</summary>
    public static bool MergesOnce(For loop) => AtMostOnce(loop, t => t is not MergerType, addsBranches: true);

    private static bool AtMostOnce(For loop, Func<WeldType, bool> counts, bool addsBranches)
    {
        var search = new MergeCounts(loop.Function.Parameters[0], counts, addsBranches);
        var merges = new Dictionary<string, int>();
        search.Count(loop.Function.Body, merges);
        return !search._unknown && merges.Values.All(n => n <= 1);
    }

    private static bool Holds(WeldType type) => type is AppenderType || (type is StructType && type.Parts.Any(Holds));

    /// <summary>The most merges into each builder on any path, or on all together.</summary>
    private void Count(Expr node, Dictionary<string, int> merges)
    {
        switch (node)
        {
            case For or Iterate:
                _unknown = true;
                return;
            case If branch when !_addsBranches:
                Count(branch.Condition, merges);
                var (then, @else) = (new Dictionary<string, int>(merges), new Dictionary<string, int>(merges));
                Count(branch.Then, then);
                Count(branch.Else, @else);
                foreach (var key in then.Keys.Union(@else.Keys))
                {
                    merges[key] = Math.Max(then.GetValueOrDefault(key), @else.GetValueOrDefault(key));
                }

                return;
            case Let let:
                _values[let.Symbol] = let.Value;
                break;
            case Apply apply:
                for (var i = 0; i < apply.Arguments.Count; i++)
                {
                    _values[apply.Function.Parameters[i]] = apply.Arguments[i];
                }

                break;
            case Merge merge when _counts(merge.Builder.Type):
                if (Path(merge.Builder) is { } path)
                {
                    merges[path] = merges.GetValueOrDefault(path) + 1;
                }
                else
                {
                    _unknown = true;
                }

                break;
        }

        foreach (var child in node.Children.Span)
        {
            Count(child, merges);
        }
    }

    /// <summary>Which field of the loop's builder it is; null if the text does not tell.</summary>
    private string? Path(Expr builder) => builder switch
    {
        Ident i when i.Symbol == _builder => "b",
        Ident i => _values.TryGetValue(i.Symbol, out var value) ? Path(value) : null,
        Merge m => Path(m.Builder),
        Let let => Path(let.Body),
        If branch => Path(branch.Then) is { } path && path == Path(branch.Else) ? path : null,
        Field f when Literal(f.Operand) is { } literal => Path(literal.Fields[f.Index]),
        Field f => Path(f.Operand) is { } path ? $"{path}.{f.Index}" : null,
        _ => null,
    };

    private StructLiteral? Literal(Expr value) => value switch
    {
        StructLiteral s => s,
        Ident i => _values.TryGetValue(i.Symbol, out var bound) ? Literal(bound) : null,
        Let let => Literal(let.Body),
        _ => null,
    };
}
