using Weld.Bench.Accuracy;
using Weld.Core.Operators.Elementary;
using Weld.Core.Types;

namespace Weld.Tests.Elementary;

/// <summary>The exponential functions and powers where their kernels go another way: next to the borders, at special numbers, and with lanes on both sides in one vector.</summary>
public class BorderTests
{
    private const double Allowed = 1.05;

    private static readonly string[] Names = ["exp", "exp2", "expm1", "sinh", "cosh", "tanh"];

    /// <summary>NaN of either sign, quiet or not, with bits of its own.</summary>
    private static readonly double[] NaNs64 =
        [double.NaN, -double.NaN, .. new[] { 0x7FF0000000000001, 0x7FFFFFFFFFFFFFFF, unchecked((long)0xFFF4000000000123) }.Select(BitConverter.Int64BitsToDouble)];

    private static readonly float[] NaNs32 = [float.NaN, -float.NaN, .. new[] { 0x7F800001, 0x7FFFFFFF, unchecked((int)0xFFA00123) }.Select(BitConverter.Int32BitsToSingle)];

    public static IEnumerable<object[]> Functions => Names.SelectMany(name => new object[][] { [name, ScalarKind.F64], [name, ScalarKind.F32] });

    [Theory]
    [MemberData(nameof(Functions))]
    public void BothSidesOfABorderAreExactAndTheSameAtEveryWidth(string name, ScalarKind kind)
    {
        var kernel = ElementaryFunctions.Kernel(name, kind);
        if (kind == ScalarKind.F64)
        {
            double[] near = [.. Borders(Exponential.F64).SelectMany(Around)];
            Assert.All(near, x => AssertExact(name, x, 0, kernel.Evaluate(x), kind));
            VectorLanesTests.Compare(kernel, Full([.. near, .. NaNs64], 8), Full([.. near, .. NaNs64], 8), kernel.Evaluate);
        }
        else
        {
            float[] near = [.. Borders(Exponential.F32).Select(b => (float)b).SelectMany(Around)];
            Assert.All(near, x => AssertExact(name, x, 0, kernel.Evaluate(x), kind));
            VectorLanesTests.Compare(kernel, Full([.. near, .. NaNs32], 16), Full([.. near, .. NaNs32], 16), kernel.Evaluate);
        }
    }

    [Theory]
    [InlineData(ScalarKind.F64)]
    [InlineData(ScalarKind.F32)]
    public void PowersNextToTheBordersAreExactAndTheSameAtEveryWidth(ScalarKind kind)
    {
        var kernel = ElementaryFunctions.Kernel("pow", kind);
        var (format, exponential) = kind == ScalarKind.F64 ? (Format.F64, Exponential.F64) : (Format.F32, Exponential.F32);
        double[] bases = [2, 0.5, 3, 0.7, 1 - Format.Power(-format.Fraction - 1), 1 + Format.Power(-format.Fraction), format.MinNormal, format.MinNormal / 4, format.MinNormal * 1.75, -2, -0.5, -format.MinNormal];
        double[] exponents = [exponential.SafePower, 1 - format.Bias, exponential.UnderflowPower + 2.5, -format.Bias - format.Fraction, format.Bias, -exponential.SafePower, 0.75];
        var pairs = bases.SelectMany(x => exponents.Select(e => e / Math.Log2(Math.Abs(x))).SelectMany(y => x < 0 ? [Math.Round(y), Math.Round(y) + 1] : Around(y)).Select(y => (X: x, Y: y))).ToArray();
        if (kind == ScalarKind.F64)
        {
            Assert.All(pairs, p => AssertExact("pow", p.X, p.Y, kernel.Evaluate(p.X, p.Y), kind));
            VectorLanesTests.Compare(kernel, Full([.. pairs.Select(p => p.X)], 8), Full([.. pairs.Select(p => p.Y)], 8), kernel.Evaluate);
        }
        else
        {
            Assert.All(pairs, p => AssertExact("pow", (float)p.X, (float)p.Y, kernel.Evaluate((float)p.X, (float)p.Y), kind));
            VectorLanesTests.Compare(kernel, Full([.. pairs.Select(p => (float)p.X)], 16), Full([.. pairs.Select(p => (float)p.Y)], 16), kernel.Evaluate);
        }
    }

    [Fact]
    public void PowersOfSpecialNumbersAreThoseOfTheStandardAtEveryWidth()
    {
        double[] numbers = [0, -0.0, 1, -1, 2, -2, 0.5, -0.5, 3, -3, double.Epsilon, -double.Epsilon, 2.2250738585072014e-308, 1e300, -1e300, double.PositiveInfinity, double.NegativeInfinity, .. NaNs64];
        var pairs = numbers.SelectMany(x => numbers.Select(y => (X: x, Y: y))).ToArray();
        var kernel = ElementaryFunctions.Kernel("pow", ScalarKind.F64);
        foreach (var (x, y) in pairs)
        {
            var (expected, actual) = (Math.Pow(Quiet(x), Quiet(y)), kernel.Evaluate(x, y));
            var isSame = expected.Equals(actual) && (double.IsNaN(actual) || double.IsNegative(expected) == double.IsNegative(actual));
            Assert.True(isSame || Math.Abs((actual - expected) / expected) < 1e-15, $"({x:R}, {y:R}): expected {expected:R}, found {actual:R}");
        }

        VectorLanesTests.Compare(kernel, Full([.. pairs.Select(p => p.X)], 8), Full([.. pairs.Select(p => p.Y)], 8), kernel.Evaluate);
    }

    private static double Quiet(double x) => double.IsNaN(x) ? double.NaN : x;

    /// <summary>Where a kernel chooses, on either side of zero.</summary>
    private static IEnumerable<double> Borders(Exponential e) => new[]
    {
        0, e.Tiny, e.Tiny * e.Tiny, 0.34657359, e.Safe, -e.Subnormal, -e.Underflow - 1, e.Overflow - 1, e.SafePower, e.Format.Bias - 1, -e.UnderflowPower - 1, -e.MinusOne, e.TanhIsOne,
    }.SelectMany(b => new[] { b, -b });

    private static IEnumerable<double> Around(double x) => [x, Math.BitIncrement(x), Math.BitDecrement(x), x * 0.999, x * 1.001];

    private static IEnumerable<float> Around(float x) => [x, MathF.BitIncrement(x), MathF.BitDecrement(x), x * 0.999f, x * 1.001f];

    /// <summary>The same numbers, some again, so that they fill whole vectors.</summary>
    private static T[] Full<T>(T[] values, int lanes) => [.. values, .. values.Take((lanes - (values.Length % lanes)) % lanes)];

    private static void AssertExact(string name, double x, double y, double actual, ScalarKind kind)
    {
        var ulps = Reference.Error(Reference.Evaluate(name, x, y), actual, kind);
        Assert.True(ulps <= Allowed, $"{name} on {kind.Name()} at ({x:R}, {y:R}): found {actual:R}, which errs by {ulps:R} ulp");
    }
}
