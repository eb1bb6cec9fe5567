using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Weld.Managed.Emit;

/// <summary>The tables of kernels at addresses that never move. A kernel's index is always inside its table, for every argument.</summary>
internal static unsafe class KernelTables
{
    private static readonly Dictionary<(double[] Table, Type Element), Array> Pinned = [];

    /// <summary>The address of a table's elements, for the life of the process.</summary>
    public static nint Address<T>(double[] table)
        where T : unmanaged, INumber<T>
    {
        lock (Pinned)
        {
            if (!Pinned.TryGetValue((table, typeof(T)), out var copy))
            {
                var elements = GC.AllocateUninitializedArray<T>(table.Length, pinned: true);
                for (var i = 0; i < table.Length; i++)
                {
                    elements[i] = T.CreateTruncating(table[i]);
                }

                Pinned.Add((table, typeof(T)), copy = elements);
            }

            return (nint)Unsafe.AsPointer(ref ((T[])copy)[0]);
        }
    }

    /// <summary>The element at an index.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TFloat Read<TFloat, TInteger>(nint table, TInteger index)
        where TFloat : unmanaged
        where TInteger : unmanaged, IBinaryInteger<TInteger> => ((TFloat*)table)[long.CreateTruncating(index)];

    /// <summary>The elements at the indexes of the lanes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<double> Read128(nint table, Vector128<long> index) => Vector128.Create(Read<double, long>(table, index.GetElement(0)), Read<double, long>(table, index.GetElement(1)));

    /// <summary>The elements at the indexes of the lanes: single loads, which are faster than a gather.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> Read256(nint table, Vector256<long> index) => Vector256.Create(Read128(table, index.GetLower()), Read128(table, index.GetUpper()));

    /// <summary>The elements at the indexes of the lanes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> Read512(nint table, Vector512<long> index) => Vector512.Create(Read256(table, index.GetLower()), Read256(table, index.GetUpper()));

    /// <summary>The elements at the indexes of the lanes, for rare paths.</summary>
    public static Vector128<TFloat> Read<TFloat, TInteger>(nint table, Vector128<TInteger> index)
        where TFloat : unmanaged
        where TInteger : unmanaged, IBinaryInteger<TInteger>
    {
        Unsafe.SkipInit(out Vector128<TFloat> result);
        for (var i = 0; i < Vector128<TInteger>.Count; i++)
        {
            result = result.WithElement(i, Read<TFloat, TInteger>(table, index.GetElement(i)));
        }

        return result;
    }

    /// <summary>The elements at the indexes of the lanes.</summary>
    public static Vector256<TFloat> Read<TFloat, TInteger>(nint table, Vector256<TInteger> index)
        where TFloat : unmanaged
        where TInteger : unmanaged, IBinaryInteger<TInteger> =>
        Vector256.Create(Read<TFloat, TInteger>(table, index.GetLower()), Read<TFloat, TInteger>(table, index.GetUpper()));

    /// <summary>The elements at the indexes of the lanes.</summary>
    public static Vector512<TFloat> Read<TFloat, TInteger>(nint table, Vector512<TInteger> index)
        where TFloat : unmanaged
        where TInteger : unmanaged, IBinaryInteger<TInteger> =>
        Vector512.Create(Read<TFloat, TInteger>(table, index.GetLower()), Read<TFloat, TInteger>(table, index.GetUpper()));
}
