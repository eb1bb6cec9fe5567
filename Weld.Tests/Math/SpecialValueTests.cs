using Weld.Core.Operators;
using Weld.Core.Types;
using Weld.Core.Values;

namespace Weld.Tests.Elementary;

/// <summary>The results that C (ISO/IEC 9899, Annex F) prescribes for zeros, infinities, NaN and arguments outside the domain, on both kinds.</summary>
public class SpecialValueTests
{
    private const double Inf = double.PositiveInfinity;
    private const double NaN = double.NaN;
    private const double Pi = Math.PI;

    [Theory]
    [InlineData("exp", 1, 0, Inf)]
    [InlineData("exp2", 1, 0, Inf)]
    [InlineData("expm1", 0, -1, Inf)]
    [InlineData("sinh", 0, -Inf, Inf)]
    [InlineData("cosh", 1, Inf, Inf)]
    [InlineData("tanh", 0, -1, 1)]
    [InlineData("log", -Inf, NaN, Inf)]
    [InlineData("log2", -Inf, NaN, Inf)]
    [InlineData("log10", -Inf, NaN, Inf)]
    [InlineData("log1p", 0, NaN, Inf)]
    [InlineData("sin", 0, NaN, NaN)]
    [InlineData("cos", 1, NaN, NaN)]
    [InlineData("tan", 0, NaN, NaN)]
    [InlineData("asin", 0, NaN, NaN)]
    [InlineData("acos", Pi / 2, NaN, NaN)]
    [InlineData("atan", 0, -Pi / 2, Pi / 2)]
    [InlineData("erf", 0, -1, 1)]
    [InlineData("cbrt", 0, -Inf, Inf)]
    public void AtZeroAndTheInfinities(string name, double atZero, double atMinusInfinity, double atInfinity)
    {
        var isOdd = atZero == 0;
        Check(name, 0, null, atZero);
        Check(name, -0.0, null, isOdd ? -0.0 : atZero);
        Check(name, -Inf, null, atMinusInfinity);
        Check(name, Inf, null, atInfinity);
        Check(name, NaN, null, NaN);
    }

    [Theory]
    [InlineData("exp", 1000, Inf)]
    [InlineData("exp", -1000, 0)]
    [InlineData("exp2", 10, 1024)]
    [InlineData("exp2", -3, 0.125)]
    [InlineData("exp2", -2000, 0)]
    [InlineData("expm1", -1000, -1)]
    [InlineData("sinh", -1000, -Inf)]
    [InlineData("cosh", -1000, Inf)]
    [InlineData("log", 1, 0)]
    [InlineData("log", -1, NaN)]
    [InlineData("log2", 1, 0)]
    [InlineData("log2", 8, 3)]
    [InlineData("log2", -1e-30, NaN)]
    [InlineData("log10", 1, 0)]
    [InlineData("log10", 1000, 3)]
    [InlineData("log10", -5, NaN)]
    [InlineData("log1p", -1, -Inf)]
    [InlineData("log1p", -1.5, NaN)]
    [InlineData("asin", 1, Pi / 2)]
    [InlineData("asin", -1, -Pi / 2)]
    [InlineData("asin", 1.5, NaN)]
    [InlineData("acos", 1, 0)]
    [InlineData("acos", -1, Pi)]
    [InlineData("acos", -1.5, NaN)]
    [InlineData("cbrt", -27, -3)]
    public void AtOtherExactOrForbiddenArguments(string name, double x, double expected) => Check(name, x, null, expected);

    [Theory]
    [InlineData(0, -3, Inf)]
    [InlineData(-0.0, -3, -Inf)]
    [InlineData(0, -2, Inf)]
    [InlineData(-0.0, -2, Inf)]
    [InlineData(-0.0, -2.5, Inf)]
    [InlineData(-0.0, -Inf, Inf)]
    [InlineData(0, 3, 0)]
    [InlineData(-0.0, 3, -0.0)]
    [InlineData(-0.0, 2, 0)]
    [InlineData(-0.0, 2.5, 0)]
    [InlineData(-0.0, Inf, 0)]
    [InlineData(-1, Inf, 1)]
    [InlineData(-1, -Inf, 1)]
    [InlineData(1, NaN, 1)]
    [InlineData(1, Inf, 1)]
    [InlineData(NaN, 0, 1)]
    [InlineData(NaN, -0.0, 1)]
    [InlineData(Inf, 0, 1)]
    [InlineData(-Inf, -0.0, 1)]
    [InlineData(-8, 1.0 / 3, NaN)]
    [InlineData(-1.5, 0.5, NaN)]
    [InlineData(0.5, -Inf, Inf)]
    [InlineData(-0.5, -Inf, Inf)]
    [InlineData(-2, -Inf, 0)]
    [InlineData(0.5, Inf, 0)]
    [InlineData(-2, Inf, Inf)]
    [InlineData(-Inf, -3, -0.0)]
    [InlineData(-Inf, -2, 0)]
    [InlineData(-Inf, -2.5, 0)]
    [InlineData(-Inf, 3, -Inf)]
    [InlineData(-Inf, 2, Inf)]
    [InlineData(-Inf, 2.5, Inf)]
    [InlineData(Inf, -1, 0)]
    [InlineData(Inf, 1, Inf)]
    [InlineData(NaN, 1, NaN)]
    [InlineData(2, NaN, NaN)]
    [InlineData(-2, 3, -8)]
    [InlineData(-2, -1, -0.5)]
    [InlineData(10, 400, Inf)]
    [InlineData(-10, 401, -Inf)]
    [InlineData(-10, -401, -0.0)]
    [InlineData(-1, 1e30, 1)]
    public void PowerAt(double x, double y, double expected) => Check("pow", x, y, expected);

    [Theory]
    [InlineData(0, -0.0, Pi)]
    [InlineData(-0.0, -0.0, -Pi)]
    [InlineData(0, 0, 0)]
    [InlineData(-0.0, 0, -0.0)]
    [InlineData(0, -2, Pi)]
    [InlineData(-0.0, -2, -Pi)]
    [InlineData(0, 2, 0)]
    [InlineData(-0.0, 2, -0.0)]
    [InlineData(-2, 0, -Pi / 2)]
    [InlineData(-2, -0.0, -Pi / 2)]
    [InlineData(2, 0, Pi / 2)]
    [InlineData(2, -Inf, Pi)]
    [InlineData(-2, -Inf, -Pi)]
    [InlineData(2, Inf, 0)]
    [InlineData(-2, Inf, -0.0)]
    [InlineData(Inf, 2, Pi / 2)]
    [InlineData(-Inf, -2, -Pi / 2)]
    [InlineData(Inf, -Inf, 3 * Pi / 4)]
    [InlineData(-Inf, -Inf, -3 * Pi / 4)]
    [InlineData(Inf, Inf, Pi / 4)]
    [InlineData(-Inf, Inf, -Pi / 4)]
    [InlineData(NaN, Inf, NaN)]
    [InlineData(Inf, NaN, NaN)]
    [InlineData(NaN, 0, NaN)]
    [InlineData(0, NaN, NaN)]
    public void AngleAt(double y, double x, double expected) => Check("atan2", y, x, expected);

    private static void Check(string name, double x, double? y, double expected)
    {
        Assert.Equal(Scalar.F64(expected), Apply(Scalar.F64(x), y is { } wide ? Scalar.F64(wide) : null));
        Assert.Equal(Scalar.F32((float)expected), Apply(Scalar.F32((float)x), y is { } single ? Scalar.F32((float)single) : null));

        Scalar Apply(Scalar x, Scalar? y) => y is { } second ? OperatorTable.FindBinary(name)!.Apply(x, second) : OperatorTable.FindUnary(name)!.Apply(x);
    }
}
