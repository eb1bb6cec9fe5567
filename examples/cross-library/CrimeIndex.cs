using CrossLibrary.Tables;
using CrossLibrary.Vectors;
using Weld.Frames;

namespace CrossLibrary;

/// <summary>
/// The crime index of big cities, summed by state: e to the power of (population + 2 · adults − 2000 · robberies) / 100,000, as a share of the whole.
/// Once with the two libraries, and written by hand in two ways.
/// </summary>
public static class CrimeIndex
{
    /// <summary>The table's library keeps the big cities, the vectors' library computes the index, the table's library groups it.</summary>
    public static Grouped<string, double> WithLibraries(IEnumerable<Column> columns)
    {
        var cities = Table.Of(columns).Where("population", above: 500_000);
        var features = new Matrix(new Vector(cities["population"]), new Vector(cities["adults"]), new Vector(cities["robberies"]));
        var index = (features.Dot(1, 2, -2000) / 100_000).Exp().Normalise();
        return cities.With("index", index.Value).Sum("index", by: "state");
    }

    /// <summary>As a query.</summary>
    public static (string State, double Index)[] WithLinq(Cities cities)
    {
        var big = Enumerable.Range(0, cities.State.Length)
            .Where(i => cities.Population[i] > 500_000)
            .Select(i => (State: cities.State[i], Index: Math.Exp((cities.Population[i] + (2 * cities.Adults[i]) - (2000 * cities.Robberies[i])) / 100_000)))
            .ToArray();
        var total = big.Sum(c => c.Index);
        return [.. big.GroupBy(c => c.State, c => c.Index / total).Select(g => (g.Key, g.Sum()))];
    }

    /// <summary>As two loops.</summary>
    public static (string State, double Index)[] WithLoops(Cities cities)
    {
        var (states, indexes, total) = (new List<string>(), new List<double>(), 0.0);
        for (var i = 0; i < cities.State.Length; i++)
        {
            if (cities.Population[i] > 500_000)
            {
                var index = Math.Exp((cities.Population[i] + (2 * cities.Adults[i]) - (2000 * cities.Robberies[i])) / 100_000);
                states.Add(cities.State[i]);
                indexes.Add(index);
                total += index;
            }
        }

        var sums = new Dictionary<string, double>();
        for (var i = 0; i < states.Count; i++)
        {
            sums[states[i]] = sums.GetValueOrDefault(states[i]) + (indexes[i] / total);
        }

        return [.. sums.Select(s => (s.Key, s.Value))];
    }
}
