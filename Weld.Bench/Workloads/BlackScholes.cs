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

    public override object Expected(object[] arguments)
    {
        var (price, strike, t, rate, vol) = ((double[])arguments[0], (double[])arguments[1], (double[])arguments[2], (double[])arguments[3], (double[])arguments[4]);
        var (call, put) = (new double[price.Length], new double[price.Length]);
        for (var i = 0; i < price.Length; i++)
        {
            var spread = vol[i] * Math.Sqrt(t[i]);
            var d1 = (Math.Log(price[i] / strike[i]) + ((rate[i] + (vol[i] * vol[i] / 2)) * t[i])) / spread;
            var (normal1, normal2) = (Normal(d1), Normal(d1 - spread));
            var discounted = Math.Exp(-rate[i] * t[i]) * strike[i];
            call[i] = (price[i] * normal1) - (discounted * normal2);
            put[i] = (discounted * (1 - normal2)) - (price[i] * (1 - normal1));
        }

        return (call, put);
    }

    /// <summary>The share of a normal distribution below x: ½ + φ(x) · (x + x³/3 + x⁵/(3·5) + …).</summary>
    private static double Normal(double x)
    {
        var (sum, term) = (0.0, x);
        for (var n = 3; Math.Abs(term) > 1e-20 && n < 1_000; n += 2)
        {
            sum += term;
            term *= x * x / n;
        }

        return 0.5 + (sum * Math.Exp(-x * x / 2) / Math.Sqrt(2 * Math.PI));
    }
}
