namespace Weld.Bench.Kernels;

/// <summary>One computation written twice: as a Weld program, and by hand in C# in the same order of reduction.</summary>
internal abstract class Kernel
{
    public static IReadOnlyList<Kernel> All { get; } = [new Sum(), new MapFilterSum(), new Q6()];

    public abstract string Name { get; }

    /// <summary>The Weld program.</summary>
    public abstract string Program { get; }

    /// <summary>Arguments of <paramref name="count"/> rows, the same every time.</summary>
    /// <param name="count">The number of rows.</param>
    /// <param name="set">Another number gives other rows.</param>
    public abstract object[] Data(int count, int set);

    /// <summary>The loop by hand.</summary>
    /// <param name="data">What <see cref="Data"/> made.</param>
    public abstract double ByHand(object[] data);

    private protected static double[] Random(int seed, int count, Func<Random, double> draw)
    {
        var random = new Random(seed);
        var values = new double[count];
        for (var i = 0; i < count; i++)
        {
            values[i] = draw(random);
        }

        return values;
    }
}
