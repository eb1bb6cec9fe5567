using Weld.Core.Diagnostics;
using Weld.Managed;

namespace Weld.Tests.Managed;

/// <summary>Endless programs stop when they are asked to, whatever their loops look like: also such that hold nothing that keeps a compiler from moving the look at the flag out of them.</summary>
public sealed class StopTests
{
    [Theory]
    [InlineData("iterate(5, |s| {s + 1, true})")]
    [InlineData("iterate(0L, |s| {s, true})")]
    [InlineData("iterate({0L, 1.5}, |s| {{s.$0 + 1L, s.$1 * 0.5}, s.$0 >= 0L || s.$1 >= 0.0})")]
    [InlineData("result(for(rangeiter(0L, 9000000000000000000L, 1L), merger[i64,+], |b, i, x| merge(b, x)))")]
    [InlineData("result(for(rangeiter(0L, 9000000000000000000L, 1L), merger[f64,+], |b, i, x| merge(b, f64(x))))")]
    [InlineData("result(for(rangeiter(0L, 9000000000000000000L, 1L), merger[i64,max], |b, i, x| if(x < 0L, merge(b, x), b)))")]
    [InlineData("result(for([1L], merger[i64,+], |b, i, x| for(rangeiter(0L, 9000000000000000000L, 1L), b, |c, j, y| merge(c, y))))")]
    [InlineData("result(for([1L], merger[i64,+], |b, i, x| merge(b, iterate(x, |s| {s + 1L, s != 0L}))))")]
    public void EndlessProgramsTimeOut(string text)
    {
        var module = WeldModule.Compile(text);
        var error = Assert.Throws<WeldRuntimeException>(() => module.Run(new RunOptions { Timeout = TimeSpan.FromMilliseconds(30) }));
        Assert.Equal(RuntimeCode.Timeout, error.Code);
    }
}
