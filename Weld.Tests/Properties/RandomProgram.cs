using Weld.Core.IR;
using Weld.Core.Values;

namespace Weld.Tests.Properties;

/// <summary>A random program with arguments for it; the seed alone determines both.</summary>
/// <param name="Seed">What it was made from.</param>
/// <param name="Program">The program.</param>
/// <param name="Arguments">One for each parameter.</param>
internal sealed record RandomProgram(ulong Seed, Lambda Program, Seq<Value> Arguments)
{
    /// <summary>The program of a seed.</summary>
    public static RandomProgram Of(ulong seed)
    {
        var random = new RandomSource(seed);
        return random.Below(1000) < 8 ? new ProgramGenerator(random, risky: false).Long(seed) : new ProgramGenerator(random, risky: random.Percent(40)).Ordinary(seed);
    }
}
