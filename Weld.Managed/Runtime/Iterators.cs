using System.Runtime.CompilerServices;

namespace Weld.Managed.Runtime;

/// <summary>The checks and counts of bounded iterators (language.md §6).</summary>
internal static class Iterators
{
    /// <summary>The number of elements of <c>iter(v, start, end, stride)</c>.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static long Count(long start, long end, long stride, long length, int at, int span)
    {
        var inside = stride > 0 ? start >= 0 && start <= end && end <= length : stride < 0 && end >= -1 && end <= start && start < Math.Max(length, 0);
        if (!inside || (end - start) % stride != 0)
        {
            Fail.BadIterator(start, end, stride, length, at, span);
        }

        return (end - start) / stride;
    }

    /// <summary>The number of values of <c>rangeiter(start, end, stride)</c>.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static long CountRange(long start, long end, long stride, int at, int span)
    {
        var extent = stride > 0 ? (ulong)end - (ulong)start : (ulong)start - (ulong)end;
        var step = stride > 0 ? (ulong)stride : 0 - (ulong)stride;
        if (stride == 0 || (stride > 0 ? start > end : start < end) || extent % step != 0 || extent / step > long.MaxValue)
        {
            Fail.BadRange(start, end, stride, at, span);
        }

        return (long)(extent / step);
    }
}
