using Weld.Core.IR;
using Weld.Core.Operators;
using Weld.Core.Types;
using Weld.Core.Values;

namespace Weld.Tests.Properties;

/// <summary>Builders, made and filled: each is passed on exactly once on every path.</summary>
internal sealed partial class ProgramGenerator
{
    /// <summary>A new builder, or struct of such, and the least length of its vecmergers' vectors.</summary>
    private (Expr Builder, long Cells) NewBuilders(WeldType type, Scope scope)
    {
        switch (type)
        {
            case StructType s:
                var fields = s.Fields.To(f => NewBuilders(f, scope));
                return (new StructLiteral(fields.To(f => f.Builder)), fields.Min(f => f.Cells));
            case VecMergerType v:
                var vectors = scope.Variables.Where(x => x.Type == v.ResultType && _extents[x] is { Exact: true, Length: > 0 and < 1_000 }).ToArray();
                Expr initial = vectors.Length > 0 && _random.Percent(70) ? new Ident(Recent(vectors))
                    : new VectorLiteral(v.Element, Enumerable.Range(0, _random.Between(1, 5)).Select(_ => Leaf(v.Element, scope)).ToSeq());
                return (new NewBuilder(v, initial), _extents.Of(initial).Length);
            case AppenderType a:
                return (new NewBuilder(a, _random.Below(10) switch
                {
                    < 6 => null,
                    < 8 => new Literal(Scalar.I64(_random.OneOf(0, 1, 16, 1_000, -1, 1L << 55, long.MinValue))),
                    _ => Kept(a.ResultType, scope),
                }), long.MaxValue);
            default:
                return (new NewBuilder((BuilderType)type, _random.Percent(60) ? null : Kept(((BuilderType)type).ResultType, scope)), long.MaxValue);
        }
    }

    /// <summary>A builder, or struct of such, after one or more merges on some paths.</summary>
    private Expr Fill(Expr builder, Scope scope) => builder is not (Ident or Field { Operand: Ident }) && _random.Percent(50)
        ? Named(builder, b => Fill(b, scope))
        : _random.Choose<Expr>(
            (_fuel <= 0 ? 100 : 10, () => Put(builder, scope)),
            (4, () => Named(builder, b => Guarded(b, scope))),
            (3, () => Term(_random.Percent(60) ? _types.Scalar() : _types.Any(1), scope) is var x && Bind(x) is var s ? new Let(s, x, Fill(builder, scope.With(s))) : null),
            (2, () => Fill(Put(builder, scope), scope)),
            (3, () => CanLoop(4, scope) ? Loop(null, builder, scope) : null),
            (2, () => Stepped(builder, scope)),
            (1, () => Passed(builder, scope)));

    /// <summary>A builder under a name, so that more than one path can say it.</summary>
    private Expr Named(Expr builder, Func<Expr, Expr> use)
    {
        if (builder is Ident or Field { Operand: Ident })
        {
            return use(builder);
        }

        var symbol = Bind(builder);
        return new Let(symbol, builder, use(new Ident(symbol)));
    }

    /// <summary>One merge; of a struct of builders, into some of them.</summary>
    private Expr Put(Expr builder, Scope scope)
    {
        if (builder.Type is StructType s)
        {
            return Named(builder, b => new StructLiteral(Enumerable.Range(0, s.Fields.Count)
                .Select(i => new Field(b, i) is var field && _random.Percent(70) ? Fill(field, scope) : field).ToSeq()));
        }

        var value = builder.Type switch
        {
            VecMergerType v => new StructLiteral([Cell(scope), Term(v.Element, scope)]),
            DictMergerType or GroupMergerType => Pair((BuilderType)builder.Type, scope),
            _ => Kept(((BuilderType)builder.Type).MergeType, scope),
        };
        return new Merge(builder, value);
    }

    /// <summary>A key and a value; keys that come again, rather.</summary>
    private Expr Pair(BuilderType type, Scope scope)
    {
        if (_random.Percent(20))
        {
            return Kept(type.MergeType, scope);
        }

        var key = type.Parts[0] is ScalarType k && k.Kind.IsInteger() && k.Kind.Size() > 1 && _random.Percent(60)
            ? new Binary(OperatorTable.Remainder, Term(k, scope), new Literal(Casts.Apply(Scalar.I32(_random.Between(2, 9)), k.Kind)))
            : Kept(type.Parts[0], scope);
        return new StructLiteral([key, Kept(type.Parts[1], scope)]);
    }

    /// <summary>An index of a vecmerger.</summary>
    private Expr Cell(Scope scope) => Risk
        ? Term(ScalarType.I64, scope)
        : Below(Term(ScalarType.I64, scope), new Literal(Scalar.I64(scope.Cells)));

    /// <summary>A value that is small enough to be kept as often as this is evaluated.</summary>
    private Expr Kept(WeldType type, Scope scope) => Term(type, scope) is var value && Affordable(value, scope) ? value : Constant(type);

    /// <summary>A merge on one path or on two.</summary>
    private If Guarded(Expr builder, Scope scope)
    {
        var condition = Term(ScalarType.Bool, scope);
        var filled = Fill(builder, scope);
        return _random.Percent(40) ? new If(condition, filled, Fill(builder, scope))
            : _random.Percent(50) ? new If(condition, filled, builder)
            : new If(condition, builder, filled);
    }

    /// <summary>A builder taken through the state of an iterate.</summary>
    private Field? Stepped(Expr builder, Scope scope)
    {
        if (scope.Executions * 8 > _iterationLimit)
        {
            return null;
        }

        var state = Fresh(new StructType([builder.Type, ScalarType.I64]));
        var count = Bind(new Literal(Scalar.I64(0)));
        var initial = new StructLiteral([builder, new Literal(Scalar.I64(_random.Between(0, 3)))]);
        var inner = scope.With(count) with { Executions = scope.Executions * 4 };
        var next = new StructLiteral([Fill(new Field(new Ident(state), 0), inner), Counted(state)]);
        return new Field(new Iterate(initial, new Lambda([state], new Let(count, new Field(new Ident(state), 1), new StructLiteral([next, GoesOn(state)])))), 0);
    }

    /// <summary>A builder as the argument of a function.</summary>
    private Apply Passed(Expr builder, Scope scope)
    {
        var value = Term(_types.Scalar(), scope);
        var (b, x) = (Bind(builder), Bind(value));
        return new Apply(new Lambda([b, x], Fill(new Ident(b), scope.With(x))), [builder, value]);
    }
}
