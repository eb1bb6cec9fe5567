using static Weld.Core.Operators.Elementary.Lanes;

namespace Weld.Core.Operators.Elementary;

/// <summary>
/// ∛x = 2^q · ∛M with x = M · 2^(3q): y ≈ 1/∛M from a minimax polynomial (Remez), once improved by the series of (1 − e)^−⅓ with e = 1 − M·y³,
/// then c = M·y² corrected by Newton's step c − (c³ − M) · y²/3 with c³ − M exact to its last bits. No division.
/// </summary>
internal sealed class CubeRoot
{
    private const double CubeRootOf2 = 1.2599210498948732;
    private const double CubeRootOfHalf = 0.7937005259840998;

    private CubeRoot(Format format) => Format = format;

    public static CubeRoot F64 { get; } = new(Format.F64)
    {
        Seed = [1.8745168274145212, -1.861821197994535, 1.5612900943894714, -0.7023759670119686, 0.1283668189710512],
        SubnormalPower = 54,
    };

    public static CubeRoot F32 { get; } = new(Format.F32)
    {
        Seed = [1.7307385f, -1.2858124f, 0.7134139f, -0.15856159f],
        SubnormalPower = 24,
    };

    public Format Format { get; }

    /// <summary>The coefficients of m^−⅓ for √½ ≤ m &lt; √2.</summary>
    public required double[] Seed { get; init; }

    /// <summary>A multiple of 3, by whose power of two subnormal numbers become normal.</summary>
    public required int SubnormalPower { get; init; }

    public F Cbrt(F x)
    {
        var a = Abs(x);
        var (normal, lifted) = Rare(a < Format.MinNormal, (a, 0), (a * Format.Power(SubnormalPower), (F)SubnormalPower));
        var (m, exponent, _) = Format.Split(normal);
        var k = exponent - lifted;
        var thirds = Fma(k, 1.0 / 3, Format.Magic);
        var r = Fma(-3, thirds - Format.Magic, k);
        var y = Polynomial(m, Seed) * Select(r < 0, CubeRootOf2, Select(r > 0, CubeRootOfHalf, 1));
        m *= Format.PowerOfTwo(Bits(r + Format.Magic));
        var e = Fma(-(y * y) * y, m, 1);
        y = Fma(y * e, Polynomial(e, 1.0 / 3, 2.0 / 9), y);
        var c = m * (y * y);
        var (square, squareLow) = TwoProduct(c, c);
        var excess = Fma(squareLow, c, Fma(square, c, -m));
        var root = Fma(excess * (y * y), -1.0 / 3, c) * Format.PowerOfTwo(Bits(thirds));
        return Rare(!(a > 0 & a < double.PositiveInfinity), CopySign(root, x), x);
    }
}
