using System.Globalization;

namespace Weld.Bench.Pages;

/// <summary>Figures as text.</summary>
internal static class Figure
{
    /// <summary>A number to three digits, or to the last before the point.</summary>
    public static string Of(double value) => value.ToString(Math.Abs(value) < 999.5 ? "G3" : "F0", CultureInfo.InvariantCulture);

    /// <summary>Times with their quartiles.</summary>
    public static string Of(Quartiles times) => $"{Of(times.Median)} ({Of(times.Low)}–{Of(times.High)})";

    /// <summary>A ratio with its quartiles.</summary>
    public static string OfRatio(Quartiles ratio) => FormattableString.Invariant($"{ratio.Median:F2} ({ratio.Low:F2}–{ratio.High:F2})");
}
