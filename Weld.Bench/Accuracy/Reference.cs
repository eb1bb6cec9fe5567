using System.Numerics;
using Weld.Core.Types;

namespace Weld.Bench.Accuracy;

/// <summary>
/// The elementary functions to at least 120 bits. A function with an inverse starts from a double and takes one step whose error is the fourth or fifth power of the start's,
/// so that only e^x − 1, sin, cos and the series of erf are summed.
/// </summary>
internal static class Reference
{
    private const int PiBits = 1600;
    private static readonly BigInteger PiDigits = (16 * InverseArc(5, PiBits, -1)) - (4 * InverseArc(239, PiBits, -1));
    private static readonly BigInteger Ln2Digits = (18 * InverseArc(26, 320, 1)) - (2 * InverseArc(4801, 320, 1)) + (8 * InverseArc(8749, 320, 1));
    private static readonly BigFloat Pi = BigFloat.Scaled(PiDigits, -PiBits);
    private static readonly BigFloat Ln2 = BigFloat.Scaled(Ln2Digits, -320);
    private static readonly BigFloat InverseLn2 = Ln2.Reciprocal();
    private static readonly BigFloat TwoOverRootPi = BigFloat.One.Scale(1) / Pi.Sqrt();
    private static readonly BigFloat Third = ((BigFloat)3).Reciprocal();
    private static readonly BigFloat[] InverseFactorials = [.. Enumerable.Range(0, 46).Select(InverseFactorial)];
    private static readonly BigFloat[] InverseOdds = [.. Enumerable.Range(0, 1000).Select(n => ((BigFloat)((2 * n) + 1)).Reciprocal())];
    private static readonly BigFloat InverseLn10 = Log(10).Reciprocal();

    /// <summary>The value of a function at finite arguments inside its domain, away from poles.</summary>
    public static BigFloat Evaluate(string name, double x, double y) => name switch
    {
        "exp" => Exp(x),
        "exp2" => Exp(x * Ln2),
        "expm1" => Expm1(x),
        "sinh" => Sinh(x),
        "cosh" => (Exp(x) + Exp(-x)).Scale(-1),
        "tanh" => Tanh(x),
        "log" => Log(x),
        "log2" => Log(x) * InverseLn2,
        "log10" => Log(x) * InverseLn10,
        "log1p" => Log(BigFloat.One + x, x),
        "sin" => Sin(x, 0),
        "cos" => Sin(x, 1),
        "tan" => Sin(x, 0) / Sin(x, 1),
        "asin" => Atan2(x, Complement(x)),
        "acos" => Atan2(Complement(x), x),
        "atan" => Atan2(x, 1),
        "erf" => Erf(x),
        "cbrt" => Cbrt(x),
        "pow" => Pow(x, y),
        "atan2" => Atan2(x, y),
        _ => throw new ArgumentException($"no reference for {name}", nameof(name)),
    };

    /// <summary>How far a float is from the exact value, in units of the last place there; ∞ for a wrong NaN, sign or infinity.</summary>
    public static double Error(BigFloat exact, double actual, ScalarKind kind)
    {
        var (digits, least, greatest) = kind == ScalarKind.F64 ? (53, -1074, 1024) : (24, -149, 128);
        if (double.IsInfinity(actual))
        {
            var rounded = BigFloat.One.Scale(greatest) - BigFloat.One.Scale(greatest - digits - 1);
            return double.IsNegative(actual) == exact.IsNegative && !(exact.Abs() < rounded) ? 0 : double.PositiveInfinity;
        }

        var isWrong = double.IsNaN(actual) || (!exact.IsZero && double.IsNegative(actual) != exact.IsNegative);
        return isWrong ? double.PositiveInfinity : exact.UlpsFrom(actual, digits, least);
    }

    private static BigFloat Exp(BigFloat x)
    {
        var k = (int)Math.Round((double)x * 1.4426950408889634);
        return (BigFloat.One + SmallExpm1(x - (k * Ln2))).Scale(k);
    }

    private static BigFloat Expm1(BigFloat x) => x.Exponent < -1 ? SmallExpm1(x) : Exp(x) - 1;

    /// <summary>e^x − 1 for |x| ≤ ½, accurate relative to itself: Taylor's series of x / 256, then eight times e^2x − 1 = 2s + s².</summary>
    private static BigFloat SmallExpm1(BigFloat x)
    {
        var r = x.Scale(-8);
        var sum = InverseFactorials[17];
        for (var n = 16; n >= 1; n--)
        {
            sum = (sum * r) + InverseFactorials[n];
        }

        sum *= r;
        for (var i = 0; i < 8; i++)
        {
            sum = sum.Scale(1) + (sum * sum);
        }

        return sum;
    }

    private static BigFloat Sinh(BigFloat x)
    {
        var e = Expm1(x.Abs());
        var sinh = (e + (e / (e + 1))).Scale(-1);
        return x.IsNegative ? -sinh : sinh;
    }

    private static BigFloat Tanh(BigFloat x)
    {
        var e = Expm1(x.Scale(1).Abs() < 400 ? x.Scale(1) : x.IsNegative ? -400 : 400);
        return e / (e + 2);
    }

    private static BigFloat Log(BigFloat x) => Log(x, x - 1);

    /// <summary>log x with x − 1 given: k · ln 2 + y₀ + log (m · e^−y₀), y₀ a double near log m.</summary>
    private static BigFloat Log(BigFloat x, BigFloat minusOne)
    {
        var k = (double)x.Scale(-x.Exponent) < 0.75 ? x.Exponent - 1 : x.Exponent;
        var m = x.Scale(-k);
        var start = Math.Log((double)m);
        var d = (k == 0 ? minusOne : m - 1) + (m * SmallExpm1(-start));
        return (k * Ln2) + start + (d - (d * d).Scale(-1) + (d * d * d * Third));
    }

    /// <summary>sin (x + shift · π/2).</summary>
    private static BigFloat Sin(double x, int shift)
    {
        var (r, quadrant) = Reduce(x);
        return ((quadrant + shift) & 3) switch
        {
            0 => SmallSin(r),
            1 => SmallCos(r),
            2 => -SmallSin(r),
            _ => -SmallCos(r),
        };
    }

    /// <summary>x modulo π/2, by integers: with as many bits of π as the exponent asks for.</summary>
    private static (BigFloat R, int Quadrant) Reduce(double x)
    {
        if (Math.Abs(x) < 0.75)
        {
            return (x, 0);
        }

        var exponent = Math.ILogB(x) - 52;
        var precision = Math.Max(exponent, 0) + 53 + 256;
        var halfPi = PiDigits >> (PiBits + 1 - precision);
        var digits = (BigInteger)Math.ScaleB(x, -exponent) << (precision + exponent);
        var n = ((digits << 1) + halfPi) / (halfPi << 1);
        n -= digits.Sign < 0 ? 1 : 0;
        return (BigFloat.Scaled(digits - (n * halfPi), -precision), (int)(n & 3));
    }

    private static BigFloat SmallSin(BigFloat x) => x * Alternating(x * x, 43);

    private static BigFloat SmallCos(BigFloat x) => Alternating(x * x, 42);

    /// <summary>The series with the inverse factorials of last, last − 2, … as coefficients.</summary>
    private static BigFloat Alternating(BigFloat z, int last)
    {
        var sum = InverseFactorials[last];
        for (var n = last - 2; n >= 0; n -= 2)
        {
            sum = InverseFactorials[n] - (sum * z);
        }

        return sum;
    }

    /// <summary>The angle of (x, y): a double near it, turned by the rest, whose tangent is small.</summary>
    private static BigFloat Atan2(BigFloat y, BigFloat x)
    {
        var scale = -Math.Max(x.IsZero ? int.MinValue / 2 : x.Exponent, y.IsZero ? int.MinValue / 2 : y.Exponent);
        (x, y) = (x.Scale(scale), y.Scale(scale));
        var start = Math.Atan2((double)y, (double)x);
        var (sin, cos) = (Sin(start, 0), Sin(start, 1));
        var t = ((y * cos) - (x * sin)) / ((x * cos) + (y * sin));
        return start + (t - (t * t * t * Third));
    }

    /// <summary>√(1 − x²).</summary>
    private static BigFloat Complement(BigFloat x) => ((BigFloat.One - x) * (BigFloat.One + x)).Sqrt();

    /// <summary>2/√π · x · e^(−x²) · Σ (2x²)ⁿ / (2n + 1)!!, all terms of one sign.</summary>
    private static BigFloat Erf(BigFloat x)
    {
        if (x.Abs() > 9.5)
        {
            return (BigFloat.One - BigFloat.One.Scale(-128)) * (x.IsNegative ? -1 : 1);
        }

        var square = x * x;
        var z = square.Scale(1);
        var (sum, term) = (BigFloat.One, BigFloat.One);
        for (var n = 1; !term.IsZero && term.Exponent > sum.Exponent - 160; n++)
        {
            term *= z * InverseOdds[n];
            sum += term;
        }

        return TwoOverRootPi * x * Exp(-square) * sum;
    }

    private static BigFloat Cbrt(BigFloat x)
    {
        var thirds = x.Exponent / 3;
        var scaled = x.Scale(-3 * thirds);
        BigFloat root = Math.Cbrt((double)scaled);
        for (var i = 0; i < 2; i++)
        {
            var square = root * root;
            root -= ((square * root) - scaled) * Third / square;
        }

        return root.Scale(thirds);
    }

    private static BigFloat Pow(double x, double y)
    {
        var power = Exp(y * Log(Math.Abs(x)));
        return x < 0 && Math.IEEERemainder(y, 2) != 0 ? -power : power;
    }

    private static BigFloat InverseFactorial(int n) => Enumerable.Range(1, n).Aggregate(BigFloat.One, (product, i) => product * i).Reciprocal();

    /// <summary>arctan 1/n (sign −1) or artanh 1/n (sign +1), times 2^bits.</summary>
    private static BigInteger InverseArc(int n, int bits, int sign)
    {
        var power = (BigInteger.One << (bits + 64)) / n;
        var sum = power;
        for (var k = 3; !power.IsZero; k += 2)
        {
            power = sign * power / ((BigInteger)n * n);
            sum += power / k;
        }

        return sum >> 64;
    }
}
