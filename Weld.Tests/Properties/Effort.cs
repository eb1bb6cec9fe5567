using System.Globalization;

namespace Weld.Tests.Properties;

/// <summary>How much the random tests do.</summary>
internal static class Effort
{
    /// <summary>From so many programs on, the rates at which things occur are asserted.</summary>
    public const int Enough = 10_000;

    /// <summary>The first seed of the random programs: <c>WELD_FUZZ_SEED</c>, or 0.</summary>
    public static ulong FirstSeed { get; } = ulong.TryParse(Environment.GetEnvironmentVariable("WELD_FUZZ_SEED"), CultureInfo.InvariantCulture, out var seed) ? seed : 0;

    /// <summary>How many random programs: <c>WELD_FUZZ_COUNT</c>, or what is enough.</summary>
    public static int Programs { get; } = int.TryParse(Environment.GetEnvironmentVariable("WELD_FUZZ_COUNT"), CultureInfo.InvariantCulture, out var count) ? count : Of(Enough);

    /// <summary>So many in a release build; a tenth in a debug build, for a quick answer while one works.</summary>
    public static int Of(int full) =>
#if DEBUG
        full / 10;
#else
        full;
#endif
}
