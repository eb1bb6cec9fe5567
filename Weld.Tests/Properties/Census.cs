using Weld.Core.IR;
using Weld.Core.Operators;
using Weld.Core.Types;

namespace Weld.Tests.Properties;

/// <summary>What occurs in programs, each thing counted once a program.</summary>
internal sealed class Census
{
    private readonly Dictionary<string, int> _counts = [];

    /// <summary>Everything that must occur: every node, operator × kind, cast, builder with and without an argument, reduction × kind, and iterator.</summary>
    public static IReadOnlyList<string> Everything { get; } =
    [
        .. Sealed(typeof(Expr)).Select(t => $"node {t.Name}"),
        .. Operations.All.Select(p => $"{p.Operator.Name} on {p.Kind.Name()}"),
        .. Operations.Comparisons.SelectMany(o => new[] { $"{o.Name} on struct", $"{o.Name} on vec" }),
        .. ScalarKinds.All.SelectMany(a => ScalarKinds.All.Select(b => $"cast {a.Name()} to {b.Name()}")),
        .. Operations.Reducing.Select(p => $"reduce {p.Operator.Name} on {p.Kind.Name()}"),
        .. Sealed(typeof(BuilderType)).SelectMany(t => t == typeof(VecMergerType) ? [$"builder {t.Name} from a value"] : new[] { $"builder {t.Name}", $"builder {t.Name} from a value" }),
        .. Enum.GetNames<IterKind>().Select(k => $"iter {k}"),
        "iter with bounds", "iter downwards", "iter of a zip", "loop in a loop", "merge before a loop", "merge after a loop", "builder through if", "builder through iterate",
        "fields of a state that change places", "struct of builders", "reduce by an operator a field", "operator on simd", "key of floats", "key of text", "key of structs", "empty struct", "empty vector", "comparator that captures", "annotation", "nested vectors", "slice",
    ];

    /// <summary>How many programs were counted.</summary>
    public int Programs { get; private set; }

    public int this[string thing] => _counts.GetValueOrDefault(thing);

    public void Count(Expr program)
    {
        var found = new HashSet<string>();
        Visit(program, found);
        lock (_counts)
        {
            Programs++;
            foreach (var thing in found)
            {
                _counts[thing] = this[thing] + 1;
            }
        }
    }

    private static IEnumerable<Type> Sealed(Type type) => type.Assembly.GetExportedTypes().Where(t => t.IsSubclassOf(type) && !t.IsAbstract).OrderBy(t => t.Name, StringComparer.Ordinal);

    private static void Visit(Expr e, HashSet<string> found)
    {
        found.Add($"node {e.GetType().Name}");
        found.UnionWith(Things(e));
        foreach (var child in e.Children)
        {
            Visit(child, found);
        }
    }

    private static IEnumerable<string> Things(Expr e)
    {
        if (e.Annotations.Count > 0)
        {
            yield return "annotation";
        }

        switch (e)
        {
            case Unary u:
                yield return On(u.Operator, u.Operand.Type);
                break;
            case Binary b:
                yield return On(b.Operator, b.Left.Type);
                break;
            case Cast { Operand.Type: ScalarType from } c:
                yield return $"cast {from} to {c.Kind.Name()}";
                break;
            case StructLiteral { Fields.Count: 0 }:
                yield return "empty struct";
                break;
            case VectorLiteral { Elements.Count: 0 }:
                yield return "empty vector";
                break;
            case VectorLiteral { Element: VectorType }:
                yield return "nested vectors";
                break;
            case Slice:
                yield return "slice";
                break;
            case If { Type.IsBuilder: true }:
                yield return "builder through if";
                break;
            case Iterate { Type.ContainsBuilder: true }:
                yield return "builder through iterate";
                break;
            case Iterate { Function: { Parameters: [var state], Body: StructLiteral { Fields: [StructLiteral { Fields: var next }, _] } } }
                when next.Where((f, i) => f is Field { Operand: Ident { Symbol: var of }, Index: var from } && of == state && from != i).Any():
                yield return "fields of a state that change places";
                break;
            case Merge { Builder: For }:
                yield return "merge after a loop";
                break;
            case Sort s when Free(s.Comparator).Any():
                yield return "comparator that captures";
                break;
            case NewBuilder n:
                foreach (var thing in Builder(n))
                {
                    yield return thing;
                }

                break;
            case For f:
                foreach (var thing in Loop(f))
                {
                    yield return thing;
                }

                break;
        }
    }

    private static string On(Operator op, WeldType type) => type switch
    {
        ScalarType s => $"{op.Name} on {s}",
        SimdType => "operator on simd",
        VectorType => $"{op.Name} on vec",
        _ => $"{op.Name} on struct",
    };

    private static IEnumerable<string> Builder(NewBuilder n)
    {
        yield return $"builder {n.BuilderType.GetType().Name}{(n.Argument is null ? "" : " from a value")}";
        if (n.BuilderType is DictMergerType or GroupMergerType)
        {
            yield return n.BuilderType.Parts[0] switch
            {
                ScalarType { Kind: ScalarKind.F32 or ScalarKind.F64 } => "key of floats",
                StructType => "key of structs",
                VectorType { Element: ScalarType { Kind: ScalarKind.I8 } } => "key of text",
                _ => "key",
            };
        }

        var (type, op) = n.BuilderType switch
        {
            MergerType m => (m.Element, m.Operator),
            DictMergerType d => (d.Value, d.Operator),
            VecMergerType v => (v.Element, v.Operator),
            _ => (null, null),
        };
        foreach (var reduced in op is null ? [] : Reduced(type!, op))
        {
            yield return reduced;
        }
    }

    private static IEnumerable<string> Reduced(WeldType type, MergeOperator op) => (type, op) switch
    {
        (ScalarType s, SingleOperator o) => [$"reduce {o.Operator.Name} on {s}"],
        (StructType s, _) => [.. s.Fields.SelectMany((f, i) => Reduced(f, op.Field(i))), .. op is StructOperator ? ["reduce by an operator a field"] : Array.Empty<string>()],
        _ => [],
    };

    private static IEnumerable<string> Loop(For f)
    {
        foreach (var i in f.Iters)
        {
            yield return $"iter {i.Kind}";
            if (i is { Kind: IterKind.Scalar, Start: not null })
            {
                yield return "iter with bounds";
            }

            if (i.Stride is Literal { Value.AsInt64: < 0 })
            {
                yield return "iter downwards";
            }
        }

        if (f.Iters.Count > 1)
        {
            yield return "iter of a zip";
        }

        if (f.Builder is Merge)
        {
            yield return "merge before a loop";
        }

        if (f.Builder.Type is StructType)
        {
            yield return "struct of builders";
        }

        if (Descendants(f.Function).Any(e => e is For))
        {
            yield return "loop in a loop";
        }
    }

    private static IEnumerable<Expr> Descendants(Expr e) => e.Children.SelectMany(c => Descendants(c).Prepend(c));

    private static IEnumerable<Symbol> Free(Expr e)
    {
        var bound = Descendants(e).Prepend(e).SelectMany(x => x.Binders).ToHashSet();
        return Descendants(e).OfType<Ident>().Select(i => i.Symbol).Where(s => !bound.Contains(s));
    }
}
