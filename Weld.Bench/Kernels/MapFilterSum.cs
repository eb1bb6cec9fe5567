namespace Weld.Bench.Kernels;

/// <summary>Σ (2x + 1) over the x where that is above 2; half of them are.</summary>
internal sealed class MapFilterSum : Kernel
{
    public override string Name => "map-filter-sum";

    public override string Program =>
        "|v: vec[f64]| result(for(v, merger[f64, +], |b, i, x| let y = x * 2.0 + 1.0; if(y > 2.0, merge(b, y), b)))";

    public override object[] Data(int count, int set) => [Random(2 + (100 * set), count, r => r.NextDouble())];

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
                var y = (block[i] * 2.0) + 1.0;
                if (y > 2.0)
                {
                    lanes[i & (LaneSum.Lanes - 1)] += y;
                }
            }

            total += LaneSum.Fold(lanes);
        }

        return total;
    }
}
