using Weld.Core.Evaluation;
using Weld.Core.IR;
using Weld.Core.Operators;
using Weld.Core.Types;
using Weld.Core.Values;
using static Weld.Tests.Evaluation.Nodes;

namespace Weld.Tests.Evaluation;

/// <summary>The order of float reductions, against the same order written as plain loops.</summary>
public class ReductionTests
{
    private static readonly double[] Data = [.. Enumerable.Range(0, 200_000).Select(i => ((i * 7919 % 10_007) - 5_000.3) * (1 << (i % 23)))];

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(63)]
    [InlineData(64)]
    [InlineData(1_000)]
    [InlineData(65_536)]
    [InlineData(65_537)]
    [InlineData(200_000)]
    public void ALoopSumsInLanesAndBlocks(int count)
    {
        var data = Data[..count];
        var v = new Symbol("v", new VectorType(ScalarType.F64));
        var program = Program(new Result(Loop(new Iter(new Ident(v)), new NewBuilder(FloatSum, Float(0.1)), (b, _, x) => new Merge(b, x))), v);
        Assert.Equal(Blocks(data, 0.1), Interpreter.Run(program, [Floats(data)]));
    }

    [Fact]
    public void ANestedLoopsTotalIsOneMerge()
    {
        var v = new Symbol("v", new VectorType(ScalarType.F64));
        var program = Program(
            new Result(Loop(Range(10), new NewBuilder(FloatSum), (b, _, _) => new Merge(Loop(new Iter(new Ident(v)), b, (c, _, x) => new Merge(c, x)), Float(0.3)))),
            v);
        var data = Data[..70_000];
        var inner = Blocks(data, 0).Scalar.AsDouble;
        var lanes = new double[16];
        for (var i = 0; i < 10; i++)
        {
            lanes[i] = lanes[i] + inner + 0.3;
        }

        Assert.Equal(new ScalarValue(Scalar.F64(0 + Fold(lanes))), Interpreter.Run(program, [Floats(data)]));
    }

    [Fact]
    public void ManyReductionsHaveFewerLanes()
    {
        var v = new Symbol("v", new VectorType(ScalarType.F64));
        var builders = new StructLiteral(Enumerable.Range(0, 5).Select(_ => (Expr)new NewBuilder(FloatSum)).ToSeq());
        var loop = Loop(new Iter(new Ident(v)), builders, (b, _, x) => new StructLiteral(Enumerable.Range(0, 5).Select(k => (Expr)new Merge(new Field(b, k), x)).ToSeq()));
        var result = (StructValue)Interpreter.Run(Program(new Result(loop), v), [Floats(Data[..1_000])]);
        Assert.All(result.Fields, f => Assert.Equal(Blocks(Data[..1_000], 0, 16), f));
    }

    [Fact]
    public void MergesOutsideLoopsGoIntoTheTotal()
    {
        Expr builder = new NewBuilder(FloatSum, Float(1e16));
        for (var i = 0; i < 4; i++)
        {
            builder = new Merge(builder, Float(1));
        }

        Assert.Equal(new ScalarValue(Scalar.F64(1e16)), Run(new Result(builder)));
        var loop = new Result(Loop(Range(4), new NewBuilder(FloatSum, Float(1e16)), (b, _, _) => new Merge(b, Float(1))));
        Assert.Equal(new ScalarValue(Scalar.F64(1e16 + 4)), Run(loop));
    }

    [Fact]
    public void KeysGatherPerBlock()
    {
        var type = new DictMergerType(ScalarType.I64, ScalarType.F64, new SingleOperator(OperatorTable.Add));
        var v = new Symbol("v", new VectorType(ScalarType.F64));
        var key = (Expr i) => new Binary(OperatorTable.Remainder, i, Int(3));
        var program = Program(new Result(Loop(new Iter(new Ident(v)), new NewBuilder(type), (b, i, x) => new Merge(b, new StructLiteral([key(i), x])))), v);
        var totals = new double[3];
        foreach (var block in Data.Chunk(ReductionOrder.BlockSize).Select((items, n) => (items, n)))
        {
            var partials = new double[3];
            for (var i = 0; i < block.items.Length; i++)
            {
                partials[((block.n * ReductionOrder.BlockSize) + i) % 3] += block.items[i];
            }

            for (var k = 0; k < 3; k++)
            {
                totals[k] += partials[k];
            }
        }

        var expected = Enumerable.Range(0, 3).Select(k => new KeyValuePair<Value, Value>(ScalarValue.I64(k), new ScalarValue(Scalar.F64(totals[k])))).ToSeq();
        Assert.Equal(new DictionaryValue(expected), Interpreter.Run(program, [Floats(Data)]));
    }

    private static ScalarValue Blocks(double[] data, double initial, int lanes = 64)
    {
        foreach (var block in data.Chunk(ReductionOrder.BlockSize))
        {
            var sums = new double[lanes];
            for (var i = 0; i < block.Length; i++)
            {
                sums[i % lanes] += block[i];
            }

            initial += Fold(sums);
        }

        return new ScalarValue(Scalar.F64(initial));
    }

    private static double Fold(double[] lanes)
    {
        for (var half = lanes.Length / 2; half > 0; half /= 2)
        {
            for (var j = 0; j < half; j++)
            {
                lanes[j] += lanes[j + half];
            }
        }

        return lanes[0];
    }
}
