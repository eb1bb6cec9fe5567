using Weld.Managed;

namespace Weld.Tests.Repository;

/// <summary>The C# that README.md shows, compiled and run here; <see cref="ReadmeTests"/> holds the two together.</summary>
internal static class ReadmeSample
{
    public static string Output()
    {
        Console.Lines.Clear();
        Run();
        return string.Concat(Console.Lines.Select(l => l + "\n"));
    }

    private static void Run()
    {
        var module = WeldModule.Compile("""
            |origin: vec[vec[u8]], delay: vec[f64]|
              let late = result(for(zip(origin, delay), dictmerger[vec[u8], {f64, i64}, +], |b, i, flight|
                if(flight.$1 > 0.0, merge(b, {flight.$0, {flight.$1, 1L}}), b)));
              map(tovec(late), |airport| {airport.$0, airport.$1.$0 / f64(airport.$1.$1)})
            """);

        using var result = module.Run(new[] { "JFK", "LGA", "JFK", "LGA" }, new[] { 10.0, 4.5, 20.0, -3.0 });
        foreach (var (airport, mean) in result.As<(string, double)[]>())
        {
            Console.WriteLine($"{airport}: {mean}");
        }

        var dot = WeldModule.Compile("|x: vec[f64], y: vec[f64]| result(for(zip(x, y), merger[f64, +], |b, i, e| merge(b, e.$0 * e.$1)))")
            .AsFunction<double[], double[], double>();
        Console.WriteLine($"{dot([1, 2, 3], [4, 5, 6])}");
    }

    /// <summary>Keeps what the sample prints.</summary>
    private static class Console
    {
        public static List<string> Lines { get; } = [];

        public static void WriteLine(FormattableString line) => Lines.Add(FormattableString.Invariant(line));
    }
}
