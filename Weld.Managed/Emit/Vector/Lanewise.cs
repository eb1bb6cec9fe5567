using System.Numerics;
using System.Runtime.CompilerServices;
using Weld.Core.Operators;
using Weld.Managed.Runtime;

namespace Weld.Managed.Emit.Vector;

/// <summary>Operators that no vector instruction computes, lane after lane. Invariant: a lane's index is below the number of lanes of every vector it is used on.</summary>
internal static class Lanewise
{
    /// <summary>An operator on numbers.</summary>
    public static TVector Numeric<TOperator, TVector, T>(TVector x, TVector y)
        where TOperator : struct, INumericDefinition
        where TVector : struct
        where T : unmanaged, INumber<T>
    {
        for (var i = 0; i < Unsafe.SizeOf<TVector>() / Unsafe.SizeOf<T>(); i++)
        {
            Lane<TVector, T>(ref x, i) = TOperator.Invoke(Lane<TVector, T>(ref x, i), Lane<TVector, T>(ref y, i));
        }

        return x;
    }

    /// <summary>An operator on the bits of integers.</summary>
    public static TVector Bitwise<TOperator, TVector, T>(TVector x, TVector y)
        where TOperator : struct, IBitwiseDefinition
        where TVector : struct
        where T : unmanaged, IBinaryInteger<T>
    {
        for (var i = 0; i < Unsafe.SizeOf<TVector>() / Unsafe.SizeOf<T>(); i++)
        {
            Lane<TVector, T>(ref x, i) = TOperator.Invoke(Lane<TVector, T>(ref x, i), Lane<TVector, T>(ref y, i));
        }

        return x;
    }

    /// <summary>A conversion, of as many lanes as both vectors have.</summary>
    public static TToVector Cast<TFromVector, TFrom, TToVector, TTo>(TFromVector x)
        where TFromVector : struct
        where TFrom : unmanaged, INumber<TFrom>
        where TToVector : struct
        where TTo : unmanaged, INumber<TTo>
    {
        TToVector result = default;
        for (var i = 0; i < Math.Min(Unsafe.SizeOf<TFromVector>() / Unsafe.SizeOf<TFrom>(), Unsafe.SizeOf<TToVector>() / Unsafe.SizeOf<TTo>()); i++)
        {
            Lane<TToVector, TTo>(ref result, i) = Casts.Invoke<TFrom, TTo>(Lane<TFromVector, TFrom>(ref x, i));
        }

        return result;
    }

    /// <summary>The elements at the indexes of the lanes, which are inside.</summary>
    public static TVector Read<TIndexes, TVector, T>(long data, TIndexes indexes)
        where TIndexes : struct
        where TVector : struct
        where T : unmanaged
    {
        TVector result = default;
        for (var i = 0; i < Unsafe.SizeOf<TIndexes>() / sizeof(long); i++)
        {
            Lane<TVector, T>(ref result, i) = Memory.Load<T>(data + (Lane<TIndexes, long>(ref indexes, i) * Unsafe.SizeOf<T>()));
        }

        return result;
    }

    /// <summary>Stores the lanes whose bits are set side by side, and some lane behind them, and gives the place behind the former.</summary>
    public static long Store<TVector, T>(long place, TVector value, ulong bits, int lanes)
        where TVector : struct
        where T : unmanaged
    {
        for (var i = 0; i < lanes; i++)
        {
            Memory.Store(place, Lane<TVector, T>(ref value, i));
            place += (long)((bits >> i) & 1) * Unsafe.SizeOf<T>();
        }

        return place;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ref T Lane<TVector, T>(ref TVector vector, int index)
        where TVector : struct
        where T : unmanaged => ref Unsafe.Add(ref Unsafe.As<TVector, T>(ref vector), index);
}
