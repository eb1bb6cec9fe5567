using static System.Math;

namespace Weld.Core.Operators.Elementary;

/// <summary>
/// erf and 2/√π · e^−r² − 1 at the multiples r of 2^−8 from 0 to 8, from the Taylor series from one r to the next, in sums of two floats: e^−(r+h)² = e^−r² · e^−h(2r+h), and
/// erf(r + h) = erf r + 2/√π · e^−r² · ∫₀ʰ e^−(2r+t)t dt.
/// </summary>
internal sealed class ErrorFunctionTable
{
    /// <summary>How many r there are between two whole numbers.</summary>
    public const int Steps = 256;

    /// <summary>How many r there are.</summary>
    public const int Rows = 8 * Steps;

    private const double Step = 1.0 / Steps;

    /// <summary>The terms of a series: of those of e^−1/16 the next one would be below 2^−90.</summary>
    private const int Terms = 13;

    private static readonly Pair TwoOverRootPi = new(1.1283791670955126, 1.533545961316588e-17);

    private ErrorFunctionTable()
    {
        var (erf, slope) = (default(Pair), TwoOverRootPi);
        for (var row = 0; row < Rows; row++)
        {
            High[row] = erf.High;
            Low[row] = erf.Low;
            SlopeMinusOne[row] = (slope + new Pair(-1, 0)).High;
            var r = row * Step;
            erf += slope * Integral(r);
            slope *= Exp(-Step * (r + r + Step));
        }
    }

    /// <summary>The table, made when it is first asked for.</summary>
    public static ErrorFunctionTable Instance { get; } = new();

    /// <summary>erf r, rounded.</summary>
    public double[] High { get; } = new double[Rows];

    /// <summary>What is lost by that.</summary>
    public double[] Low { get; } = new double[Rows];

    /// <summary>The derivative there less 1.</summary>
    public double[] SlopeMinusOne { get; } = new double[Rows];

    private static Pair Exp(double x)
    {
        var sum = new Pair(1, 0);
        for (var n = Terms; n > 0; n--)
        {
            sum = new Pair(1, 0) + (sum * new Pair(x, 0) / n);
        }

        return sum;
    }

    /// <summary>∫₀ʰ e^−2rt−t² dt = Σ cₙ hⁿ⁺¹ / (n + 1), where the derivative of the integrand gives (n + 1) cₙ₊₁ = −2 (r cₙ + cₙ₋₁).</summary>
    private static Pair Integral(double r)
    {
        var (sum, before, term) = (default(Pair), default(Pair), new Pair(Step, 0));
        for (var n = 0; n < Terms; n++)
        {
            sum += term / (n + 1);
            (before, term) = (term, ((term * new Pair(r * Step, 0)) + (before * new Pair(Step * Step, 0))) * new Pair(-2, 0) / (n + 1));
        }

        return sum;
    }

    /// <summary>A sum of two floats, the second at most half an ulp of the first.</summary>
    private readonly record struct Pair(double High, double Low)
    {
        public static Pair operator +(Pair x, Pair y)
        {
            var sum = x.High + y.High;
            var part = sum - x.High;
            return Of(sum, x.High - (sum - part) + (y.High - part) + (x.Low + y.Low));
        }

        public static Pair operator *(Pair x, Pair y)
        {
            var product = x.High * y.High;
            return Of(product, FusedMultiplyAdd(x.High, y.High, -product) + ((x.High * y.Low) + (x.Low * y.High)));
        }

        public static Pair operator /(Pair x, int y)
        {
            var quotient = x.High / y;
            return Of(quotient, (FusedMultiplyAdd(-quotient, y, x.High) + x.Low) / y);
        }

        private static Pair Of(double high, double low)
        {
            var sum = high + low;
            return new Pair(sum, high - sum + low);
        }
    }
}
