using System.Globalization;

namespace Weld.Bench.Workloads;

/// <summary>Flights: delay in minutes, distance in miles, the plane and the carrier.</summary>
internal sealed class FlightDelays : Workload
{
    private const int Planes = 3_000;
    private static readonly string[] Carriers = ["AA", "AS", "B6", "DL", "F9", "HA", "NK", "UA", "WN"];

    public override string Name => "flight-delays";

    public override double Tolerance => Rounding;

    public override object[] Arguments(long rows) =>
    [
        Draw(141, rows, r => r.Next(-30, 120) + (r.Next(4) / 4.0)),
        Draw(142, rows, r => r.NextInt64(100, 3_000)),
        Draw(143, rows, r => string.Create(CultureInfo.InvariantCulture, $"N{100 + r.Next(Planes)}{(char)('A' + r.Next(3))}")),
        Draw(144, rows, r => Carriers[r.Next(Carriers.Length)]),
    ];

    public override object Expected(object[] arguments)
    {
        var (delay, distance, tail, carrier) = ((double[])arguments[0], (long[])arguments[1], (string[])arguments[2], (string[])arguments[3]);
        var (tails, carriers) = (new HashSet<string>(), new HashSet<string>());
        var (sum, count) = (0.0, 0L);
        for (var i = 0; i < delay.Length; i++)
        {
            if (delay[i] > 15 && distance[i] > 500)
            {
                sum += delay[i];
                count++;
                tails.Add(tail[i]);
                carriers.Add(carrier[i]);
            }
        }

        return (sum / count, (long)tails.Count, (long)carriers.Count, count);
    }
}
