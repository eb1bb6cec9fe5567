using Weld.Core.IR;
using Weld.Core.Optimizer;
using Weld.Tests.Properties;

namespace Weld.Tests.Optimizer;

/// <summary>Passes to run over a program.</summary>
/// <param name="Kind">How they were chosen, as the coverage counts it.</param>
/// <param name="Passes">The passes, in order.</param>
internal sealed record PassSet(string Kind, Seq<Pass> Passes)
{
    private const ulong Turns = 3;
    private static readonly Pass[] Known = [.. Pipeline.Known.OrderBy(p => p.Key, StringComparer.Ordinal).Select(p => p.Value)];

    /// <summary>The usual passes.</summary>
    public static PassSet All { get; } = new("all", Pipeline.Default);

    /// <summary>Every kind that occurs.</summary>
    public static string[] Kinds { get; } = [.. Known.SelectMany(p => new[] { Alone(p), Without(p) }), "all", "some", "some in another order"];

    /// <summary>The sets for a program: all, and one in turn of one pass alone, all but one, and some in their order or in another. So many programs in a row meet every kind.</summary>
    public static IEnumerable<PassSet> Of(ulong seed) => [All, InTurn(seed)];

    public override string ToString() => $"{Kind}: {string.Join(' ', Passes.Select(p => p.Name))}";

    private static PassSet InTurn(ulong seed)
    {
        var random = new RandomSource(~seed);
        var pass = Known[seed / Turns % (ulong)Known.Length];
        return (seed % Turns) switch
        {
            0 => new(Alone(pass), [pass]),
            1 => new(Without(pass), Pipeline.Default.Where(p => p.Name != pass.Name).ToSeq()),
            _ when random.Percent(50) => new("some", Pipeline.Default.Where(_ => random.Percent(50)).ToSeq()),
            _ => new("some in another order", Shuffled(random).Take(random.Between(1, Pipeline.Default.Count)).ToSeq()),
        };
    }

    private static string Alone(Pass pass) => $"{pass.Name} alone";

    private static string Without(Pass pass) => $"all but {pass.Name}";

    private static Pass[] Shuffled(RandomSource random)
    {
        var passes = Pipeline.Default.Concat(Known).ToArray();
        for (var i = passes.Length - 1; i > 0; i--)
        {
            var j = random.Below(i + 1);
            (passes[i], passes[j]) = (passes[j], passes[i]);
        }

        return passes;
    }
}
