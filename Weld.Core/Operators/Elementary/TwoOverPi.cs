using System.Numerics;

namespace Weld.Core.Operators.Elementary;

/// <summary>
/// The bits of 2/π that matter for arguments of one group of exponents: 2/π · 2^shift modulo 4, cut into four parts of one fraction's width each,
/// since multiples of 4 in x · 2/π are whole turns (Payne and Hanek, 1983). A group of exponents shares a row; its arguments become whole numbers when multiplied with 2^−shift.
/// </summary>
internal static class TwoOverPi
{
    /// <summary>The parts of a row.</summary>
    public const int Parts = 4;

    /// <summary>A table of rows for shift = <paramref name="first"/>, <paramref name="first"/> + <paramref name="step"/>, …; part i is a multiple of 2^(2 − (i + 1) · bits).</summary>
    public static double[] Table(int rows, int first, int step, int bits)
    {
        var last = first + (step * (rows - 1));
        var precision = last + (Parts * bits) + 8;
        var digits = (BigInteger.One << ((2 * precision) + 1)) / Pi(precision);
        var table = new double[rows * Parts];
        for (var row = 0; row < rows; row++)
        {
            var shift = first + (step * row);
            for (var part = 0; part < Parts; part++)
            {
                var unit = 2 - ((part + 1) * bits);
                var value = (digits >> (precision - shift + unit)) & ((BigInteger.One << bits) - 1);
                table[(row * Parts) + part] = (double)value * Math.ScaleB(1, unit);
            }
        }

        return table;
    }

    /// <summary>π · 2^precision by Machin's formula, 16 arctan 1/5 − 4 arctan 1/239, with some bits to spare.</summary>
    private static BigInteger Pi(int precision)
    {
        const int Guard = 32;
        return ((16 * ArcTangentOfInverse(5)) - (4 * ArcTangentOfInverse(239))) >> Guard;

        BigInteger ArcTangentOfInverse(int n)
        {
            var power = (BigInteger.One << (precision + Guard)) / n;
            var sum = power;
            for (var k = 3; !power.IsZero; k += 2)
            {
                power /= -n * n;
                sum += power / k;
            }

            return sum;
        }
    }
}
