using Weld.Core.IR;
using Weld.Core.Operators;
using Weld.Core.Types;
using Weld.Core.Values;

namespace Weld.Tests.Properties;

/// <summary>The stages of queries: data, what makes vectors of it, what makes a result of these, and the cheap code inside.</summary>
internal sealed partial class ProgramGenerator
{
    private const int LongestData = 300;

    /// <summary>A vector that loops can run over.</summary>
    private Expr Data(Scope scope)
    {
        var vectors = scope.Variables.Where(v => v.Type is VectorType && _extents[v].Length <= LongestData).ToArray();
        return vectors.Length > 0 ? new Ident(_random.Percent(60) ? vectors[0] : _random.Pick(vectors)) : Constant(new VectorType(_types.Scalar()));
    }

    /// <summary>The result of a loop over a vector.</summary>
    private Result Collected(Expr data, Expr builder, Scope scope, Func<Expr, Scope, Expr> body) => new(For([new Iter(data)], builder, scope, body));

    /// <summary>A vector after so many stages.</summary>
    private Expr Produced(Expr data, int stages, Scope scope)
    {
        if (stages == 0)
        {
            return data;
        }

        var stage = Stage(data, scope);
        return _random.Percent(25) ? Named(stage, d => Produced(d, stages - 1, scope)) : Produced(stage, stages - 1, scope);
    }

    /// <summary>A map, filter, both, or flatten of a vector; or one loop over two maps of it.</summary>
    private Expr Stage(Expr data, Scope scope)
    {
        var element = ((VectorType)data.Type).Element;
        var type = _random.Percent(60) ? _types.Scalar() : _types.Flat(1);
        switch (_random.Below(10))
        {
            case < 4:
                return Mapped(data, type, scope);
            case < 6:
                return Collected(data, new NewBuilder(new AppenderType(element)), scope, (b, inner) => new If(Cheap(ScalarKind.Bool, inner, 2), new Merge(b, new Ident(inner.Variables[^1])), b));
            case < 8:
                return Collected(data, new NewBuilder(new AppenderType(type)), scope, (b, inner) => new If(Cheap(ScalarKind.Bool, inner, 2), new Merge(b, Cheap(type, inner)), b));
            case 8 when CanLoop(_extents.Of(data).Length * 3, scope):
                return Collected(data, new NewBuilder(new AppenderType(type)), scope, (b, inner) => For([Range(0, _random.Between(1, 3), 1)], b, inner, (c, innermost) => new Merge(c, Cheap(type, innermost))));
            default:
                var twice = For([new Iter(Mapped(data, _types.Scalar(), scope)), new Iter(Mapped(Substitution.Copy(data), _types.Scalar(), scope))], new NewBuilder(new AppenderType(type)), scope, (b, inner) => new Merge(b, Cheap(type, inner)));
                return new Result(twice);
        }
    }

    private Result Mapped(Expr data, WeldType type, Scope scope) =>
        Collected(data, new NewBuilder(new AppenderType(type)), scope, (b, inner) => new Merge(b, Cheap(type, inner)));

    /// <summary>What a vector is good for: a loop into any builder, its length, one element, its first elements.</summary>
    private Expr Consumed(Expr vector, Scope scope)
    {
        _fuel = 3;
        switch (_random.Below(10))
        {
            case 0:
                return new Length(vector);
            case 1:
                return Element(vector, x => x, () => Constant(((VectorType)vector.Type).Element), scope);
            case 2:
                return new Slice(vector, new Literal(Scalar.I64(0)), new Literal(Scalar.I64(_random.OneOf(0, 1, 10, 150))));
            case < 6:
                return Collected(vector, Reduction(), scope, (b, inner) => new Merge(b, Cheap(((ScalarType)((BuilderType)b.Type).MergeType).Kind, inner, 2)));
            default:
                WeldType? type = null;
                while (type is null)
                {
                    type = _types.BuilderOf(_random.Percent(40) ? _types.Dictionary(1) : _types.Any(1));
                }

                var (builder, cells) = NewBuilders(type, scope);
                return new Result(Loop([new Iter(vector)], builder, scope with { Cells = cells }));
        }
    }

    /// <summary>Code that costs little and cannot fail.</summary>
    private Expr Cheap(WeldType type, Scope scope) => type is StructType s ? new StructLiteral(s.Fields.To(f => Cheap(f, scope))) : Cheap(((ScalarType)type).Kind, scope, 2);

    private Expr Cheap(ScalarKind kind, Scope scope, int depth, int least = 0)
    {
        if (depth == 0 || (least <= 0 && _random.Percent(25)))
        {
            var near = scope.Variables.TakeLast(4).SelectMany(Reachable).Where(e => e.Type is ScalarType).ToArray();
            return near.Length > 0 && _random.Percent(80) ? Converted(near[Math.Max(_random.Below(near.Length), _random.Below(near.Length))], kind) : Number(kind);
        }

        var (op, of) = _random.Pick(Plain(kind));
        var left = Cheap(of, scope, depth - 1, least - 1);
        return op is UnaryOperator unary ? new Unary(unary, left) : new Binary((BinaryOperator)op, left, Cheap(of, scope, depth - 1));
    }

    /// <summary>An operator on two scalars of one kind that gives that kind.</summary>
    private Binary Operated(Expr left, Expr right)
    {
        var kind = ((ScalarType)left.Type).Kind;
        return new Binary(_random.Pick([.. Plain(kind).Where(o => o.Kind == kind).Select(o => o.Operator).OfType<BinaryOperator>()]), left, right);
    }

    /// <summary>The operators that give a kind, cost little and cannot fail.</summary>
    private static (Operator Operator, ScalarKind Kind)[] Plain(ScalarKind kind) =>
        [.. Operations.Giving(kind).Where(o => o.Operator is not (BinaryOperator { ChecksZero: true } or ElementaryOperator or BinaryElementaryOperator))];
}
