using Weld.Core.Diagnostics;
using Weld.Managed;

namespace Weld.Tests.Managed;

/// <summary>Vectors that an iteration makes and leaves behind, whose memory the next one uses again.</summary>
public sealed class TemporaryTests
{
    private static readonly string[] AsWritten = ["inline-apply", "vectorize"];
    private static readonly int[] Sizes = [0, 1, 3, 17, 130];

    [Theory]
    [InlineData("|v: vec[i64], w: vec[i64]| result(for(v, merger[i64,+], |b, i, x| let t = result(for(w, appender[i64](len(w)), |c, j, y| merge(c, y ^ x))); merge(b, sum(t) * lookup(t, i % len(t)))))")]
    [InlineData("|v: vec[i64], w: vec[i64]| result(for(v, merger[i64,+], |b, i, x| let t = result(for(w, appender[i64], |c, j, y| if(y > x, merge(c, y), c))); merge(b, len(t) * i + sum(t))))")] // of another length each time
    [InlineData("|v: vec[i64], w: vec[i64]| result(for(v, merger[i64,+], |b, i, x| let t = result(for(w, appender[i64](1L), |c, j, y| merge(merge(c, y), x))); let u = map(t, |y| y * 3L); merge(b, sum(map(zip(t, u), |e| e.$0 ^ e.$1)))))")] // two alive, one outgrows its room
    [InlineData("|v: vec[i64], w: vec[i64]| result(for(v, merger[i64,+], |b, i, x| let t = if(x > 0L, map(w, |y| y + x), result(for(w, appender[i64](9L), |c, j, y| if(j < 3L, merge(c, j), c)))); merge(b, sum(t) + len(t))))")]
    [InlineData("|v: vec[i64], w: vec[i64]| result(for(v, merger[i64,+], |b, i, x| let t = result(merge(merge(appender[i64], x), i)); let u = result(for(w, appender[i64](t), |c, j, y| merge(c, y))); merge(b, sum(u) * sum(t))))")] // begins from another
    [InlineData("|v: vec[i64], w: vec[i64]| result(for(v, merger[i64,+], |b, i, x| let s = iterate({0L, map(w, |y| y + x)}, |s| {{s.$0 + 1L, map(s.$1, |y| y + s.$0)}, s.$0 < 4L}); merge(b, sum(s.$1))))")] // makes the next state from the last
    [InlineData("|v: vec[i64], w: vec[i64]| result(for(v, merger[i64,+], |b, i, x| let m = map(w, |y| map(slice(w, 0L, 5L), |z| z * y + x)); merge(b, sum(map(m, |r| sum(r))))))")] // many alive
    [InlineData("|v: vec[i64], w: vec[i64]| result(for(v, merger[i64,+], |b, i, x| for(w, b, |c, j, y| let t = result(for(slice(w, 0L, 7L), appender[i64], |d, k, z| merge(d, z * y + x))); merge(c, sum(t) + lookup(t, j % len(t))))))")]
    [InlineData("|v: vec[i64], w: vec[i64]| result(for(v, merger[i64,+], |b, i, x| let t = sort(map(w, |y| y ^ x), |p, q| let r = map(slice(w, 0L, 3L), |z| z + p); compare(sum(r), sum(map(r, |z| z + q - p)))); merge(b, sum(map(zip(t, w), |e| e.$0 * e.$1)))))")]
    [InlineData("|v: vec[i64], w: vec[i64]| tovec(result(for(v, dictmerger[i64,i64,+], |b, i, x| let t = map(w, |y| y + x); merge(b, {lookup(t, x & 0L) & 3L, sum(t)}))))")]
    [InlineData("|v: vec[i64], w: vec[i64]| result(for(v, merger[i64,+], |b, i, x| let t = map(w, |y| y + x); let d = result(for(t, dictmerger[i64,i64,+], |c, j, y| merge(c, {y & 3L, y}))); merge(b, sum(map(tovec(d), |e| e.$0 * e.$1)))))")]
    [InlineData("|v: vec[i64], w: vec[i64]| result(for(v, appender[vec[i64]], |b, i, x| let t = map(w, |y| y + x); merge(b, slice(t, 0L, 2L))))")] // outlives the iteration
    [InlineData("|v: vec[i64], w: vec[i64]| tovec(result(for(v, dictmerger[vec[i64],i64,+], |b, i, x| merge(b, {map(slice(w, 0L, 2L), |y| (y + x) & 1L), 1L}))))")]
    [InlineData("|v: vec[i64], w: vec[i64]| result(for(v, {merger[i64,+], merger[i64,max]}, |b, i, x| let r = result(for(w, {appender[i64], appender[f64](2L)}, |c, j, y| {merge(c.$0, y), if(y > x, merge(c.$1, f64(j)), c.$1)})); {merge(b.$0, sum(r.$0)), merge(b.$1, len(r.$1) + i64(sum(r.$1)))}))")]
    public void EachIterationSeesItsOwn(string program)
    {
        VectorLoop.Check(program, Sizes, AsWritten);
        VectorLoop.Check(program, Sizes);
    }

    [Theory]
    [InlineData("|v: vec[i64], w: vec[i64]| result(for(v, merger[i64,+], |b, i, x| let t = map(w, |y| y + x); merge(b, lookup(t, i * 2L))))")]
    [InlineData("|v: vec[i64], w: vec[i64]| result(for(v, merger[i64,+], |b, i, x| let t = map(w, |y| 7L / (y & 15L)); merge(b, sum(t))))")]
    public void ErrorsInside(string program) => VectorLoop.Check(program, Sizes, AsWritten);

    [Fact]
    public void MemoryDoesNotAddUp()
    {
        var module = WeldModule.Compile(
            "|n: i64, w: vec[i64]| result(for(rangeiter(0L, n, 1L), merger[i64,+], |b, i, x| let t = result(for(w, appender[i64], |c, j, y| merge(c, y + x))); merge(b, lookup(t, x % len(t)))))",
            new CompileOptions { Backend = Backend.Compiled, Passes = [.. AsWritten] });
        var w = Enumerable.Range(0, 1_000).Select(i => (long)i).ToArray();
        using var result = module.Run(new RunOptions { MemoryLimit = 1 << 20, Threads = 2 }, 200_000L, w);
        Assert.Equal(Enumerable.Range(0, 200_000).Sum(x => (x % 1_000L) + x), result.As<long>());
        var few = Assert.Throws<WeldRuntimeException>(() => module.Run(new RunOptions { MemoryLimit = 4_000 }, 1_000L, w));
        Assert.Equal(RuntimeCode.OutOfMemory, few.Code);
    }
}
