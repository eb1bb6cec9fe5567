using System.Runtime.InteropServices;

namespace Weld.Bench.Compare;

/// <summary>Answers as columns of long, double or float; a text is its hash.</summary>
internal static class Answers
{
    /// <summary>The first rows of a column.</summary>
    public static Array First(Array column, int rows)
    {
        var first = Array.CreateInstance(column.GetType().GetElementType()!, rows);
        Array.Copy(column, first, rows);
        return first;
    }

    /// <summary>A hash of a text, or of numbers in order.</summary>
    public static long Hash<T>(ReadOnlySpan<T> values)
        where T : unmanaged
    {
        var hash = new HashCode();
        hash.AddBytes(MemoryMarshal.AsBytes(values));
        return ((long)values.Length << 32) | (uint)hash.ToHashCode();
    }

    /// <summary>The hashes of texts that C wrote as address and length.</summary>
    public static unsafe long[] Hashes(Array slices, int rows)
    {
        var pairs = (long[])slices;
        return [.. Enumerable.Range(0, rows).Select(i => Hash(new ReadOnlySpan<byte>((void*)pairs[2 * i], checked((int)pairs[(2 * i) + 1]))))];
    }

    /// <summary>Sorts the rows by their first column.</summary>
    public static Array[] ByKey(Array[] columns)
    {
        var order = Enumerable.Range(0, columns[0].Length).ToArray();
        var keys = (long[])columns[0].Clone();
        Array.Sort(keys, order);
        return [.. columns.Select(c => Pick(c, order))];
    }

    /// <summary>The first place where two answers differ, as text; null if nowhere.</summary>
    /// <param name="expected">The one.</param>
    /// <param name="found">The other.</param>
    /// <param name="tolerance">How far floats may lie apart, as a share of the larger of 1 and the value.</param>
    public static string? Difference(Array[] expected, Array[] found, double tolerance)
    {
        if (expected.Length != found.Length)
        {
            return $"{expected.Length} and {found.Length} columns";
        }

        for (var c = 0; c < expected.Length; c++)
        {
            if (expected[c].Length != found[c].Length)
            {
                return $"{expected[c].Length} and {found[c].Length} rows";
            }

            var row = (expected[c], found[c]) switch
            {
                (long[] x, long[] y) => FirstUnequal(x, y, (a, b) => a == b),
                (double[] x, double[] y) => FirstUnequal(x, y, (a, b) => a.Equals(b) || Math.Abs(a - b) <= tolerance * Math.Max(1, Math.Abs(a))),
                (float[] x, float[] y) => FirstUnequal(x, y, (a, b) => a.Equals(b) || Math.Abs(a - b) <= tolerance * Math.Max(1, Math.Abs(a))),
                _ => throw new ArgumentException($"expected columns of one type, found {expected[c].GetType()} and {found[c].GetType()}"),
            };
            if (row >= 0)
            {
                return $"{expected[c].GetValue(row):R} and {found[c].GetValue(row):R} in column {c}, row {row}";
            }
        }

        return null;
    }

    private static int FirstUnequal<T>(T[] x, T[] y, Func<T, T, bool> same)
    {
        for (var i = 0; i < x.Length; i++)
        {
            if (!same(x[i], y[i]))
            {
                return i;
            }
        }

        return -1;
    }

    private static Array Pick(Array column, int[] order) => column switch
    {
        long[] longs => Array.ConvertAll(order, i => longs[i]),
        double[] doubles => Array.ConvertAll(order, i => doubles[i]),
        float[] floats => Array.ConvertAll(order, i => floats[i]),
        _ => throw new ArgumentException($"expected a column of numbers, found {column.GetType()}"),
    };
}
