using System.Text;
using Weld.Core;
using Weld.Core.Diagnostics;
using Weld.Core.Evaluation;
using Weld.Core.IR;
using Weld.Core.Types;
using Weld.Core.Values;
using Weld.Managed;
using Weld.Managed.Builders;

namespace Weld.Tests.Managed;

/// <summary>
/// Texts as keys: those that differ in one byte, in their length alone, in zeros, around the lengths at which they are read in another way; few, which are looked for
/// in place, and many, which wait.
/// </summary>
public sealed unsafe class TextKeyTests
{
    private const int Longest = 40;


    /// <summary>A digest and a hash are of a text's own bytes alone, wherever it lies, and of texts of up to 16 bytes no two of a length have one digest.</summary>
    [Fact]
    public void DigestsAreOfATextsOwnBytes()
    {
        var random = new Random(1);
        for (var length = 0; length <= 3 * Longest; length++)
        {
            var text = new byte[length];
            random.NextBytes(text);
            var expected = Read(text, before: 3, around: 0x00);
            Assert.Equal(expected, Read(text, before: 0, around: 0xff));
            Assert.Equal(expected, Read(text, before: 8, around: 0x5a));
            for (var i = 0; i < length; i++)
            {
                text[i]++;
                var (first, last, hash) = Read(text, before: 1, around: 0x00);
                Assert.True(length > TextKey.DigestBytes || (first, last) != (expected.First, expected.Last));
                Assert.NotEqual(expected.Hash, hash);
                text[i]--;
            }
        }
    }

    public static TheoryData<string> Programs =>
    [
        "tovec(result(for(zip(k, v), dictmerger[vec[u8], f64, +], |b, i, e| merge(b, {e.$0, e.$1 * 0.1}))))",
        "tovec(result(for(zip(k, v), dictmerger[vec[u8], {f64, i64}, {+, max}], |b, i, e| if(i % 3L == 1L, b, merge(b, {e.$0, {e.$1, i}})))))",
        "tovec(result(for(zip(k, v), groupmerger[vec[u8], i64], |b, i, e| merge(b, {e.$0, i}))))",
        "let r = for(zip(k, v), {dictmerger[vec[u8], f64, +], groupmerger[vec[u8], i64], merger[i64, +]}, |b, i, e| {merge(b.$0, {e.$0, e.$1}), merge(b.$1, {e.$0, i}), merge(b.$2, i)}); {tovec(result(r.$0)), tovec(result(r.$1)), result(r.$2)}",
        "tovec(result(for(zip(k, v), dictmerger[vec[u8], f64, +], |b, i, e| merge(merge(b, {e.$0, e.$1}), {lookup(k, 0L), 0.5}))))",
        "tovec(result(for(zip(k, v), dictmerger[vec[u8], f64, +], |b, i, e| merge(merge(b, {lookup(k, len(k) - 1L - i), e.$1}), {e.$0, 0.25}))))",
        "let b = merge(dictmerger[vec[u8], f64, +], {lookup(k, 5L), 0.1}); tovec(result(merge(for(zip(k, v), b, |b, i, e| merge(b, {e.$0, e.$1})), {lookup(k, 7L), 0.3})))",
        "let d = result(for(zip(k, v), dictmerger[vec[u8], f64, +], |b, i, e| if(i % 2L == 0L, merge(b, {e.$0, e.$1}), b))); let g = for(zip(k, v), dictmerger[vec[u8], f64, +](d), |b, i, e| merge(b, {e.$0, 0.7})); {tovec(result(g)), map(k, |x| optlookup(d, x))}",
        "tovec(result(for(rangeiter(0L, 9L, 1L), dictmerger[vec[u8], i64, +], |b, n, i| for(k, b, |c, m, x| merge(c, {slice(x, 0L, i * 3L), 1L})))))",
        "let x = result(for(zip(k, v), appender[dict[vec[u8], i64]], |b, i, e| merge(b, result(merge(merge(dictmerger[vec[u8], i64, +], {e.$0, i}), {lookup(k, i / 2L), 1L}))))); map(x, |d| tovec(d))",
        "tovec(result(for(zip(k, v), dictmerger[vec[i16], i64, +], |b, i, e| merge(b, {map(e.$0, |c| i16(c)), 1L}))))",
        "tovec(result(for(zip(k, v), dictmerger[vec[f32], i64, +], |b, i, e| merge(b, {map(e.$0, |c| f32(c) * -0.0f / f32(c % 5u8)), 1L}))))",
        "tovec(result(for(zip(k, v), groupmerger[vec[bool], i64], |b, i, e| merge(b, {map(e.$0, |c| c > 97u8), i}))))",
        "tovec(result(for(zip(k, v), dictmerger[{vec[u8], i64}, f64, +], |b, i, e| merge(b, {{e.$0, i % 2L}, e.$1}))))",
    ];

    [Theory]
    [MemberData(nameof(Programs))]
    public void FewTextsAreFoundInPlace(string body)
    {
        var random = new Random(2);
        var texts = Texts();
        random.Shuffle(texts);
        texts = [.. texts[..700], .. texts[..400], .. texts[200..900]];
        VectorLoop.Check(
            $"|k: vec[vec[u8]], v: vec[f64]| {body}",
            new Value[] { VectorLoop.Texts(texts), new VectorValue(texts.Select((_, i) => (Value)new ScalarValue(Scalar.F64(i % 11 / 7.0))).ToArray()) }.ToSeq());
    }

    /// <summary>More keys than are looked for in place; sums in the order of the program, to the bit, and keys in the order in which they came.</summary>
    [Theory]
    [InlineData(1, 0)]
    [InlineData(1, 7)]
    [InlineData(2, 0)]
    [InlineData(3, 15)]
    public void ManyTextsWait(int threads, int prefix)
    {
        const int Rows = 200_000, Keys = 60_000;
        var random = new Random(3);
        var all = Texts().Select(Encoding.Latin1.GetString).Concat(Enumerable.Range(0, Keys).Select(i => new string('\0', prefix) + new string('x', i % 13) + i)).Distinct().ToArray();
        var texts = Enumerable.Range(0, Rows).Select(_ => Encoding.Latin1.GetBytes(all[random.Next(all.Length)])).ToArray();
        var values = texts.Select(_ => (double)random.Next(9)).ToArray();
        var (order, sums, groups) = (new List<string>(), new Dictionary<string, double>(), new Dictionary<string, List<long>>());
        for (var i = 0; i < Rows; i++)
        {
            var key = Encoding.Latin1.GetString(texts[i]);
            if (sums.TryAdd(key, 0))
            {
                order.Add(key);
                groups.Add(key, []);
            }

            sums[key] += values[i];
            groups[key].Add(i);
        }

        var summed = WeldModule.Compile("|k: vec[vec[u8]], v: vec[f64]| tovec(result(for(zip(k, v), dictmerger[vec[u8], f64, +], |b, i, e| merge(b, {e.$0, e.$1}))))");
        var grouped = WeldModule.Compile("|k: vec[vec[u8]], v: vec[f64]| tovec(result(for(zip(k, v), groupmerger[vec[u8], i64], |b, i, e| merge(b, {e.$0, i}))))");
        for (var round = 0; round < 2; round++)
        {
            using var sum = summed.Run(new RunOptions { Threads = threads }, texts, values);
            using var group = grouped.Run(new RunOptions { Threads = threads }, texts, values);
            Assert.Equal(order.Count, sum.Length);
            Assert.Equal(order.Count, group.Length);
            for (var i = 0; i < order.Count; i++)
            {
                Assert.Equal(order[i], Encoding.Latin1.GetString(sum[i][0].AsSpan<byte>()));
                Assert.Equal(sums[order[i]], sum[i][1].As<double>());
                Assert.Equal(order[i], Encoding.Latin1.GetString(group[i][0].AsSpan<byte>()));
                Assert.True(group[i][1].AsSpan<long>().SequenceEqual(groups[order[i]].ToArray()));
            }
        }
    }

    /// <summary>Texts of every length that are alike but for one byte, those of zeros alone, and those that are prefixes of each other.</summary>
    private static byte[][] Texts()
    {
        var texts = new List<byte[]>();
        for (var length = 0; length <= Longest; length++)
        {
            texts.Add(new byte[length]);
            texts.Add([.. Enumerable.Repeat((byte)'a', length)]);
            for (var i = 0; i < length; i++)
            {
                foreach (var other in new byte[] { 0, (byte)'b', 0xff })
                {
                    var text = Enumerable.Repeat((byte)'a', length).ToArray();
                    text[i] = other;
                    texts.Add(text);
                }
            }
        }

        return [.. texts];
    }

    private static (long First, long Last, long Hash) Read(byte[] text, int before, byte around)
    {
        var buffer = Enumerable.Repeat(around, before + text.Length + 8).ToArray();
        text.CopyTo(buffer, before);
        fixed (byte* start = buffer)
        {
            var (data, bytes) = ((long)(start + before), (long)text.Length);
            var (first, last) = (TextKey.First(data, bytes), TextKey.Last(data, bytes));
            return (first, last, TextKey.Hash(bytes, first, last));
        }
    }
}
