namespace Weld.Tests.Elementary;

/// <summary>Arguments that reach every path of a kernel: random bits, random magnitudes, and the special values with their neighbours.</summary>
internal static class Inputs
{
    private static readonly double[] Landmarks =
    [
        0, double.Epsilon, 2.2250738585072014e-308, 1e-300, 1e-20, 1e-5, 0.25, 0.41421356237309503, 0.5, 0.70710678118654757, 0.999, 1, 1.5, 2, 2.414213562373095, 3, 4, 5, 22, 40,
        87, 88.7, 103, 126, 127, 128, 149, 708, 709.7827, 710.4758, 745.13, 1021, 1022, 1023, 1024, 1074, 1075, 65536, 1e8, 9007199254740992, 1e22, 1e300, double.MaxValue,
        float.Epsilon, 1.17549435e-38, float.MaxValue, Math.PI, Math.PI / 2, Math.PI / 4, Math.E, double.PositiveInfinity, double.NaN,
    ];

    public static double[] Special64 { get; } = [.. Landmarks.SelectMany(v => new[] { v, double.BitIncrement(v), double.BitDecrement(v) }).SelectMany(v => new[] { v, -v }).Distinct()];

    public static float[] Special32 { get; } =
        [.. Landmarks.Select(v => (float)v).SelectMany(v => new[] { v, float.BitIncrement(v), float.BitDecrement(v) }).SelectMany(v => new[] { v, -v }).Distinct()];

    /// <summary>Any bits in one third, else a number of moderate size.</summary>
    public static double Next64(Random random) => random.Next(3) switch
    {
        0 => BitConverter.Int64BitsToDouble(random.NextInt64(long.MinValue, long.MaxValue)),
        1 => (random.NextDouble() - 0.5) * 1000,
        _ => (random.NextDouble() - 0.5) * Math.ScaleB(1, random.Next(-60, 30)),
    };

    /// <summary>Any bits in one third, else a number of moderate size.</summary>
    public static float Next32(Random random) =>
        random.Next(3) == 0 ? BitConverter.Int32BitsToSingle((int)random.NextInt64()) : (float)Next64(random);
}
