using System.Globalization;
using Weld.Frames;

namespace CrossLibrary;

/// <summary>Prints the crime index by state; with <c>explain</c> the program that computes it, with <c>times</c> how long that and other ways take.</summary>
public static class Example
{
    private const int Count = 2_000_000;

    public static void Main(string[] arguments) => Write(Console.Out, arguments);

    /// <summary>What the command prints.</summary>
    public static void Write(TextWriter output, params string[] arguments)
    {
        var cities = Cities.Make(arguments.Length > 1 ? int.Parse(arguments[1], CultureInfo.InvariantCulture) : Count);
        switch (arguments.FirstOrDefault())
        {
            case null:
                foreach (var (state, index) in CrimeIndex.WithLibraries(cities.Columns()).ToArray().OrderByDescending(s => s.Value))
                {
                    output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{state} {index:F4}"));
                }

                break;
            case "explain":
                output.Write(CrimeIndex.WithLibraries(cities.Columns()).Explain());
                break;
            case "times":
                Comparison.Write(output, cities);
                break;
            default:
                output.WriteLine("expected no argument, explain, or times and a number of cities");
                break;
        }
    }
}
