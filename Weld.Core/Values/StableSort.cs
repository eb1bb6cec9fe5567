namespace Weld.Core.Values;

/// <summary>
/// A merge sort from the bottom up: stable, and with an inconsistent comparator still some permutation. Runs of 8 are sorted by insertion from the left, those
/// and runs of 16, 32, … are merged in pairs from the left, so what it does with an inconsistent comparator is fixed too.
/// </summary>
internal static class StableSort
{
    /// <summary>A run of so many items is sorted by insertion.</summary>
    public const int InsertionRun = 8;

    /// <summary>Sorts in place.</summary>
    /// <param name="items">The items.</param>
    /// <param name="inOrder">Whether the first may stand before the second: false only if the second is less.</param>
    public static void Sort<T>(T[] items, Func<T, T, bool> inOrder)
    {
        for (var i = 0; i < items.Length; i++)
        {
            Insert(items, i, inOrder);
        }

        var from = items;
        var to = new T[items.Length];
        for (long width = InsertionRun; width < items.Length; width *= 2)
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

    private static void Insert<T>(T[] items, int index, Func<T, T, bool> inOrder)
    {
        var item = items[index];
        for (; index % InsertionRun != 0 && !inOrder(items[index - 1], item); index--)
        {
            items[index] = items[index - 1];
        }

        items[index] = item;
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
