namespace Weld.Bench.Workloads;

/// <summary>Places, masses and velocities of stars; as many pairs as rows.</summary>
internal sealed class NBody : Workload
{
    private const double Gravity = 6.67384e-11;
    private const double Year = 31_557_600;
    private const double LightYear = 9.4607e15;
    private const double Sun = 1.9891e30;

    public override string Name => "n-body";

    public override long SampleRows => 400;

    public override double Tolerance => Rounding;

    public override object[] Arguments(long rows)
    {
        var bodies = (long)Math.Ceiling(Math.Sqrt(rows));
        var places = Enumerable.Range(101, 3).Select(seed => Draw(seed, bodies, r => r.Next(-1_000, 1_000) * LightYear / 1000));
        var masses = Draw(104, bodies, r => r.Next(1, 100) * Sun / 10);
        var velocities = Enumerable.Range(105, 3).Select(seed => Draw(seed, bodies, r => r.Next(-10_000, 10_000) / 10.0));
        return [.. places, masses, .. velocities];
    }

    public override object Expected(object[] arguments)
    {
        double[][] columns = [.. arguments.Select(a => (double[])a)];
        var (px, py, pz, mass, velocity) = (columns[0], columns[1], columns[2], columns[3], columns[4..]);
        double[][] result = [.. Enumerable.Range(0, 6).Select(_ => new double[mass.Length])];
        for (var i = 0; i < mass.Length; i++)
        {
            var (fx, fy, fz) = (0.0, 0.0, 0.0);
            for (var j = 0; j < mass.Length; j++)
            {
                var (x, y, z) = (px[j] - px[i], py[j] - py[i], pz[j] - pz[i]);
                var distance = Math.Sqrt((x * x) + (y * y) + (z * z));
                distance = distance < 1 ? 1 : distance;
                var (pull, cube) = (mass[j] * Gravity, distance * distance * distance);
                fx += x * pull / cube;
                fy += y * pull / cube;
                fz += z * pull / cube;
            }

            double[] force = [fx, fy, fz];
            for (var axis = 0; axis < 3; axis++)
            {
                result[3 + axis][i] = velocity[axis][i] + (force[axis] * Year);
                result[axis][i] = columns[axis][i] + (result[3 + axis][i] * Year);
            }
        }

        return (result[0], result[1], result[2], result[3], result[4], result[5]);
    }
}
