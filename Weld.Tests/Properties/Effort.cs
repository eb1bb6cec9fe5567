namespace Weld.Tests.Properties;

/// <summary>How much the random tests do.</summary>
internal static class Effort
{
    /// <summary>So many in a release build; a tenth in a debug build, for a quick answer while one works.</summary>
    public static int Of(int full) =>
#if DEBUG
        full / 10;
#else
        full;
#endif
}
