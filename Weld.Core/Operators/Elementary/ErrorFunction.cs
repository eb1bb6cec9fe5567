using static Weld.Core.Operators.Elementary.Lanes;

namespace Weld.Core.Operators.Elementary;

/// <summary>The error function, in each format in its own way.</summary>
internal static class ErrorFunction
{
    private const double OneInF64 = 6;
    private const double OneInF32 = 4;

    /// <summary>2/√π − 1, then the coefficients of P.</summary>
    private static readonly double[] P = [0.12837917f, -0.37612632f, 0.112836294f, -0.026855445f, 0.0051912027f, -0.0008034139f, 7.929807e-05f];

    private static readonly double[] Q = [0.00033949417f, 1.1270971f, 0.6381322f, 0.103117265f, -0.021842882f, 0.0029488108f, -0.0001864915f];

    /// <summary>
    /// Taylor's series at the nearest r of a table: erf(r + d) = erf r + s · d · (1 + q), s the derivative at r, q = Σ (−d)ⁿ Hₙ(r) / (n + 1)! up to n = 5 with Hermite's polynomials Hₙ, of the last only its first term.
    /// Since s · (1 + q) = 1 + (s − 1) + s · q, what is lost there is small beside d, also near 0, where d is all.
    /// </summary>
    public static F F64(F x)
    {
        var table = ErrorFunctionTable.Instance;
        var magic = Format.F64.Magic / ErrorFunctionTable.Steps;
        var a = Abs(x);
        var b = Select(a > OneInF64, OneInF64, a);
        var shifted = b + magic;
        var row = Bits(shifted) & (ErrorFunctionTable.Rows - 1);
        var r = shifted - magic;
        var d = b - r;
        var z = r * r;
        var square = d * d;
        var even = Fma(square, Polynomial(z, 0.1, -0.4, 2.0 / 15), Fma(z, 2.0 / 3, -1.0 / 3));
        var odd = Fma(square * r, Fma(square, -1.0 / 6, Fma(z, -1.0 / 3, 0.5)), -r);
        var q = Fma(square, even, d * odd);
        var slope = Lookup(table.SlopeMinusOne, row);
        var rest = Fma(d, slope + Fma(slope, q, q), d);
        return Format.F64.WithSign(Lookup(table.High, row) + (rest + Lookup(table.Low, row)), x);
    }

    /// <summary>x + x · (2/√π − 1 + x² · P(x²)) for |x| &lt; 1, and ±(1 − e^−Q(|x|)) beyond with Q = −log erfc, whose error counts only erfc x times; P and Q are minimax polynomials (Remez).</summary>
    public static F F32(F x)
    {
        var a = Abs(x);
        var b = Select(a > OneInF32, OneInF32, a);
        var large = 1 - Exponential.F32.Normal(-Polynomial(b, Q));
        return Rare(!(a < 1), Fma(x, Polynomial(x * x, P), x), CopySign(large, x));
    }
}
