using System.Globalization;
using Weld.Core.Types;

namespace Weld.Core.Values;

/// <summary>A scalar value: a kind and its bits. Every NaN is the positive quiet one, so equal values have equal bits (but +0 and −0 differ).</summary>
public readonly record struct Scalar
{
    private Scalar(ScalarKind kind, ulong bits)
    {
        Kind = kind;
        Bits = bits;
    }

    /// <summary>Which scalar type.</summary>
    public ScalarKind Kind { get; }

    /// <summary>The value's bits; integers narrower than 64 bits are sign- or zero-extended, f32 has its 32 bits, bool is 0 or 1.</summary>
    public ulong Bits { get; }

    /// <summary>The value as bool; meaningful for that kind only.</summary>
    public bool AsBool => Bits != 0;

    /// <summary>The value of any integer kind but u64 values above <see cref="long.MaxValue"/>, which wrap.</summary>
    public long AsInt64 => (long)Bits;

    /// <summary>The value of an f32; meaningful for that kind only.</summary>
    public float AsSingle => BitConverter.UInt32BitsToSingle((uint)Bits);

    /// <summary>The value of an f64; meaningful for that kind only.</summary>
    public double AsDouble => BitConverter.UInt64BitsToDouble(Bits);

    /// <summary>A bool.</summary>
    /// <param name="value">The value.</param>
    public static Scalar Bool(bool value) => new(ScalarKind.Bool, value ? 1UL : 0);

    /// <summary>An i32.</summary>
    /// <param name="value">The value.</param>
    public static Scalar I32(int value) => new(ScalarKind.I32, (ulong)(long)value);

    /// <summary>An i64.</summary>
    /// <param name="value">The value.</param>
    public static Scalar I64(long value) => new(ScalarKind.I64, (ulong)value);

    /// <summary>An f32.</summary>
    /// <param name="value">The value.</param>
    public static Scalar F32(float value) => new(ScalarKind.F32, float.IsNaN(value) ? 0x7fc00000 : BitConverter.SingleToUInt32Bits(value));

    /// <summary>An f64.</summary>
    /// <param name="value">The value.</param>
    public static Scalar F64(double value) => new(ScalarKind.F64, double.IsNaN(value) ? 0x7ff8000000000000 : BitConverter.DoubleToUInt64Bits(value));

    /// <summary>An integer of <paramref name="kind"/> (or bool: is it non-zero), keeping the low bits of <paramref name="value"/>.</summary>
    /// <param name="kind">An integer kind or bool.</param>
    /// <param name="value">The bits.</param>
    public static Scalar Integer(ScalarKind kind, long value) => new(kind, kind switch
    {
        ScalarKind.Bool => value != 0 ? 1UL : 0,
        ScalarKind.I8 => (ulong)(sbyte)value,
        ScalarKind.I16 => (ulong)(short)value,
        ScalarKind.I32 => (ulong)(int)value,
        ScalarKind.U8 => (byte)value,
        ScalarKind.U16 => (ushort)value,
        ScalarKind.U32 => (uint)value,
        ScalarKind.I64 or ScalarKind.U64 => (ulong)value,
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "expected an integer kind"),
    });

    /// <summary>The scalar whose memory image (little-endian, in the low bytes) is <paramref name="bits"/>: normalises NaN and bool.</summary>
    /// <param name="kind">The kind.</param>
    /// <param name="bits">The bits.</param>
    public static Scalar FromBits(ScalarKind kind, ulong bits) => kind switch
    {
        ScalarKind.F32 => F32(BitConverter.UInt32BitsToSingle((uint)bits)),
        ScalarKind.F64 => F64(BitConverter.UInt64BitsToDouble(bits)),
        _ => Integer(kind, (long)bits),
    };

    /// <summary>Zero (false) of <paramref name="kind"/>.</summary>
    /// <param name="kind">The kind.</param>
    public static Scalar Zero(ScalarKind kind) => new(kind, 0);

    /// <summary>The value as text in the invariant culture: exact integers, shortest round-trip floats.</summary>
    public override string ToString() => Kind switch
    {
        ScalarKind.Bool => AsBool ? "true" : "false",
        ScalarKind.U64 => Bits.ToString(CultureInfo.InvariantCulture),
        ScalarKind.F32 => AsSingle.ToString("R", CultureInfo.InvariantCulture),
        ScalarKind.F64 => AsDouble.ToString("R", CultureInfo.InvariantCulture),
        _ => AsInt64.ToString(CultureInfo.InvariantCulture),
    };
}
