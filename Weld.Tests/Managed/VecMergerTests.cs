using Weld.Managed;

namespace Weld.Tests.Managed;

/// <summary>Vecmergers where the order of merges shows: the partials of blocks, flat and marked.</summary>
public sealed class VecMergerTests
{
    private static readonly string[] AsWritten = ["inline-apply", "vectorize"];

    // Zeros of both signs, NaN and what loses bits, into cells of which many get nothing or −0.0 alone.
    private const string Zeros = "let z = [-0.0, 0.0, -0.0, 1.5, -0.0, 0.0 / 0.0, 1e300, -0.0, 1e-300]; let x = lookup(z, i % 9L);";
    private const string Start = "let s = result(for(rangeiter(0L, 40L, 1L), appender[f64], |b, i, n| merge(b, if(n % 3L == 0L, -0.0, if(n % 3L == 1L, 0.0, 0.1)))));";

    [Theory]
    [InlineData("vecmerger[f64,+](s)", "merge(b, {i % 37L, x})")]
    [InlineData("vecmerger[f64,+](s)", "if(x == 0.0, merge(b, {i % 37L, x}), b)")]
    [InlineData("vecmerger[f64,*](s)", "if(i % 5L > 0L, merge(b, {i % 37L, x + 1.0}), b)")]
    [InlineData("vecmerger[f64,*](s)", "if(x == 0.0, merge(b, {i % 37L, x}), b)")]
    [InlineData("vecmerger[f64,+](s)", "if(i < 40L, merge(b, {i, x}), b)")]
    [InlineData("vecmerger[f64,+](s)", "for(z, b, |c, j, y| merge(c, {(i + j) % 39L, y * 0.1}))")]
    [InlineData("vecmerger[f64,+](s)", "merge(merge(b, {i % 37L, x}), {i % 3L, 0.1})")]
    [InlineData("vecmerger[{f64,f64},+](map(s, |e| {e, -e}))", "merge(b, {i % 37L, {x, v}})")]
    [InlineData("vecmerger[{f64,f64},{+,*}](map(s, |e| {e, -e}))", "merge(b, {i % 37L, {x, v}})")] // two operators
    [InlineData("vecmerger[{f64,i64},+](map(s, |e| {e, 3L}))", "merge(b, {i % 37L, {x, i}})")]
    [InlineData("vecmerger[f32,+](map(s, |e| f32(e)))", "merge(b, {i % 37L, f32(x)})")]
    [InlineData("vecmerger[f64,max](s)", "merge(b, {i % 37L, x})")]
    public void TheOrderIsKept(string builder, string body)
    {
        var program = $"|w: vec[f64]| {Start} result(for(w, {builder}, |b, i, v| {Zeros} {body}))";
        VectorLoop.Check(program, [0, 1, 8, 50, 1_000], AsWritten);
        VectorLoop.Check(program, [65_535, 65_537, 140_000]);
    }

    [Theory]
    [InlineData("result(for(w, vecmerger[f64,+](w), |b, i, v| merge(b, {i, v * 0.5})))")] // each cell once
    [InlineData("result(for(w, vecmerger[f32,+](map(w, |v| f32(v))), |b, i, v| merge(b, {i, f32(v) - 0.0f})))")]
    [InlineData("result(for(w, vecmerger[f64,*](w), |b, i, v| if(v > 0.0, merge(b, {i, v}), b)))")]
    [InlineData("result(iterate({0L, vecmerger[f64,+](w)}, |s| {{s.$0 + 1L, for([0.1, -0.0, 0.2], s.$1, |b, i, v| merge(b, {(i * 7L + s.$0) % max(len(w), 1L), v}))}, s.$0 < 30L}).$1)")] // short loops, one after the other
    [InlineData("let b0 = for(w, vecmerger[f64,+](w), |b, i, v| merge(b, {i, v})); let b1 = if(len(w) > 0L, merge(b0, {0L, -0.0}), b0); result(for(w, b1, |b, i, v| merge(b, {len(w) - i - 1L, v * 0.1})))")] // merged apart in between
    [InlineData("result(for(w, vecmerger[f64,+](slice(w, 0L, 9L)), |b, i, v| merge(b, {i, v})))")] // out of bounds
    [InlineData("map(w, |e| let r = result(for(slice(w, 0L, 20L), vecmerger[f64,+](slice(w, 0L, 20L)), |b, i, v| merge(b, {i, v * e}))); result(for(r, merger[f64,+], |b, i, v| merge(b, v))))")]
    public void CellsOfTheirOwn(string body)
    {
        VectorLoop.Check("|w: vec[f64]| " + body, [0, 1, 3, 4, 5, 31, 64, 300], AsWritten);
        VectorLoop.Check("|w: vec[f64]| " + body, [0, 1, 17, 300]);
    }

    [Theory]
    [InlineData(100)]
    [InlineData(8_192)]
    [InlineData(8_193)]
    [InlineData(300_000)]
    public void AnyNumberOfThreads(int cells)
    {
        const string Program =
            "|cells: vec[f64], x: vec[f64]| result(for(x, vecmerger[f64,+](cells), |b, i, v| merge(b, {(i * 7919L) % len(cells), v})))";
        var module = WeldModule.Compile(Program, new CompileOptions { Backend = Backend.Compiled });
        var start = Enumerable.Range(0, cells).Select(i => i % 2 == 0 ? -0.0 : 0.1).ToArray();
        var x = Enumerable.Range(0, 300_000).Select(i => i % 5 == 0 ? -0.0 : i / 7.0).ToArray();
        var bits = new[] { 1, 2, 3, 8 }.Select(threads =>
        {
            using var result = module.Run(new RunOptions { Threads = threads }, start, x);
            return result.As<double[]>().Select(BitConverter.DoubleToInt64Bits).ToArray();
        }).ToArray();
        using var expected = WeldModule.Compile(Program, new CompileOptions { Backend = Backend.Interpreter }).Run(start, x);
        Assert.All(bits, b => Assert.Equal(expected.As<double[]>().Select(BitConverter.DoubleToInt64Bits), b));
    }
}
