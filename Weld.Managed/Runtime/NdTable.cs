using System.Runtime.CompilerServices;

namespace Weld.Managed.Runtime;

/// <summary>
/// An n-dimensional iterator after its checks: i64 values in a buffer of the run: address of the first element, bytes of an element, count,
/// rank, then extent and stride of each dimension. Invariant: the extents and strides are a copy that the host cannot change, and every
/// element they reach was checked to lie in the vector.
/// </summary>
internal static unsafe class NdTable
{
    private const int Fixed = 4;

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static long Make(
        Run run, long data, long length, long size, long start, long shape, long rank, long strides, long strideRank, int at, int span)
    {
        if (rank != strideRank)
        {
            Fail.BadShape($"expected a shape and strides of one rank, found {rank} and {strideRank}", at, span);
        }

        var table = (long*)Memory.Allocate(run, checked(Fixed + (2 * rank)), 8);
        (table[1], table[3]) = (size, rank);
        Int128 count = 1;
        Int128 low = start;
        Int128 high = start;
        for (long d = 0; d < rank; d++)
        {
            if (d % 4096 == 0)
            {
                Memory.Look(run);
            }

            var (extent, stride) = (((long*)shape)[d], ((long*)strides)[d]);
            if (extent < 0)
            {
                Fail.BadShape($"expected extents of 0 or more, found {extent}", at, span);
            }

            (table[Fixed + (2 * d)], table[Fixed + (2 * d) + 1]) = (extent, stride);
            count = Saturate(count * extent);
            low = Saturate(low + ((Int128)Math.Max(0, extent - 1) * Math.Min(0, stride)));
            high = Saturate(high + ((Int128)Math.Max(0, extent - 1) * Math.Max(0, stride)));
        }

        if (count > long.MaxValue || (count > 0 && (low < 0 || high >= length)))
        {
            Fail.BadShape($"expected elements within a vector of length {length}, found some from {low} to {high}", at, span);
        }

        (table[0], table[2]) = (count == 0 ? data : data + (start * size), (long)count);
        return (long)table;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static long Count(long table) => ((long*)table)[2];

    /// <summary>The address of element <paramref name="index"/> in row-major order.</summary>
    public static long Address(long table, long index)
    {
        var t = (long*)table;
        long offset = 0;
        for (var d = t[3] - 1; d >= 0; d--)
        {
            var extent = t[Fixed + (2 * d)];
            (index, var counter) = (index / extent, index % extent);
            offset += counter * t[Fixed + (2 * d) + 1];
        }

        return t[0] + (offset * t[1]);
    }

    /// <summary>Keeps sums and products of many factors away from overflow: beyond ±2⁶⁶ only the sign matters.</summary>
    private static Int128 Saturate(Int128 value)
    {
        var limit = (Int128)1 << 66;
        return Int128.Clamp(value, -limit, limit);
    }
}
