namespace Weld.Bench.Peers.DotNet;

/// <summary>PLINQ; ordered where the order of the answer is that of the rows.</summary>
internal static class ParallelLinqFunctions
{
    public static IReadOnlyDictionary<string, Function> All(int threads)
    {
        return new Dictionary<string, Function>
        {
            ["sum"] = Function.Of((double[] v) => Shared(v).Sum()),
            ["map_filter_sum"] = Function.Of((double[] v) => Shared(v).Select(x => (x * 2) + 1).Where(y => y > 2).Sum()),
            ["q6"] = Function.Of((int[] day, double[] discount, double[] quantity, double[] price) => Rows(day.Length)
                .Where(i => day[i] >= 19940101 && day[i] < 19950101 && discount[i] >= 0.05 && discount[i] <= 0.07 && quantity[i] < 24)
                .Sum(i => price[i] * discount[i])),
            ["chain"] = Function.Of((double[] v) => Enumerable.Range(1, 40).Aggregate((ParallelQuery<double>)Shared(v), (x, k) => x.Select(y => y + (k * 0.1))).Sum()),
            ["axpy"] = Function.Of((float[] x, float a, float b) => Ordered(x).Select(e => (a * e) + b).ToArray()),
            ["black_scholes"] = Function.Of((double[] price, double[] strike, double[] t, double[] rate, double[] volatility) =>
                OrderedRows(price.Length).Select(i => Formulas.BlackScholes(price[i], strike[i], t[i], rate[i], volatility[i])).ToArray()),
            ["haversine"] = Function.Of((double[] latitude, double[] longitude, double[] here) =>
                OrderedRows(latitude.Length).Select(i => Formulas.Haversine(latitude[i], longitude[i], here[0], here[1])).ToArray()),
            ["filter"] = Function.Of((double[] v, double limit) => Ordered(v).Where(x => x < limit).ToArray()),
            ["q1"] = Function.OfOrders(orders => Rows(orders.Day.Length)
                .Where(i => orders.Day[i] <= Orders.LastDay)
                .GroupBy(i => (orders.Flag[i], orders.Status[i]))
                .Select(rows => orders.Total(rows.Key, rows))
                .ToArray()),
            ["group_sum"] = Function.Of((long[] keys, double[] values) => Sums(keys, values)),
            ["group_sum_text"] = Function.Of((string[] keys, double[] values) => Sums(keys, values)),
            ["group_values"] = Function.Of((long[] keys, long[] values) => OrderedRows(keys.Length).ToLookup(i => keys[i], i => values[i])),
            ["histogram"] = Function.Of((long[] bins, long[] zeros) => Shared(bins).GroupBy(bin => bin).ToDictionary(rows => rows.Key, rows => rows.Count())),
            ["join"] = Function.Of((long[] build, long[] payload, long[] probe, long[] value) => OrderedRows(probe.Length)
                .Join(ParallelEnumerable.Range(0, build.Length), i => probe[i], j => build[j], (i, j) => (value[i], payload[j]))
                .ToArray()),
            ["sort_i64"] = Function.Of((long[] v) => Shared(v).OrderBy(x => x).ToArray()),
            ["sort_f64"] = Function.Of((double[] v) => Shared(v).OrderBy(x => x).ToArray()),
            ["sort_text"] = Function.Of((string[] v) => Shared(v).OrderBy(x => x, StringComparer.Ordinal).ToArray()),
            ["matrix_vector"] = Function.Of((double[][] m, double[] v) => Ordered(m).Select(row => Formulas.Dot(row, v)).ToArray()),
        };

        ParallelQuery<T> Shared<T>(T[] values) => values.AsParallel().WithDegreeOfParallelism(threads);

        ParallelQuery<T> Ordered<T>(T[] values) => values.AsParallel().AsOrdered().WithDegreeOfParallelism(threads);

        ParallelQuery<int> OrderedRows(int count) => ParallelEnumerable.Range(0, count).AsOrdered().WithDegreeOfParallelism(threads);

        ParallelQuery<int> Rows(int count) => ParallelEnumerable.Range(0, count).WithDegreeOfParallelism(threads);

        Dictionary<TKey, double> Sums<TKey>(TKey[] keys, double[] values)
            where TKey : notnull => Rows(keys.Length).GroupBy(i => keys[i], i => values[i]).ToDictionary(rows => rows.Key, rows => rows.Sum());
    }
}
