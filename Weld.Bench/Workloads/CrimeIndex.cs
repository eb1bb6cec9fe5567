namespace Weld.Bench.Workloads;

/// <summary>Cities: people, adults, robberies, state.</summary>
internal sealed class CrimeIndex : Workload
{
    private static readonly string[] States = ["AZ", "CA", "CO", "FL", "IL", "MA", "NY", "OH", "TX", "WA"];

    public override string Name => "crime-index";

    public override double Tolerance => Rounding;

    public override object[] Arguments(long rows)
    {
        var population = Draw(11, rows, r => (double)r.Next(10_000, 1_000_000));
        var share = Draw(12, rows, r => r.NextDouble());
        return
        [
            population,
            population.Zip(share, (p, s) => Math.Floor(p * s)).ToArray(),
            Draw(13, rows, r => (double)r.Next(0, 1_000)),
            Draw(14, rows, r => States[r.Next(States.Length)]),
        ];
    }

    public override object Expected(object[] arguments)
    {
        var (population, adults, robberies, state) = ((double[])arguments[0], (double[])arguments[1], (double[])arguments[2], (string[])arguments[3]);
        var total = 0.0;
        var exponentials = new double[population.Length];
        for (var i = 0; i < population.Length; i++)
        {
            if (population[i] > 500_000)
            {
                exponentials[i] = Math.Exp((population[i] + (2 * adults[i]) - (2000 * robberies[i])) / 100_000);
                total += exponentials[i];
            }
        }

        var index = new Dictionary<string, double>();
        for (var i = 0; i < population.Length; i++)
        {
            if (population[i] > 500_000)
            {
                index[state[i]] = index.GetValueOrDefault(state[i]) + (exponentials[i] / total);
            }
        }

        return index.OrderBy(e => e.Key, StringComparer.Ordinal).Select(e => (e.Key, e.Value)).ToArray();
    }
}

/// <summary>The same cities, without their states.</summary>
internal sealed class SimpleCrimeIndex : Workload
{
    private readonly CrimeIndex _cities = new();

    public override string Name => "crime-index-simple";

    public override double Tolerance => Rounding;

    public override object[] Arguments(long rows) => _cities.Arguments(rows)[..3];

    public override object Expected(object[] arguments)
    {
        var (population, adults, robberies) = ((double[])arguments[0], (double[])arguments[1], (double[])arguments[2]);
        var sum = 0.0;
        for (var i = 0; i < population.Length; i++)
        {
            if (population[i] > 500_000)
            {
                var index = (population[i] + (2 * adults[i]) - (2000 * robberies[i])) / 100_000;
                sum += index >= 0.02 ? 0.032 : index < 0.01 ? 0.005 : index;
            }
        }

        return sum;
    }
}
