using Weld.Bench.Accuracy;
using Weld.Core.Operators.Elementary;
using Weld.Core.Types;

namespace Weld.Tests.Elementary;

/// <summary>The entries of erf's table against the evaluator of 192 bits.</summary>
public class ErrorFunctionTableTests
{
    private static readonly BigFloat TwoOverRootPi = ((BigFloat)2) / Reference.Evaluate("atan2", 0, -1).Sqrt();

    public static IEnumerable<object[]> Whole => Enumerable.Range(0, ErrorFunctionTable.Rows / ErrorFunctionTable.Steps).Select(whole => new object[] { whole });

    [Theory]
    [MemberData(nameof(Whole))]
    public void EntriesAreErfAsASumAndItsDerivativeLessOne(int whole)
    {
        var table = ErrorFunctionTable.Instance;
        for (var row = whole * ErrorFunctionTable.Steps; row < (whole + 1) * ErrorFunctionTable.Steps; row++)
        {
            var r = (double)row / ErrorFunctionTable.Steps;
            var erf = Reference.Evaluate("erf", r, 0);
            var slope = (TwoOverRootPi * Reference.Evaluate("exp", -r * r, 0)) - 1;
            var (high, low) = (table.High[row], table.Low[row]);

            // The high part is rounded to nearest, the low part holds what that lost to some 100 bits of the whole.
            Assert.True(Reference.Error(erf, high, ScalarKind.F64) <= 0.5, $"erf {r}: expected {(double)erf:R}, found {high:R}");
            var lost = (erf - high - low).Abs();
            Assert.True(lost.IsZero || lost.Exponent < erf.Exponent - 98, $"erf {r}: the sum errs by {(double)lost:R}");
            Assert.True(Reference.Error(slope, table.SlopeMinusOne[row], ScalarKind.F64) <= 0.501, $"the derivative at {r} less 1: expected {(double)slope:R}, found {table.SlopeMinusOne[row]:R}");
        }
    }

    [Fact]
    public void TheTableReachesFurtherThanErfIsBelowOne()
    {
        var table = ErrorFunctionTable.Instance;
        Assert.Equal(ErrorFunctionTable.Rows, table.High.Length);
        Assert.Equal((0.0, 0.0), (table.High[0], table.Low[0]));
        Assert.Equal(1, table.High[6 * ErrorFunctionTable.Steps]);
        Assert.Equal(-1, table.SlopeMinusOne[^1]);
    }
}
