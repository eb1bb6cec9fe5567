using System.Numerics;
using Weld.Core.IR;
using Weld.Core.Operators;
using Weld.Core.Types;
using Weld.Core.Values;
using Weld.Managed;

namespace Weld.Frames;

/// <summary>The values of a series in groups, one for each key: what is asked of them is computed in one loop, without making the groups.</summary>
/// <typeparam name="TKey">The type of the keys. All NaNs are one key, and −0.0 is 0.0.</typeparam>
/// <typeparam name="T">The type of the values.</typeparam>
public sealed class Groups<TKey, T>
    where TKey : notnull
    where T : notnull
{
    internal Groups(Series<TKey> keys, Series<T> values)
    {
        Keys = keys;
        Values = values;
    }

    internal Series<TKey> Keys { get; }

    internal Series<T> Values { get; }

    /// <summary>How many values each group has.</summary>
    public Grouped<TKey, long> Count() => new(GroupReductions.CountOf.Apply(Keys.Value, Values.Value));
}

/// <summary>What the values of each group give together.</summary>
public static class GroupReductions
{
    internal static readonly LazyFunction CountOf = Reduction("Count", Sums, _ => Loops.I64(1));
    internal static readonly LazyFunction KeysOf = new("Keys", v => Loops.Map(v, x => new Field(x[0], 0)));
    internal static readonly LazyFunction ValuesOf = new("Values", v => Loops.Map(v, x => new Field(x[0], 1)));
    private static readonly LazyFunction SumOf = Reduction("Sum", Sums, x => x);
    private static readonly LazyFunction MeanOf = Reduction("Mean", Sums, x => new StructLiteral([new Cast(ScalarKind.F64, x), Loops.I64(1)]));
    private static readonly LazyFunction MinOf = Extreme("Min", OperatorTable.Minimum);
    private static readonly LazyFunction MaxOf = Extreme("Max", OperatorTable.Maximum);
    private static readonly LazyFunction MeanFound = Finish("Mean", (sum, count) => new Binary(OperatorTable.Divide, sum, new Cast(ScalarKind.F64, count)));
    private static readonly LazyFunction MinFound = Finish("Min", OrNaN);
    private static readonly LazyFunction MaxFound = Finish("Max", OrNaN);

    private static SingleOperator Sums => new(OperatorTable.Add);

    /// <param name="groups">Groups of numbers.</param>
    /// <typeparam name="TKey">The type of the keys.</typeparam>
    /// <typeparam name="T">A number.</typeparam>
    extension<TKey, T>(Groups<TKey, T> groups)
        where TKey : notnull
        where T : unmanaged, INumber<T>
    {
        /// <summary>The sum of each group; integers wrap.</summary>
        public Grouped<TKey, T> Sum() => new(SumOf.Apply(groups.Keys.Value, groups.Values.Value));

        /// <summary>The mean of each group, computed in f64.</summary>
        public Grouped<TKey, double> Mean() => new(MeanFound.Apply(MeanOf.Apply(groups.Keys.Value, groups.Values.Value)));

        /// <summary>The least value of each group; NaN is passed over unless there is nothing else.</summary>
        public Grouped<TKey, T> Min() => Found(groups, MinOf, MinFound);

        /// <summary>The greatest value of each group; NaN is passed over unless there is nothing else.</summary>
        public Grouped<TKey, T> Max() => Found(groups, MaxOf, MaxFound);
    }

    private static Grouped<TKey, T> Found<TKey, T>(Groups<TKey, T> groups, LazyFunction reduce, LazyFunction finish)
        where TKey : notnull
        where T : notnull
    {
        var pairs = reduce.Apply(groups.Keys.Value, groups.Values.Value);
        return new Grouped<TKey, T>(Elements<T>.Kind.IsFloat() ? finish.Apply(pairs) : pairs);
    }

    private static LazyFunction Reduction(string name, MergeOperator op, Func<Expr, Expr> f) => new($"GroupBy.{name}", x => Loops.ReduceByKey(x[0], x[1], op, f));

    /// <summary>Of floats also how many are numbers: NaN is merged as the operator's identity and not counted.</summary>
    private static LazyFunction Extreme(string name, BinaryOperator op) => new($"GroupBy.{name}", v => v[1].Type is VectorType { Element: ScalarType { Kind: var kind } } && kind.IsFloat()
        ? Loops.ReduceByKey(v[0], v[1], new StructOperator([new SingleOperator(op), Sums]), x => new Select(
            new Binary(OperatorTable.Equal, x, x),
            new StructLiteral([x, Loops.I64(1)]),
            new StructLiteral([new Literal(op.Identity(kind)), Loops.I64(0)])))
        : Loops.ReduceByKey(v[0], v[1], new SingleOperator(op), x => x));

    /// <summary>The pairs of a key and two reductions as pairs of the key and one value.</summary>
    private static LazyFunction Finish(string name, Func<Expr, Expr, Expr> f) => new(
        $"GroupBy.{name}",
        v => Loops.Map(v, x => new StructLiteral([new Field(x[0], 0), f(new Field(new Field(x[0], 1), 0), new Field(new Field(x[0], 1), 1))])));

    private static Expr OrNaN(Expr value, Expr count) =>
        new If(new Binary(OperatorTable.Equal, count, Loops.I64(0)), new Literal(Casts.Apply(Scalar.F64(double.NaN), ((ScalarType)value.Type).Kind)), value);
}

/// <summary>A value for each group, in the order in which the groups' keys occur first.</summary>
/// <typeparam name="TKey">The type of the keys.</typeparam>
/// <typeparam name="T">The type of the values.</typeparam>
public sealed class Grouped<TKey, T> : ILazy<Grouped<TKey, T>>
    where TKey : notnull
    where T : notnull
{
    /// <summary>Gives a value of a graph this coat.</summary>
    /// <param name="pairs">A vector of structs of key and value.</param>
    /// <exception cref="ArgumentException">It is of another type.</exception>
    public Grouped(LazyValue pairs)
    {
        ArgumentNullException.ThrowIfNull(pairs);
        var expected = new VectorType(new StructType([Elements<TKey>.Type, Elements<T>.Type]));
        Value = pairs.Type == expected ? pairs : throw new ArgumentException($"expected a value of type {expected}, found {pairs.Type}", nameof(pairs));
    }

    /// <inheritdoc/>
    public LazyValue Value { get; }

    /// <summary>The keys.</summary>
    public Series<TKey> Keys => new(GroupReductions.KeysOf.Apply(Value));

    /// <summary>The values, in the order of the keys.</summary>
    public Series<T> Values => new(GroupReductions.ValuesOf.Apply(Value));

    /// <inheritdoc/>
    public Grouped<TKey, T> Read(WeldView computed) => new(LazyValue.Of(computed, Value.Name));

    /// <summary>Computes the groups.</summary>
    /// <param name="options">How; null for the defaults.</param>
    public (TKey Key, T Value)[] ToArray(CollectOptions? options = null)
    {
        using var result = Lazy.Run([Value], options);
        return result.As<(TKey, T)[]>();
    }
}
