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
    public Grouped<TKey, long> Count() => Reduce<long>("Count", OperatorTable.Add, _ => Loops.I64(1));

    internal Grouped<TKey, TResult> Reduce<TResult>(string name, BinaryOperator op, Func<Expr, Expr> f)
        where TResult : notnull => new(Reduce(name, new SingleOperator(op), f));

    internal LazyValue Reduce(string name, MergeOperator op, Func<Expr, Expr> f) =>
        LazyValue.Apply($"GroupBy.{name}", x => Loops.ReduceByKey(x[0], x[1], op, f), Keys.Value, Values.Value);
}

/// <summary>What the values of each group give together.</summary>
public static class GroupReductions
{
    private static readonly SingleOperator Sums = new(OperatorTable.Add);

    /// <param name="groups">Groups of numbers.</param>
    /// <typeparam name="TKey">The type of the keys.</typeparam>
    /// <typeparam name="T">A number.</typeparam>
    extension<TKey, T>(Groups<TKey, T> groups)
        where TKey : notnull
        where T : unmanaged, INumber<T>
    {
        /// <summary>The sum of each group; integers wrap.</summary>
        public Grouped<TKey, T> Sum() => groups.Reduce<T>("Sum", OperatorTable.Add, x => x);

        /// <summary>The mean of each group, computed in f64.</summary>
        public Grouped<TKey, double> Mean() => new(Finished(
            "Mean",
            groups.Reduce("Mean", Sums, x => new StructLiteral([new Cast(ScalarKind.F64, x), Loops.I64(1)])),
            (sum, count) => new Binary(OperatorTable.Divide, sum, new Cast(ScalarKind.F64, count))));

        /// <summary>The least value of each group; NaN is passed over unless there is nothing else.</summary>
        public Grouped<TKey, T> Min() => Extreme(groups, "Min", OperatorTable.Minimum);

        /// <summary>The greatest value of each group; NaN is passed over unless there is nothing else.</summary>
        public Grouped<TKey, T> Max() => Extreme(groups, "Max", OperatorTable.Maximum);
    }

    /// <summary>Of floats, NaN is merged as the operator's identity and not counted.</summary>
    private static Grouped<TKey, T> Extreme<TKey, T>(Groups<TKey, T> groups, string name, BinaryOperator op)
        where TKey : notnull
        where T : unmanaged, INumber<T>
    {
        var kind = Elements<T>.Kind;
        if (!kind.IsFloat())
        {
            return groups.Reduce<T>(name, op, x => x);
        }

        var nothing = new StructLiteral([new Literal(op.Identity(kind)), Loops.I64(0)]);
        var found = groups.Reduce(
            name,
            new StructOperator([new SingleOperator(op), Sums]),
            x => new Select(new Binary(OperatorTable.Equal, x, x), new StructLiteral([x, Loops.I64(1)]), nothing));
        var nan = new Literal(Casts.Apply(Scalar.F64(double.NaN), kind));
        return new Grouped<TKey, T>(Finished(name, found, (value, count) => new If(new Binary(OperatorTable.Equal, count, Loops.I64(0)), nan, value)));
    }

    /// <summary>The pairs of a key and two reductions as pairs of the key and one value.</summary>
    private static LazyValue Finished(string name, LazyValue pairs, Func<Expr, Expr, Expr> f) => LazyValue.Apply(
        $"GroupBy.{name}",
        v => Loops.Map(v, x => new StructLiteral([new Field(x[0], 0), f(new Field(new Field(x[0], 1), 0), new Field(new Field(x[0], 1), 1))])),
        pairs);
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
    public Series<TKey> Keys => new(LazyValue.Apply("Keys", v => Loops.Map(v, x => new Field(x[0], 0)), Value));

    /// <summary>The values, in the order of the keys.</summary>
    public Series<T> Values => new(LazyValue.Apply("Values", v => Loops.Map(v, x => new Field(x[0], 1)), Value));

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
