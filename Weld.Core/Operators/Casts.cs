using System.Numerics;
using System.Runtime.CompilerServices;
using Weld.Core.Types;
using Weld.Core.Values;

namespace Weld.Core.Operators;

/// <summary>The conversions between scalars (language.md §4.4): one definition for interpreter, folding and emitter. A bool is a byte of 0 or 1.</summary>
internal readonly struct Casts
{
    /// <summary>x as a <typeparamref name="TTo"/>: float to integer truncates and saturates with NaN giving 0, integer to narrower keeps the low bits, all else by value.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TTo Invoke<TFrom, TTo>(TFrom x)
        where TFrom : unmanaged, INumber<TFrom>
        where TTo : unmanaged, INumber<TTo> =>
        typeof(TFrom) == typeof(float) || typeof(TFrom) == typeof(double) ? TTo.CreateSaturating(x) : TTo.CreateTruncating(x);

    /// <summary>Whether x is not 0 (NaN is not).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool ToBool<TFrom>(TFrom x)
        where TFrom : unmanaged, INumber<TFrom> => x != TFrom.Zero;

    /// <summary>x as a value of kind <paramref name="to"/>.</summary>
    public static Scalar Apply(Scalar x, ScalarKind to) => x.Kind switch
    {
        ScalarKind.F32 => FromFloat((double)x.AsSingle, x, to),
        ScalarKind.F64 => FromFloat(x.AsDouble, x, to),
        ScalarKind.U64 => FromInteger(x.Bits, x, to),
        _ => FromInteger(x.AsInt64, x, to),
    };

    private static Scalar FromInteger<T>(T value, Scalar x, ScalarKind to)
        where T : unmanaged, INumber<T> => to switch
        {
            ScalarKind.F32 => Scalar.F32(Invoke<T, float>(value)),
            ScalarKind.F64 => Scalar.F64(Invoke<T, double>(value)),
            _ => Scalar.Integer(to, x.AsInt64),
        };

    private static Scalar FromFloat(double value, Scalar x, ScalarKind to) => to switch
    {
        _ when to == x.Kind => x,
        ScalarKind.F32 => Scalar.F32((float)value),
        ScalarKind.F64 => Scalar.F64(value),
        ScalarKind.Bool => Scalar.Bool(ToBool(value)),
        ScalarKind.I8 => Scalar.Integer(to, Invoke<double, sbyte>(value)),
        ScalarKind.I16 => Scalar.Integer(to, Invoke<double, short>(value)),
        ScalarKind.I32 => Scalar.Integer(to, Invoke<double, int>(value)),
        ScalarKind.I64 => Scalar.Integer(to, Invoke<double, long>(value)),
        ScalarKind.U8 => Scalar.Integer(to, Invoke<double, byte>(value)),
        ScalarKind.U16 => Scalar.Integer(to, Invoke<double, ushort>(value)),
        ScalarKind.U32 => Scalar.Integer(to, Invoke<double, uint>(value)),
        _ => Scalar.Integer(to, (long)Invoke<double, ulong>(value)),
    };
}
