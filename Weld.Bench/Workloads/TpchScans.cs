namespace Weld.Bench.Workloads;

/// <summary>A query of TPC-H.</summary>
internal abstract class TpchQuery : Workload
{
    public override long SampleRows => 500;

    public override double Tolerance => Rounding;

    public sealed override object[] Arguments(long rows) => Columns(new TpchTables(rows));

    /// <summary>The columns that the query reads, in the order of its parameters.</summary>
    protected abstract object[] Columns(TpchTables tables);
}

/// <summary>Query 1.</summary>
internal sealed class PricingSummary : TpchQuery
{
    public override string Name => "tpch-q1";

    public override object Expected(object[] arguments)
    {
        var (flag, status, quantity, price) = ((string[])arguments[0], (string[])arguments[1], (double[])arguments[2], (double[])arguments[3]);
        var (discount, tax, shipped) = ((double[])arguments[4], (double[])arguments[5], (int[])arguments[6]);
        var groups = new Dictionary<(string Flag, string Status), double[]>();
        for (var i = 0; i < flag.Length; i++)
        {
            if (shipped[i] <= 19980902)
            {
                if (!groups.TryGetValue((flag[i], status[i]), out var sums))
                {
                    groups.Add((flag[i], status[i]), sums = new double[6]);
                }

                sums[0] += quantity[i];
                sums[1] += price[i];
                sums[2] += price[i] * (1 - discount[i]);
                sums[3] += price[i] * (1 - discount[i]) * (1 + tax[i]);
                sums[4] += discount[i];
                sums[5]++;
            }
        }

        return groups.OrderBy(g => g.Key.Flag, StringComparer.Ordinal).ThenBy(g => g.Key.Status, StringComparer.Ordinal).Select(g => (g.Key.Item1, g.Key.Item2, g.Value[0], g.Value[1], g.Value[2], g.Value[3],
            g.Value[0] / g.Value[5], g.Value[1] / g.Value[5], g.Value[4] / g.Value[5], (long)g.Value[5])).ToArray();
    }

    protected override object[] Columns(TpchTables tables) =>
        [tables.ReturnFlags, tables.LineStatuses, tables.Quantities, tables.Prices, tables.Discounts, tables.Taxes, tables.ShipDates];
}

/// <summary>Query 6.</summary>
internal sealed class ForecastRevenue : TpchQuery
{
    public override string Name => "tpch-q6";

    public override object Expected(object[] arguments)
    {
        var (shipped, discount, quantity, price) = ((int[])arguments[0], (double[])arguments[1], (double[])arguments[2], (double[])arguments[3]);
        var sum = 0.0;
        for (var i = 0; i < shipped.Length; i++)
        {
            if (shipped[i] is >= 19940101 and < 19950101 && discount[i] is >= 0.05 and <= 0.07 && quantity[i] < 24)
            {
                sum += price[i] * discount[i];
            }
        }

        return sum;
    }

    protected override object[] Columns(TpchTables tables) => [tables.ShipDates, tables.Discounts, tables.Quantities, tables.Prices];
}
