using System.Runtime.CompilerServices;

namespace Weld.Bench.Kernels;

/// <summary>The language's fixed order of a sum of f64: 64 lanes within a block of 65,536 iterations, lanes folded by halving, then the blocks in order.</summary>
internal static class LaneSum
{
    public const int Lanes = 64;
    public const int Block = 65_536;

    /// <summary>The sum of a block's lanes, which it clears for the next.</summary>
    /// <param name="lanes">The lanes.</param>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static double Fold(Span<double> lanes)
    {
        for (var half = Lanes / 2; half >= 1; half /= 2)
        {
            for (var lane = 0; lane < half; lane++)
            {
                lanes[lane] += lanes[lane + half];
            }
        }

        var sum = lanes[0];
        lanes.Clear();
        return sum;
    }
}
