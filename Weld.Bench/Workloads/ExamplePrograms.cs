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
        Function = w.Name.Replace('-', '_'),
        Arguments = rows => [.. w.Arguments(rows).Select(Strung)],
        Read = FlatAnswer.Of,
        Loops = w.Loops,
        Rows = 1_000_000,
        UnorderedInTables = w.IsSet,
        Tolerance = w.Tolerance == 0 ? 0 : Rounding,
        IsFloat = w.IsFloat,
    });

    /// <summary>Texts and rows one after the other in one memory, as they come from a file.</summary>
    private static object Strung(object argument) => argument switch
    {
        string[] texts => Texts.Of(texts),
        double[][] rows => new Matrix([.. rows.SelectMany(r => r)], rows[0].Length),
        _ => argument,
    };
}
