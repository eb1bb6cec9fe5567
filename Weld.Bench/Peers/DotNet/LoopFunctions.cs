using System.Runtime.InteropServices;
using MathNet.Numerics;

namespace Weld.Bench.Peers.DotNet;

/// <summary>Loops, lists and dictionaries.</summary>
internal static class LoopFunctions
{
    public static IReadOnlyDictionary<string, Function> All { get; } = new Dictionary<string, Function>
    {
        ["sum"] = Function.Of((double[] v) =>
        {
            var total = 0.0;
            foreach (var x in v)
            {
                total += x;
            }

            return total;
        }),
        ["map_filter_sum"] = Function.Of((double[] v) =>
        {
            var total = 0.0;
            foreach (var x in v)
            {
                var y = (x * 2) + 1;
                if (y > 2)
                {
                    total += y;
                }
            }

            return total;
        }),
        ["q6"] = Function.Of((int[] day, double[] discount, double[] quantity, double[] price) =>
        {
            var total = 0.0;
            for (var i = 0; i < day.Length; i++)
            {
                if (day[i] >= 19940101 && day[i] < 19950101 && discount[i] >= 0.05 && discount[i] <= 0.07 && quantity[i] < 24)
                {
                    total += price[i] * discount[i];
                }
            }

            return total;
        }),
        ["chain"] = Function.Of((double[] v) =>
        {
            var total = 0.0;
            foreach (var x in v)
            {
                var y = x;
                for (var k = 1; k <= 40; k++)
                {
                    y += k * 0.1;
                }

                total += y;
            }

            return total;
        }),
        ["axpy"] = Function.Of((float[] x, float a, float b) =>
        {
            var y = new float[x.Length];
            for (var i = 0; i < x.Length; i++)
            {
                y[i] = (a * x[i]) + b;
            }

            return y;
        }),
        ["black_scholes"] = Function.Of((double[] price, double[] strike, double[] t, double[] rate, double[] volatility) =>
        {
            var (call, put) = (new double[price.Length], new double[price.Length]);
            for (var i = 0; i < price.Length; i++)
            {
                (call[i], put[i]) = Formulas.BlackScholes(price[i], strike[i], t[i], rate[i], volatility[i]);
            }

            return (call, put);
        }),
        ["haversine"] = Function.Of((double[] latitude, double[] longitude, double[] here) =>
        {
            var miles = new double[latitude.Length];
            for (var i = 0; i < miles.Length; i++)
            {
                miles[i] = Formulas.Haversine(latitude[i], longitude[i], here[0], here[1]);
            }

            return miles;
        }),
        ["filter"] = Function.Of((double[] v, double limit) =>
        {
            var kept = new List<double>();
            foreach (var x in v)
            {
                if (x < limit)
                {
                    kept.Add(x);
                }
            }

            return kept;
        }),
        ["q1"] = Function.OfOrders(orders =>
        {
            var groups = new Dictionary<(byte, byte), Totals>();
            for (var i = 0; i < orders.Day.Length; i++)
            {
                if (orders.Day[i] > Orders.LastDay)
                {
                    continue;
                }

                var key = (orders.Flag[i], orders.Status[i]);
                if (!groups.TryGetValue(key, out var totals))
                {
                    groups.Add(key, totals = new Totals(key.Item1, key.Item2));
                }

                totals.Quantity += orders.Quantity[i];
                totals.Price += orders.Price[i];
                totals.Reduced += orders.Reduced(i);
                totals.Charge += orders.Charge(i);
                totals.Discount += orders.Discount[i];
                totals.Count++;
            }

            return groups.Values.ToArray();
        }),
        ["group_sum"] = Function.Of((long[] keys, double[] values) => Sums(keys, values)),
        ["group_sum_text"] = Function.Of((string[] keys, double[] values) => Sums(keys, values)),
        ["group_values"] = Function.Of((long[] keys, long[] values) =>
        {
            var groups = new Dictionary<long, List<long>>();
            for (var i = 0; i < keys.Length; i++)
            {
                (CollectionsMarshal.GetValueRefOrAddDefault(groups, keys[i], out _) ??= []).Add(values[i]);
            }

            return groups;
        }),
        ["histogram"] = Function.Of((long[] bins, long[] zeros) =>
        {
            var counts = new long[zeros.Length];
            foreach (var bin in bins)
            {
                counts[bin]++;
            }

            return counts;
        }),
        ["join"] = Function.Of((long[] build, long[] payload, long[] probe, long[] value) =>
        {
            var table = new Dictionary<long, long>(build.Length);
            for (var i = 0; i < build.Length; i++)
            {
                table.Add(build[i], payload[i]);
            }

            var (values, payloads) = (new List<long>(), new List<long>());
            for (var i = 0; i < probe.Length; i++)
            {
                if (table.TryGetValue(probe[i], out var partner))
                {
                    values.Add(value[i]);
                    payloads.Add(partner);
                }
            }

            return (values, payloads);
        }),
        ["sort_i64"] = Function.Of((long[] v) => Sorted(v, null)),
        ["sort_f64"] = Function.Of((double[] v) => Sorted(v, null)),
        ["sort_text"] = Function.Of((string[] v) => Sorted(v, StringComparer.Ordinal)),
        ["matrix_vector"] = Function.Of((double[][] m, double[] v) =>
        {
            var products = new double[m.Length];
            for (var i = 0; i < m.Length; i++)
            {
                products[i] = Formulas.Dot(m[i], v);
            }

            return products;
        }),
        ["matrix_product"] = Function.Of((double[][] a, double[][] b) =>
        {
            var columns = b[0].Length;
            var product = new double[a.Length * columns];
            for (var i = 0; i < a.Length; i++)
            {
                var row = product.AsSpan(i * columns, columns);
                for (var k = 0; k < b.Length; k++)
                {
                    var (x, other) = (a[i][k], b[k]);
                    for (var j = 0; j < row.Length; j++)
                    {
                        row[j] += x * other[j];
                    }
                }
            }

            return product;
        }),
        ["logistic_step"] = Function.Of((double[][] x, double[] y, double[] w, double rate) =>
        {
            var gradient = new double[w.Length];
            for (var i = 0; i < x.Length; i++)
            {
                var (row, error) = (x[i], (1 / (1 + Math.Exp(-Formulas.Dot(x[i], w)))) - y[i]);
                for (var j = 0; j < row.Length; j++)
                {
                    gradient[j] += row[j] * error;
                }
            }

            var next = new double[w.Length];
            for (var j = 0; j < w.Length; j++)
            {
                next[j] = w[j] - (gradient[j] / x.Length * rate);
            }

            return next;
        }),
    };

    private static Dictionary<TKey, double> Sums<TKey>(TKey[] keys, double[] values)
        where TKey : notnull
    {
        var sums = new Dictionary<TKey, double>();
        for (var i = 0; i < keys.Length; i++)
        {
            CollectionsMarshal.GetValueRefOrAddDefault(sums, keys[i], out _) += values[i];
        }

        return sums;
    }

    private static T[] Sorted<T>(T[] values, IComparer<T>? comparer)
    {
        var sorted = (T[])values.Clone();
        Array.Sort(sorted, comparer);
        return sorted;
    }
}

/// <summary>Formulas for one row.</summary>
internal static class Formulas
{
    private const double Radians = Math.PI / 180;
    private const double EarthRadius = 3959;

    /// <summary>The prices of a call and a put.</summary>
    public static (double Call, double Put) BlackScholes(double price, double strike, double t, double rate, double volatility)
    {
        var spread = volatility * Math.Sqrt(t);
        var d1 = (Math.Log(price / strike) + ((rate + (volatility * volatility * 0.5)) * t)) / spread;
        var (normal1, normal2) = (Normal(d1), Normal(d1 - spread));
        var discounted = Math.Exp(-rate * t) * strike;
        return ((price * normal1) - (discounted * normal2), (discounted * (1 - normal2)) - (price * (1 - normal1)));

        static double Normal(double x) => (SpecialFunctions.Erf(x * 0.7071067811865476) * 0.5) + 0.5;
    }

    /// <summary>The distance between two places.</summary>
    public static double Haversine(double latitude, double longitude, double latitude0, double longitude0)
    {
        var north = Math.Sin((latitude - latitude0) * Radians * 0.5);
        var east = Math.Sin((longitude - longitude0) * Radians * 0.5);
        var a = (north * north) + (Math.Cos(latitude * Radians) * Math.Cos(latitude0 * Radians) * (east * east));
        return Math.Asin(Math.Sqrt(a)) * 2 * EarthRadius;
    }

    /// <summary>The sum of products.</summary>
    public static double Dot(double[] x, double[] y)
    {
        var sum = 0.0;
        for (var j = 0; j < x.Length; j++)
        {
            sum += x[j] * y[j];
        }

        return sum;
    }
}
