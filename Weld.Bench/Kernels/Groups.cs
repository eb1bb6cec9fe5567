using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Weld.Bench.Compare;
using Weld.Managed;

namespace Weld.Bench.Kernels;

/// <summary>Rows by key (keyed.c, tables.c). Values are small whole numbers, so that their sums are exact in any order.</summary>
internal static class Groups
{
    private const string Sum = "tovec(result(for(zip(k, v), dictmerger[KEY, f64, +], |b, i, e| merge(b, {e.$0, e.$1}))))";

    public static IEnumerable<Comparison> All =>
    [
        PricingSummary,
        Scattered("group-6", 6),
        Scattered("group-1k", 1_000),
        Scattered("group-100k", 100_000),
        Scattered("group-1m", 1_000_000),
        Scattered("group-5m", 5_000_000),
        ByText("group-text-1k", 1_000),
        ByText("group-text-1m", 1_000_000),
        new()
        {
            Name = "groupmerger", Twin = "group_values",
            Program = "|k: vec[i64], v: vec[i64]| tovec(result(for(zip(k, v), groupmerger[i64, i64], |b, i, e| merge(b, {e.$0, e.$1}))))",
            Arguments = rows => [Keys(rows, 1_000_000), Draw.Column(21, rows, bits => (long)bits)],
            Buffers = a => [new long[Length(a)], new long[Length(a)], new long[Length(a)]], Unordered = true,
            Read = Values, ReadTwin = Values, ReadColumns = c => [c[0], Hashes(Starts((long[])c[1]), (long[])c[2])],
        },
        Histogram("histogram-1k", 1_000),
        Histogram("histogram-1m", 1_000_000),
        Join("join-1k", 1_000),
        Join("join-1m", 1_000_000),
    ];

    /// <summary>The sums of so many groups.</summary>
    public static Comparison Scattered(string name, long keys) => new()
    {
        Name = name, Twin = "group_sum", Program = $"|k: vec[i64], v: vec[f64]| {Sum.Replace("KEY", "i64", StringComparison.Ordinal)}",
        Arguments = rows => [Keys(rows, keys), Small(rows)], Unordered = true,
        Buffers = a => [new long[Length(a)], new double[Length(a)]],
        Read = r =>
        {
            var pairs = r.AsSpan<Pair>().ToArray();
            return [Array.ConvertAll(pairs, p => p.Key), Array.ConvertAll(pairs, p => p.Value)];
        },
    };

    /// <summary>Query 1 of TPC-H without its sort: two small keys, six aggregates.</summary>
    private static Comparison PricingSummary => new()
    {
        Name = "q1", Twin = "q1", Unordered = true, Tolerance = 1e-9, IsFloat = true,
        Program = """
            |flag: vec[u8], status: vec[u8], quantity: vec[f64], price: vec[f64], discount: vec[f64], tax: vec[f64], day: vec[i32]|
              tovec(result(for(zip(flag, status, quantity, price, discount, tax, day), dictmerger[{u8, u8}, {f64, f64, f64, f64, f64, i64}, +], |b, i, r|
                if(r.$6 <= 19980902,
                  let reduced = r.$3 * (1.0 - r.$4);
                  merge(b, {{r.$0, r.$1}, {r.$2, r.$3, reduced, reduced * (1.0 + r.$5), r.$4, 1L}}),
                  b))))
            """,
        Arguments = rows =>
        [
            Draw.Column(22, rows, bits => "ANR"u8[(int)Draw.Below(bits, 3)]), Draw.Column(23, rows, bits => "FO"u8[(int)Draw.Below(bits, 2)]),
            Draw.Column(24, rows, bits => 1.0 + Draw.Below(bits, 50)), Draw.Column(25, rows, bits => 900 + (Draw.Below(bits, 10_410_000) / 100.0)),
            Draw.Column(26, rows, bits => Draw.Below(bits, 11) / 100.0), Draw.Column(27, rows, bits => Draw.Below(bits, 9) / 100.0),
            Draw.Column(28, rows, bits => (int)(((1992 + Draw.Below(bits, 7)) * 10_000) + ((1 + Draw.Below(bits << 8, 12)) * 100) + 1 + Draw.Below(bits << 16, 28))),
        ],
        Buffers = a => [new long[256], .. Enumerable.Range(0, 5).Select(_ => new double[256]), new long[256]],
        Read = r =>
        [
            Column(r, row => ((long)row[0][0].As<byte>() << 8) | row[0][1].As<byte>()),
            .. Enumerable.Range(0, 5).Select(c => Column(r, row => row[1][c].As<double>())),
            Column(r, row => row[1][5].As<long>()),
        ],
        ReadColumns = c => [((long[])c[0]).Zip((long[])c[1], (flag, status) => (flag << 8) | status).ToArray(), .. c[2..]],
    };

    private static Comparison ByText(string name, long keys) => new()
    {
        Name = name, Twin = "group_sum_text", Program = $"|k: vec[vec[u8]], v: vec[f64]| {Sum.Replace("KEY", "vec[u8]", StringComparison.Ordinal)}",
        Arguments = rows =>
            [Draw.Texts(29, rows, bits => Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"id{Draw.Below(bits, keys):D10}"))), Small(rows)],
        Unordered = true,
        Buffers = a => [new long[2 * ((double[])a[1]).Length], new double[((double[])a[1]).Length]],
        Read = r => [Column(r, row => Answers.Hash(row[0].AsSpan<byte>())), Column(r, row => row[1].As<double>())],
        ReadTwin = (buffers, rows) => [Answers.Hashes(buffers[0], rows), Answers.First(buffers[1], rows)],
    };

    private static Comparison Histogram(string name, int bins) => new()
    {
        Name = name, Twin = "histogram",
        Program = "|bin: vec[i64], zeros: vec[i64]| result(for(bin, vecmerger[i64, +](zeros), |b, i, x| merge(b, {x, 1L})))",
        Arguments = rows => [Draw.Column(30, rows, bits => Draw.Below(bits, bins)), new long[bins]],
        Buffers = a => [new long[bins]], Read = r => [r.AsSpan<long>().ToArray()], ReadColumns = c => c.Length == 1 ? c : [Dense(bins, (long[])c[0], (long[])c[1])],
    };

    /// <summary>The rows of a large table that have a partner in a small one of unique keys, half of them, with the partner's payload.</summary>
    private static Comparison Join(string name, int size) => new()
    {
        Name = name, Twin = "join", UnorderedInTables = true,
        Program = """
            |build: vec[i64], payload: vec[i64], probe: vec[i64], value: vec[i64]|
              let table = result(for(zip(build, payload), dictmerger[i64, i64, +], |b, i, e| merge(b, {e.$0, e.$1})));
              let joined = for(zip(probe, value), {appender[i64], appender[i64]}, |b, i, e|
                let partner = optlookup(table, e.$0);
                if(partner.$0, {merge(b.$0, e.$1), merge(b.$1, partner.$1)}, b));
              {result(joined.$0), result(joined.$1)}
            """,
        Arguments = rows =>
        [
            Enumerable.Range(0, size).Select(i => Draw.Scattered(i)).ToArray(), Draw.Column(31, size, bits => (long)bits),
            Draw.Column(32, rows, bits => Draw.Scattered(Draw.Below(bits, 2L * size))), Draw.Column(33, rows, bits => (long)bits),
        ],
        Buffers = a => [new long[((long[])a[2]).Length], new long[((long[])a[2]).Length]],
        Read = r => [r[0].AsSpan<long>().ToArray(), r[1].AsSpan<long>().ToArray()],
    };

    /// <summary>The counts of all bins, from those that are not empty.</summary>
    private static long[] Dense(int bins, long[] bin, long[] count)
    {
        var counts = new long[bins];
        for (var i = 0; i < bin.Length; i++)
        {
            counts[bin[i]] = count[i];
        }

        return counts;
    }

    private static int Length(object[] arguments) => ((long[])arguments[0]).Length;

    private static long[] Keys(long rows, long keys) => Draw.Column(20, rows, bits => Draw.Scattered(Draw.Below(bits, keys)));

    private static double[] Small(long rows) => Draw.Column(19, rows, bits => 1.0 + Draw.Below(bits, 5));

    private static T[] Column<T>(WeldResult result, Func<WeldView, T> value)
    {
        var column = new T[result.Length];
        for (var i = 0; i < column.Length; i++)
        {
            column[i] = value(result[i]);
        }

        return column;
    }

    /// <summary>Keys, and a hash of the values of each, in order.</summary>
    private static Array[] Values(WeldResult result) => [Column(result, row => row[0].As<long>()), Column(result, row => Answers.Hash(row[1].AsSpan<long>()))];

    /// <summary>C wrote keys, where the values of each start, and the values.</summary>
    private static Array[] Values(Array[] buffers, int rows)
    {
        var values = (long[])buffers[2];
        return [Answers.First(buffers[0], rows), Hashes([.. ((long[])buffers[1])[..rows], values.Length], values)];
    }

    private static long[] Starts(long[] lengths)
    {
        var starts = new long[lengths.Length + 1];
        for (var i = 0; i < lengths.Length; i++)
        {
            starts[i + 1] = starts[i] + lengths[i];
        }

        return starts;
    }

    private static long[] Hashes(long[] starts, long[] values) =>
        [.. Enumerable.Range(0, starts.Length - 1).Select(i => Answers.Hash<long>(values.AsSpan((int)starts[i]..(int)starts[i + 1])))];

    [StructLayout(LayoutKind.Sequential)]
    private readonly record struct Pair(long Key, double Value);
}
