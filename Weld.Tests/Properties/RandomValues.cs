using System.Text;
using Weld.Core.IR;
using Weld.Core.Types;
using Weld.Core.Values;

namespace Weld.Tests.Properties;

/// <summary>Random values of a type.</summary>
/// <param name="random">Where they come from.</param>
/// <param name="dyadic">Floats are small multiples of a quarter, so that sums are exact in every order; else they are anything, NaN and −0 too.</param>
internal sealed class RandomValues(RandomSource random, bool dyadic)
{
    private static readonly string[] Words = ["", "a", "b", "ab", "abc", "weld", "Zürich", "x\0y", "a longer piece of text", "ba"];

    public Value Of(WeldType type, int length = -1) => type switch
    {
        ScalarType s => new ScalarValue(Scalar(s.Kind)),
        StructType s => new StructValue(s.Fields.To(f => Of(f))),
        VectorType v when v == VectorType.Text && length < 0 && random.Percent(70) => Text(),
        VectorType v => new VectorValue(Enumerable.Range(0, length < 0 ? random.Below(6) : length).Select(_ => Of(v.Element)).ToArray()),
        DictionaryType d => Dictionary(d, length < 0 ? random.Below(6) : length),
        _ => throw new ArgumentException($"expected the type of a value, found {type}", nameof(type)),
    };

    public Scalar Scalar(ScalarKind kind) => kind switch
    {
        ScalarKind.Bool => Core.Values.Scalar.Bool(random.Percent(50)),
        ScalarKind.F32 => Core.Values.Scalar.F32((float)Float(single: true)),
        ScalarKind.F64 => Core.Values.Scalar.F64(Float(single: false)),
        _ => Core.Values.Scalar.Integer(kind, random.Below(10) switch
        {
            < 6 => random.Between(-9, 20),
            6 => random.Between(-300, 300),
            7 => random.OneOf(long.MinValue, long.MaxValue, int.MinValue, int.MaxValue, short.MinValue, sbyte.MinValue, sbyte.MaxValue, -1),
            8 => (long)(random.Next() >> random.Below(64)),
            _ => (long)random.Next(),
        }),
    };

    /// <summary>The bytes of a word, as elements of a text.</summary>
    public Seq<byte> Word() => Encoding.UTF8.GetBytes(random.Pick(Words)).ToSeq();

    private DictionaryValue Dictionary(DictionaryType type, int count)
    {
        var entries = new Dictionary<Value, Value>();
        for (var i = 0; i < count; i++)
        {
            entries.TryAdd(Keys.Normalize(Of(type.Key)), Of(type.Value));
        }

        return new DictionaryValue(entries.ToSeq());
    }

    private VectorValue Text() => new(Word().Select(b => (Value)new ScalarValue(Core.Values.Scalar.Integer(ScalarKind.I8, b))).ToArray());

    private double Float(bool single) => random.Below(dyadic ? 5 : 12) switch
    {
        < 4 => random.Between(-20, 20) / 4.0,
        4 => random.Between(0, 8),
        5 => random.OneOf(double.NaN, double.PositiveInfinity, double.NegativeInfinity, -0.0),
        6 => random.OneOf(double.MaxValue, double.Epsilon, float.MaxValue, float.Epsilon, 1e300, -1e-310, 0.1, Math.PI, 9007199254740993.0, -2147483649.0),
        7 => single ? BitConverter.UInt32BitsToSingle((uint)random.Next()) : BitConverter.UInt64BitsToDouble(random.Next()),
        8 => (long)random.Next(),
        _ => ((random.Next() >> 11) * Math.ScaleB(1, -53) * random.OneOf(1, 10, 1000, -1)) - random.OneOf(0, 0.5),
    };
}
