using Weld.Core.IR;
using Weld.Core.Types;
using Weld.Core.Values;

namespace Weld.Tests.Properties;

/// <summary>Makes a failing program small: keeps every smaller program that still fails, until there is none or the attempts are spent.</summary>
/// <param name="fails">Whether a program still fails; it also says no to programs that are not valid.</param>
internal sealed class Shrinker(Func<RandomProgram, bool> fails)
{
    private int _attempts = 4_000;

    public RandomProgram Shrink(RandomProgram failing)
    {
        for (var smaller = Step(failing); smaller is not null; smaller = Step(failing))
        {
            failing = smaller;
        }

        return failing;
    }

    private RandomProgram? Step(RandomProgram p)
    {
        var size = Size(p);
        foreach (var candidate in Candidates(p).Where(c => Size(c) < size && IsClosed(c.Program)))
        {
            if (_attempts-- <= 0)
            {
                return null;
            }

            if (IsTyped(candidate.Program) && fails(candidate))
            {
                return candidate;
            }
        }

        return null;
    }

    private static IEnumerable<RandomProgram> Candidates(RandomProgram p)
    {
        var (parameters, body) = (p.Program.Parameters, p.Program.Body);
        foreach (var part in Descendants(body).Where(e => e is not Lambda && !e.Type.ContainsBuilder && e.Type is not SimdType).Reverse())
        {
            yield return p with { Program = p.Program with { Body = part } };
        }

        for (var i = 0; i < parameters.Count; i++)
        {
            yield return p with { Program = new Lambda(Without(parameters, i), body), Arguments = Without(p.Arguments, i) };
        }

        foreach (var smaller in Smaller(body))
        {
            yield return p with { Program = p.Program with { Body = smaller } };
        }

        for (var i = 0; i < parameters.Count; i++)
        {
            foreach (var value in Smaller(p.Arguments[i]))
            {
                yield return p with { Arguments = p.Arguments.Select((a, j) => i == j ? value : a).ToSeq() };
            }
        }
    }

    /// <summary>The tree with something in it made smaller; what is near the root first.</summary>
    private static IEnumerable<Expr> Smaller(Expr e) => Replacements(e).Concat(e.Children.SelectMany((child, i) => Smaller(child).Select(c => With(e, i, c))));

    private static Expr With(Expr e, int index, Expr child)
    {
        var i = 0;
        return e.Map(c => i++ == index ? child : c);
    }

    private static IEnumerable<Expr> Replacements(Expr e)
    {
        if (e is Lambda)
        {
            yield break;
        }

        if (Zero(e.Type) is { } zero)
        {
            yield return zero;
        }

        foreach (var part in e.Children.SelectMany(c => c.Children.Prepend(c)).Where(c => c is not Lambda && c.Type == e.Type))
        {
            yield return part;
        }

        switch (e)
        {
            case Let l:
                yield return Inlined(l.Body, l.Symbol, l.Value);
                break;
            case Apply a:
                yield return a.Arguments.Zip(a.Function.Parameters).Aggregate(a.Function.Body, (body, p) => new Let(p.Second, p.First, body));
                break;
            case Iterate i:
                yield return i.Initial;
                break;
            case Cast { Operand.Type: var type } c:
                yield return new Cast(c.Kind, Zero(type)!);
                break;
            case VectorLiteral v:
                for (var i = 0; i < v.Elements.Count; i++)
                {
                    yield return v with { Elements = Without(v.Elements, i) };
                }

                break;
            case NewBuilder { Argument: not null, BuilderType: not VecMergerType } n:
                yield return n with { Argument = null };
                break;
            case For f:
                for (var i = 0; i < f.Iters.Count; i++)
                {
                    var iter = f.Iters[i];
                    if (iter.Data is not null && iter.Start is not null)
                    {
                        yield return f with { Iters = f.Iters.Select((x, j) => i == j ? new Iter(iter.Data) : x).ToSeq() };
                    }
                }

                break;
        }

        if (e.Annotations.Count > 0)
        {
            yield return e with { Annotations = [] };
        }
    }

    private static Expr Inlined(Expr e, Symbol symbol, Expr value) => e is Ident i && i.Symbol == symbol ? value : e.Map(c => Inlined(c, symbol, value));

    /// <summary>The least value of a type as an expression; null where there is none without more.</summary>
    private static Expr? Zero(WeldType type) => type switch
    {
        ScalarType s => new Literal(Scalar.Zero(s.Kind)),
        VectorType v => new VectorLiteral(v.Element, []),
        StructType s when !s.ContainsBuilder => s.Fields.To(Zero) is var fields && fields.Contains(null) ? null : new StructLiteral(fields.To(f => f!)),
        SimdType { Element: ScalarType s } => new Broadcast(new Literal(Scalar.Zero(s.Kind))),
        AppenderType a => new NewBuilder(a),
        MergerType m => new NewBuilder(m),
        DictMergerType d => new NewBuilder(d),
        GroupMergerType g => new NewBuilder(g),
        _ => null,
    };

    private static IEnumerable<Value> Smaller(Value value)
    {
        switch (value)
        {
            case ScalarValue { Scalar: { Bits: not 0 } s }:
                yield return new ScalarValue(Scalar.Zero(s.Kind));
                break;
            case StructValue s:
                for (var i = 0; i < s.Fields.Count; i++)
                {
                    foreach (var field in Smaller(s.Fields[i]))
                    {
                        yield return new StructValue(s.Fields.Select((f, j) => i == j ? field : f).ToSeq());
                    }
                }

                break;
            case VectorValue { Elements: { Length: > 0 } all }:
                foreach (var part in new[] { all[..0], all[..(all.Length / 2)], all[(all.Length / 2)..], all[..^1], all[1..] })
                {
                    yield return new VectorValue(part);
                }

                for (var i = 0; i < Math.Min(all.Length, 20); i++)
                {
                    foreach (var element in Smaller(all.Span[i]))
                    {
                        var copy = all.ToArray();
                        copy[i] = element;
                        yield return new VectorValue(copy);
                    }
                }

                break;
            case DictionaryValue d:
                for (var i = 0; i < Math.Min(d.Entries.Count, 20); i++)
                {
                    yield return new DictionaryValue(Without(d.Entries, i));
                }

                break;
        }
    }

    /// <summary>Nodes count most; then the elements of arguments, then how far these are from zero.</summary>
    private static long Size(RandomProgram p) =>
        Descendants(p.Program).Sum(e => e is Literal { Value.Bits: 0 } or Ident ? 20L : e is StringLiteral s ? 25 + s.Bytes.Count : 30L + e.Annotations.Count + Bounds(e))
        + (10 * p.Arguments.Count) + p.Arguments.Sum(Size);

    private static int Bounds(Expr e) => e is For f ? f.Iters.Sum(i => i.Operands.Count) : 0;

    private static long Size(Value value) => value switch
    {
        ScalarValue s => s.Scalar.Bits == 0 ? 1 : 2,
        StructValue s => 1 + s.Fields.Sum(Size),
        VectorValue v => 1 + v.Elements.ToArray().Sum(Size),
        DictionaryValue d => 1 + d.Entries.Sum(p => Size(p.Key) + Size(p.Value)),
        _ => 1,
    };

    private static IEnumerable<Expr> Descendants(Expr e) => e.Children.SelectMany(Descendants).Prepend(e);

    private static bool IsClosed(Lambda program)
    {
        var bound = Descendants(program).SelectMany(e => e.Binders).ToHashSet();
        return Descendants(program).OfType<Ident>().All(i => bound.Contains(i.Symbol));
    }

    private static bool IsTyped(Expr program)
    {
        try
        {
            return Descendants(program).All(e => e.Type.IsClosed);
        }
        catch (IllTypedException)
        {
            return false;
        }
    }

    private static Seq<T> Without<T>(Seq<T> items, int index) => items.Where((_, i) => i != index).ToSeq();
}
