using System.Globalization;
using System.Numerics;
using Weld.Bench.Accuracy;

namespace Weld.Tests.Elementary;

/// <summary>The evaluator that the functions are measured with, against digits from the handbooks and against the functions' own laws, to 120 bits.</summary>
public class ReferenceTests
{
    [Theory]
    [InlineData("exp", 1, 0, "2718281828459045235360287471352662497757247093")]
    [InlineData("log", 2, 0, "0693147180559945309417232121458176568075500134")]
    [InlineData("log", 10, 0, "2302585092994045684017991454684364207601101489")]
    [InlineData("sin", 1, 0, "0841470984807896506652502321630298999622563061")]
    [InlineData("cos", 1, 0, "0540302305868139717400936607442976603732310421")]
    [InlineData("atan2", 0, -1, "3141592653589793238462643383279502884197169399")]
    [InlineData("erf", 1, 0, "0842700792949714869341220635082609259296066998")]
    [InlineData("cbrt", 2, 0, "1259921049894873164767210607278228350570251465")]
    [InlineData("pow", 2, 0.5, "1414213562373095048801688724209698078569671875")]
    public void DigitsAreThoseOfTheHandbook(string name, double x, double y, string digits)
    {
        var expected = BigFloat.Scaled(BigInteger.Parse(digits, CultureInfo.InvariantCulture), 0) / BigFloat.Scaled(BigInteger.Pow(10, 45), 0);
        AssertClose(expected, Reference.Evaluate(name, x, y));
    }

    [Fact]
    public void InversesAndAdditionTheoremsHold()
    {
        var random = new Random(3);
        for (var i = 0; i < 200; i++)
        {
            var x = Math.ScaleB(random.NextDouble() - 0.5, random.Next(-30, 6));
            AssertClose(BigFloat.One, Of("sin", x) * Of("sin", x) + (Of("cos", x) * Of("cos", x)));
            AssertClose(Of("sin", x), Of("tan", x) * Of("cos", x));
            AssertClose(Of("sin", 2 * x), (Of("sin", x) * Of("cos", x)).Scale(1));
            AssertClose(BigFloat.One, (Of("cosh", x) * Of("cosh", x)) - (Of("sinh", x) * Of("sinh", x)));
            AssertClose(Of("sinh", x), Of("tanh", x) * Of("cosh", x));
            AssertClose(Of("exp", x), Of("expm1", x) + 1);
            AssertClose(Of("exp", 2 * x), Of("exp", x) * Of("exp", x));
            AssertClose(Of("log2", Math.Abs(x)) * Of("log", 2), Of("log", Math.Abs(x)));
            AssertClose(x, Of("cbrt", x) * Of("cbrt", x) * Of("cbrt", x));
        }

        static BigFloat Of(string name, double x) => Reference.Evaluate(name, x, 0);
    }

    private static void AssertClose(BigFloat expected, BigFloat actual, int tolerance = -120)
    {
        var error = (expected - actual).Abs();
        Assert.True(error.IsZero || error.Exponent <= expected.Exponent + tolerance, $"expected {(double)expected:R}, found {(double)actual:R}, apart by 2^{error.Exponent}");
    }
}
