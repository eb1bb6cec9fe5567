using static Weld.Core.Operators.Elementary.Lanes;

namespace Weld.Core.Operators.Elementary;

/// <summary>
/// atan (a / b) = k · π/4 + atan t with t = a/b, (a − b)/(a + b) or −b/a, so that |t| ≤ tan π/8, and atan t = t + t³ · A(t²).
/// asin s = s + s³ · R(s²) for |s| ≤ ½, and π/2 − 2 asin √((1 − |x|)/2) beyond. A and R are minimax polynomials (Remez); quotients and roots carry what rounding loses.
/// </summary>
internal sealed class InverseTrigonometry
{
    private InverseTrigonometry(Format format) => Format = format;

    public static InverseTrigonometry F64 { get; } = new(Format.F64)
    {
        QuarterPi = (0.7853981633974483, 3.061616997868383e-17),
        A = [
            -0.33333333333333326, 0.1999999999999767, -0.14285714285388212, 0.11111111088189479, -0.09090908144926964, 0.07692282767264966,
            -0.0666622687919203, 0.058770229427753826, -0.052184114545902785, 0.045035769305496624, -0.033475068607274436, 0.015195745367581013,
        ],
        R = [
            0.16666666666666763, 0.07499999999969903, 0.04464285717547492, 0.030381942666006034, 0.022372216174146288, 0.017351590551726127, 0.013981079418804656,
            0.011396782214232699, 0.010792254706540228, 0.003660841338571517, 0.02181888109376764, -0.021157562818805202, 0.0327282546014425,
        ],
        Large = Format.Power(64),
        Huge = Format.Power(500),
    };

    public static InverseTrigonometry F32 { get; } = new(Format.F32)
    {
        QuarterPi = (0.7853982f, -2.1855694e-08f),
        A = [-0.33333316f, 0.19998483f, -0.14243731f, 0.10595089f, -0.06081042f],
        R = [0.1666666f, 0.07500514f, 0.04451523f, 0.031821977f, 0.014385159f, 0.037590936f],
        Large = Format.Power(32),
        Huge = Format.Power(60),
    };

    public Format Format { get; }

    public required (double High, double Low) QuarterPi { get; init; }

    public required double[] A { get; init; }

    public required double[] R { get; init; }

    /// <summary>Above this atan is π/2.</summary>
    public required double Large { get; init; }

    /// <summary>Between this and its reciprocal sums and reciprocals are normal.</summary>
    public required double Huge { get; init; }

    private double Tiny => Format.Power(-Format.Fraction / 2 - 1);

    public F Atan(F x)
    {
        var a = Abs(x);
        var (k, t) = Octant(Select(a > Large, Large, a), 1);
        return Select(a < Tiny, x, CopySign(Angle(k, t), x));
    }

    public F Atan2(F y, F x)
    {
        var (a, b) = (Abs(y), Abs(x));
        var max = Select(a > b, a, b);
        (a, b) = Rare(!(max < Huge & max > 1 / Huge), (a, b), Scaled(a, b, max));
        var (k, t) = Octant(a, b);
        var left = CopySign(1, x) < 0;
        var angle = Angle(Select(left, 4 - k, k), (Select(left, -t.High, t.High), Select(left, -t.Low, t.Low)));
        return CopySign(angle, y);
    }

    public F Asin(F x)
    {
        var a = Abs(x);
        var (s, error, z, small) = Half(a);
        var (high, low) = FastTwoSum(QuarterPi.High, -s);
        var tail = Fma(s * z, Polynomial(z, R), error);
        var large = 2 * (high + (low + (QuarterPi.Low - tail)));
        return Select(a < Tiny, x, CopySign(Select(small, s + tail, large), x));
    }

    /// <summary>acos x = π/2 − asin x for |x| &lt; ½, 2 asin √((1 − x)/2) above, and π minus that of |x| below.</summary>
    public F Acos(F x)
    {
        var (s, error, z, small) = Half(Abs(x));
        var tail = Fma(s * z, Polynomial(z, R), error);
        var sign = CopySign(1, x);
        var near = AnglePlus(2, -(sign * s), -(sign * tail));
        var below = AnglePlus(4, -2 * s, -2 * tail);
        return Select(small, near, Select(x < 0, below, 2 * (s + tail)));

        F AnglePlus(double quarters, F s, F tail)
        {
            var (high, low) = FastTwoSum(quarters * QuarterPi.High, s);
            return high + (low + (tail + (quarters * QuarterPi.Low)));
        }
    }

    /// <summary>The argument of the polynomial and its square: a itself for a &lt; ½, else √((1 − a)/2) as a sum.</summary>
    private static (F S, F Error, F Z, M Small) Half(F a)
    {
        var small = a < 0.5;
        var half = 0.5 * (1 - a);
        var root = Sqrt(half);
        var error = Fma(-root, root, half) / Fma(2, root, Format.Power(-100));
        return (Select(small, a, root), Select(small, 0, error), Select(small, a * a, half), small);
    }

    /// <summary>a and b times a power of two that makes the greater one moderate; of two zeros 0 and 1; of infinities 1 for ∞ and 0 for the finite.</summary>
    private (F A, F B) Scaled(F a, F b, F max)
    {
        var limit = Format.Power(Format.Bias - 1);
        var scale = Format.InversePower(Bits(Select(max < limit, max, limit)) >>> Format.Fraction);
        var zero = Is(max, 0);
        var infinite = Is(max, double.PositiveInfinity);
        return (Select(infinite, One(a), a * scale), Select(zero, 1, Select(infinite, One(b), b * scale)));

        static F One(F x) => Select(x < double.PositiveInfinity, 0, Select(Is(x, double.PositiveInfinity), 1, x));
    }

    /// <summary>k and t as a sum, for a, b ≥ 0 that are not both 0.</summary>
    private static (F K, (F High, F Low) T) Octant(F a, F b)
    {
        var low = a <= 0.41421356237309503 * b;
        var high = a >= 2.414213562373095 * b;
        var between = !(low | high);
        var (difference, differenceLow) = TwoSum(a, -b);
        var (sum, sumLow) = TwoSum(a, b);
        var k = Select(low, 0, Select(high, 2, 1));
        var numerator = Select(low, a, Select(high, -b, difference));
        var denominator = Select(low, b, Select(high, a, sum));
        return (k, Quotient((numerator, Select(between, differenceLow, 0)), (denominator, Select(between, sumLow, 0))));
    }

    /// <summary>k · π/4 + atan t.</summary>
    private F Angle(F k, (F High, F Low) t)
    {
        var z = t.High * t.High;
        var (baseAngle, error) = TwoProduct(k, QuarterPi.High);
        var (high, low) = FastTwoSum(baseAngle, t.High);
        var rest = Fma(k, QuarterPi.Low, error) + t.Low;
        return high + (low + Fma(t.High * z, Polynomial(z, A), rest));
    }
}
