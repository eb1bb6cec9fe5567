using System.Numerics;
using System.Runtime.CompilerServices;

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
}
