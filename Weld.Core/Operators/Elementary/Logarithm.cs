using static Weld.Core.Operators.Elementary.Lanes;

namespace Weld.Core.Operators.Elementary;

/// <summary>
/// log x = k · ln 2 + log m with x = m · 2ᵏ, √½ ≤ m &lt; √2, and with f = m − 1, s = f / (2 + f):
/// log m = 2 artanh s = f − f²/2 + s · (f²/2 + s² · R(s²)), R the minimax polynomial of (2 artanh s − 2s) / s³ (Remez); the form is that of Tang (1990) and of 4.3BSD.
/// log m stays a sum of two floats until k and the base have been brought in.
/// </summary>
internal sealed class Logarithm
{
    private Logarithm(Format format) => Format = format;

    public static Logarithm F64 { get; } = new(Format.F64)
    {
        Ln2 = (0.6931471805598903, 5.497923018708371e-14),
        Log2E = (1.4426950408889634, 2.0355273740931033e-17),
        Log10E = (0.4342944819032518, 1.098319650216765e-17),
        Log10Of2 = (0.30102999566395283, 2.8363394551044964e-14),
        R = [
            0.6666666666666666, 0.40000000000006286, 0.2857142856907341, 0.22222222648685677,
            0.18181775513423815, 0.15387097449704892, 0.13249966278109498, 0.1325271862418692,
        ],
        Large = Format.Power(1000),
    };

    public static Logarithm F32 { get; } = new(Format.F32)
    {
        Ln2 = (0.693145751953125, 1.4286068e-06f),
        Log2E = (1.442695f, 1.925963e-08f),
        Log10E = (0.4342945f, -1.010305e-08f),
        Log10Of2 = (0.301025390625, 4.605039e-06f),
        R = [0.6666666f, 0.40000337f, 0.2853724f, 0.23583546f],
        Large = Format.Power(100),
    };

    public Format Format { get; }

    /// <summary>ln 2, its first part so short that k times it is exact.</summary>
    public required (double High, double Low) Ln2 { get; init; }

    public required (double High, double Low) Log2E { get; init; }

    public required (double High, double Low) Log10E { get; init; }

    /// <summary>log₁₀ 2, its first part so short that k times it is exact.</summary>
    public required (double High, double Low) Log10Of2 { get; init; }

    public required double[] R { get; init; }

    /// <summary>From here on log(1 + x) is log x.</summary>
    public required double Large { get; init; }

    private double SubnormalScale => Format.Fraction + 2;

    public F Log(F x) => Total(x, Natural);

    public F Log2(F x) => Total(x, (k, m) =>
    {
        var (product, error) = TwoProduct(m.High, Log2E.High);
        var (high, low) = FastTwoSum(k, product);
        return high + (low + (error + Fma(m.High, Log2E.Low, m.Low * Log2E.High)));
    });

    public F Log10(F x) => Total(x, (k, m) =>
    {
        var (product, error) = TwoProduct(m.High, Log10E.High);
        var (high, low) = FastTwoSum(k * Log10Of2.High, product);
        return high + (low + (Fma(k, Log10Of2.Low, error) + Fma(m.High, Log10E.Low, m.Low * Log10E.High)));
    });

    /// <summary>log(1 + x): 1 + x = u + c exactly, and f + low = (u · 2^−k − 1) + c · 2^−k; log (1 + f + low) = log (1 + f) + low · (1 − f + …).</summary>
    public F Log1p(F x)
    {
        var (u, c) = TwoSum(1, x);
        var (m, k, biased) = Format.Split(u);
        var (f, low) = FastTwoSum(m - 1, c * Format.InversePower(biased));
        var fast = CopySign(Natural(k, LogOfOnePlus(f, Fma(-f, low, low))), x);
        var large = Select(x < double.PositiveInfinity, Unchecked(x, 0, Natural), double.PositiveInfinity);
        var outside = Select(Is(x, -1), double.NegativeInfinity, double.NaN);
        return Rare(!(x > -1 & x < Large), fast, Select(x > 1, large, outside));
    }

    private F Natural(F k, (F High, F Low) m)
    {
        var high = Fma(k, Ln2.High, m.High);
        var low = Fma(k, Ln2.High, -high) + m.High;
        return high + (low + Fma(k, Ln2.Low, m.Low));
    }

    /// <summary>The logarithm over the whole line: of ±0 −∞, of ∞ ∞, of negative numbers NaN.</summary>
    private F Total(F x, Func<F, (F High, F Low), F> total)
    {
        var subnormal = Unchecked(x * Format.Power((int)SubnormalScale), SubnormalScale, total);
        var special = Select(Is(x, 0), double.NegativeInfinity, Select(x > 0, x, double.NaN));
        return Rare(!(x >= Format.MinNormal & x < double.PositiveInfinity), Unchecked(x, 0, total), Select(x > 0 & x < 1, subnormal, special));
    }

    /// <summary>The logarithm of x · 2^−scale for a normal x.</summary>
    private F Unchecked(F x, double scale, Func<F, (F High, F Low), F> total)
    {
        var (m, k, _) = Format.Split(x);
        return total(scale == 0 ? k : k - scale, LogOfOnePlus(m - 1, null));
    }

    /// <summary>log (1 + f) + low as a sum; null for no low part.</summary>
    private (F High, F Low) LogOfOnePlus(F f, F? low)
    {
        var s = f / (2 + f);
        var z = s * s;
        var half = 0.5 * f;
        var high = Fma(-half, f, f);
        var lost = Fma(-half, f, f - high);
        return (high, Fma(s, Fma(z, PolynomialByParity(z, R), half * f), low is { } part ? lost + part : lost));
    }
}
