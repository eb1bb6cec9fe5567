using Weld.Core.IR;
using Weld.Core.Operators;
using Weld.Core.Types;
using Weld.Core.Values;

namespace Weld.Tests.Properties;

/// <summary>Loops over whole chunks and the rest, by hand: the same function on simd values and on scalars.</summary>
internal sealed partial class ProgramGenerator
{
    private static bool IsSimdBuilder(WeldType type) => type switch
    {
        AppenderType { Element: ScalarType } or MergerType { Element: ScalarType } => true,
        StructType { Fields.Count: > 0 } s => s.Fields.All(IsSimdBuilder),
        _ => false,
    };

    /// <summary>for(fringeiter(v), for(simditer(v), builder, f), f).</summary>
    private Expr SimdLoops(Expr builder, Scope scope)
    {
        var known = KnownVectors(scope, 0, _iterationLimit / scope.Executions).Where(v => v.Type is VectorType { Element: ScalarType }).ToArray();
        var first = known.Length > 0 && _random.Percent(90) ? new Ident(Recent(known)) : (Expr)new VectorLiteral(ScalarType.I32, Enumerable.Range(0, 37).Select(i => (Expr)new Literal(Scalar.I32(i))).ToSeq());
        var length = _extents.Of(first).Length;
        Seq<Expr> vectors = [first, .. known.Where(v => _extents[v].Length == length && _random.Percent(40)).Take(2).Select(v => new Ident(v))];
        var chunks = vectors.To(v => new Iter(IterKind.Simd, v));
        var rest = vectors.To(v => new Iter(IterKind.Fringe, v));

        var lanes = Enumerable.Range(0, _random.Below(3)).Select(_ => Broadcast(scope)).ToArray();
        var shared = lanes.Select(Bind).ToArray();
        var element = Fresh(Lane(chunks));
        var (b, i) = (Fresh(builder.Type), Fresh(ScalarType.I64));
        _extents[b] = new Extent(0, 0, true);
        _fuel = Math.Min(_fuel, 10);
        var simd = FillLanes(new Ident(b), [element, .. shared]);
        var (c, j, scalar) = (Fresh(builder.Type), Fresh(ScalarType.I64), Fresh(Lane(rest)));
        _extents[c] = _extents[b];
        var replaced = new Dictionary<Symbol, Expr> { [b] = new Ident(c), [element] = new Ident(scalar) };
        for (var k = 0; k < shared.Length; k++)
        {
            replaced[shared[k]] = ((Broadcast)lanes[k]).Operand;
        }

        var whole = new For(chunks, builder, new Lambda([b, i, element], simd));
        Expr both = _random.Percent(90) ? new For(rest, whole, new Lambda([c, j, scalar], Scalarized(simd, replaced))) : whole;
        return shared.Zip(lanes).Aggregate(both, (body, p) => new Let(p.First, p.Second, body));
    }

    private static WeldType Lane(Seq<Iter> iters) => iters.Count == 1 ? iters[0].ElementType : new StructType(iters.To(i => i.ElementType));

    /// <summary>A scalar variable or constant in every lane.</summary>
    private Broadcast Broadcast(Scope scope)
    {
        var type = _types.Scalar();
        var variables = scope.Variables.Where(v => v.Type == type).ToArray();
        return new Broadcast(variables.Length > 0 ? new Ident(Recent(variables)) : Number(type.Kind));
    }

    private Expr FillLanes(Expr builder, Symbol[] variables) => builder.Type switch
    {
        StructType s => new StructLiteral(Enumerable.Range(0, s.Fields.Count).Select(k => FillLanes(new Field(builder, k), variables)).ToSeq()),
        var type => new Merge(builder, Lanes(((ScalarType)((BuilderType)type).MergeType).Kind, variables)),
    };

    /// <summary>A simd value of a kind.</summary>
    private Expr Lanes(ScalarKind kind, Symbol[] variables)
    {
        var type = new SimdType(new ScalarType(kind));
        if (--_fuel <= 0 || _random.Percent(20))
        {
            var values = variables.SelectMany(Reachable).ToArray();
            var same = values.Where(v => v.Type == type).ToArray();
            return same.Length > 0 ? _random.Pick(same) : _random.Percent(70) ? new Cast(kind, _random.Pick(values)) : new Broadcast(Number(kind));
        }

        switch (_random.Below(10))
        {
            case 0:
                return new Select(Lanes(ScalarKind.Bool, variables), Lanes(kind, variables), Lanes(kind, variables));
            case 1:
                var value = Lanes(_types.Scalar().Kind, variables);
                var symbol = Fresh(value.Type);
                return new Let(symbol, value, Lanes(kind, [.. variables, symbol]));
            case 2:
                return new Cast(kind, Lanes(_types.Scalar().Kind, variables));
            default:
                var (op, operand) = _random.Pick(Operations.Giving(kind));
                var left = Lanes(operand, variables);
                return op is UnaryOperator unary ? new Unary(unary, left)
                    : new Binary((BinaryOperator)op, left, ((BinaryOperator)op).ChecksZero && operand.IsInteger() ? new Broadcast(new Literal(Casts.Apply(Scalar.I32(_random.Between(1, 9)), operand))) : Lanes(operand, variables));
        }
    }

    private static IEnumerable<Expr> Reachable(Symbol symbol) => symbol.Type is StructType s
        ? Enumerable.Range(0, s.Fields.Count).Select(k => (Expr)new Field(new Ident(symbol), k))
        : [new Ident(symbol)];

    /// <summary>The same computation on one element: with fresh variables, and a broadcast is its operand.</summary>
    private Expr Scalarized(Expr e, Dictionary<Symbol, Expr> replaced)
    {
        switch (e)
        {
            case Ident i:
                return replaced.GetValueOrDefault(i.Symbol, i);
            case Broadcast b:
                return Scalarized(b.Operand, replaced);
            case Let l:
                var value = Scalarized(l.Value, replaced);
                var symbol = Fresh(value.Type);
                replaced[l.Symbol] = new Ident(symbol);
                return new Let(symbol, value, Scalarized(l.Body, replaced));
            default:
                return e.Map(x => Scalarized(x, replaced));
        }
    }
}
