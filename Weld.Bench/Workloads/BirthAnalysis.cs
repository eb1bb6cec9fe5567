namespace Weld.Bench.Workloads;

/// <summary>Births by year, name and sex, in no order, and how many names of each year and sex count as frequent.</summary>
internal sealed class BirthAnalysis : Workload
{
    private const int Years = 131;
    private static readonly string[] Beginnings = ["An", "Bo", "Les", "Ma", "Ro", "WES", "Kar", "Jo"];
    private static readonly string[] Middles = ["", "na", "li", "les", "ri", "la"];
    private static readonly string[] Ends = ["", "e", "ie", "law", "lin", "ley", "lyn", "ta"];

    public override string Name => "birth-analysis";

    public override object[] Arguments(long rows) =>
    [
        Draw(61, rows, r => 1880 + r.Next(Years)),
        Draw(62, rows, r => Beginnings[r.Next(Beginnings.Length)] + Middles[r.Next(Middles.Length)] + Ends[r.Next(Ends.Length)]),
        Draw(63, rows, r => r.Next(2) == 0 ? "F" : "M"),
        Draw(64, rows, r => (long)(5 / (r.NextDouble() + 1e-4))),
        Math.Clamp(rows / (4 * Years), 2, 1_000),
    ];

    public override object Expected(object[] arguments)
    {
        var (year, name, sex, births, top) = ((int[])arguments[0], (string[])arguments[1], (string[])arguments[2], (long[])arguments[3], (long)arguments[4]);
        var frequent = Enumerable.Range(0, year.Length).GroupBy(i => (year[i], sex[i])).SelectMany(g => g.OrderByDescending(i => births[i]).Take((int)top));
        var table = new SortedDictionary<int, (long Girls, long Boys)>();
        foreach (var i in frequent.Where(i => name[i].Contains("lesl", StringComparison.OrdinalIgnoreCase)))
        {
            var (girls, boys) = table.GetValueOrDefault(year[i]);
            table[year[i]] = sex[i] == "F" ? (girls + births[i], boys) : (girls, boys + births[i]);
        }

        return table.Select(t => (t.Key, t.Value.Girls / (double)(t.Value.Girls + t.Value.Boys), t.Value.Boys / (double)(t.Value.Girls + t.Value.Boys))).ToArray();
    }

    public override object Loops(object[] arguments)
    {
        var (year, name, sex, births, top) = ((int[])arguments[0], (string[])arguments[1], (string[])arguments[2], (long[])arguments[3], (long)arguments[4]);
        var groups = new Dictionary<(int, string), List<int>>();
        for (var i = 0; i < year.Length; i++)
        {
            if (!groups.TryGetValue((year[i], sex[i]), out var rows))
            {
                groups.Add((year[i], sex[i]), rows = []);
            }

            rows.Add(i);
        }

        var table = new SortedDictionary<int, (long Girls, long Boys)>();
        foreach (var ((of, which), rows) in groups)
        {
            rows.Sort((a, b) => births[a] == births[b] ? a.CompareTo(b) : births[b].CompareTo(births[a]));
            foreach (var i in rows.Take((int)top).Where(i => name[i].Contains("lesl", StringComparison.OrdinalIgnoreCase)))
            {
                var (girls, boys) = table.GetValueOrDefault(of);
                table[of] = which == "F" ? (girls + births[i], boys) : (girls, boys + births[i]);
            }
        }

        return table.Select(t => (t.Key, t.Value.Girls / (double)(t.Value.Girls + t.Value.Boys), t.Value.Boys / (double)(t.Value.Girls + t.Value.Boys))).ToArray();
    }
}
