using System.Linq.Expressions;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Weld.Core.Operators;
using Weld.Core.Types;

namespace Weld.Managed.Emit.Vector;

/// <summary>
/// Division of integers in lanes, for which machines have no instruction. A quotient of floats is exact once its fraction is cut off, where both integers are floats themselves: had it been rounded up
/// to a whole number, the dividend would need more bits than a float has. So 8 and 16 bits go through f32, 32 bits through f64, and 64 bits too, where all lanes are small enough. A lane whose
/// divisor is 0 gets any number.
/// </summary>
internal static class LaneDivision
{
    /// <summary>Numbers from −2⁵¹ on and below 2⁵¹, added to this as bits, are those of the f64 that is greater by <see cref="Magic"/>.</summary>
    private const long MagicBits = 0x4338_0000_0000_0000;

    /// <summary>2⁵² + 2⁵¹.</summary>
    private const double Magic = 6_755_399_441_055_744;

    private const long Most = 1L << 51;

    /// <summary>x / y or x % y; both are evaluated once.</summary>
    public static Expression Emit(BinaryOperator op, ScalarKind kind, Expression x, Expression y) =>
        Clr.CallGeneric(typeof(LaneDivision), $"Of{8 * Simd.BytesOf(x.Type)}", [Clr.Of(kind)], x, y, Expression.Constant(op == OperatorTable.Remainder));

    // (x + (x < 0 ? 2ᵏ − 1 : 0)) >> k
    /// <summary>x / 2ᵏ or x % 2ᵏ; x may be evaluated again.</summary>
    public static Expression EmitPower(VectorShape shape, LaneOperators operators, BinaryOperator op, ScalarKind kind, Expression x, int power)
    {
        var biased = x;
        if (kind.IsSigned())
        {
            var sign = shape.Call(kind, "LessThan", x, operators.Number(kind, 0));
            biased = shape.Call(kind, "Add", x, shape.Call(kind, "ShiftRightLogical", sign, Expression.Constant((8 * kind.Size()) - power)));
        }

        var quotient = shape.Call(kind, kind.IsSigned() ? "ShiftRightArithmetic" : "ShiftRightLogical", biased, Expression.Constant(power));
        return op == OperatorTable.Divide ? quotient : Rest(shape, kind, x, shape.Call(kind, "ShiftLeft", quotient, Expression.Constant(power)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> Of512<T>(Vector512<T> x, Vector512<T> y, bool isRest)
        where T : unmanaged, INumber<T> => Vector512.Create(Of256(x.GetLower(), y.GetLower(), isRest), Of256(x.GetUpper(), y.GetUpper(), isRest));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<T> Of256<T>(Vector256<T> x, Vector256<T> y, bool isRest)
        where T : unmanaged, INumber<T>
    {
        if (Unsafe.SizeOf<T>() == sizeof(long))
        {
            return AreModerate(x.AsInt64(), y.AsInt64(), IsSigned<T>()) ? OfModerate(x.AsInt64(), y.AsInt64(), isRest).As<long, T>() : isRest ? EachRest<Vector256<T>, T>(x, y) : EachQuotient<Vector256<T>, T>(x, y);
        }

        var quotient = Vector256.Create(Quotient(x.GetLower(), y.GetLower()), Quotient(x.GetUpper(), y.GetUpper()));
        return isRest ? x - (quotient * y) : quotient;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<T> Of128<T>(Vector128<T> x, Vector128<T> y, bool isRest)
        where T : unmanaged, INumber<T>
    {
        if (Unsafe.SizeOf<T>() == sizeof(long))
        {
            return AreModerate(x.AsInt64(), y.AsInt64(), IsSigned<T>()) ? OfModerate(x.AsInt64(), y.AsInt64(), isRest).As<long, T>() : isRest ? EachRest<Vector128<T>, T>(x, y) : EachQuotient<Vector128<T>, T>(x, y);
        }

        var quotient = Quotient(x, y);
        return isRest ? x - (quotient * y) : quotient;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<T> Quotient<T>(Vector128<T> x, Vector128<T> y)
        where T : unmanaged, INumber<T>
    {
        if (Unsafe.SizeOf<T>() == 1)
        {
            return IsSigned<T>() ? OfBytes(x.AsSByte(), y.AsSByte()).As<sbyte, T>() : OfBytes(x.AsByte(), y.AsByte()).As<byte, T>();
        }

        if (Unsafe.SizeOf<T>() == 2)
        {
            return IsSigned<T>() ? OfShorts(x.AsInt16(), y.AsInt16()).As<short, T>() : OfShorts(x.AsUInt16(), y.AsUInt16()).As<ushort, T>();
        }

        return IsSigned<T>() ? OfInts(x.AsInt32(), y.AsInt32()).As<int, T>() : OfInts(x.AsUInt32(), y.AsUInt32()).As<uint, T>();
    }

    private static bool IsSigned<T>() => typeof(T) == typeof(sbyte) || typeof(T) == typeof(short) || typeof(T) == typeof(int) || typeof(T) == typeof(long);

    private static Expression Rest(VectorShape shape, ScalarKind kind, Expression x, Expression product) => shape.Call(kind, "Subtract", x, product);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<sbyte> OfBytes(Vector128<sbyte> x, Vector128<sbyte> y) =>
        Vector128.Narrow(OfShorts(Vector128.WidenLower(x), Vector128.WidenLower(y)), OfShorts(Vector128.WidenUpper(x), Vector128.WidenUpper(y)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> OfBytes(Vector128<byte> x, Vector128<byte> y) =>
        Vector128.Narrow(OfShorts(Vector128.WidenLower(x), Vector128.WidenLower(y)), OfShorts(Vector128.WidenUpper(x), Vector128.WidenUpper(y)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<short> OfShorts(Vector128<short> x, Vector128<short> y) =>
        Vector128.Narrow(OfSmall(Vector128.WidenLower(x), Vector128.WidenLower(y)), OfSmall(Vector128.WidenUpper(x), Vector128.WidenUpper(y)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<ushort> OfShorts(Vector128<ushort> x, Vector128<ushort> y) => Vector128.Narrow(
        OfSmall(Vector128.WidenLower(x).AsInt32(), Vector128.WidenLower(y).AsInt32()).AsUInt32(),
        OfSmall(Vector128.WidenUpper(x).AsInt32(), Vector128.WidenUpper(y).AsInt32()).AsUInt32());

    /// <summary>Numbers of 17 bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<int> OfSmall(Vector128<int> x, Vector128<int> y) => Vector128.ConvertToInt32Native(Vector128.ConvertToSingle(x) / Vector128.ConvertToSingle(y));

    // MIN / −1 is 2³¹, of which the low bits are MIN.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<int> OfInts(Vector128<int> x, Vector128<int> y) => Conversions.ToInt256(Conversions.ToDouble256(x) / Conversions.ToDouble256(y));

    // As signed numbers, from which 2³¹ is missing.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<uint> OfInts(Vector128<uint> x, Vector128<uint> y)
    {
        var (sign, half) = (Vector128.Create(int.MinValue), Vector256.Create(2_147_483_648.0));
        var quotient = Vector256.Floor((Conversions.ToDouble256(x.AsInt32() ^ sign) + half) / (Conversions.ToDouble256(y.AsInt32() ^ sign) + half));
        return (Conversions.ToInt256(quotient - half) ^ sign).AsUInt32();
    }

    /// <summary>Whether all are from −2⁵¹, or without signs 0, on and below 2⁵¹.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool AreModerate(Vector256<long> x, Vector256<long> y, bool isSigned) => isSigned
        ? (((x + Vector256.Create(Most)) | (y + Vector256.Create(Most))) & Vector256.Create(-2 * Most)) == Vector256<long>.Zero
        : ((x | y) & Vector256.Create(-Most)) == Vector256<long>.Zero;

    /// <inheritdoc cref="AreModerate(Vector256{long}, Vector256{long}, bool)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool AreModerate(Vector128<long> x, Vector128<long> y, bool isSigned) => isSigned
        ? (((x + Vector128.Create(Most)) | (y + Vector128.Create(Most))) & Vector128.Create(-2 * Most)) == Vector128<long>.Zero
        : ((x | y) & Vector128.Create(-Most)) == Vector128<long>.Zero;

    // What is subtracted is a whole number below 2⁵¹, so the rest is exact, too.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<long> OfModerate(Vector256<long> x, Vector256<long> y, bool isRest)
    {
        var (bits, magic) = (Vector256.Create(MagicBits), Vector256.Create(Magic));
        var (dividend, divisor) = ((x + bits).AsDouble() - magic, (y + bits).AsDouble() - magic);
        var quotient = Vector256.Truncate(dividend / divisor);
        return ((isRest ? dividend - (quotient * divisor) : quotient) + magic).AsInt64() - bits;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<long> OfModerate(Vector128<long> x, Vector128<long> y, bool isRest)
    {
        var (bits, magic) = (Vector128.Create(MagicBits), Vector128.Create(Magic));
        var (dividend, divisor) = ((x + bits).AsDouble() - magic, (y + bits).AsDouble() - magic);
        var quotient = Vector128.Truncate(dividend / divisor);
        return ((isRest ? dividend - (quotient * divisor) : quotient) + magic).AsInt64() - bits;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static TVector EachQuotient<TVector, T>(TVector x, TVector y)
        where TVector : struct
        where T : unmanaged, INumber<T> => Lanewise.Numeric<SafeDivide, TVector, T>(x, y);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static TVector EachRest<TVector, T>(TVector x, TVector y)
        where TVector : struct
        where T : unmanaged, INumber<T> => Lanewise.Numeric<SafeRemainder, TVector, T>(x, y);

    /// <summary>x / y, and x where y is 0: lanes that do not take part must not fail either.</summary>
    private readonly struct SafeDivide : INumericDefinition
    {
        public static T Invoke<T>(T x, T y)
            where T : unmanaged, INumber<T> => T.IsZero(y) ? x : Divide.Invoke(x, y);
    }

    /// <summary>x % y, likewise.</summary>
    private readonly struct SafeRemainder : INumericDefinition
    {
        public static T Invoke<T>(T x, T y)
            where T : unmanaged, INumber<T> => T.IsZero(y) ? x : Remainder.Invoke(x, y);
    }
}
