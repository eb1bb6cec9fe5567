using System.Numerics;
using System.Runtime.CompilerServices;
using Weld.Core.Operators;

namespace Weld.Managed.Runtime;

/// <summary>Equality and order of vectors of scalars (language.md §4.5); a bool is a byte. Invariant: each address is a live vector's, each length that vector's.</summary>
internal static unsafe class VectorOrder
{
    private const long Stretch = 4096;

    /// <summary>Whether the first <paramref name="count"/> elements are pairwise equal.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static bool EqualFloats<T>(Run run, long x, long y, long count)
        where T : unmanaged, INumber<T>
    {
        for (long i = 0; i < count; i++)
        {
            Memory.LookEvery(run, i);
            if (((T*)x)[i] != ((T*)y)[i])
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Whether so many bytes are the same. Of up to 16, the first and the last ones are compared at once, which may overlap.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool EqualBytes(Run run, long x, long y, long count) =>
        count is >= 8 and <= 16 ? Memory.EqualWords(x, y, count)
        : count is >= 4 and < 8 ? ((*(uint*)x ^ *(uint*)y) | (*(uint*)(x + count - 4) ^ *(uint*)(y + count - 4))) == 0
        : EqualStretches(run, x, y, count);

    /// <summary>−1 less, 0 equal, 1 greater, 2 none of these; or with <paramref name="total"/> the total order.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static int Order<T>(Run run, long x, long xCount, long y, long yCount, bool total)
        where T : unmanaged, INumber<T>
    {
        var shorter = Math.Min(xCount, yCount);
        for (long i = 0; i < shorter; i++)
        {
            if ((i & (Stretch - 1)) == 0)
            {
                Memory.Look(run);
            }

            var order = total ? TotalOrder.Invoke(((T*)x)[i], ((T*)y)[i]) : PartialOrder(((T*)x)[i], ((T*)y)[i]);
            if (order != 0)
            {
                return order;
            }
        }

        return xCount.CompareTo(yCount);
    }

    /// <summary>−1 less, 0 equal, 1 greater, 2 none of these.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int PartialOrder<T>(T x, T y)
        where T : unmanaged, INumber<T> => x < y ? -1 : x > y ? 1 : x == y ? 0 : 2;

    private static bool EqualStretches(Run run, long x, long y, long count)
    {
        for (long done = 0; done < count; done += Stretch)
        {
            Memory.Look(run);
            var bytes = (int)Math.Min(Stretch, count - done);
            if (!new ReadOnlySpan<byte>((byte*)x + done, bytes).SequenceEqual(new ReadOnlySpan<byte>((byte*)y + done, bytes)))
            {
                return false;
            }
        }

        return true;
    }
}
