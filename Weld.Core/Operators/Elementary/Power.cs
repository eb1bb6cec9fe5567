using static Weld.Core.Operators.Elementary.Lanes;

namespace Weld.Core.Operators.Elementary;

/// <summary>
/// x^y = 2^(y · log₂ x), with log₂ |x| to some 68 bits as a sum of two floats: log₂ m = s · (c₁ + s² · (c₃ + s² · R(s²))), s = (m − 1) / (m + 1),
/// where s, s², c₁ = 2 / ln 2, c₃ = 2 / (3 ln 2) and what they are multiplied with are sums of two floats (the plan of Gal and Bachelis, 1991, without tables); R is the minimax polynomial (Remez).
/// </summary>
internal sealed class Power
{
    private Power(Exponential exponential) => Exponential = exponential;

    public static Power F64 { get; } = new(Exponential.F64)
    {
        R = [
            0.5770780163555854, 0.41219858311112956, 0.32059889797631863, 0.2623081890701259, 0.22195310306109578,
            0.19235799297773745, 0.16978625277438622, 0.15036756825861664, 0.15891177656009892,
        ],
        C1 = (2.8853900817779268, 4.0710547481862066e-17),
        C3 = (0.9617966939259756, 5.0577616648125907e-17),
    };

    public static Power F32 { get; } = new(Exponential.F32)
    {
        R = [0.57708025f, 0.41184744f, 0.3378748f],
        C1 = (2.88539f, 3.851926e-08f),
        C3 = (0.9617967f, -7.028462e-09f),
    };

    public Exponential Exponential { get; }

    public required double[] R { get; init; }

    public required (double High, double Low) C1 { get; init; }

    public required (double High, double Low) C3 { get; init; }

    public F Pow(F x, F y)
    {
        var (product, low) = Times(Log2(Abs(x)), y);
        return Rare(!(x > 0 & Abs(product) < Exponential.SafePower), Exponential.NormalPower(product, low), Special(x, y, Exponential.AnyPower(product, low)));
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

    /// <summary>log₂ x for x > 0; NaN for ∞.</summary>
    private (F High, F Low) Log2(F x)
    {
        var format = Exponential.Format;
        var isSmall = x < format.MinNormal;
        var (normal, scale) = Rare(
            !(x >= format.MinNormal & x < double.PositiveInfinity), (x, 0), (Select(isSmall, x * Format.Power(format.Fraction + 2), x), Select(isSmall, format.Fraction + 2, double.NaN)));
        var (m, k, _) = format.Split(normal);
        var (high, low) = Log2OfFraction(m);
        var (sum, lost) = FastTwoSum(k - scale, high);
        return (sum, lost + low);
    }

    /// <summary>log₂ m for √½ ≤ m &lt; √2.</summary>
    private (F High, F Low) Log2OfFraction(F m)
    {
        var sum = m + 1;
        var s = Quotient(m - 1, (sum, m - (sum - 1)));
        var z = Times(s, s);
        var r = Polynomial(z.High, R);
        var third = FastTwoSum(C3.High, z.High * r);
        var cubic = Times(z, (third.High, third.Low + Fma(z.Low, r, C3.Low)));
        var first = FastTwoSum(C1.High, cubic.High);
        return Times(s, (first.High, first.Low + (cubic.Low + C1.Low)));
    }

    private static (F High, F Low) Times((F High, F Low) x, (F High, F Low) y)
    {
        var (high, low) = TwoProduct(x.High, y.High);
        return (high, Fma(x.High, y.Low, Fma(x.Low, y.High, low)));
    }
}
