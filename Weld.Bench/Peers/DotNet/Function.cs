using Weld.Bench.Compare;

namespace Weld.Bench.Peers.DotNet;

/// <summary>A kernel in C#: makes the arguments what a .NET programmer has them as, and gives the computation that is to be timed.</summary>
internal sealed record Function(Func<object[], Func<object>> Bind)
{
    /// <summary>Of all arguments.</summary>
    public static Function Of(Func<object[], object> f) => new(a =>
    {
        object[] native = [.. a.Select(Native)];
        return () => f(native);
    });

    public static Function Of<T1, TResult>(Func<T1, TResult> f)
        where TResult : notnull => new(a =>
        {
            var x = Native<T1>(a[0]);
            return () => f(x);
        });

    public static Function Of<T1, T2, TResult>(Func<T1, T2, TResult> f)
        where TResult : notnull => new(a =>
        {
            var (x, y) = (Native<T1>(a[0]), Native<T2>(a[1]));
            return () => f(x, y);
        });

    public static Function Of<T1, T2, T3, TResult>(Func<T1, T2, T3, TResult> f)
        where TResult : notnull => new(a =>
        {
            var (x, y, z) = (Native<T1>(a[0]), Native<T2>(a[1]), Native<T3>(a[2]));
            return () => f(x, y, z);
        });

    public static Function Of<T1, T2, T3, T4, TResult>(Func<T1, T2, T3, T4, TResult> f)
        where TResult : notnull => new(a =>
        {
            var (x, y, z, u) = (Native<T1>(a[0]), Native<T2>(a[1]), Native<T3>(a[2]), Native<T4>(a[3]));
            return () => f(x, y, z, u);
        });

    public static Function Of<T1, T2, T3, T4, T5, TResult>(Func<T1, T2, T3, T4, T5, TResult> f)
        where TResult : notnull => new(a => () => f((T1)a[0], (T2)a[1], (T3)a[2], (T4)a[3], (T5)a[4]));

    /// <summary>Of the rows of a table whose columns are the arguments.</summary>
    public static Function OfOrders<TResult>(Func<Orders, TResult> f)
        where TResult : notnull => new(a =>
        {
            var orders = new Orders((byte[])a[0], (byte[])a[1], (double[])a[2], (double[])a[3], (double[])a[4], (double[])a[5], (int[])a[6]);
            return () => f(orders);
        });

    /// <summary>Texts as strings, matrices as arrays of rows.</summary>
    public static object Native(object argument) => argument switch
    {
        Texts texts => texts.ToStrings(),
        Matrix(var values, var columns) => values.Chunk(columns).ToArray(),
        _ => argument,
    };

    private static T Native<T>(object argument) => (T)Native(argument);
}

/// <summary>The columns of query 1.</summary>
internal sealed record Orders(byte[] Flag, byte[] Status, double[] Quantity, double[] Price, double[] Discount, double[] Tax, int[] Day)
{
    public const int LastDay = 19980902;

    public double Reduced(int row) => Price[row] * (1 - Discount[row]);

    public double Charge(int row) => Reduced(row) * (1 + Tax[row]);

    /// <summary>The sums over the rows of a key.</summary>
    public Totals Total((byte Flag, byte Status) key, IEnumerable<int> rows) => new(key.Flag, key.Status)
    {
        Quantity = rows.Sum(i => Quantity[i]),
        Price = rows.Sum(i => Price[i]),
        Reduced = rows.Sum(Reduced),
        Charge = rows.Sum(Charge),
        Discount = rows.Sum(i => Discount[i]),
        Count = rows.Count(),
    };
}

/// <summary>A row of query 1's answer.</summary>
internal sealed record Totals(byte Flag, byte Status)
{
    public double Quantity { get; set; }

    public double Price { get; set; }

    public double Reduced { get; set; }

    public double Charge { get; set; }

    public double Discount { get; set; }

    public long Count { get; set; }
}
