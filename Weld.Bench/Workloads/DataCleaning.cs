using System.Globalization;

namespace Weld.Bench.Workloads;

/// <summary>Postal codes as people fill them in: with and without the four digits after them, 00000, or words for none.</summary>
internal sealed class DataCleaning : Workload
{
    private const int Codes = 150;

    public override string Name => "data-cleaning";

    public override bool IsSet => true;

    public override object[] Arguments(long rows) => [Draw(21, rows, Code)];

    public override object Expected(object[] arguments)
    {
        var seen = new HashSet<string>();
        var distinct = new List<string>();
        foreach (var code in (string[])arguments[0])
        {
            var first = code is "NO CLUE" or "N/A" or "0" ? "nan" : code[..Math.Min(code.Length, 5)];
            var clean = first == "00000" ? "nan" : first;
            if (seen.Add(clean))
            {
                distinct.Add(clean);
            }
        }

        return distinct.ToArray();
    }

    private static string Code(Random random)
    {
        var code = (10_001 + random.Next(Codes)).ToString(CultureInfo.InvariantCulture);
        return random.Next(12) switch
        {
            0 => "00000",
            1 => "N/A",
            2 => "NO CLUE",
            3 => "0",
            4 or 5 => $"{code}-{random.Next(1_000, 10_000)}",
            6 => $"00000-{random.Next(1_000, 10_000)}",
            _ => code,
        };
    }
}
