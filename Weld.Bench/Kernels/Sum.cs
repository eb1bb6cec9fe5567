namespace Weld.Bench.Kernels;

/// <summary>Σ x.</summary>
internal sealed class Sum : Kernel
{
    public override string Name => "sum";

    public override string Program => "|v: vec[f64]| result(for(v, merger[f64, +], |b, i, x| merge(b, x)))";

    public override object[] Data(int count, int set) => [Random(1 + (100 * set), count, r => r.NextDouble())];

    public override double ByHand(object[] data) => Run((double[])data[0]);

    private static double Run(ReadOnlySpan<double> v)
    {
        Span<double> lanes = stackalloc double[LaneSum.Lanes];
        lanes.Clear();
        var total = 0.0;
        for (var start = 0; start < v.Length; start += LaneSum.Block)
        {
            var block = v.Slice(start, Math.Min(LaneSum.Block, v.Length - start));
            for (var i = 0; i < block.Length; i++)
            {
                lanes[i & (LaneSum.Lanes - 1)] += block[i];
            }

            total += LaneSum.Fold(lanes);
        }

        return total;
    }
}
