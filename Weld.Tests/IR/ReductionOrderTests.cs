using Weld.Core.IR;
using Weld.Core.Operators;
using Weld.Core.Types;
using Weld.Core.Values;

namespace Weld.Tests;

public class ReductionOrderTests
{
    [Theory]
    [InlineData(1, 64)]
    [InlineData(2, 64)]
    [InlineData(4, 32)]
    [InlineData(5, 16)]
    [InlineData(16, 8)]
    [InlineData(40, 8)]
    public void LanesFollowFromTheBytesReduced(int mergers, int lanes)
    {
        var merger = new MergerType(ScalarType.F64, new SingleOperator(OperatorTable.Add));
        Assert.Equal(lanes, ReductionOrder.Lanes(new StructType(Enumerable.Repeat<WeldType>(merger, mergers).ToSeq())));
    }

    [Fact]
    public void IdentitiesAreIdentities()
    {
        foreach (var op in OperatorTable.Binary.Where(o => o.Reduces))
        {
            foreach (var kind in ScalarKinds.All.Where(k => op.Domain.Contains(k)))
            {
                foreach (var x in new[] { Scalar.Zero(kind), Casts.Apply(Scalar.I32(-3), kind), Casts.Apply(Scalar.I32(100), kind) })
                {
                    Assert.Equal(x, op.Apply(op.Identity(kind), x));
                }
            }
        }
    }
}
