namespace Weld.Bench.Workloads;

/// <summary>Heights and velocities on a square grid of as many cells as rows; gravity and drag.</summary>
internal sealed class ShallowWater : Workload
{
    public override string Name => "shallow-water";

    public override long SampleRows => 256;

    public override object[] Arguments(long rows)
    {
        var side = (int)Math.Ceiling(Math.Sqrt(rows));
        return [.. new[] { 121, 122, 123 }.Select(seed => Draw(seed, side, r => Enumerable.Range(0, side).Select(_ => r.Next(1_000) / 1000.0).ToArray())), 1.0, 0.1];
    }

    public override object Expected(object[] arguments)
    {
        var (eta, u, v) = ((double[][])arguments[0], (double[][])arguments[1], (double[][])arguments[2]);
        var (gravity, drag) = ((double)arguments[3], (double)arguments[4]);
        var side = eta.Length;
        var spacing = 1.0 / side;
        var dt = spacing / 100;
        var (eta1, u1, v1) = (Grid(side), Grid(side), Grid(side));
        for (var i = 0; i < side; i++)
        {
            var (below, above) = ((i + 1) % side, (i + side - 1) % side);
            for (var j = 0; j < side; j++)
            {
                var (right, left) = ((j + 1) % side, (j + side - 1) % side);
                var flow = (((u[below][j] * eta[below][j]) - (u[above][j] * eta[above][j])) / (2 * spacing))
                    + (((v[i][right] * eta[i][right]) - (v[i][left] * eta[i][left])) / (2 * spacing));
                eta1[i][j] = eta[i][j] + (flow * -1 * dt);
                u1[i][j] = u[i][j] + (((((eta[below][j] - eta[above][j]) / (2 * spacing)) * -gravity) - (u[i][j] * drag)) * dt);
                v1[i][j] = v[i][j] + (((((eta[i][right] - eta[i][left]) / (2 * spacing)) * -gravity) - (v[i][j] * drag)) * dt);
            }
        }

        return (eta1, u1, v1);
    }

    private static double[][] Grid(int side) => [.. Enumerable.Range(0, side).Select(_ => new double[side])];
}
