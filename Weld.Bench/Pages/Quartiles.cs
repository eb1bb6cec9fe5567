namespace Weld.Bench.Pages;

/// <summary>The middle of several values and the quartiles around it.</summary>
internal readonly record struct Quartiles(double Low, double Median, double High)
{
    /// <summary>Of values in any order; between two values where a quartile falls between them.</summary>
    public static Quartiles Of(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return new Quartiles(At(0.25), At(0.5), At(0.75));

        double At(double share)
        {
            var at = (sorted.Length - 1) * share;
            var below = (int)at;
            return sorted[below] + ((at - below) * (sorted[Math.Min(below + 1, sorted.Length - 1)] - sorted[below]));
        }
    }

    /// <summary>Of the ratios of two series of times, round by round.</summary>
    public static Quartiles OfRatios(IEnumerable<double> times, IEnumerable<double> others) => Of(times.Zip(others, (x, y) => x / y));

    /// <summary>The geometric mean of ratios.</summary>
    public static double Mean(IEnumerable<double> ratios) => Math.Exp(ratios.Average(Math.Log));
}
