namespace Weld.Bench.Workloads;

/// <summary>Query 3.</summary>
internal sealed class ShippingPriority : TpchQuery
{
    public override string Name => "tpch-q3";

    public override object Expected(object[] arguments)
    {
        var (item, price, discount, shipped) = ((long[])arguments[0], (double[])arguments[1], (double[])arguments[2], (int[])arguments[3]);
        var (order, buyer, date, priority) = ((long[])arguments[4], (long[])arguments[5], (int[])arguments[6], (int[])arguments[7]);
        var (customer, segment) = ((long[])arguments[8], (string[])arguments[9]);
        var builders = customer.Where((_, i) => segment[i] == "BUILDING").ToHashSet();
        var orders = Rows(order);
        var sums = new Dictionary<long, double>();
        for (var i = 0; i < item.Length; i++)
        {
            if (shipped[i] > 19950315 && orders.TryGetValue(item[i], out var row) && date[row] < 19950315 && builders.Contains(buyer[row]))
            {
                sums[item[i]] = sums.GetValueOrDefault(item[i]) + (price[i] * (1 - discount[i]));
            }
        }

        return sums.Select(s => (s.Key, s.Value, date[orders[s.Key]], priority[orders[s.Key]])).OrderByDescending(s => s.Value).ThenBy(s => s.Item3).ThenBy(s => s.Key).Take(10).ToArray();
    }

    protected override object[] Columns(TpchTables tables) =>
    [
        tables.ItemOrders, tables.Prices, tables.Discounts, tables.ShipDates,
        tables.OrderKeys, tables.OrderCustomers, tables.OrderDates, tables.ShipPriorities, tables.CustomerKeys, tables.Markets,
    ];
}

/// <summary>Query 12.</summary>
internal sealed class ShippingModes : TpchQuery
{
    public override string Name => "tpch-q12";

    public override double Tolerance => 0;

    public override object Expected(object[] arguments)
    {
        var (item, shipped, committed, received) = ((long[])arguments[0], (int[])arguments[1], (int[])arguments[2], (int[])arguments[3]);
        var (mode, order, priority) = ((string[])arguments[4], (long[])arguments[5], (string[])arguments[6]);
        var orders = Rows(order);
        var counts = new Dictionary<string, (long High, long Low)>();
        for (var i = 0; i < item.Length; i++)
        {
            if (mode[i] is "MAIL" or "SHIP" && shipped[i] < committed[i] && committed[i] < received[i] && received[i] is >= 19940101 and < 19950101
                && orders.TryGetValue(item[i], out var row))
            {
                var (high, low) = counts.GetValueOrDefault(mode[i]);
                counts[mode[i]] = priority[row] is "1-URGENT" or "2-HIGH" ? (high + 1, low) : (high, low + 1);
            }
        }

        return counts.OrderBy(c => c.Key, StringComparer.Ordinal).Select(c => (c.Key, c.Value.High, c.Value.Low)).ToArray();
    }

    protected override object[] Columns(TpchTables tables) =>
        [tables.ItemOrders, tables.ShipDates, tables.CommitDates, tables.ReceiptDates, tables.ShipModes, tables.OrderKeys, tables.OrderPriorities];
}

/// <summary>Query 14.</summary>
internal sealed class PromotionEffect : TpchQuery
{
    public override string Name => "tpch-q14";

    public override object Expected(object[] arguments)
    {
        var (item, price, discount, shipped) = ((long[])arguments[0], (double[])arguments[1], (double[])arguments[2], (int[])arguments[3]);
        var (parts, type) = (Rows((long[])arguments[4]), (string[])arguments[5]);
        var (promoted, all) = (0.0, 0.0);
        for (var i = 0; i < item.Length; i++)
        {
            if (shipped[i] is >= 19950901 and < 19951001 && parts.TryGetValue(item[i], out var row))
            {
                var revenue = price[i] * (1 - discount[i]);
                all += revenue;
                promoted += type[row].StartsWith("PROMO", StringComparison.Ordinal) ? revenue : 0;
            }
        }

        return 100 * promoted / all;
    }

    protected override object[] Columns(TpchTables tables) =>
        [tables.ItemParts, tables.Prices, tables.Discounts, tables.ShipDates, tables.PartKeys, tables.PartTypes];
}

/// <summary>Query 19.</summary>
internal sealed class DiscountedRevenue : TpchQuery
{
    public override string Name => "tpch-q19";

    public override object Expected(object[] arguments)
    {
        var (item, quantity, price, discount) = ((long[])arguments[0], (double[])arguments[1], (double[])arguments[2], (double[])arguments[3]);
        var (mode, instructions) = ((string[])arguments[4], (string[])arguments[5]);
        var (parts, brand, size, container) = (Rows((long[])arguments[6]), (string[])arguments[7], (int[])arguments[8], (string[])arguments[9]);
        var sum = 0.0;
        for (var i = 0; i < item.Length; i++)
        {
            if (mode[i] is "AIR" or "AIR REG" && instructions[i] == "DELIVER IN PERSON" && parts.TryGetValue(item[i], out var row)
                && IsWanted(brand[row], container[row], size[row], quantity[i]))
            {
                sum += price[i] * (1 - discount[i]);
            }
        }

        return sum;
    }

    protected override object[] Columns(TpchTables tables) =>
    [
        tables.ItemParts, tables.Quantities, tables.Prices, tables.Discounts, tables.ShipModes, tables.ShipInstructions,
        tables.PartKeys, tables.PartBrands, tables.PartSizes, tables.PartContainers,
    ];

    private static bool IsWanted(string brand, string container, int size, double quantity) => brand switch
    {
        "Brand#12" => container is "SM CASE" or "SM BOX" or "SM PACK" or "SM PKG" && quantity is >= 1 and <= 11 && size is >= 1 and <= 5,
        "Brand#23" => container is "MED BAG" or "MED BOX" or "MED PKG" or "MED PACK" && quantity is >= 10 and <= 20 && size is >= 1 and <= 10,
        "Brand#34" => container is "LG CASE" or "LG BOX" or "LG PACK" or "LG PKG" && quantity is >= 20 and <= 30 && size is >= 1 and <= 15,
        _ => false,
    };
}
