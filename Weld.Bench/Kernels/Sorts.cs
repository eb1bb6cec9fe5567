using Weld.Bench.Compare;
using Weld.Managed;

namespace Weld.Bench.Kernels;

/// <summary>Vectors in order (sorts.c).</summary>
internal static class Sorts
{
    public static IEnumerable<Comparison> All =>
    [
        new()
        {
            Name = "sort-i64", Twin = "sort_i64", Program = Sort("i64"), Arguments = rows => [Draw.Column(40, rows, bits => (long)bits)],
            Buffers = a => [new long[((long[])a[0]).Length]], Read = r => [r.AsSpan<long>().ToArray()],
        },
        new()
        {
            Name = "sort-f64", Twin = "sort_f64", Program = Sort("f64"), Arguments = rows => [Draw.Between(41, rows, -1, 1)],
            Buffers = a => [new double[((double[])a[0]).Length]], Read = r => [r.AsSpan<double>().ToArray()],
        },
        new()
        {
            Name = "sort-text", Twin = "sort_text", Program = Sort("vec[u8]"), Arguments = rows => [Draw.Texts(42, rows, Word)],
            Buffers = a => [new long[2 * (((Texts)a[0]).Offsets.Length - 1)]],
            Read = Hashes, ReadTwin = (buffers, rows) => [Answers.Hashes(buffers[0], rows)],
        },
    ];

    private static string Sort(string element) => $"|v: vec[{element}]| sort(v, |a, b| compare(a, b))";

    /// <summary>4 to 12 lower-case letters.</summary>
    private static ReadOnlySpan<byte> Word(ulong bits)
    {
        var text = new byte[4 + (bits % 9)];
        for (var i = 0; i < text.Length; i++)
        {
            text[i] = (byte)('a' + (bits >> (4 + (5 * i))) % 26);
        }

        return text;
    }

    private static Array[] Hashes(WeldResult result)
    {
        var hashes = new long[result.Length];
        for (var i = 0; i < hashes.Length; i++)
        {
            hashes[i] = Answers.Hash(result[i].AsSpan<byte>());
        }

        return [hashes];
    }
}
