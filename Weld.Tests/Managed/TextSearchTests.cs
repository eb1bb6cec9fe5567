using System.Text;
using Weld.Core;
using Weld.Core.Diagnostics;
using Weld.Core.Evaluation;
using Weld.Core.IR;
using Weld.Core.Types;
using Weld.Core.Values;
using Weld.Managed;

namespace Weld.Tests.Managed;

/// <summary>Keys of texts that are looked for in finished dictionaries: of every length, alone and among other parts, present and absent, few and many.</summary>
public sealed class TextSearchTests
{
    private const int Longest = 36;

    public static TheoryData<string> Programs =>
    [
        "let d = result(for(k, dictmerger[vec[u8], i64, max], |b, i, x| merge(b, {x, i}))); map(q, |x| {keyexists(d, x), optlookup(d, x)})",
        "let d = result(for(k, dictmerger[vec[u8], i64, max], |b, i, x| merge(b, {x, i}))); map(q, |x| if(keyexists(d, x), lookup(d, x), -1L))",
        "let d = result(for(k, groupmerger[vec[u8], i64], |b, i, x| merge(b, {x, i}))); map(q, |x| optlookup(d, x))",
        "let d = result(for(k, dictmerger[{vec[u8], i64}, i64, +], |b, i, x| merge(b, {{x, i % 3L}, i}))); result(for(q, appender[{{bool, i64}, bool}], |b, i, x| merge(b, {optlookup(d, {x, i % 4L}), keyexists(d, {x, 1L})})))",
        "let d = result(for(k, dictmerger[{i8, vec[u8], bool, vec[u8]}, i64, +], |b, i, x| merge(b, {{i8(i % 5L), x, i % 2L == 0L, slice(x, 0L, i % 9L)}, i}))); result(for(q, appender[{bool, i64}], |b, i, x| merge(b, optlookup(d, {i8(i % 5L), x, i % 2L == 0L, slice(x, 0L, i % 9L)}))))",
        "let d = result(for(k, dictmerger[{vec[u8]}, i64, +], |b, i, x| merge(b, {{x}, i}))); map(q, |x| optlookup(d, {x}))",
        "let d = result(for(k, dictmerger[vec[i16], i64, +], |b, i, x| merge(b, {map(x, |c| i16(c) * 3i16), i}))); map(q, |x| optlookup(d, map(x, |c| i16(c) * 3i16)))",
        "let d = result(for(k, dictmerger[vec[bool], i64, +], |b, i, x| merge(b, {map(x, |c| c > 97u8), i}))); map(q, |x| optlookup(d, map(x, |c| c > 98u8)))",
        "let d = result(for(k, dictmerger[vec[f64], i64, +], |b, i, x| merge(b, {map(x, |c| f64(c) * -0.0 / f64(c % 5u8)), i}))); map(q, |x| optlookup(d, map(x, |c| f64(c) * 0.0 / f64(c % 5u8))))",
        "let d = result(for(k, dictmerger[{vec[f32], i64}, i64, +], |b, i, x| merge(b, {{map(x, |c| f32(c) * -0.0f), i % 2L}, i}))); map(q, |x| optlookup(d, {map(x, |c| f32(c) * 0.0f), 1L}))",
        "let d = result(for(k, dictmerger[vec[vec[u8]], i64, +], |b, i, x| merge(b, {[x, x], i}))); map(q, |x| optlookup(d, [x, x]))",
        "let d = result(for(k, dictmerger[vec[u8], i64, +], |b, i, x| if(i < 0L, merge(b, {x, i}), b))); map(q, |x| {keyexists(d, x), optlookup(d, x)})",
        "let d = result(for(k, dictmerger[vec[u8], i64, +], |b, i, x| merge(b, {x, i}))); let e = result(for(q, dictmerger[vec[u8], f64, +], |b, i, x| merge(b, {x, f64(i)}))); result(for(q, merger[f64, +], |b, i, x| for(k, b, |c, j, y| if(j < 9L, merge(c, optlookup(e, y).$1 + f64(optlookup(d, x).$1)), c))))",
        "let d = result(for(k, dictmerger[vec[u8], i64, +], |b, i, x| merge(b, {x, i}))); {optlookup(d, lookup(k, 3L)), optlookup(d, \"absent\"), lookup(d, lookup(k, 0L))}",
    ];

    [Theory]
    [MemberData(nameof(Programs))]
    public void FoundAsByTheInterpreter(string body)
    {
        var random = new Random(4);
        var texts = Texts();
        random.Shuffle(texts);
        VectorLoop.Check($"|k: vec[vec[u8]], q: vec[vec[u8]]| {body}", new Value[] { VectorLoop.Texts(texts[..900]), VectorLoop.Texts([.. texts[600..1_500], [], .. texts[..40]]) }.ToSeq());
    }

    /// <summary>In tables that are fetched ahead: of one piece, and of partitions.</summary>
    [Theory]
    [InlineData(1, 9_000)]
    [InlineData(3, 9_000)]
    [InlineData(1, 60_000)]
    [InlineData(3, 60_000)]
    public void ManyAreFoundOrAbsent(int threads, int count)
    {
        var random = new Random(5);
        var all = Enumerable.Range(0, 2 * count).Select(i => new string('x', i % 29) + i).ToArray();
        var known = all[..count].Select((text, i) => (text, i)).ToDictionary(p => p.text, p => (long)p.i);
        var keys = Bytes(all[..count]);
        var asked = Enumerable.Range(0, 100_000).Select(_ => all[random.Next(all.Length)]).ToArray();
        var module = WeldModule.Compile(
            """
            |k: vec[vec[u8]], q: vec[vec[u8]]|
                let d = result(for(k, dictmerger[vec[u8], i64, +], |b, i, x| merge(b, {x, i})));
                let e = result(for(k, dictmerger[{i64, vec[u8]}, i64, +], |b, i, x| merge(b, {{i % 7L, x}, i})));
                {
                    result(for(q, appender[i64], |b, i, x| let o = optlookup(d, x); merge(b, if(o.$0, o.$1, -1L)))),
                    result(for(q, appender[i64], |b, i, x| let r = i % 7L; merge(b, if(keyexists(e, {r, x}), lookup(e, {r, x}), -1L)))),
                    result(for(q, merger[i64, +], |b, i, x| if(keyexists(d, x), merge(b, lookup(d, x)), b)))
                }
            """,
            new CompileOptions { Backend = Backend.Compiled });
        using var result = module.Run(new RunOptions { Threads = threads }, keys, Bytes(asked));
        var found = asked.Select(x => known.TryGetValue(x, out var i) ? i : -1).ToArray();
        Assert.True(result[0].AsSpan<long>().SequenceEqual(found));
        Assert.True(result[1].AsSpan<long>().SequenceEqual([.. found.Select((x, i) => x >= 0 && x % 7 == i % 7 ? x : -1)]));
        Assert.Equal(found.Sum(x => Math.Max(0, x)), result[2].As<long>());
    }

    [Fact]
    public void AbsentKeysAreErrors()
    {
        var module = WeldModule.Compile(
            "|k: vec[vec[u8]], q: vec[vec[u8]]| let d = result(for(k, dictmerger[vec[u8], i64, +], |b, i, x| merge(b, {x, i}))); map(q, |x| lookup(d, x))",
            new CompileOptions { Backend = Backend.Compiled });
        var keys = Bytes([.. Enumerable.Range(0, 9_000).Select(i => $"key {i}")]);
        var error = Assert.Throws<WeldRuntimeException>(() => module.Run(keys, Bytes(["key 5", "key 9000"])));
        Assert.Equal(RuntimeCode.KeyNotFound, error.Code);
    }

    private static byte[][] Bytes(string[] texts) => [.. texts.Select(Encoding.ASCII.GetBytes)];

    private static byte[][] Texts()
    {
        var texts = new List<byte[]>();
        for (var length = 0; length <= Longest; length++)
        {
            for (var i = 0; i <= length; i++)
            {
                foreach (var other in new byte[] { 0, (byte)'b', 0xff })
                {
                    var text = Enumerable.Repeat((byte)'a', length).ToArray();
                    if (i < length)
                    {
                        text[i] = other;
                    }

                    texts.Add(text);
                }
            }
        }

        return [.. texts];
    }
}
