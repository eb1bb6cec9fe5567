namespace Weld.Core.Values;

/// <summary>
/// A merge sort from the bottom up: stable, and with an inconsistent comparator still some permutation. Runs of 1, 2, 4, … are merged in pairs from
/// the left, so what it does with an inconsistent comparator is fixed too.
/// </summary>
internal static class StableSort
{
    /// <summary>Sorts in place.</summary>
    /// <param name="items">The items.</param>
    /// <param name="inOrder">Whether the first may stand before the second: false only if the second is less.</param>
    public static void Sort<T>(T[] items, Func<T, T, bool> inOrder)
    {
        var from = items;
        var to = new T[items.Length];
        for (long width = 1; width < items.Length; width *= 2)
        {
            for (long start = 0; start < items.Length; start += 2 * width)
            {
                var middle = (int)Math.Min(start + width, items.Length);
                var end = (int)Math.Min(start + (2 * width), items.Length);
                Merge(from, to, (int)start, middle, end, inOrder);
            }

            (from, to) = (to, from);
        }

        if (from != items)
        {
            from.CopyTo(items, 0);
        }
    }

    private static void Merge<T>(T[] from, T[] to, int start, int middle, int end, Func<T, T, bool> inOrder)
    {
        var (left, right) = (start, middle);
        for (var i = start; i < end; i++)
        {
            var takeLeft = left < middle && (right >= end || inOrder(from[left], from[right]));
            to[i] = takeLeft ? from[left++] : from[right++];
        }
    }
}
