namespace Weld.Bench.Workloads;

/// <summary>Points around eight places, and eight centres to begin with.</summary>
internal sealed class KMeans : Workload
{
    private const int Centres = 8;

    public override string Name => "k-means";

    public override long SampleRows => 300;

    public override double Tolerance => Rounding;

    /// <summary>Fused multiplications decide otherwise between two centres that are equally near.</summary>
    public override bool IsFloat => false;

    public override object[] Arguments(long rows) =>
    [
        Draw(111, rows, r => (r.Next(Centres) % 3 * 3) + (r.Next(3_000) / 1000.0)),
        Draw(112, rows, r => (r.Next(Centres) % 2 * 4) + (r.Next(3_000) / 1000.0)),
        Draw(113, Centres, r => r.Next(90) / 10.0),
        Draw(114, Centres, r => r.Next(70) / 10.0),
    ];

    public override object Expected(object[] arguments)
    {
        var (x, y, cx, cy) = ((double[])arguments[0], (double[])arguments[1], (double[])arguments[2], (double[])arguments[3]);
        var (sumX, sumY, count) = (new double[cx.Length], new double[cx.Length], new long[cx.Length]);
        for (var i = 0; i < x.Length; i++)
        {
            var (nearest, least) = (0, double.PositiveInfinity);
            for (var c = 0; c < cx.Length; c++)
            {
                var distance = ((x[i] - cx[c]) * (x[i] - cx[c])) + ((y[i] - cy[c]) * (y[i] - cy[c]));
                (nearest, least) = distance < least ? (c, distance) : (nearest, least);
            }

            sumX[nearest] += x[i];
            sumY[nearest] += y[i];
            count[nearest]++;
        }

        return count.Select((n, c) => n == 0 ? (cx[c], cy[c], n) : (sumX[c] / n, sumY[c] / n, n)).ToArray();
    }
}
