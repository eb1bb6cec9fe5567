using static Weld.Core.Operators.Elementary.Lanes;

namespace Weld.Core.Operators.Elementary;

/// <summary>
/// x = n · π/2 + r with |r| ≤ π/4, r as a sum of two floats: for |x| below a threshold by three parts of π/2 (Cody and Waite, 1980), above it by the bits of 2/π that matter (Payne and Hanek, 1983).
/// Then sin r = r + r³ · S(r²) and cos r = 1 − r²/2 + r⁴ · C(r²) with minimax polynomials (Remez), and n modulo 4 says which of them, with which sign.
/// </summary>
internal sealed class Trigonometry
{
    private const double TwoOverPiHigh = 0.6366197723675814;
    private readonly double[] table;

    private Trigonometry(Format format, int threshold, int groupBits, int rows)
    {
        Format = format;
        Threshold = Format.Power(threshold);
        GroupBits = groupBits;
        FirstShift = threshold - 1 - format.Fraction;
        FirstBiased = threshold - 1 + format.Bias;
        Rows = rows;
        table = TwoOverPi.Table(rows, FirstShift, 1 << groupBits, format.Fraction + 1);
    }

    public static Trigonometry F64 { get; } = new(Format.F64, threshold: 28, groupBits: 5, rows: 32)
    {
        HalfPi = (1.5707963267948966, 6.123233995736766e-17, -1.4973849048591698e-33),
        S = [-0.16666666666666632, 0.00833333333332242, -0.00019841269829813367, 2.7557313693832035e-06, -2.5050758414946412e-08, 1.589681309055589e-10],
        C = [0.0416666666666666, -0.0013888888888874133, 2.4801587289487927e-05, -2.755731435402218e-07, 2.0875723506539384e-09, -1.1359660059533018e-11],
    };

    public static Trigonometry F32 { get; } = new(Format.F32, threshold: 12, groupBits: 3, rows: 16)
    {
        HalfPi = (1.5707964f, -4.371139e-08f, -1.7151245e-15f),
        S = [-0.16666667f, 0.008333329f, -0.00019839332f, 2.7182753e-06f],
        C = [0.041666646f, -0.0013887365f, 2.4438135e-05f],
    };

    public Format Format { get; }

    /// <summary>π/2 in three parts.</summary>
    public required (double High, double Middle, double Low) HalfPi { get; init; }

    public required double[] S { get; init; }

    public required double[] C { get; init; }

    private double Threshold { get; }

    /// <summary>2^GroupBits neighbouring exponents share a row of the table.</summary>
    private int GroupBits { get; }

    private int FirstShift { get; }

    /// <summary>The biased exponent that the first row begins with.</summary>
    private int FirstBiased { get; }

    private int Rows { get; }

    private double Tiny => Format.Power(-Format.Fraction / 2 - 1);

    public F Sin(F x)
    {
        var (r, low, n) = Reduce(x);
        return Select(Abs(x) < Tiny, x, Quadrant(n, Total(SinOf(r, low)), Total(CosOf(r, low))));
    }

    public F Cos(F x)
    {
        var (r, low, n) = Reduce(x);
        return Quadrant(n + 1, Total(SinOf(r, low)), Total(CosOf(r, low)));
    }

    public F Tan(F x)
    {
        var (r, low, n) = Reduce(x);
        var sin = SinOf(r, low);
        var (unrounded, tail) = CosOf(r, low);
        var cos = FastTwoSum(unrounded, tail);
        var even = Is(n & 1, 0);
        var (q, rest) = Quotient(
            (Select(even, sin.High, -cos.High), Select(even, sin.Low, -cos.Low)),
            (Select(even, cos.High, sin.High), Select(even, cos.Low, sin.Low)));
        return Select(Abs(x) < Tiny, x, q + rest);
    }

    private static F Total((F High, F Low) x) => x.High + x.Low;

    /// <summary>sin (r + n · π/2).</summary>
    private F Quadrant(I n, F sin, F cos) =>
        Float(Bits(Select(Is(n & 1, 0), sin, cos)) ^ ((n & 2) << (Format.Width - 2)));

    private (F High, F Low) SinOf(F r, F low)
    {
        var z = r * r;
        return FastTwoSum(r, Fma(z * r, Polynomial(z, S), Fma(-0.5 * z, low, low)));
    }

    private (F High, F Low) CosOf(F r, F low)
    {
        var z = r * r;
        var half = 0.5 * z;
        var (one, lost) = FastTwoSum(1, -half);
        return (one, lost + Fma(z * z, Polynomial(z, C), -(r * low)));
    }

    private (F R, F Low, I N) Reduce(F x) => Rare(!(Abs(x) < Threshold), Near(x), Far(x));

    private (F R, F Low, I N) Near(F x)
    {
        var shifted = Fma(x, TwoOverPiHigh, Format.Magic);
        var n = shifted - Format.Magic;
        var high = Fma(n, -HalfPi.High, x);
        var (product, error) = TwoProduct(n, HalfPi.Middle);
        var (r, low) = TwoSum(high, -product);
        return (r, Fma(n, -HalfPi.Low, low - error), Bits(shifted));
    }

    /// <summary>With x' = x · 2^−shift a whole number and tᵢ the row: x · 2/π modulo 4 = Σ x' · tᵢ; parts of 4 or more fall away, what is left is summed from the top without loss.</summary>
    private (F R, F Low, I N) Far(F x)
    {
        var group = (Bits(Abs(x)) >>> Format.Fraction) - FirstBiased;
        var row = (group >>> GroupBits) & (Rows - 1);
        var whole = x * Float((Format.Bias - FirstShift - (row << GroupBits)) << Format.Fraction);
        var index = row << 2;
        var (p0, e0) = TwoProduct(whole, Lookup(table, index));
        var (p1, e1) = TwoProduct(whole, Lookup(table, index + 1));
        var (p2, e2) = TwoProduct(whole, Lookup(table, index + 2));
        var p3 = whole * Lookup(table, index + 3);

        var (top, topLow) = TwoSum(ModuloFour(ModuloFour(p0) + ModuloFour(e0)), ModuloFour(p1));
        var shifted = top + Format.Magic;
        var (first, firstLow) = TwoSum(top - (shifted - Format.Magic), topLow);
        var (second, secondLow) = TwoSum(e1, p2);
        var (sum, sumLow) = TwoSum(first, second);
        var (fraction, rest) = FastTwoSum(sum, sumLow + (firstLow + secondLow + (e2 + p3)));

        var (r, low) = TwoProduct(fraction, HalfPi.High);
        return (r, Fma(fraction, HalfPi.Middle, Fma(rest, HalfPi.High, low)), Bits(shifted));
    }

    private static F ModuloFour(F x) => x - (4 * RoundEven(0.25 * x));
}
