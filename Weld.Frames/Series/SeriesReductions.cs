using System.Numerics;
using Weld.Core.IR;
using Weld.Core.Operators;
using Weld.Core.Types;
using Weld.Core.Values;

namespace Weld.Frames;

/// <summary>What all values of a series give together. Floats are added in a fixed order, so that the same series gives the same bits on every machine.</summary>
public static class SeriesReductions
{
    private static readonly LazyFunction SumOf = new("Sum", x => Loops.Reduce(x[0], OperatorTable.Add, e => e));
    private static readonly LazyFunction TrueOf = new("Sum", x => Loops.Reduce(x[0], OperatorTable.Add, e => new Cast(ScalarKind.I64, e)));
    private static readonly LazyFunction MeanOf = new("Mean", x => Mean(x[0]));
    private static readonly LazyFunction MinOf = new("Min", x => Found(x[0], OperatorTable.Minimum));
    private static readonly LazyFunction MaxOf = new("Max", x => Found(x[0], OperatorTable.Maximum));
    private static readonly LazyFunction MinFound = new("Min", x => Extreme(x[0]));
    private static readonly LazyFunction MaxFound = new("Max", x => Extreme(x[0]));

    /// <param name="series">A series of numbers.</param>
    /// <typeparam name="T">A number.</typeparam>
    extension<T>(Series<T> series)
        where T : unmanaged, INumber<T>
    {
        /// <summary>The sum; of nothing 0. Integers wrap, so <see cref="Series{T}.Cast{TOther}"/> small ones to <c>long</c> before.</summary>
        public LazyScalar<T> Sum() => new(SumOf.Apply(series.Value));

        /// <summary>The mean, computed in f64; of nothing NaN.</summary>
        public LazyScalar<double> Mean() => new(MeanOf.Apply(series.Value));

        /// <summary>The least value. NaN is passed over unless there is nothing else; of nothing it is NaN for floats, and for integers an <c>AssertionError</c> when it runs.</summary>
        public LazyScalar<T> Min() => new(MinFound.Apply(MinOf.Apply(series.Value)));

        /// <summary>The greatest value. NaN is passed over unless there is nothing else; of nothing it is NaN for floats, and for integers an <c>AssertionError</c> when it runs.</summary>
        public LazyScalar<T> Max() => new(MaxFound.Apply(MaxOf.Apply(series.Value)));
    }

    /// <param name="mask">A mask.</param>
    extension(Series<bool> mask)
    {
        /// <summary>How often it is true.</summary>
        public LazyScalar<long> Sum() => new(TrueOf.Apply(mask.Value));
    }

    private static Expr Mean(Expr vector) => new Binary(
        OperatorTable.Divide,
        Loops.Reduce(vector, OperatorTable.Add, e => new Cast(ScalarKind.F64, e)),
        new Cast(ScalarKind.F64, new Length(vector)));

    /// <summary><c>result(for(v, {merger[T,op],merger[i64,+]}, |b, i, x| if(x == x, {merge(b.$0, x), merge(b.$1, 1L)}, b)))</c>; integers are all equal to themselves.</summary>
    private static Expr Found(Expr vector, BinaryOperator op)
    {
        var x = Loops.Element([vector]);
        var builder = new StructType([new MergerType(x.Type, new SingleOperator(op)), new MergerType(ScalarType.I64, new SingleOperator(OperatorTable.Add))]);
        return Loops.Loop([vector], x, builder, b =>
        {
            Expr merged = new StructLiteral([new Merge(new Field(b, 0), x), new Merge(new Field(b, 1), Loops.I64(1))]);
            return ((ScalarType)x.Type).Kind.IsFloat() ? new If(new Binary(OperatorTable.Equal, x, x), merged, b) : merged;
        });
    }

    /// <summary><c>if(found.$1 == 0L, NaN, found.$0)</c>; of integers <c>if(assert(found.$1 &gt; 0L), found.$0, 0)</c>.</summary>
    private static Expr Extreme(Expr found)
    {
        var (value, count) = (new Field(found, 0), new Field(found, 1));
        var kind = ((ScalarType)value.Type).Kind;
        return kind.IsFloat()
            ? new If(new Binary(OperatorTable.Equal, count, Loops.I64(0)), new Literal(Casts.Apply(Scalar.F64(double.NaN), kind)), value)
            : new If(new Assertion(new Binary(OperatorTable.Greater, count, Loops.I64(0))), value, new Literal(Scalar.Zero(kind)));
    }
}
