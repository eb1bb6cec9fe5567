using Weld.Core.IR;
using Weld.Core.Types;

namespace Weld.Bench.Peers.Llvm;

/// <summary>Whether an iteration of a loop merges at most once into each of its appenders, so that there can be room for a whole chunk before it begins.</summary>
internal sealed class AppendsAtMostOnce
{
    private readonly Dictionary<Symbol, Expr> _values = new(ReferenceEqualityComparer.Instance);
    private readonly Symbol _builder;
    private bool _unknown;

    private AppendsAtMostOnce(Symbol builder) => _builder = builder;

    /// <summary>Whether it is so, as far as the text tells.</summary>
    public static bool Of(For loop)
    {
        if (!Holds(loop.Builder.Type))
        {
            return false;
        }

        var search = new AppendsAtMostOnce(loop.Function.Parameters[0]);
        var merges = new Dictionary<string, int>();
        search.Count(loop.Function.Body, merges);
        return !search._unknown && merges.Values.All(n => n <= 1);
    }

    private static bool Holds(WeldType type) => type is AppenderType || (type is StructType && type.Parts.Any(Holds));

    /// <summary>The most merges into each appender on any path.</summary>
    private void Count(Expr node, Dictionary<string, int> merges)
    {
        switch (node)
        {
            case For or Iterate:
                _unknown = true;
                return;
            case If branch:
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
            case Merge { Builder.Type: AppenderType } merge:
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
