using Weld.Core.IR;
using Weld.Core.Operators;

namespace Weld.Core.Types;

/// <summary>Type variables and what is known of them; makes types equal.</summary>
internal sealed class Unifier
{
    /// <summary>More steps than two types of legal weight can take.</summary>
    private const int MostSteps = 4 * (int)WeldType.MostWeight;

    private readonly List<WeldType?> _known = [null];

    /// <summary>What open types are with all that is known now, so that types which share parts share them resolved.</summary>
    private readonly Dictionary<WeldType, WeldType> _resolved = new(ReferenceEqualityComparer.Instance);
    private readonly Stack<WeldType> _left = new();
    private int _steps;

    public TypeVariable Fresh()
    {
        var variable = new TypeVariable(_known.Count);
        _known.Add(null);
        return variable;
    }

    /// <summary>The type with a variable of its own in each place where it is unknown.</summary>
    public WeldType Instantiate(WeldType type) => type.IsClosed ? type : StackGuard.Run(InstantiateParts, type);

    private WeldType InstantiateParts(WeldType type) => type is TypeVariable ? Fresh() : WithParts(type, Instantiate);

    /// <summary>What is known of a type's outermost constructor.</summary>
    public WeldType Head(WeldType type)
    {
        while (type is TypeVariable v && _known[v.Id] is { } known)
        {
            type = known;
        }

        return type;
    }

    /// <summary>Makes two types equal; false if they cannot be.</summary>
    /// <exception cref="TypeTooHeavyException">The types are too heavy to compare.</exception>
    public bool Unify(WeldType a, WeldType b)
    {
        if (ReferenceEquals(a, b))
        {
            return true;
        }

        _steps = 0;
        return Step(a, b);
    }

    /// <summary>The type with all that is known put in; what is unknown stays a variable.</summary>
    public WeldType Resolve(WeldType type)
    {
        if (type.IsClosed)
        {
            return type;
        }

        return ResolveParts(type);
    }

    private WeldType ResolveParts(WeldType type)
    {
        type = Head(type);
        if (type.IsClosed || type is TypeVariable)
        {
            return type;
        }

        if (!_resolved.TryGetValue(type, out var resolved))
        {
            resolved = StackGuard.Run(t => WithParts(t, ResolveParts), type);
            _resolved[type] = resolved;
        }

        return resolved.Weight > WeldType.MostWeight ? throw new TypeTooHeavyException() : resolved;
    }

    private bool Step(WeldType a, WeldType b)
    {
        a = Head(a);
        b = Head(b);
        if (ReferenceEquals(a, b))
        {
            return true;
        }

        if (++_steps > MostSteps)
        {
            throw new TypeTooHeavyException();
        }

        return (a, b) switch
        {
            (TypeVariable v, TypeVariable w) when v.Id == w.Id => true,
            (TypeVariable v, _) => Assign(v, b),
            (_, TypeVariable w) => Assign(w, a),
            (ScalarType s, ScalarType t) => s.Kind == t.Kind,
            (MergerType m, MergerType n) => m.Operator == n.Operator && Step(m.Element, n.Element),
            (VecMergerType m, VecMergerType n) => m.Operator == n.Operator && Step(m.Element, n.Element),
            (DictMergerType m, DictMergerType n) => m.Operator == n.Operator && Step(m.Key, n.Key) && Step(m.Value, n.Value),
            (VectorType v, VectorType w) => Step(v.Element, w.Element),
            _ => a.GetType() == b.GetType() && StackGuard.Run(static p => p.This.Parts(p.A.Parts, p.B.Parts), (This: this, A: a, B: b)),
        };
    }

    private bool Parts(Seq<WeldType> a, Seq<WeldType> b)
    {
        for (var i = 0; i < a.Count; i++)
        {
            if (a.Count != b.Count || !Step(a[i], b[i]))
            {
                return false;
            }
        }

        return a.Count == b.Count;
    }

    private bool Assign(TypeVariable variable, WeldType type)
    {
        if (!type.IsClosed && Occurs(variable, type))
        {
            return false;
        }

        _known[variable.Id] = type;
        _resolved.Clear();
        return true;
    }

    private bool Occurs(TypeVariable variable, WeldType type)
    {
        _left.Clear();
        _left.Push(type);
        while (_left.TryPop(out var next))
        {
            next = Head(next);
            if (next is TypeVariable v && v.Id == variable.Id)
            {
                return true;
            }

            if (next.IsClosed)
            {
                continue;
            }

            if (++_steps > MostSteps)
            {
                throw new TypeTooHeavyException();
            }

            foreach (var part in next.Parts.Span)
            {
                _left.Push(part);
            }
        }

        return false;
    }

    private static WeldType WithParts(WeldType type, Func<WeldType, WeldType> f) => type switch
    {
        VectorType v => new VectorType(f(v.Element)),
        SimdType s => new SimdType(f(s.Element)),
        DictionaryType d => new DictionaryType(f(d.Key), f(d.Value)),
        StructType s => new StructType(s.Fields.To(f)),
        FunctionType t => new FunctionType(t.Parameters.To(f), f(t.Result)),
        AppenderType a => new AppenderType(f(a.Element)),
        MergerType m => new MergerType(f(m.Element), m.Operator),
        DictMergerType d => new DictMergerType(f(d.Key), f(d.Value), d.Operator),
        GroupMergerType g => new GroupMergerType(f(g.Key), f(g.Value)),
        VecMergerType v => new VecMergerType(f(v.Element), v.Operator),
        _ => type,
    };
}

/// <summary>A type of more than <see cref="WeldType.MostWeight"/> nodes or <see cref="WeldType.MostDepth"/> levels.</summary>
internal sealed class TypeTooHeavyException() : Exception($"expected a type of at most {WeldType.MostWeight:N0} nodes and {WeldType.MostDepth:N0} levels, found a heavier one");
