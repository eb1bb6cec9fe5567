using Weld.Bench.Compare;

namespace Weld.Bench.Workloads;

/// <summary>The workloads as comparisons.</summary>
internal static class ExamplePrograms
{
    /// <summary>What the name of each begins with.</summary>
    public const string Prefix = "programs/";

    /// <summary>How far sums in another order and functions of another accuracy may lie apart.</summary>
    private const double Rounding = 1e-9;

    public static IEnumerable<Comparison> All => Workload.All.Select(w => new Comparison
    {
        Name = Prefix + w.Name,
        Program = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, w.Path)),
        Arguments = rows => [.. w.Arguments(rows).Select(Unshared)],
        Read = FlatAnswer.Of,
        Loops = w.Loops,
        Rows = 1_000_000,
        Tolerance = w.Tolerance == 0 ? 0 : Rounding,
        IsFloat = w.Tolerance > 0,
    });

    /// <summary>Texts as they come from a file: each its own object, or C# would find most of them equal by their addresses.</summary>
    private static object Unshared(object argument) => argument is string[] texts ? Array.ConvertAll(texts, t => new string(t.AsSpan())) : argument;
}
