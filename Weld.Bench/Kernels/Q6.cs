namespace Weld.Bench.Kernels;

/// <summary>TPC-H query 6: Σ price · discount over the orders of one year with a discount of 5 to 7 per cent and a quantity below 24; about 2 in 100 rows.</summary>
internal sealed class Q6 : Kernel
{
    public override string Name => "Q6";

    public override string Program =>
        """
        |shipdate: vec[i32], discount: vec[f64], quantity: vec[f64], price: vec[f64]|
          result(for(zip(shipdate, discount, quantity, price), merger[f64, +], |b, i, row|
            if(row.$0 >= 19940101 && row.$0 < 19950101 && row.$1 >= 0.05 && row.$1 <= 0.07 && row.$2 < 24.0,
              merge(b, row.$3 * row.$1), b)))
        """;

    public override object[] Data(int count, int set)
    {
        var seed = 3 + (100 * set);
        var random = new Random(seed);
        var shipdate = new int[count];
        for (var i = 0; i < count; i++)
        {
            shipdate[i] = (random.Next(1992, 1999) * 10_000) + (random.Next(1, 13) * 100) + random.Next(1, 29);
        }

        return
        [
            shipdate,
            Random(seed + 1, count, r => r.Next(0, 11) / 100.0),
            Random(seed + 2, count, r => r.Next(1, 51)),
            Random(seed + 3, count, r => r.Next(90_000, 10_500_000) / 100.0),
        ];
    }

    public override double ByHand(object[] data) => Run((int[])data[0], (double[])data[1], (double[])data[2], (double[])data[3]);

    private static double Run(ReadOnlySpan<int> shipdate, ReadOnlySpan<double> discount, ReadOnlySpan<double> quantity, ReadOnlySpan<double> price)
    {
        Span<double> lanes = stackalloc double[LaneSum.Lanes];
        lanes.Clear();
        var total = 0.0;
        for (var start = 0; start < shipdate.Length; start += LaneSum.Block)
        {
            var count = Math.Min(LaneSum.Block, shipdate.Length - start);
            var d = shipdate.Slice(start, count);
            var c = discount.Slice(start, count);
            var q = quantity.Slice(start, count);
            var p = price.Slice(start, count);
            for (var i = 0; i < d.Length; i++)
            {
                if (d[i] >= 19940101 && d[i] < 19950101 && c[i] >= 0.05 && c[i] <= 0.07 && q[i] < 24.0)
                {
                    lanes[i & (LaneSum.Lanes - 1)] += p[i] * c[i];
                }
            }

            total += LaneSum.Fold(lanes);
        }

        return total;
    }
}
