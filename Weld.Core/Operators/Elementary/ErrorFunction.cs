using static Weld.Core.Operators.Elementary.Lanes;

namespace Weld.Core.Operators.Elementary;

/// <summary>
/// erf x = x + x · (2/√π − 1 + x² · P(x²)) for |x| &lt; 1, and ±(1 − e^−Q(|x|)) beyond with Q = −log erfc, whose error counts only erfc x times; P and Q are minimax polynomials (Remez).
/// </summary>
internal sealed class ErrorFunction
{
    private ErrorFunction(Exponential exponential) => Exponential = exponential;

    public static ErrorFunction F64 { get; } = new(Exponential.F64)
    {
        P = [
            0.1283791670955126, -0.3761263890318375, 0.11283791670954928, -0.026866170645084043, 0.005223977624877234, -0.0008548326983802686, 0.00012055331208391224,
            -1.4925597377862579e-05, 1.646103158731884e-06, -1.6350618118914474e-07, 1.4661690219938636e-08, -1.1379782985017043e-09, 5.968207761303e-11,
        ],
        Q = [
            1.782818997568043e-07, 1.1283773422206242, 0.6366284304629937, 0.10274741538478178, -0.01907847120397603, -0.0002800387392893141, 0.0017685110608735084,
            -0.0006407569646080501, 4.4543294395819887e-05, 7.051595663745888e-05, -4.510114100702719e-05, 1.653563113285343e-05, -4.332879105388386e-06,
            8.518000182955298e-07, -1.2590142124532896e-07, 1.3649891530892598e-08, -1.027598172114142e-09, 4.805641388327089e-11, -1.0518845217578104e-12,
        ],
        One = 6,
    };

    public static ErrorFunction F32 { get; } = new(Exponential.F32)
    {
        P = [0.12837917f, -0.37612632f, 0.112836294f, -0.026855445f, 0.0051912027f, -0.0008034139f, 7.929807e-05f],
        Q = [0.00033949417f, 1.1270971f, 0.6381322f, 0.103117265f, -0.021842882f, 0.0029488108f, -0.0001864915f],
        One = 4,
    };

    public Exponential Exponential { get; }

    /// <summary>2/√π − 1, then the coefficients of P.</summary>
    public required double[] P { get; init; }

    public required double[] Q { get; init; }

    /// <summary>From here on erf is 1.</summary>
    public required double One { get; init; }

    public F Erf(F x)
    {
        var a = Abs(x);
        var b = Select(a > One, One, a);
        var large = 1 - Exponential.Normal(-Polynomial(b, Q));
        return Rare(!(a < 1), Fma(x, Polynomial(x * x, P), x), CopySign(large, x));
    }
}
