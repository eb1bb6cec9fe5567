using System.Buffers.Binary;
using Weld.Core.Diagnostics;
using Weld.Core.Evaluation;
using Weld.Core.IR;
using Weld.Core.Types;
using Weld.Core.Values;
using Weld.Managed;

namespace Weld.Tests.Properties;

/// <summary>Corrupt bytes are a value or <c>DeserializationError</c>, never anything else, and the same interpreted and compiled.</summary>
public class SerializedBytesTests
{
    private const int Types = 250;
    private static readonly int InputsPerType = Effort.Of(400);

    [Fact]
    public void CorruptBytesAreAValueOrAnError()
    {
        var (values, errors) = (0, 0);
        Parallel.For(0, Types, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount }, i =>
        {
            var random = new RandomSource((ulong)i);
            var type = BoundedType(random);
            var write = Program(type, v => new Serialize(v));
            var read = Program(new VectorType(ScalarType.U8), b => new Deserialize(type, b));
            var compiled = WeldModule.Compile(read);
            for (var j = 0; j < InputsPerType; j++)
            {
                var value = new RandomValues(random, dyadic: false).Of(type);
                var bytes = Bytes(Interpreter.Run(write, [value]));
                var input = j == 0 ? bytes : Corrupted(bytes, random);
                var expected = Ended(() => Interpreter.Run(read, [Value(input)]), type, input);
                var actual = Ended(() => compiled.Evaluate([Value(input)]), type, input);
                Assert.True(Equals(expected, actual), $"{type} from [{string.Join(", ", input)}]: expected {expected}, found {actual}");
                _ = expected.Value is null ? Interlocked.Increment(ref errors) : Interlocked.Increment(ref values);
                if (j == 0)
                {
                    Assert.Equal(value, expected.Value);
                }

                if (expected.Value is { } again)
                {
                    Assert.True(ValueShape.Fits(again, type));
                    Assert.Equal(again, Interpreter.Run(read, [Interpreter.Run(write, [again])]));
                }
            }
        });

        Assert.Equal(Types * InputsPerType, values + errors);
        Assert.True(values > Types && errors > Types, $"expected many of both, found {values} values and {errors} errors");
    }

    [Theory]
    [InlineData(1L, false)]
    [InlineData(2L, true)]
    [InlineData(1L << 40, true)]
    [InlineData(1L << 60, true)]
    public void AStructOfNothingIsAKeyOnce(long count, bool fails)
    {
        var nothing = new StructType([]);
        var read = Program(new VectorType(ScalarType.U8), b => new Deserialize(new DictionaryType(nothing, nothing), b));
        var bytes = Value(BitConverter.GetBytes(count));
        RuntimeCode? code = fails ? RuntimeCode.DeserializationError : null;
        Assert.Equal(code, Ended(() => Interpreter.Run(read, [bytes]), nothing, []).Code);
        Assert.Equal(code, Ended(() => WeldModule.Compile(read).Evaluate([bytes]), nothing, []).Code);
    }

    /// <summary>A type of which so many bytes hold only so many elements: no vector of structs of nothing.</summary>
    private static WeldType BoundedType(RandomSource random)
    {
        while (true)
        {
            var type = new RandomTypes(random).Any(4);
            if (!HoldsNothing(type))
            {
                return type;
            }
        }
    }

    private static bool HoldsNothing(WeldType type) => (type is VectorType v && IsNothing(v.Element)) || type.Parts.Any(HoldsNothing);

    private static bool IsNothing(WeldType type) => type is StructType s && s.Fields.All(IsNothing);

    private static Lambda Program(WeldType parameter, Func<Expr, Expr> body)
    {
        var symbol = new Symbol("x", parameter);
        return new Lambda([symbol], body(new Ident(symbol)));
    }

    private static Outcome Ended(Func<Value> run, WeldType type, byte[] input)
    {
        try
        {
            return new(run(), null);
        }
        catch (WeldRuntimeException e) when (e.Code == RuntimeCode.DeserializationError)
        {
            return new(null, e.Code);
        }
        catch (Exception e)
        {
            Assert.Fail($"{type} from [{string.Join(", ", input)}]: {e}");
            throw;
        }
    }

    private static byte[] Bytes(Value value) => [.. ((VectorValue)value).Elements.ToArray().Select(e => (byte)((ScalarValue)e).Scalar.Bits)];

    private static VectorValue Value(byte[] bytes) => new(bytes.Select(b => (Value)new ScalarValue(Scalar.Integer(ScalarKind.U8, b))).ToArray());

    /// <summary>The bytes with one or two things wrong: a bit, a byte, a count, the end, a piece twice or missing, or all of them.</summary>
    private static byte[] Corrupted(byte[] bytes, RandomSource random)
    {
        var result = bytes.ToList();
        for (var i = random.Between(1, 2); i > 0; i--)
        {
            var at = random.Below(result.Count + 1);
            switch (random.Below(8))
            {
                case 0 when at < result.Count:
                    result[at] ^= (byte)(1 << random.Below(8));
                    break;
                case 1 when at < result.Count:
                    result[at] = (byte)random.Next();
                    break;
                case 2 or 3 when result.Count >= 8:
                    var count = new byte[8];
                    BinaryPrimitives.WriteInt64LittleEndian(count, random.OneOf(-1, 0, 1, 2, 5, 1_000, int.MaxValue, 1L << 32, 1L << 60, 1L << 61, long.MaxValue, long.MinValue, (long)random.Next()));
                    at = Math.Min(at, result.Count - 8) & (random.Percent(50) ? ~7 : -1);
                    result.RemoveRange(at, 8);
                    result.InsertRange(at, count);
                    break;
                case 4:
                    result.RemoveRange(at, result.Count - at);
                    break;
                case 5:
                    result.InsertRange(at, result.Take(random.Below(20)).ToArray());
                    break;
                case 6:
                    result.RemoveRange(at, Math.Min(random.Below(10), result.Count - at));
                    break;
                default:
                    result = [.. Enumerable.Range(0, random.Below(40)).Select(_ => random.Percent(70) ? (byte)random.Below(3) : (byte)random.Next())];
                    break;
            }
        }

        return [.. result];
    }
}
