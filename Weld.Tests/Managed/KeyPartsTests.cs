using Weld.Core.Diagnostics;
using Weld.Managed;

namespace Weld.Tests.Managed;

/// <summary>Keys of several parts, texts among them, which compiled code has in registers.</summary>
public sealed class KeyPartsTests
{
    private static readonly int[] Sizes = [0, 1, 7, 64, 1_000];

    // Texts of 0 to 40 bytes that differ at one place, or only in their length; `t` has few of them, `u` many.
    private const string Texts = """
        let t = map(v, |x| let n = (x & 1023L) % 41L; map(rangeiter(0L, n, 1L), |k| u8(k) + u8(k == ((x >> 10L) & 63L))));
        let u = map(v, |x| map(rangeiter(0L, 3L, 1L), |k| u8(x >> (k * 8L))));

        """;

    [Theory]
    [InlineData("tovec(result(for(zip(t, u), dictmerger[{vec[u8],vec[u8]},i64,+], |b, i, e| merge(b, {{e.$0, e.$1}, i}))))")]
    [InlineData("tovec(result(for(zip(t, v), dictmerger[{vec[u8],i32},i64,+], |b, i, e| merge(b, {{e.$0, i32(e.$1 & 3L)}, i}))))")]
    [InlineData("tovec(result(for(zip(t, v), dictmerger[{bool,vec[u8],{i8,u16}},{i64,f64},{+,max}], |b, i, e| merge(b, {{e.$1 > 0L, e.$0, {i8(e.$1), u16(e.$1 & 1L)}}, {i, f64(e.$1)}}))))")]
    [InlineData("tovec(result(for(zip(t, u, v), dictmerger[{vec[u8],{},vec[u8],i64,vec[u8]},f64,+], |b, i, e| merge(b, {{e.$0, {}, e.$1, e.$2 & 1L, slice(e.$0, 0L, 2L)}, f64(i)}))))")]
    [InlineData("tovec(result(for(zip(t, v), dictmerger[{f64,vec[u8]},i64,+], |b, i, e| merge(b, {{if(e.$1 % 3L == 0L, 0.0, if(e.$1 % 3L == 1L, -0.0, 0.0 / 0.0)), e.$0}, i}))))")] // floats are normalised
    [InlineData("tovec(result(for(zip(t, v), dictmerger[{vec[i64],vec[u8]},i64,+], |b, i, e| merge(b, {{[e.$1 & 1L, 5L], e.$0}, i}))))")]
    [InlineData("tovec(result(for(zip(t, v), dictmerger[{vec[vec[u8]],vec[u8]},i64,+], |b, i, e| merge(b, {{[e.$0, e.$0], e.$0}, i}))))")] // not only texts and scalars
    [InlineData("tovec(result(for(zip(t, u), groupmerger[{vec[u8],vec[u8]},i64], |b, i, e| merge(b, {{e.$0, e.$1}, i}))))")]
    [InlineData("let d = result(for(zip(t, u), dictmerger[{vec[u8],vec[u8]},i64,+], |b, i, e| if(i % 2L == 0L, merge(b, {{e.$0, e.$1}, i}), b))); map(zip(t, u), |e| {keyexists(d, {e.$0, e.$1}), optlookup(d, {e.$1, e.$0}).$1, optlookup(d, {e.$0, e.$1})})")]
    [InlineData("let r = result(for(zip(t, u), {dictmerger[{vec[u8],vec[u8]},i64,+], dictmerger[{vec[u8],vec[u8]},i64,max]}, |b, i, e| {merge(b.$0, {{e.$0, e.$1}, i}), if(i % 3L > 0L, merge(b.$1, {{e.$0, e.$1}, i}), b.$1)})); {tovec(r.$0), tovec(r.$1)}")]
    [InlineData("let first = result(for(zip(t, u), dictmerger[{vec[u8],vec[u8]},i64,+], |b, i, e| merge(b, {{e.$0, e.$1}, i}))); tovec(result(for(zip(u, t), dictmerger[{vec[u8],vec[u8]},i64,+](first), |b, i, e| merge(b, {{e.$1, e.$0}, i}))))")]
    public void OfTextsAndScalars(string program)
    {
        VectorLoop.Check("|v: vec[i64]| " + Texts + program, Sizes, "inline-apply", "vectorize");
        VectorLoop.Check("|v: vec[i64]| " + Texts + program, Sizes);
    }

    [Theory]
    [InlineData(3, 1)]
    [InlineData(3, 3)]
    [InlineData(40_000, 1)]
    [InlineData(40_000, 2)]
    public void FewKeysAndMoreThanCachesHold(int keys, int threads)
    {
        const string Program = "|a: vec[vec[u8]], n: vec[i64], b: vec[vec[u8]]| tovec(result(for(zip(a, n, b), dictmerger[{vec[u8],i64,vec[u8]},{i64,i64},{+,max}], |d, i, e| merge(d, {{e.$0, e.$1, e.$2}, {1L, i}}))))";
        var rows = Enumerable.Range(0, 200_000).Select(i => (int)((uint)i * 2_654_435_761u % (uint)keys)).ToArray();
        var (a, n, b) = (rows.Select(k => $"a key {k / 7}").ToArray(), rows.Select(k => k % 7L).ToArray(), rows.Select(k => new string('x', k % 30)).ToArray());
        using var result = WeldModule.Compile(Program, new CompileOptions { Backend = Backend.Compiled }).Run(new RunOptions { Threads = threads }, a, n, b);
        var expected = Enumerable.Range(0, rows.Length).GroupBy(i => (a[i], n[i], b[i])).Select(g => (g.Key, ((long)g.Count(), (long)g.Max()))).ToArray();
        Assert.Equal(expected, result.As<((string, long, string), (long, long))[]>());
    }
}
