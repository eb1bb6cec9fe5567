namespace Weld.Bench.Workloads;

/// <summary>Options: price of the share, strike, years, interest rate, volatility.</summary>
internal sealed class BlackScholes : Workload
{
    public override string Name => "black-scholes";

    public override long SampleRows => 100;

    /// <summary>A price is a difference of two that may be a hundred times as large.</summary>
    public override double Tolerance => 100 * Rounding;

    public override object[] Arguments(long rows) =>
    [
        Draw(31, rows, r => r.Next(8_000, 12_000) / 100.0),
        Draw(32, rows, r => r.Next(80, 120) / 1.0),
        Draw(33, rows, r => r.Next(6, 25) / 12.0),
        Draw(34, rows, r => r.Next(0, 50) / 1000.0),
        Draw(35, rows, r => r.Next(20, 50) / 100.0),
    ];

    public override object Expected(object[] arguments) => Prices(arguments, Normal);

    public override object Loops(object[] arguments) => Prices(arguments, NormalTable.Of);

    /// <summary>The share of a normal distribution below x: ½ + φ(x) · (x + x³/3 + x⁵/(3·5) + …).</summary>
    internal static double Normal(double x)
    {
        var (sum, term) = (0.0, x);
        for (var n = 3; Math.Abs(term) > 1e-20 && n < 1_000; n += 2)
        {
            sum += term;
            term *= x * x / n;
        }

        return 0.5 + (sum * Math.Exp(-x * x / 2) / Math.Sqrt(2 * Math.PI));
    }

    private static object Prices(object[] arguments, Func<double, double> normal)
    {
        var (price, strike, t, rate, vol) = ((double[])arguments[0], (double[])arguments[1], (double[])arguments[2], (double[])arguments[3], (double[])arguments[4]);
        var (call, put) = (new double[price.Length], new double[price.Length]);
        for (var i = 0; i < price.Length; i++)
        {
            var spread = vol[i] * Math.Sqrt(t[i]);
            var d1 = (Math.Log(price[i] / strike[i]) + ((rate[i] + (vol[i] * vol[i] / 2)) * t[i])) / spread;
            var (normal1, normal2) = (normal(d1), normal(d1 - spread));
            var discounted = Math.Exp(-rate[i] * t[i]) * strike[i];
            call[i] = (price[i] * normal1) - (discounted * normal2);
            put[i] = (discounted * (1 - normal2)) - (price[i] * (1 - normal1));
        }

        return (call, put);
    }
}

/// <summary>
/// The same share from a table: Taylor's series about the nearest of many points, whose terms are φ times Hermite's polynomials,
/// Φ(a + h) = Φ(a) + φ(a) · Σ (−1)ⁿ Heₙ(a) hⁿ⁺¹ / (n + 1)!. The framework has no such function.
/// </summary>
internal static class NormalTable
{
    private const int Terms = 12;
    private const int PointsInUnit = 8;
    private const int Farthest = 8;

    private static readonly double[] Coefficients = [.. Enumerable.Range(-Farthest * PointsInUnit, (2 * Farthest * PointsInUnit) + 1).SelectMany(p => Series((double)p / PointsInUnit))];

    public static double Of(double x)
    {
        if (Math.Abs(x) >= Farthest)
        {
            return x < 0 ? 0 : 1;
        }

        var point = (int)Math.Round(x * PointsInUnit);
        var h = x - ((double)point / PointsInUnit);
        var series = Coefficients.AsSpan((point + (Farthest * PointsInUnit)) * Terms, Terms);
        var sum = series[^1];
        for (var n = Terms - 2; n >= 0; n--)
        {
            sum = (sum * h) + series[n];
        }

        return sum;
    }

    private static double[] Series(double a)
    {
        var series = new double[Terms];
        series[0] = BlackScholes.Normal(a);
        var (factor, before, hermite) = (Math.Exp(-a * a / 2) / Math.Sqrt(2 * Math.PI), 0.0, 1.0);
        for (var n = 0; n < Terms - 1; n++)
        {
            factor /= n + 1;
            series[n + 1] = factor * hermite;
            factor = -factor;
            (before, hermite) = (hermite, (a * hermite) - (n * before));
        }

        return series;
    }
}
