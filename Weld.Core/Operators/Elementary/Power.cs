using static Weld.Core.Operators.Elementary.Lanes;

namespace Weld.Core.Operators.Elementary;

/// <summary>
/// x^y = 2^(y · log₂ x), with log₂ |x| to some 68 bits as a sum of two floats: log m = 2s + s³ · (2/3 + s² · R(s²)), s = (m − 1) / (m + 1),
/// where s, s² and the two leading terms are sums of two floats (the plan of Gal and Bachelis, 1991, without tables); R is the minimax polynomial (Remez).
/// </summary>
internal sealed class Power
{
    private Power(Exponential exponential) => Exponential = exponential;

    public static Power F64 { get; } = new(Exponential.F64)
    {
        R = [
            0.4, 0.28571428571428376, 0.22222222222291083, 0.1818181816917428, 0.1538461676033295,
            0.13333240049068848, 0.11768686240840401, 0.10422685598611524, 0.11014924988040456,
        ],
        TwoThirds = (0.6666666666666666, 3.700743415417188e-17),
        Log2E = (1.4426950408889634, 2.0355273740931033e-17),
    };

    public static Power F32 { get; } = new(Exponential.F32)
    {
        R = [0.40000153f, 0.2854709f, 0.23419696f],
        TwoThirds = (0.6666667f, -1.9868216e-08f),
        Log2E = (1.442695f, 1.925963e-08f),
    };

    public Exponential Exponential { get; }

    public required double[] R { get; init; }

    public required (double High, double Low) TwoThirds { get; init; }

    public required (double High, double Low) Log2E { get; init; }

    public F Pow(F x, F y)
    {
        var a = Abs(x);
        var (product, low) = Times(Log2(a), y);
        var power = Exponential.Exp2(product, low);
        return Rare(!(x > 0 & x < double.PositiveInfinity & Abs(y) < double.PositiveInfinity), power, Special(x, y, power));
    }

    /// <summary>The special values of C, Annex F: x negative, 0, ∞ or NaN, or y ∞ or NaN; elsewhere ±|x|^y.</summary>
    private static F Special(F x, F y, F power)
    {
        var a = Abs(x);
        var wholeY = Is(RoundEven(y), y);
        var oddY = wholeY & !Is(RoundEven(0.5 * y), 0.5 * y);
        var extreme = Is(a, 0) | Is(a, double.PositiveInfinity) | Is(Abs(y), double.PositiveInfinity);
        var grows = (a > 1 & y > 0) | (a < 1 & y < 0);
        var magnitude = Select(extreme, Select(Is(a, 1), 1, Select(grows, double.PositiveInfinity, 0)), power);
        var signed = Select(oddY, CopySign(magnitude, x), magnitude);
        var defined = Select(x < 0 & a < double.PositiveInfinity & !wholeY, double.NaN, signed);
        var isNumber = x <= double.PositiveInfinity & y <= double.PositiveInfinity;
        return Select(Is(x, 1) | Is(y, 0), 1, Select(isNumber, defined, double.NaN));
    }

    private static (F High, F Low) Times((F High, F Low) x, F y)
    {
        var (high, low) = TwoProduct(x.High, y);
        return (high, Fma(x.Low, y, low));
    }

    private (F High, F Low) Log2(F x)
    {
        var format = Exponential.Format;
        var (normal, scale) = Rare(x < format.MinNormal, (x, 0), (x * Format.Power(format.Fraction + 2), (F)(format.Fraction + 2)));
        var (m, k, _) = format.Split(normal);
        var (high, low) = Times(Log(m), Log2E);
        var (sum, lost) = FastTwoSum(k - scale, high);
        return (sum, lost + low);
    }

    /// <summary>log m for √½ ≤ m &lt; √2.</summary>
    private (F High, F Low) Log(F m)
    {
        var sum = m + 1;
        var s = Quotient((m - 1, 0), (sum, m - (sum - 1)));
        var z = Times(s, s);
        var r = z.High * Polynomial(z.High, R);
        var (q, lost) = FastTwoSum(TwoThirds.High, r);
        var cubic = Times(Times(z, (q, lost + TwoThirds.Low)), s);
        var (high, low) = FastTwoSum(2 * s.High, cubic.High);
        return (high, low + Fma(2, s.Low, cubic.Low));
    }

    private static (F High, F Low) Times((F High, F Low) x, (F High, F Low) y)
    {
        var (high, low) = TwoProduct(x.High, y.High);
        return (high, Fma(x.High, y.Low, Fma(x.Low, y.High, low)));
    }
}
