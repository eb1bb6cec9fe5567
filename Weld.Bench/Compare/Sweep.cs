using Weld.Bench.Kernels;
using Weld.Bench.Measures;
using static System.FormattableString;

namespace Weld.Bench.Compare;

/// <summary>One computation at several sizes.</summary>
/// <param name="Name">What to call it by.</param>
/// <param name="Axis">What grows.</param>
/// <param name="Steps">The sizes, from small to large.</param>
internal sealed record Sweep(string Name, string Axis, IReadOnlyList<Step> Steps)
{
    /// <summary>What grows where the data does.</summary>
    public const string Rows = "rows";

    /// <summary>What grows where the program does.</summary>
    public const string Operators = "operators";

    private const long MostRows = 100_000_000;
    /// <summary>Of many keys; of fewer there are ten rows for each, and a tenth of this at least.</summary>
    private const long RowsOfKeys = 10_000_000;
    private const long RowsOfOperators = 100_000;
    private const int MostOperators = 10_000;

    /// <summary>The sweeps whose largest data is a share of the usual.</summary>
    public static IEnumerable<Sweep> All(double scale) =>
    [
        .. Named("sum", "q6", "black-scholes", "filter-50", "group-1k").Select(c => new Sweep($"{Rows}/{c.Name}", Rows, [.. Powers(1_000, MostRows * scale).Select(n => new Step(n, c with { Rows = n, IsFixed = true }))])),
        new Sweep("keys", "keys", [.. Powers(10, RowsOfKeys * scale).Select(n => new Step(n, Groups.Scattered(Invariant($"keys-{n}"), n) with { Rows = (long)Math.Clamp(10 * n, RowsOfKeys * scale / 10, RowsOfKeys * scale), IsFixed = true }))]),
        new Sweep(Operators, Operators, [.. Powers(1, MostOperators).Select(n => new Step(n, Chain((int)n) with { Rows = (long)Math.Ceiling(RowsOfOperators * scale), IsFixed = true }))]),
    ];

    private static IEnumerable<Comparison> Named(params string[] names) => names.Select(n => CompareCommand.Comparisons.Single(c => c.Name == n));

    private static IEnumerable<long> Powers(long first, double most)
    {
        for (var n = first; n <= Math.Max(first, most); n *= 10)
        {
            yield return n;
        }
    }

    private static Comparison Chain(int operators) => new()
    {
        Name = Invariant($"operators-{operators}"), Program = new ChainProgram(operators, 1).Text, Arguments = rows => [Draw.Between(60, rows, 0, 1)], Read = r => [r.AsSpan<double>().ToArray()],
    };
}

/// <summary>A size of a sweep.</summary>
/// <param name="At">Where on the axis.</param>
/// <param name="Comparison">What is computed there.</param>
internal sealed record Step(long At, Comparison Comparison);
