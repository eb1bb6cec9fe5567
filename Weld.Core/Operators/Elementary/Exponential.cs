using static Weld.Core.Operators.Elementary.Lanes;

namespace Weld.Core.Operators.Elementary;

/// <summary>
/// e^x = 2ᵏ · e^r with x = k · ln 2 + r, |r| ≤ ½ ln 2 (Cody and Waite, Software Manual for the Elementary Functions, 1980),
/// e^r = 1 + r + r²/2 + r³ · P(r), P the minimax polynomial of (e^r − 1 − r − r²/2) / r³ (Remez).
/// r is a sum of two floats, so that sinh, cosh, tanh and expm1 can be taken from it.
/// </summary>
internal sealed class Exponential
{
    private const double Log2E = 1.4426950408889634;

    private Exponential(Format format) => Format = format;

    public static Exponential F64 { get; } = new(Format.F64)
    {
        Ln2High = 0.6931471805598903,
        Ln2Low = 5.497923018708371e-14,
        Ln2 = (0.6931471805599453, 2.3190468138462996e-17),
        Q = [
            2.3190468138462996e-17, 0.24022650695910122, 0.05550410866482074, 0.009618129107597007, 0.001333355814668644, 0.00015403530454034963,
            1.5252733546375766e-05, 1.3215436625621319e-06, 1.0178184931734331e-07, 7.073576419496611e-09, 4.436252335396286e-10,
        ],
        P = [
            0.5, 0.16666666666666677, 0.04166666666666669, 0.008333333333321688, 0.0013888888888870668, 0.00019841269886006113,
            2.4801587355088488e-05, 2.7557244315911277e-06, 2.755724641701047e-07, 2.5109003148217472e-08, 2.0923513511731528e-09,
        ],
        C = [0.5, 0.04166666666660279, 0.0013888888927268345, 2.480150809316253e-05, 2.7625418823279435e-07],
        S = [0.16666666666666685, 0.00833333333331572, 0.00019841269899608004, 2.7557231666222525e-06, 2.5113142936483812e-08],
        Safe = 708,
        Subnormal = -708.3964185322641,
        Underflow = -746,
        Overflow = 710,
        SafePower = 1021,
        UnderflowPower = -1076,
        OverflowPower = 1025,
        MinusOne = -40,
        TanhIsOne = 22,
        Tiny = Format.Power(-28),
    };

    public static Exponential F32 { get; } = new(Format.F32)
    {
        Ln2High = 0.693145751953125,
        Ln2Low = 1.4286068e-06f,
        Ln2 = (0.6931472f, -1.9046542e-09f),
        Q = [-1.9046542e-09f, 0.24022651f, 0.055504106f, 0.009618043f, 0.0013333815f, 0.00015465425f, 1.5215015e-05f],
        P = [0.5, 0.16666667f, 0.04166648f, 0.008333282f, 0.0013933317f, 0.0001990976f],
        C = [0.5, 0.04166646f, 0.0013935426f],
        S = [0.16666518f, 0.008368972f],
        Safe = 87,
        Subnormal = -87.33654f,
        Underflow = -105,
        Overflow = 89,
        SafePower = 126,
        UnderflowPower = -151,
        OverflowPower = 129,
        MinusOne = -20,
        TanhIsOne = 10,
        Tiny = Format.Power(-13),
    };

    public Format Format { get; }

    /// <summary>ln 2 rounded to so few bits that k · Ln2High is exact.</summary>
    public required double Ln2High { get; init; }

    public required double Ln2Low { get; init; }

    public required (double High, double Low) Ln2 { get; init; }

    /// <summary>½ and then the coefficients of P: (e^r − 1 − r) / r².</summary>
    public required double[] P { get; init; }

    /// <summary>The low part of ln 2, then the coefficients of the minimax polynomial of (2^f − 1 − f · ln 2) / f² for |f| ≤ ½ (Remez).</summary>
    public required double[] Q { get; init; }

    /// <summary>The coefficients of the minimax polynomial of (cosh r − 1) / r² in r² (Remez).</summary>
    public required double[] C { get; init; }

    /// <summary>The coefficients of the minimax polynomial of (sinh r − r) / r³ in r² (Remez).</summary>
    public required double[] S { get; init; }

    /// <summary>For |x| below this e^x is normal.</summary>
    public required double Safe { get; init; }

    /// <summary>Below this e^x is subnormal.</summary>
    public required double Subnormal { get; init; }

    /// <summary>Below this e^x is 0.</summary>
    public required double Underflow { get; init; }

    /// <summary>Above this e^x is ∞.</summary>
    public required double Overflow { get; init; }

    /// <summary>For |x| below this 2^x is normal.</summary>
    public required double SafePower { get; init; }

    public required double UnderflowPower { get; init; }

    public required double OverflowPower { get; init; }

    /// <summary>Below this e^x − 1 is −1.</summary>
    public required double MinusOne { get; init; }

    /// <summary>Above this tanh is 1.</summary>
    public required double TanhIsOne { get; init; }

    /// <summary>Below this x³ / 6 is nothing beside x.</summary>
    public required double Tiny { get; init; }

    public F Exp(F x)
    {
        var (k, p) = Reduced(x);
        var clamped = Clamp(x, Underflow, Overflow);
        var (slowK, slowP) = Reduced(clamped);
        return Rare(!(Abs(x) < Safe), Format.Raise(p.High + p.Low, k), Format.Scale(slowP, slowK, clamped < Subnormal));
    }

    /// <summary>e^x where it is known to be normal, or x to be NaN.</summary>
    public F Normal(F x)
    {
        var (k, p) = Reduced(x);
        return (p.High + p.Low) * Format.PowerOfTwo(k);
    }

    public F Exp2(F x) => Rare(!(Abs(x) < SafePower), NormalPower(x, null), AnyPower(x, null));

    /// <summary>2^(x + low) where |x| is below <see cref="SafePower"/>, and |low| below an ulp of x; null for none.</summary>
    public F NormalPower(F x, F? low)
    {
        var (k, p) = Power(x, low);
        return Format.Raise(p.High + p.Low, k);
    }

    /// <summary>2^(x + low) for every x.</summary>
    public F AnyPower(F x, F? low)
    {
        var clamped = Clamp(x, UnderflowPower, OverflowPower);
        var (k, p) = Power(clamped, low is { } part ? Select(Is(clamped, x), part, 0) : null);
        return Format.Scale(p, k, clamped < 1 - Format.Bias);
    }

    public F Expm1(F x)
    {
        var (high, low) = HalfOfExpm1(Clamp(x, MinusOne, Overflow));
        return Select(Abs(x) < Tiny * Tiny, x, 2 * (high + low));
    }

    /// <summary>sinh x = m + m / (2m + 1) with m = (e^|x| − 1) / 2.</summary>
    public F Sinh(F x)
    {
        var a = Abs(x);
        var m = HalfOfExpm1(a);
        var (q, rest) = Quotient(m, Sum(1, (2 * m.High, 2 * m.Low)));
        var (high, low) = FastTwoSum(m.High, q);
        var sinh = Rare(!(a < Safe), high + (low + (m.Low + rest)), HalfOfExp(a));
        return Select(a < Tiny, x, CopySign(sinh, x));
    }

    /// <summary>
    /// cosh(k · ln 2 + r) = (h + g) · cosh r + (h − g) · sinh r with h = 2^(k−1), g = 2^(−k−1): the rounded sum of h + g and (h − g) · r, and what that loses, g where it is too small for it among it.
    /// </summary>
    public F Cosh(F x)
    {
        var a = Abs(x);
        var (k, high, low, r) = Reduce(a);
        var (h, g) = Format.PowersOfTwo(k, -1);
        var sum = h + g;
        var difference = h - g;
        var z = r * r;
        var linear = Fma(difference, high, sum);
        var lost = Fma(difference, high, h - linear) + g;
        var rest = Fma(sum, z * Polynomial(z, C), Fma(difference, Fma(r * z, Polynomial(z, S), low), lost));
        return Rare(!(a < Safe), linear + rest, HalfOfExp(a));
    }

    /// <summary>tanh x = n / (2 − n) with n = 1 − e^−2|x|, all as sums.</summary>
    public F Tanh(F x)
    {
        var a = Abs(x);
        var (k, power, powerLow) = ReducedLessOne(-2 * Select(a > TanhIsOne, TanhIsOne, a));
        var scale = Format.PowerOfTwo(k);
        var whole = 1 - scale;
        var wholeLow = (1 - whole) - scale;
        var high = Fma(-scale, power, whole);
        var low = Fma(-scale, power, whole - high) + Fma(-scale, powerLow, wholeLow);

        var rest = 2 - high;
        var restLow = (2 - rest) - high;
        var inverse = 1 / rest;
        var q = high * inverse;
        var left = Fma(-q, rest, high) + Fma(-q, restLow - low, low);
        return Format.WithSign(Fma(left, inverse, q), x);
    }

    private static F Clamp(F x, double low, double high) => Select(x < low, low, Select(x > high, high, x));

    /// <summary>e^x / 2 where it may overflow.</summary>
    private F HalfOfExp(F x)
    {
        var (k, p) = Reduced(Select(x > Overflow + 5, Overflow + 5, x));
        return Format.Scale(p.High + p.Low, k - 1);
    }

    /// <summary>k, and e^r as a sum.</summary>
    private (I K, (F High, F Low) Power) Reduced(F x)
    {
        var (k, high, low, r) = Reduce(x);
        var (power, lost) = FastTwoSum(1, high);
        return (k, (power, lost + Fma(r * r, Polynomial(r, P), low)));
    }

    /// <summary>k, and e^r − 1 as a sum: r²/2 is added to r³ · P(r) before it is rounded.</summary>
    private (I K, F High, F Low) ReducedLessOne(F x)
    {
        var (k, high, low, r) = Reduce(x);
        var (power, lost) = FastTwoSum(high, Fma(0.5 * r, r, Fma(r * r * r, Polynomial(r, P.AsSpan(1)), low)));
        return (k, power, lost);
    }

    /// <summary>x = k · ln 2 + high + low, and r = high + low rounded.</summary>
    private (I K, F High, F Low, F R) Reduce(F x)
    {
        var shifted = Fma(x, Log2E, Format.Magic);
        var k = shifted - Format.Magic;
        var high = Fma(k, -Ln2High, x);
        var low = k * -Ln2Low;
        return (Bits(shifted), high, low, high + low);
    }

    /// <summary>k, and 2^(f + low) = 1 + f · ln 2 + f² · Q(f) for |f| ≤ ½ as a sum, where x = k + f.</summary>
    private (I K, (F High, F Low) Power) Power(F x, F? low)
    {
        var shifted = x + Format.Magic;
        var fraction = x - (shifted - Format.Magic);
        var high = Fma(fraction, Ln2.High, 1);
        var lost = Fma(fraction, Ln2.High, 1 - high);
        var f = low is { } part ? fraction + part : fraction;
        return (Bits(shifted), (high, Fma(f, Polynomial(f, Q), low is { } rest ? Fma(rest, Ln2.High, lost) : lost)));
    }

    /// <summary>(e^x − 1) / 2 = h · (e^r − 1) + (h − ½) with h = 2^(k−1), as a sum that is accurate relative to itself.</summary>
    private (F High, F Low) HalfOfExpm1(F x)
    {
        var (k, power, powerLow) = ReducedLessOne(x);
        var half = Format.PowerOfTwo(k, -1);
        var whole = half - 0.5;
        var wholeLow = (half - whole) - 0.5;
        var (high, low) = FastTwoSum(whole, half * power);
        return (high, low + Fma(half, powerLow, wholeLow));
    }
}
