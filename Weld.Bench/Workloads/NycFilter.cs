namespace Weld.Bench.Workloads;

/// <summary>Taxi rides in and around New York: where each began, its distance in miles and fare, some of which are zero.</summary>
internal sealed class NycFilter : Workload
{
    public override string Name => "nyc-filter";

    public override object[] Arguments(long rows) =>
    [
        Draw(131, rows, r => 40.6 + (r.Next(4_000) / 10_000.0)),
        Draw(132, rows, r => -74.1 + (r.Next(3_000) / 10_000.0)),
        Draw(133, rows, r => r.Next(10) == 0 ? 0 : r.Next(1, 200) / 10.0),
        Draw(134, rows, r => r.Next(20) == 0 ? 0 : r.Next(250, 8_000) / 100.0),
    ];

    public override object Expected(object[] arguments)
    {
        var (latitude, longitude, distance, fare) = ((double[])arguments[0], (double[])arguments[1], (double[])arguments[2], (double[])arguments[3]);
        var count = 0L;
        for (var i = 0; i < latitude.Length; i++)
        {
            var isInside = latitude[i] is >= 40.7 and <= 40.88 && longitude[i] is >= -74.02 and <= -73.91;
            count += !isInside && (fare[i] == 0 || distance[i] == 0) ? 1 : 0;
        }

        return count;
    }
}
