using System.Numerics;
using Weld.Core.Operators;
using Weld.Core.Types;
using Weld.Core.Values;

namespace Weld.Tests.Operators;

/// <summary>Casts and rounding against exact integers (language.md §4.2, §4.4), through <see cref="Scalar"/> and through the definition that code is emitted from.</summary>
public class CastTests
{
    public static IEnumerable<object[]> Pairs =>
        from source in ScalarKinds.All
        from target in ScalarKinds.All
        select new object[] { source, target };

    [Theory]
    [MemberData(nameof(Pairs))]
    public void ACastGivesTheExactResult(ScalarKind source, ScalarKind target)
    {
        foreach (var x in Values(source))
        {
            var expected = Expected(x, target);
            Assert.True(expected == Casts.Apply(x, target), $"{source.Name()} {x} as {target.Name()}: expected {expected}, found {Casts.Apply(x, target)}");
        }
    }

    [Fact]
    public void TheDefinitionRoundsIntegersOnce()
    {
        foreach (var x in Values(ScalarKind.U64))
        {
            Assert.Equal(Nearest(x.Bits, 24), Casts.Invoke<ulong, float>(x.Bits));
            Assert.Equal(Nearest(x.Bits, 53), Casts.Invoke<ulong, double>(x.Bits));
            Assert.Equal(Nearest(x.AsInt64, 24), Casts.Invoke<long, float>(x.AsInt64));
            Assert.Equal(Nearest(x.AsInt64, 53), Casts.Invoke<long, double>(x.AsInt64));
            Assert.Equal(Nearest((uint)x.Bits, 24), Casts.Invoke<uint, float>((uint)x.Bits));
        }
    }

    [Fact]
    public void TheDefinitionSaturates()
    {
        foreach (var x in Values(ScalarKind.F64))
        {
            Check<sbyte>(x);
            Check<short>(x);
            Check<int>(x);
            Check<long>(x);
            Check<byte>(x);
            Check<ushort>(x);
            Check<uint>(x);
            Check<ulong>(x);
        }

        static void Check<T>(Scalar x)
            where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
        {
            Assert.Equal(T.CreateChecked(Saturated(x.AsDouble, BigInteger.CreateChecked(T.MinValue), BigInteger.CreateChecked(T.MaxValue))), Casts.Invoke<double, T>(x.AsDouble));
            var single = (float)x.AsDouble;
            Assert.Equal(T.CreateChecked(Saturated(single, BigInteger.CreateChecked(T.MinValue), BigInteger.CreateChecked(T.MaxValue))), Casts.Invoke<float, T>(single));
        }
    }

    [Theory]
    [InlineData(ScalarKind.F32)]
    [InlineData(ScalarKind.F64)]
    public void RoundingIsExact(ScalarKind kind)
    {
        var (floor, ceil, trunc, round) = (Operator("floor"), Operator("ceil"), Operator("trunc"), Operator("round"));
        foreach (var x in Values(kind))
        {
            var value = kind == ScalarKind.F32 ? x.AsSingle : x.AsDouble;
            if (!double.IsFinite(value))
            {
                Assert.All(new[] { floor, ceil, trunc, round }, op => Assert.Equal(x, op.Apply(x)));
                continue;
            }

            var (whole, isWhole, isHalf) = Parts(Math.Abs(value));
            var up = isWhole ? whole : whole + 1;
            Check(trunc, whole);
            Check(floor, value < 0 ? up : whole);
            Check(ceil, value < 0 ? whole : up);
            Check(round, isHalf ? whole + 1 : whole);

            void Check(UnaryOperator op, BigInteger magnitude)
            {
                var expected = double.CopySign((double)magnitude, value);
                Assert.Equal(kind == ScalarKind.F32 ? Scalar.F32((float)expected) : Scalar.F64(expected), op.Apply(x));
            }
        }

        static UnaryOperator Operator(string name) => OperatorTable.FindUnary(name)!;
    }

    /// <summary>Limits of all kinds and their neighbours, halves, and random bits.</summary>
    private static IEnumerable<Scalar> Values(ScalarKind kind)
    {
        var random = new Random(11);
        if (!kind.IsFloat())
        {
            var integers = Enumerable.Range(0, 64).SelectMany(n => new[] { (1L << n) - 1, 1L << n, (1L << n) + 1, -(1L << n), (1L << n) + (1L << n >> 24), (1L << n) + (1L << n >> 24) + 1, (1L << n) + (3L << n >> 24) - 1 });
            return integers.Concat(Enumerable.Range(0, 2000).Select(_ => random.NextInt64(long.MinValue, long.MaxValue) >> random.Next(64))).Select(n => Scalar.Integer(kind, n));
        }

        var floats = Enumerable.Range(-60, 130).Select(n => Math.ScaleB(1, n))
            .SelectMany(v => new[] { v, v * 1.5, v - 0.5, v + 0.5, double.BitIncrement(v), double.BitDecrement(v), float.BitDecrement((float)v) })
            .Concat([0, double.Epsilon, double.MaxValue, double.PositiveInfinity, double.NaN, 4503599627370495.5, 0.49999999999999994, 8388607.5, 2.5, 1.5])
            .Concat(Enumerable.Range(0, 2000).Select(_ => Math.ScaleB(random.NextDouble(), random.Next(-4, 66))))
            .SelectMany(v => new[] { v, -v });
        return floats.Select(v => kind == ScalarKind.F32 ? Scalar.F32((float)v) : Scalar.F64(v));
    }

    private static Scalar Expected(Scalar x, ScalarKind target)
    {
        if (x.Kind.IsFloat())
        {
            var value = x.Kind == ScalarKind.F32 ? x.AsSingle : x.AsDouble;
            return target switch
            {
                ScalarKind.F64 => Scalar.F64(value),
                ScalarKind.F32 => Scalar.F32((float)value),
                ScalarKind.Bool => Scalar.Bool(value != 0),
                _ => Scalar.Integer(target, unchecked((long)(ulong)(Saturated(value, Least(target), Greatest(target)) & ulong.MaxValue))),
            };
        }

        var integer = x.Kind == ScalarKind.U64 ? new BigInteger(x.Bits) : x.AsInt64;
        return target switch
        {
            ScalarKind.F64 => Scalar.F64(Nearest(integer, 53)),
            ScalarKind.F32 => Scalar.F32((float)Nearest(integer, 24)),
            _ => Scalar.Integer(target, x.AsInt64),
        };
    }

    private static BigInteger Least(ScalarKind kind) => kind.IsSigned() ? -(BigInteger.One << ((kind.Size() * 8) - 1)) : BigInteger.Zero;

    private static BigInteger Greatest(ScalarKind kind) => (BigInteger.One << ((kind.Size() * 8) - (kind.IsSigned() ? 1 : 0))) - 1;

    private static BigInteger Saturated(double value, BigInteger least, BigInteger greatest)
    {
        if (!double.IsFinite(value))
        {
            return double.IsNaN(value) ? BigInteger.Zero : value < 0 ? least : greatest;
        }

        var whole = Parts(Math.Abs(value)).Whole;
        return BigInteger.Clamp(value < 0 ? -whole : whole, least, greatest);
    }

    /// <summary>The whole part of a finite number ≥ 0, whether that is all, and whether the rest is a half or more.</summary>
    private static (BigInteger Whole, bool IsWhole, bool IsHalf) Parts(double value)
    {
        var exponent = Math.Max(value == 0 ? 0 : Math.ILogB(value), -1022) - 52;
        var digits = (BigInteger)Math.ScaleB(Math.ScaleB(value, -exponent / 2), -exponent - (-exponent / 2));
        if (exponent >= 0)
        {
            return (digits << exponent, true, false);
        }

        var whole = digits >> -exponent;
        var rest = digits - (whole << -exponent);
        return (whole, rest.IsZero, rest << 1 >= BigInteger.One << -exponent);
    }

    /// <summary>The nearest float with that many bits, halves to even.</summary>
    private static double Nearest(BigInteger value, int bits)
    {
        var magnitude = BigInteger.Abs(value);
        var shift = (int)Math.Max((long)magnitude.GetBitLength() - bits, 0);
        var kept = magnitude >> shift;
        var rest = (magnitude - (kept << shift)) << 1;
        var half = shift == 0 ? BigInteger.One : BigInteger.One << shift;
        kept += rest > half || (rest == half && !kept.IsEven) ? 1 : 0;
        return Math.ScaleB((double)kept, shift) * value.Sign;
    }
}
