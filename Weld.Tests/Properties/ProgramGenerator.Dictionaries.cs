using Weld.Core.IR;
using Weld.Core.Operators;
using Weld.Core.Types;

namespace Weld.Tests.Properties;

/// <summary>Several dictionaries that one loop fills, mostly under the same keys, and questions to them.</summary>
internal sealed partial class ProgramGenerator
{
    private Expr Aggregated(Scope scope)
    {
        var key = _types.Key(_random.Below(2));
        var types = Enumerable.Range(0, _random.Between(2, 3)).Select(_ => DictionaryOf(key)).ToArray();
        var data = _random.Percent(30) ? Produced(Data(scope), 1, scope) : Data(scope);
        var dictionaries = Collected(data, new StructLiteral(types.Select(t => (Expr)new NewBuilder(t)).ToSeq()), scope, (b, inner) =>
        {
            var shared = GroupKey(key, inner);
            var merges = new StructLiteral(types.Select((t, i) => Merged(new Field(b, i), t, shared, inner)).ToSeq());
            return _random.Percent(40) ? new If(Cheap(ScalarKind.Bool, inner, 1), merges, b) : merges;
        });
        return Named(dictionaries, d => new StructLiteral(types.Select((_, i) => Asked(d, i, types.Length, scope)).ToSeq()));
    }

    private DictMergerType DictionaryOf(WeldType key)
    {
        var (op, kind) = _random.Pick(Operations.Reducing);
        return new(key, new ScalarType(kind), new SingleOperator(op));
    }

    private Expr Merged(Expr builder, DictMergerType type, Expr shared, Scope scope)
    {
        if (_random.Percent(8))
        {
            return builder;
        }

        var key = _random.Percent(90) ? Substitution.Copy(shared) : GroupKey(type.Key, scope);
        return new Merge(builder, new StructLiteral([key, Cheap(((ScalarType)type.Value).Kind, scope, 2)]));
    }

    private Expr Asked(Expr dictionaries, int field, int count, Scope scope)
    {
        var dictionary = new Field(dictionaries, field);
        switch (_random.Below(10))
        {
            case 0:
                return dictionary;
            case 1:
                return new Length(new ToVector(dictionary));
            case 2:
                return new KeyExists(dictionary, GroupKey(((DictionaryType)dictionary.Type).Key, scope));
            case 3:
                return new OptLookup(dictionary, GroupKey(((DictionaryType)dictionary.Type).Key, scope));
            case 4 or 5:
                return new ToVector(dictionary);
            case 6:
                return Consumed(new ToVector(dictionary), scope);
            default:
                var other = new Field(dictionaries, _random.Below(count));
                var row = new StructType([((DictionaryType)other.Type).Value, ((DictionaryType)dictionary.Type).Value]);
                return Collected(new ToVector(dictionary), new NewBuilder(new AppenderType(row)), scope, (b, inner) =>
                {
                    var entry = new Ident(inner.Variables[^1]);
                    return new Merge(b, new StructLiteral([new Field(new OptLookup(other, new Field(entry, 0)), 1), new Field(entry, 1)]));
                });
        }
    }
}
