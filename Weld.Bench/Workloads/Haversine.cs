namespace Weld.Bench.Workloads;

/// <summary>Latitudes and longitudes around New York, and the place to measure from, all in degrees.</summary>
internal sealed class Haversine : Workload
{
    public override string Name => "haversine";

    public override double Tolerance => Rounding;

    public override object[] Arguments(long rows) =>
    [
        Draw(41, rows, r => 40.5 + (r.Next(4_200, 40_000) / 10_000.0)),
        Draw(42, rows, r => -74.5 - (r.Next(0, 40_000) / 10_000.0)),
        new[] { 40.671, -73.985 },
    ];

    public override object Expected(object[] arguments)
    {
        const double Radians = Math.PI / 180;
        var (latitude, longitude, here) = ((double[])arguments[0], (double[])arguments[1], (double[])arguments[2]);
        var distances = new double[latitude.Length];
        for (var i = 0; i < distances.Length; i++)
        {
            var north = Math.Sin(((latitude[i] * Radians) - (here[0] * Radians)) / 2);
            var east = Math.Sin(((longitude[i] * Radians) - (here[1] * Radians)) / 2);
            var a = (north * north) + (Math.Cos(latitude[i] * Radians) * Math.Cos(here[0] * Radians) * east * east);
            distances[i] = 2 * Math.Asin(Math.Sqrt(a)) * 3959;
        }

        return distances;
    }
}
