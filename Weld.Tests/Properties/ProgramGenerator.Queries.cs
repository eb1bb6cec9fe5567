using Weld.Core.IR;
using Weld.Core.Operators;
using Weld.Core.Types;
using Weld.Core.Values;

namespace Weld.Tests.Properties;

/// <summary>What an optimizer looks for: loops over what loops give, the same thing computed twice, merges under conditions, groups that are only reduced.</summary>
internal sealed partial class ProgramGenerator
{
    /// <summary>So many per cent of the programs hold each kind of query.</summary>
    private const int QueryChance = 55;

    /// <summary>So many per cent hold a table.</summary>
    private const int TableChance = 15;

    /// <summary>So many per cent hold dictionaries that are filled together.</summary>
    private const int DictionaryChance = 25;

    private IEnumerable<Func<Scope, Expr>> Queries() =>
        new (Func<Scope, Expr> Query, int Chance)[] { (Chained, QueryChance), (Recomputed, QueryChance), (Predicated, QueryChance), (Grouped, QueryChance), (Tabulated, TableChance), (Aggregated, DictionaryChance) }
            .Where(q => _random.Percent(q.Chance)).Select(q => q.Query);

    /// <summary>A chain of loops; one producer and two consumers; or two loops over the same data.</summary>
    private Expr Chained(Scope scope)
    {
        var data = Data(scope);
        switch (_random.Below(3))
        {
            case 0:
                return Consumed(Produced(data, _random.Between(1, 4), scope), scope);
            case 1:
                return Named(Produced(data, _random.Between(1, 2), scope), p => new StructLiteral([Consumed(p, scope), Consumed(p, scope)]));
            default:
                var produced = _random.Percent(40) ? Produced(data, 1, scope) : data;
                return new StructLiteral([Consumed(produced, scope), Consumed(_random.Percent(50) ? data : Substitution.Copy(produced), scope)]);
        }
    }

    /// <summary>Something that is computed twice, or a value that is used twice.</summary>
    private Expr Recomputed(Scope scope)
    {
        if (_random.Percent(20))
        {
            var once = Consumed(Produced(Data(scope), 1, scope), scope);
            return new StructLiteral([once, Substitution.Copy(once)]);
        }

        var type = _types.Scalar();
        BuilderType builder = _random.Percent(60) ? new AppenderType(type) : new MergerType(ScalarType.I64, new SingleOperator(OperatorTable.Maximum));
        return Collected(Data(scope), new NewBuilder(builder), scope, (b, inner) =>
        {
            var part = Cheap(type.Kind, inner, 3, least: 2);
            var merge = new Merge(b, Converted(Combined(part, Substitution.Copy(part), inner), ((ScalarType)builder.MergeType).Kind));
            return _random.Percent(30) ? new If(new Binary(OperatorTable.Less, Substitution.Copy(part), Number(type.Kind)), merge, b) : merge;
        });
    }

    /// <summary>Two uses of one thing in one expression.</summary>
    private Expr Combined(Expr part, Expr again, Scope scope)
    {
        var kind = ((ScalarType)part.Type).Kind;
        var other = Operated(again, Cheap(kind, scope, 1));
        return _random.Percent(70) ? Operated(part, other) : new If(Cheap(ScalarKind.Bool, scope, 1), part, other);
    }

    /// <summary>A loop that merges under a condition, or a value that depends on one.</summary>
    private Result Predicated(Scope scope)
    {
        var data = _random.Percent(30) ? Produced(Data(scope), 1, scope) : Data(scope);
        return Collected(data, PredicatedBuilder(), scope, (b, inner) => b.Type is StructType s
            ? new StructLiteral(s.Fields.Select((_, i) => When(new Field(b, i), inner)).ToSeq())
            : When(b, inner));

        Expr When(Expr b, Scope inner)
        {
            var kind = ((ScalarType)((BuilderType)b.Type).MergeType).Kind;
            Expr value = b.Type is AppenderType || _random.Percent(30)
                ? new If(Cheap(ScalarKind.Bool, inner, 2), Cheap(kind, inner, 2), Cheap(kind, inner, 1))
                : Cheap(kind, inner, 2);
            return b.Type is AppenderType || _random.Percent(15) ? new Merge(b, value) : new If(Cheap(ScalarKind.Bool, inner, 2), new Merge(b, value), b);
        }
    }

    private Expr PredicatedBuilder() => _random.Below(4) switch
    {
        0 => new NewBuilder(new AppenderType(_types.Scalar())),
        1 => new StructLiteral([Reduction(), Reduction()]),
        _ => Reduction(),
    };

    private NewBuilder Reduction()
    {
        var (op, kind) = _random.Pick(Operations.Reducing);
        return new NewBuilder(new MergerType(new ScalarType(kind), new SingleOperator(op)));
    }

    /// <summary>Groups of which each is reduced, once or twice.</summary>
    private Expr Grouped(Scope scope)
    {
        var value = new ScalarType(_random.Pick(Operations.Reducing).Kind);
        var type = new GroupMergerType(_types.Key(_random.Below(2)), value);
        var data = _random.Percent(30) ? Produced(Data(scope), 1, scope) : Data(scope);
        var groups = Collected(data, new NewBuilder(type), scope, (b, inner) =>
        {
            var merge = new Merge(b, new StructLiteral([GroupKey(type.Key, inner), Cheap(value.Kind, inner, 2)]));
            return _random.Percent(30) ? new If(Cheap(ScalarKind.Bool, inner, 1), merge, b) : merge;
        });
        return _random.Percent(50) ? Reduced(new ToVector(groups)) : Named(groups, g => Reduced(new ToVector(g)));

        Result Reduced(Expr entries)
        {
            var operators = Enumerable.Range(0, _random.Between(1, 2)).Select(_ => _random.Pick([.. Operations.Reducing.Where(o => o.Kind == value.Kind)]).Operator).ToArray();
            var row = new StructType([type.Key, .. operators.Select(_ => value)]);
            return Collected(entries, new NewBuilder(new AppenderType(row)), scope, (b, inner) =>
            {
                var entry = new Ident(inner.Variables[^1]);
                return new Merge(b, new StructLiteral([new Field(entry, 0), .. operators.Select(o => Folded(new Field(entry, 1), o, inner))]));
            });
        }

        Result Folded(Expr values, BinaryOperator op, Scope inner) =>
            Collected(values, new NewBuilder(new MergerType(value, new SingleOperator(op))), inner, (b, innermost) =>
                new Merge(b, _random.Percent(70) ? new Ident(innermost.Variables[^1]) : Cheap(value.Kind, innermost, 1)));
    }

    /// <summary>A key of which there are few, for a type that has many.</summary>
    private Expr GroupKey(WeldType type, Scope scope)
    {
        switch (type)
        {
            case ScalarType { Kind: var kind }:
                return kind.IsInteger() && _random.Percent(70)
                    ? new Binary(OperatorTable.And, Cheap(kind, scope, 1), new Literal(Casts.Apply(Scalar.I32(_random.OneOf(1, 3, 7)), kind)))
                    : Cheap(kind, scope, 1);
            case StructType s:
                return new StructLiteral(s.Fields.To(f => GroupKey(f, scope)));
            default:
                _fuel = 0;
                return Leaf(type, scope);
        }
    }
}
