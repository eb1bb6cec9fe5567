using System.Globalization;

namespace Weld.Bench.Workloads;

/// <summary>
/// Tables in the form of TPC-H: about four line items to an order, thirty to a part, forty to a customer. There are fewer brands, containers and ship modes than TPC-H has, so that
/// every query finds rows in small tables too.
/// </summary>
internal sealed class TpchTables
{
    private static readonly string[] Flags = ["A", "N", "R"];
    private static readonly string[] Statuses = ["F", "O"];
    private static readonly string[] Modes = ["AIR", "AIR REG", "MAIL", "SHIP", "TRUCK"];
    private static readonly string[] Instructions = ["DELIVER IN PERSON", "NONE"];
    private static readonly string[] Priorities = ["1-URGENT", "2-HIGH", "3-MEDIUM", "4-NOT SPECIFIED", "5-LOW"];
    private static readonly string[] Segments = ["AUTOMOBILE", "BUILDING", "MACHINERY"];
    private static readonly string[] Brands = ["Brand#12", "Brand#23", "Brand#34", "Brand#45"];
    private static readonly string[] Types = ["ECONOMY BRUSHED TIN", "PROMO BURNISHED COPPER", "PROMO PLATED STEEL", "STANDARD ANODIZED NICKEL"];

    private static readonly string[] Containers =
        ["SM CASE", "SM BOX", "SM PACK", "SM PKG", "MED BAG", "MED BOX", "MED PKG", "MED PACK", "LG CASE", "LG BOX", "LG PACK", "LG PKG"];

    private static readonly DateTime FirstDay = new(1992, 1, 1);
    private static readonly int[] Dates = [.. Enumerable.Range(0, 2_600).Select(d => int.Parse(FirstDay.AddDays(d).ToString("yyyyMMdd", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture))];

    public TpchTables(long rows)
    {
        var random = new Random(52);
        var count = checked((int)rows);
        Orders(random, (count / 4) + 1, (count / 40) + 1);
        Customers(random, (count / 40) + 1);
        Parts(random, (count / 30) + 1);
        LineItems(random, count);
    }

    public long[] OrderKeys { get; private set; } = [];

    public long[] OrderCustomers { get; private set; } = [];

    public int[] OrderDates { get; private set; } = [];

    public string[] OrderPriorities { get; private set; } = [];

    public int[] ShipPriorities { get; private set; } = [];

    public long[] CustomerKeys { get; private set; } = [];

    public string[] Markets { get; private set; } = [];

    public long[] PartKeys { get; private set; } = [];

    public string[] PartBrands { get; private set; } = [];

    public string[] PartTypes { get; private set; } = [];

    public int[] PartSizes { get; private set; } = [];

    public string[] PartContainers { get; private set; } = [];

    public long[] ItemOrders { get; private set; } = [];

    public long[] ItemParts { get; private set; } = [];

    public double[] Quantities { get; private set; } = [];

    public double[] Prices { get; private set; } = [];

    public double[] Discounts { get; private set; } = [];

    public double[] Taxes { get; private set; } = [];

    public string[] ReturnFlags { get; private set; } = [];

    public string[] LineStatuses { get; private set; } = [];

    public int[] ShipDates { get; private set; } = [];

    public int[] CommitDates { get; private set; } = [];

    public int[] ReceiptDates { get; private set; } = [];

    public string[] ShipInstructions { get; private set; } = [];

    public string[] ShipModes { get; private set; } = [];

    private static T[] Fill<T>(int count, Func<int, T> value) => [.. Enumerable.Range(0, count).Select(value)];

    private static string One(Random random, string[] texts) => texts[random.Next(texts.Length)];

    private void Orders(Random random, int count, int customers)
    {
        OrderKeys = Fill(count, i => (3L * i) + 1);
        OrderCustomers = Fill(count, _ => 1L + random.Next(customers));
        OrderDates = Fill(count, _ => Dates[random.Next(2_400)]);
        OrderPriorities = Fill(count, _ => One(random, Priorities));
        ShipPriorities = Fill(count, _ => random.Next(3));
    }

    private void Customers(Random random, int count)
    {
        CustomerKeys = Fill(count, i => i + 1L);
        Markets = Fill(count, _ => One(random, Segments));
    }

    private void Parts(Random random, int count)
    {
        PartKeys = Fill(count, i => i + 1L);
        PartBrands = Fill(count, _ => One(random, Brands));
        PartTypes = Fill(count, _ => One(random, Types));
        PartSizes = Fill(count, _ => random.Next(1, 16));
        PartContainers = Fill(count, _ => One(random, Containers));
    }

    private void LineItems(Random random, int count)
    {
        ItemOrders = Fill(count, i => OrderKeys[i / 4]);
        ItemParts = Fill(count, _ => PartKeys[random.Next(PartKeys.Length)]);
        Quantities = Fill(count, _ => (double)random.Next(1, 51));
        Prices = Fill(count, _ => random.Next(90_000, 10_500_000) / 100.0);
        Discounts = Fill(count, _ => random.Next(11) / 100.0);
        Taxes = Fill(count, _ => random.Next(9) / 100.0);
        ReturnFlags = Fill(count, _ => One(random, Flags));
        LineStatuses = Fill(count, _ => One(random, Statuses));
        var ordered = Fill(count, i => Array.BinarySearch(Dates, OrderDates[i / 4]));
        var shipped = Fill(count, i => ordered[i] + random.Next(1, 100));
        ShipDates = Fill(count, i => Dates[shipped[i]]);
        CommitDates = Fill(count, i => Dates[ordered[i] + random.Next(30, 90)]);
        ReceiptDates = Fill(count, i => Dates[shipped[i] + random.Next(1, 31)]);
        ShipInstructions = Fill(count, _ => One(random, Instructions));
        ShipModes = Fill(count, _ => One(random, Modes));
    }
}
