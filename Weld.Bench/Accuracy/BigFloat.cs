using System.Numerics;
using System.Runtime.CompilerServices;

namespace Weld.Bench.Accuracy;

/// <summary>A float with a significand of 192 bits: ±0.s · 2^Exponent with the top bit of s set, or 0. Operations truncate, so each loses less than 2^−190 of its result.</summary>
internal readonly struct BigFloat
{
    private readonly ulong high;
    private readonly ulong middle;
    private readonly ulong low;

    private BigFloat(bool isNegative, int exponent, ulong high, ulong middle, ulong low)
    {
        IsNegative = isNegative;
        Exponent = exponent;
        (this.high, this.middle, this.low) = (high, middle, low);
    }

    public static BigFloat One { get; } = 1;

    public bool IsNegative { get; }

    /// <summary>The e with 2^(e−1) ≤ |x| &lt; 2^e.</summary>
    public int Exponent { get; }

    public bool IsZero => high == 0;

    public static implicit operator BigFloat(double value)
    {
        var bits = BitConverter.DoubleToUInt64Bits(value);
        var field = (int)(bits >> 52) & 0x7ff;
        var fraction = bits & 0xfffffffffffff;
        return Make(value < 0, Math.Max(field, 1) - 1022 + 11, field == 0 ? fraction : fraction | (1UL << 52), 0, 0);
    }

    /// <summary>value · 2^exponent.</summary>
    public static BigFloat Scaled(BigInteger value, int exponent)
    {
        var magnitude = BigInteger.Abs(value);
        var shift = (int)magnitude.GetBitLength() - 192;
        magnitude = shift >= 0 ? magnitude >> shift : magnitude << -shift;
        return Make(value.Sign < 0, exponent + shift + 192, (ulong)(magnitude >> 128), (ulong)((magnitude >> 64) & ulong.MaxValue), (ulong)(magnitude & ulong.MaxValue));
    }

    public static BigFloat operator -(BigFloat x) => new(!x.IsNegative, x.Exponent, x.high, x.middle, x.low);

    public static BigFloat operator +(BigFloat x, BigFloat y) => x.IsNegative == y.IsNegative ? AddMagnitudes(x, y) : SubtractMagnitudes(x, -y);

    public static BigFloat operator -(BigFloat x, BigFloat y) => x.IsNegative != y.IsNegative ? AddMagnitudes(x, -y) : SubtractMagnitudes(x, y);

    public static BigFloat operator *(BigFloat x, BigFloat y)
    {
        var hh = Math.BigMul(x.high, y.high);
        var hm = Math.BigMul(x.high, y.middle);
        var mh = Math.BigMul(x.middle, y.high);
        var hl = Math.BigMul(x.high, y.low);
        var mm = Math.BigMul(x.middle, y.middle);
        var lh = Math.BigMul(x.low, y.high);
        var carry = (UInt128)(ulong)(hl >> 64) + (ulong)(mm >> 64) + (ulong)(lh >> 64);
        var low = carry + (ulong)hm + (ulong)mh;
        var middle = (low >> 64) + (hm >> 64) + (mh >> 64) + (ulong)hh;
        var high = (middle >> 64) + (hh >> 64);
        return Make(x.IsNegative != y.IsNegative, x.Exponent + y.Exponent, (ulong)high, (ulong)middle, (ulong)low);
    }

    public static BigFloat operator /(BigFloat x, BigFloat y) => x * y.Reciprocal();

    public static bool operator <(BigFloat x, BigFloat y) => (x - y) is { IsNegative: true, IsZero: false };

    public static bool operator >(BigFloat x, BigFloat y) => y < x;

    public static explicit operator double(BigFloat x) => Math.ScaleB(x.IsNegative ? -x.Significand : x.Significand, x.Exponent);

    public BigFloat Abs() => new(false, Exponent, high, middle, low);

    /// <summary>x · 2^n.</summary>
    public BigFloat Scale(int n) => IsZero ? this : new(IsNegative, Exponent + n, high, middle, low);

    /// <summary>1 / x by Newton's iteration.</summary>
    public BigFloat Reciprocal()
    {
        var scaled = Scale(-Exponent);
        BigFloat r = 1 / (double)scaled;
        r += r * (One - (scaled * r));
        r += r * (One - (scaled * r));
        return r.Scale(-Exponent);
    }

    /// <summary>√x by Newton's iteration for 1/√x.</summary>
    public BigFloat Sqrt()
    {
        if (IsZero)
        {
            return this;
        }

        var half = Exponent >> 1;
        var scaled = Scale(-2 * half);
        BigFloat r = 1 / Math.Sqrt((double)scaled);
        r += (r * (One - (scaled * r * r))).Scale(-1);
        r += (r * (One - (scaled * r * r))).Scale(-1);
        return (scaled * r).Scale(half);
    }

    /// <summary>How far a float is from x in units of the last place of a format at x.</summary>
    /// <param name="value">The float.</param>
    /// <param name="digits">The bits of its significand.</param>
    /// <param name="least">The exponent of the format's least positive number.</param>
    public double UlpsFrom(double value, int digits, int least) => (double)(this - value).Abs().Scale(-Math.Max(Exponent - digits, least));

    private double Significand => high * 5.421010862427522e-20;

    private static BigFloat AddMagnitudes(BigFloat x, BigFloat y)
    {
        if (x.IsZero || y.IsZero)
        {
            return x.IsZero ? y : x;
        }

        if (x.Exponent < y.Exponent)
        {
            (x, y) = (y, x);
        }

        y.Shifted(x.Exponent - y.Exponent, out var high, out var middle, out var low);
        var sum = (UInt128)x.low + low;
        low = (ulong)sum;
        sum = (sum >> 64) + x.middle + middle;
        middle = (ulong)sum;
        sum = (sum >> 64) + x.high + high;
        high = (ulong)sum;
        return sum >> 64 == 0
            ? new(x.IsNegative, x.Exponent, high, middle, low)
            : new(x.IsNegative, x.Exponent + 1, (high >> 1) | (1UL << 63), (middle >> 1) | (high << 63), (low >> 1) | (middle << 63));
    }

    private static BigFloat SubtractMagnitudes(BigFloat x, BigFloat y)
    {
        if (x.IsZero || y.IsZero)
        {
            return x.IsZero ? -y : x;
        }

        var negative = x.IsNegative;
        if (x.Exponent < y.Exponent || (x.Exponent == y.Exponent && Less(x, y)))
        {
            (x, y) = (y, x);
            negative = !negative;
        }

        y.Shifted(x.Exponent - y.Exponent, out var high, out var middle, out var low);
        var borrow = x.low < low ? 1UL : 0;
        var next = (x.middle < middle) || (x.middle == middle && borrow == 1) ? 1UL : 0;
        return Make(negative, x.Exponent, x.high - high - next, x.middle - middle - borrow, x.low - low);
    }

    private static bool Less(BigFloat x, BigFloat y) =>
        x.high != y.high ? x.high < y.high : x.middle != y.middle ? x.middle < y.middle : x.low < y.low;

    /// <summary>The significand shifted right.</summary>
    private void Shifted(int count, out ulong h, out ulong m, out ulong l)
    {
        (h, m, l) = (high, middle, low);
        for (; count >= 64 && (h | m | l) != 0; count -= 64)
        {
            (h, m, l) = (0, h, m);
        }

        if (count is > 0 and < 64)
        {
            l = (l >> count) | (m << (64 - count));
            m = (m >> count) | (h << (64 - count));
            h >>= count;
        }
    }

    /// <summary>The number 0.(high, middle, low) · 2^exponent, whatever its leading zeros.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static BigFloat Make(bool isNegative, int exponent, ulong high, ulong middle, ulong low)
    {
        if ((high & (1UL << 63)) != 0)
        {
            return new(isNegative, exponent, high, middle, low);
        }

        while (high == 0)
        {
            if ((middle | low) == 0)
            {
                return default;
            }

            (high, middle, low) = (middle, low, 0);
            exponent -= 64;
        }

        var count = BitOperations.LeadingZeroCount(high);
        return count == 0
            ? new(isNegative, exponent, high, middle, low)
            : new(isNegative, exponent - count, (high << count) | (middle >> (64 - count)), (middle << count) | (low >> (64 - count)), low << count);
    }
}
