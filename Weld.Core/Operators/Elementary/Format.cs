using Weld.Core.Types;
using static Weld.Core.Operators.Elementary.Lanes;

namespace Weld.Core.Operators.Elementary;

/// <summary>A binary format of IEEE 754 as kernels take it apart: sign, exponent + bias, fraction.</summary>
internal sealed class Format
{
    private readonly long halfRoot;

    private Format(ScalarKind kind, int fraction, int bias, long halfRoot)
    {
        Kind = kind;
        Fraction = fraction;
        Bias = bias;
        this.halfRoot = halfRoot;
        One = (long)bias << fraction;
        MinNormal = Power(1 - bias);
        Magic = 1.5 * Power(fraction);
    }

    public static Format F64 { get; } = new(ScalarKind.F64, 52, 1023, 0x3fe6a09e667f3bcd);

    public static Format F32 { get; } = new(ScalarKind.F32, 23, 127, 0x3f3504f3);

    public ScalarKind Kind { get; }

    /// <summary>The bits of the fraction.</summary>
    public int Fraction { get; }

    /// <summary>What the exponent field holds beside the exponent.</summary>
    public int Bias { get; }

    /// <summary>All bits.</summary>
    public int Width => Kind == ScalarKind.F64 ? 64 : 32;

    /// <summary>The bits of 1.0.</summary>
    public long One { get; }

    /// <summary>The least number that is not subnormal.</summary>
    public double MinNormal { get; }

    /// <summary>1.5 · 2^fraction: x + Magic rounds x to a whole number k and holds it in its low bits, so that k · 2^fraction is these bits shifted left.</summary>
    public double Magic { get; }

    /// <summary>2ᵏ as a number of C#.</summary>
    public static double Power(int k) => BitConverter.Int64BitsToDouble((long)(k + 1023) << 52);

    /// <summary>2^(k + more) for k in the low bits, −bias &lt; k + more ≤ bias.</summary>
    public F PowerOfTwo(I k, int more = 0) => Float((k << Fraction) + (One + ((long)more << Fraction)));

    /// <summary>2^(k + more) and 2^(more − k).</summary>
    public (F Power, F Inverse) PowersOfTwo(I k, int more)
    {
        var exponent = k << Fraction;
        var one = One + ((long)more << Fraction);
        return (Float(exponent + one), Float(one - exponent));
    }

    /// <summary>A number that is not negative with the sign of another.</summary>
    public F WithSign(F magnitude, F sign) => Float(Bits(magnitude) | (Bits(sign) & (-1L << (Width - 1))));

    /// <summary>x · 2ᵏ for k in the low bits, where x and the product are normal.</summary>
    public F Raise(F x, I k) => Float(Bits(x) + (k << Fraction));

    /// <summary>x · 2ᵏ for k in the low bits, |k| &lt; 2 · bias, rounded once where the result is normal and twice where it is not.</summary>
    public F Scale(F x, I k)
    {
        var half = k >>> 1;
        return x * PowerOfTwo(half) * PowerOfTwo(k - half);
    }

    /// <summary>
    /// x · 2ᵏ for a sum x, |k| &lt; 2 · bias, rounded once: where the result is subnormal, 2^(1 − bias − k), whose last place is then that of the result, is added to x and taken away again.
    /// </summary>
    public F Scale((F High, F Low) x, I k, M isSubnormal)
    {
        var coarse = Select(isSubnormal, Float((1L << Fraction) - (k << Fraction)), 0);
        var (sum, lost) = FastTwoSum(coarse, x.High);
        return Scale((sum + (lost + x.Low)) - coarse, k);
    }

    /// <summary>x = m · 2ᵏ with √½ ≤ m &lt; √2, for normal x &gt; 0: m, k, and k + bias in an integer.</summary>
    public (F M, F K, I Biased) Split(F x)
    {
        var bits = Bits(x) + (One - halfRoot);
        var biased = bits >>> Fraction;
        var m = Float((bits & ((1L << Fraction) - 1)) + halfRoot);

        // 2^fraction + k + bias, exactly
        var whole = Float(biased | BitsOf(Power(Fraction)));
        return (m, whole - (Power(Fraction) + Bias), biased);
    }

    /// <summary>2^−k for k + bias in an integer, −bias &lt; k &lt; bias.</summary>
    public F InversePower(I biased) => Float(((2L * Bias) - biased) << Fraction);

    private long BitsOf(double number) => Kind == ScalarKind.F64 ? BitConverter.DoubleToInt64Bits(number) : BitConverter.SingleToInt32Bits((float)number);
}
