using Weld.Bench.Compare;

namespace Weld.Bench.Kernels;

/// <summary>Columns of random numbers, the same every time.</summary>
internal static class Draw
{
    /// <summary>A column.</summary>
    /// <param name="seed">Another one gives another column.</param>
    /// <param name="rows">How long.</param>
    /// <param name="value">The value of 64 random bits.</param>
    public static T[] Column<T>(int seed, long rows, Func<ulong, T> value)
    {
        var values = new T[rows];
        var state = (ulong)seed << 40;
        for (long i = 0; i < rows; i++)
        {
            values[i] = value(Mix(state += 0x9E3779B97F4A7C15));
        }

        return values;
    }

    /// <summary>Numbers from <paramref name="from"/> up to <paramref name="to"/>.</summary>
    public static double[] Between(int seed, long rows, double from, double to) => Column(seed, rows, bits => from + ((to - from) * Unit(bits)));

    /// <summary>0 up to 1.</summary>
    public static double Unit(ulong bits) => (bits >> 11) * (1.0 / (1L << 53));

    /// <summary>0 up to <paramref name="count"/> − 1.</summary>
    public static long Below(ulong bits, long count) => (long)Math.BigMul(bits, (ulong)count, out _);

    /// <summary>Keys without a pattern: the number's bits well mixed.</summary>
    public static long Scattered(long number) => (long)(Mix((ulong)number * 0x9E3779B97F4A7C15) >> 1);

    /// <summary>Texts, each made of 64 random bits.</summary>
    public static Texts Texts(int seed, long rows, Func<ulong, ReadOnlySpan<byte>> text)
    {
        var bytes = new List<byte>();
        var offsets = new int[rows + 1];
        var draws = Column(seed, rows, bits => bits);
        for (long i = 0; i < rows; i++)
        {
            bytes.AddRange(text(draws[i]));
            offsets[i + 1] = bytes.Count;
        }

        return new Texts([.. bytes], offsets);
    }

    private static ulong Mix(ulong x)
    {
        x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
        x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
        return x ^ (x >> 31);
    }
}
