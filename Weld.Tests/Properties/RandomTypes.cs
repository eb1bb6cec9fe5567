using Weld.Core.IR;
using Weld.Core.Operators;
using Weld.Core.Types;

namespace Weld.Tests.Properties;

/// <summary>Every operator with every scalar kind of its domain.</summary>
internal static class Operations
{
    public static IReadOnlyList<(Operator Operator, ScalarKind Kind)> All { get; } =
        [.. OperatorTable.Binary.Cast<Operator>().Concat(OperatorTable.Unary).SelectMany(o => ScalarKinds.All.Where(k => o.Domain.Contains(k)).Select(k => (o, k)))];

    public static IReadOnlyList<(BinaryOperator Operator, ScalarKind Kind)> Reducing { get; } =
        [.. OperatorTable.Binary.Where(o => o.Reduces).SelectMany(o => ScalarKinds.All.Where(k => o.Domain.Contains(k)).Select(k => (o, k)))];

    public static IReadOnlyList<BinaryOperator> Comparisons { get; } = [.. OperatorTable.Binary.Where(o => o.GivesBool)];

    /// <summary>The operators and operand kinds that give a value of <paramref name="kind"/>.</summary>
    public static IReadOnlyList<(Operator Operator, ScalarKind Kind)> Giving(ScalarKind kind) => ByResult[(int)kind];

    private static readonly IReadOnlyList<(Operator Operator, ScalarKind Kind)>[] ByResult =
        [.. ScalarKinds.All.Select(k => All.Where(p => p.Operator.ResultKind(p.Kind) == k).ToArray())];
}

/// <summary>Random types.</summary>
internal sealed class RandomTypes(RandomSource random)
{
    public ScalarType Scalar() => new(random.Pick(ScalarKinds.All));

    /// <summary>A type that may be a dictionary's key.</summary>
    public WeldType Key(int depth = 2) => random.Below(100) switch
    {
        < 15 when depth > 0 => VectorType.Text,
        < 25 when depth > 0 => new VectorType(Key(depth - 1)),
        < 45 when depth > 0 => Struct(random.Between(1, 3), () => Key(depth - 1)),
        _ => Scalar(),
    };

    /// <summary>A type that builders can reduce.</summary>
    public WeldType Reducible(int depth = 1) => depth > 0 && random.Percent(25)
        ? Struct(random.Between(1, 3), () => Reducible(depth - 1))
        : new ScalarType(random.Pick(Operations.Reducing).Kind);

    /// <summary>A type without pointers.</summary>
    public WeldType Flat(int depth = 2) => depth > 0 && random.Percent(30) ? Struct(random.Between(0, 3), () => Flat(depth - 1)) : Scalar();

    /// <summary>Any type of a value.</summary>
    public WeldType Any(int depth = 3) => random.Below(depth > 0 ? 100 : 40) switch
    {
        < 40 => Scalar(),
        < 65 => new VectorType(Any(depth - 1)),
        < 72 => VectorType.Text,
        < 88 => Struct(random.Between(0, 3), () => Any(depth - 1)),
        _ => Dictionary(depth),
    };

    public DictionaryType Dictionary(int depth = 2) => new(Key(), random.Below(10) switch
    {
        < 5 => Reducible(),
        < 8 => new VectorType(Any(Math.Min(1, depth - 1))),
        _ => Any(Math.Min(1, depth - 1)),
    });

    /// <summary>An operator with which builders can reduce a type; null where there is none.</summary>
    public MergeOperator? Reducer(WeldType type)
    {
        if (type is StructType s)
        {
            var whole = Operations.Reducing.Select(p => new SingleOperator(p.Operator)).Distinct().Where(o => o.Accepts(type)).ToArray();
            var fields = s.Fields.To(Reducer);
            return whole.Length > 0 && (s.Fields.Count == 0 || random.Percent(30)) ? random.Pick(whole)
                : fields.Count == 0 || fields.Contains(null) ? null
                : new StructOperator(fields.To(f => f!));
        }

        return type is ScalarType { Kind: var kind } ? new SingleOperator(random.Pick([.. Operations.Reducing.Where(p => p.Kind == kind)]).Operator) : null;
    }

    /// <summary>A builder, or struct of builders, whose result is of a type; null where there is none.</summary>
    public WeldType? BuilderOf(WeldType result) => random.Choose<Tuple<WeldType?>>(
        (1, () => Tuple.Create(Simple(result))),
        (result is StructType ? 2 : 0, () => ((StructType)result).Fields.To(BuilderOf) is { Count: > 0 } f && !f.Contains(null) ? Tuple.Create<WeldType?>(new StructType(f.To(x => x!))) : null)).Item1;

    private WeldType? Simple(WeldType result) => result switch
    {
        VectorType v when random.Percent(40) && Reducer(v.Element) is { } op => new VecMergerType(v.Element, op),
        VectorType v => new AppenderType(v.Element),
        DictionaryType { Value: VectorType v } d => new GroupMergerType(d.Key, v.Element),
        DictionaryType d => Reducer(d.Value) is { } op ? new DictMergerType(d.Key, d.Value, op) : null,
        _ => Reducer(result) is { } op ? new MergerType(result, op) : null,
    };

    private static StructType Struct(int fields, Func<WeldType> field) => new(Enumerable.Range(0, fields).Select(_ => field()).ToSeq());
}
