namespace Weld.Bench.Peers.DotNet;

/// <summary>LINQ.</summary>
internal static class LinqFunctions
{
    public static IReadOnlyDictionary<string, Function> All { get; } = new Dictionary<string, Function>
    {
        ["sum"] = Function.Of((double[] v) => v.Sum()),
        ["map_filter_sum"] = Function.Of((double[] v) => v.Select(x => (x * 2) + 1).Where(y => y > 2).Sum()),
        ["q6"] = Function.Of((int[] day, double[] discount, double[] quantity, double[] price) => Enumerable.Range(0, day.Length)
            .Where(i => day[i] >= 19940101 && day[i] < 19950101 && discount[i] >= 0.05 && discount[i] <= 0.07 && quantity[i] < 24)
            .Sum(i => price[i] * discount[i])),
        ["chain"] = Function.Of((double[] v) => Enumerable.Range(1, 40).Aggregate((IEnumerable<double>)v, (x, k) => x.Select(y => y + (k * 0.1))).Sum()),
        ["axpy"] = Function.Of((float[] x, float a, float b) => x.Select(e => (a * e) + b).ToArray()),
        ["black_scholes"] = Function.Of((double[] price, double[] strike, double[] t, double[] rate, double[] volatility) =>
            Enumerable.Range(0, price.Length).Select(i => Formulas.BlackScholes(price[i], strike[i], t[i], rate[i], volatility[i])).ToArray()),
        ["haversine"] = Function.Of((double[] latitude, double[] longitude, double[] here) =>
            latitude.Zip(longitude, (y, x) => Formulas.Haversine(y, x, here[0], here[1])).ToArray()),
        ["filter"] = Function.Of((double[] v, double limit) => v.Where(x => x < limit).ToArray()),
        ["q1"] = Function.OfOrders(orders => Enumerable.Range(0, orders.Day.Length)
            .Where(i => orders.Day[i] <= Orders.LastDay)
            .GroupBy(i => (orders.Flag[i], orders.Status[i]))
            .Select(rows => orders.Total(rows.Key, rows))
            .ToArray()),
        ["group_sum"] = Function.Of((long[] keys, double[] values) => Sums(keys, values)),
        ["group_sum_text"] = Function.Of((string[] keys, double[] values) => Sums(keys, values)),
        ["group_values"] = Function.Of((long[] keys, long[] values) => keys.Zip(values).ToLookup(row => row.First, row => row.Second)),
        ["histogram"] = Function.Of((long[] bins, long[] zeros) => bins.CountBy(bin => bin).ToDictionary()),
        ["join"] = Function.Of((long[] build, long[] payload, long[] probe, long[] value) => probe.Zip(value)
            .Join(build.Zip(payload), large => large.First, small => small.First, (large, small) => (large.Second, small.Second))
            .ToArray()),
        ["sort_i64"] = Function.Of((long[] v) => v.Order().ToArray()),
        ["sort_f64"] = Function.Of((double[] v) => v.Order().ToArray()),
        ["sort_text"] = Function.Of((string[] v) => v.Order(StringComparer.Ordinal).ToArray()),
        ["matrix_vector"] = Function.Of((double[][] m, double[] v) => m.Select(row => row.Zip(v, (x, y) => x * y).Sum()).ToArray()),
    };

    private static Dictionary<TKey, double> Sums<TKey>(TKey[] keys, double[] values)
        where TKey : notnull => keys.Zip(values).AggregateBy(row => row.First, 0.0, (sum, row) => sum + row.Second).ToDictionary();
}
