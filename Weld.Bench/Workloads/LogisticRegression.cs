namespace Weld.Bench.Workloads;

/// <summary>Rows of eight features, whether each is of the class, the weights, and the rate of the step.</summary>
internal sealed class LogisticRegression : Workload
{
    private const int Features = 8;

    public override string Name => "logistic-regression";

    public override long SampleRows => 60;

    /// <summary>A gradient is a sum of positive and negative parts.</summary>
    public override double Tolerance => 100 * Rounding;

    public override object[] Arguments(long rows)
    {
        var x = Draw(91, rows, r => Enumerable.Range(0, Features).Select(_ => r.Next(-1_000, 1_000) / 500.0).ToArray());
        var noise = Draw(92, rows, r => r.NextDouble() - 0.5);
        return [x, x.Zip(noise, (row, n) => row[0] - row[1] + n > 0 ? 1.0 : 0.0).ToArray(), Draw(93, Features, r => r.Next(-100, 100) / 100.0), 0.5];
    }

    public override object Expected(object[] arguments)
    {
        var (x, y, w, rate) = ((double[][])arguments[0], (double[])arguments[1], (double[])arguments[2], (double)arguments[3]);
        var gradient = new double[w.Length];
        for (var i = 0; i < x.Length; i++)
        {
            var score = 0.0;
            for (var j = 0; j < w.Length; j++)
            {
                score += x[i][j] * w[j];
            }

            var error = (1 / (1 + Math.Exp(-score))) - y[i];
            for (var j = 0; j < w.Length; j++)
            {
                gradient[j] += x[i][j] * error;
            }
        }

        return w.Zip(gradient, (weight, g) => weight - (g / x.Length * rate)).ToArray();
    }
}
