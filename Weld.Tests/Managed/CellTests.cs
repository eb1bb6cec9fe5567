namespace Weld.Tests.Managed;

/// <summary>Merges into cells: values of several numbers, and keys in a direct index or a hash table.</summary>
public sealed class CellTests
{
    private static readonly int[] Borders = [0, 1, 2, 7, 64, 1_000];

    [Theory]
    [InlineData("{f64,f64}", "+", "{x, x * 2.0}")]
    [InlineData("{f64,f64,f64}", "+", "{x, x * 2.0, -x}")]
    [InlineData("{f64,f64,f64,f64,f64,i64}", "+", "{x, x * 2.0, x - 1.0, x * x, 1.0, 1L}")]
    [InlineData("{f64,f64,i64,f64,f64}", "{+,*,+,*,+}", "{x, x * 2.0, i, x - 1.0, x * x}")]
    [InlineData("{f64,f64,f64,f64}", "{+,+,max,max}", "{x, x * 2.0, x - 1.0, 0.0 / (x - x)}")]
    [InlineData("{f64,f64,f64,f64}", "min", "{x, -x, x * 0.0, -(x * 0.0)}")]
    [InlineData("{i32,f32,f32,f32,f32,f32,f32,f32,f32,f32}", "+", "{i32(i), f32(x), 1.0f, f32(x) * 2.0f, f32(i), -f32(x), 0.5f, 0.25f, f32(x) - 3.0f, f32(x)}")]
    [InlineData("{f32,f32,f64,f64,{f64,f64}}", "*", "{f32(x), 1.5f, x, 1.25, {x, 0.5}}")]
    [InlineData("{i64,i64,i64,i64}", "+", "{i, i * 2L, 7L, -i}")]
    [InlineData("f64", "+", "x")]
    public void Values(string type, string op, string value)
    {
        foreach (var merge in new[] { $"dictmerger[i64,{type},{op}]|{{(i * 7L) % 5L, {value}}}", $"dictmerger[{{u8,u8}},{type},{op}]|{{{{u8(i % 3L), u8(i)}}, {value}}}", $"dictmerger[vec[u8],{type},{op}]|{{lookup([\"a\", \"bc\", \"a longer text than fits\"], i % 3L), {value}}}" }.Select(m => m.Split('|')))
        {
            VectorLoop.Check($"|v: vec[f64]| tovec(result(for(v, {merge[0]}, |b, i, x| if(x < 1e9, merge(b, {merge[1]}), b))))", Borders);
            VectorLoop.Check($"|v: vec[f64]| tovec(result(for(rangeiter(0L, 3L, 1L), {merge[0]}, |b, n, m| for(v, b, |b, i, x| merge(b, {merge[1]})))))", Borders);
        }
    }

    [Fact]
    public void ValuesAcrossBlocks() => VectorLoop.Check(
        "|v: vec[f64]| tovec(result(for(v, dictmerger[i64,{f64,f64,f64,f64,f64,i64},+], |b, i, x| merge(b, {(i >> 10L) % 7L, {x, x * 2.0, x - 1.0, x * x, 1.0, 1L}}))))", [65_536, 140_000]);

    // At first a direct index will do; then a key is far off, or below, or there are many.
    [Theory]
    [InlineData("if(i == 300L, 1L << 50L, i % 10L)")]
    [InlineData("if(i % 100L == 99L, -(1L << 50L) * (i / 100L), i % 10L)")]
    [InlineData("0L - i")]
    [InlineData("i * 3L % 1001L - 500L")]
    [InlineData("if(i < 20L, i * 1000000007L, i % 3L)")]
    [InlineData("i * 1000000007L")]
    public void Keys(string key)
    {
        VectorLoop.Check($"|v: vec[f64]| tovec(result(for(v, dictmerger[i64,{{f64,f64}},+], |b, i, x| merge(b, {{{key}, {{x, 1.0}}}}))))", Borders);
        VectorLoop.Check($"|v: vec[f64]| tovec(result(for(v, groupmerger[i64,i64], |b, i, x| if(x > 0.0, merge(b, {{{key}, i}}), b))))", Borders);
        VectorLoop.Check($"|v: vec[f64]| tovec(result(for(v, dictmerger[i64,i64,max], |b, i, x| merge(merge(b, {{{key}, i}}), {{i % 4L, 5L}}))))", Borders);
        VectorLoop.Check($"|v: vec[f64]| let d = result(for(v, {{dictmerger[i64,i64,+], groupmerger[i64,i64]}}, |b, i, x| {{merge(b.$0, {{{key}, i}}), merge(b.$1, {{i % 5L, i}})}})); {{tovec(d.$0), tovec(d.$1)}}", Borders);
        VectorLoop.Check($"|v: vec[f64]| tovec(result(for(rangeiter(0L, 40L, 1L), dictmerger[i64,i64,+], |a, k, n| let d = result(for(iter(v, 0L, len(v) / 4L, 1L), dictmerger[i64,i64,+], |b, i, x| merge(b, {{{key}, n}}))); for(tovec(d), a, |a, i, e| merge(a, {{e.$0 + n, e.$1 * i}})))))", Borders);
    }
}
