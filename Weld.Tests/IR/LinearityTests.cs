using Weld.Core;
using Weld.Core.Diagnostics;
using static Weld.Tests.Syntax.Programs;

namespace Weld.Tests.IR;

/// <summary>language.md §5: builders are linear, per field path and per control path.</summary>
public class LinearityTests
{
    [Theory]
    [InlineData("let b = merger[i64,+]; result(merge(merge(b, 1L), 2L))")]
    [InlineData("let b = merge(merger[i64,+], 1L); let c = merge(b, 2L); result(c)")]
    [InlineData("let unused = appender[i64]; 1")]
    [InlineData("let s = {appender[i64], merger[i64,+]}; {result(merge(s.$0, 1L)), result(merge(s.$1, 2L))}")]
    [InlineData("let s = {appender[i64], 5L}; {s.$1, s.$1, result(merge(s.$0, s.$1))}")]
    [InlineData("let s = {appender[i64], merger[i64,+]}; result(merge(s.$0, 1L))")]
    [InlineData("|c: bool| let b = merger[i64,+]; result(if(c, merge(b, 1L), b))")]
    [InlineData("|c: bool| let b = merge(merger[i64,+], 1L); if(c, result(b), result(merge(b, 2L)))")]
    [InlineData("|c: bool| let b = appender[i64]; if(c, len(result(b)), 0L)")]
    [InlineData("|v: vec[vec[i64]]| result(for(v, merger[i64,+], |b, i, x| for(x, b, |c, j, y| merge(c, y))))")]
    [InlineData("|v: vec[i64]| let b = for(v, merge(merger[i64,+], 1L), |b, i, x| merge(b, x)); result(merge(b, 2L))")]
    [InlineData("|v: vec[i64]| result(for(v, {appender[i64], merger[i64,+]}, |b, i, x| {merge(b.$0, x), merge(b.$1, x)}))")]
    [InlineData("|v: vec[i64]| result(for(v, {appender[i64], merger[i64,+]}, |b, i, x| if(x > 0L, b, {merge(b.$0, x), b.$1})))")]
    [InlineData("|v: vec[i64]| result(for(v, {{appender[i64], appender[i64]}, merger[i64,+]}, |b, i, x| {{b.$0.$0, merge(b.$0.$1, x)}, b.$1}))")]
    [InlineData("result(iterate({appender[i64], 0L}, |s| {{merge(s.$0, s.$1), s.$1 + 1L}, s.$1 < 5L}).$0)")]
    [InlineData("iterate({appender[i64], 0L}, |s| {{appender[i64], len(result(merge(s.$0, s.$1)))}, s.$1 < 5L}).$1")]
    [InlineData("|v: vec[i64]| result(for(v, {appender[i64], merger[i64,+]}, |b, i, x| iterate({b, 0L}, |s| {{{merge(s.$0.$0, x), s.$0.$1}, s.$1 + 1L}, s.$1 < x}).$0))")]
    [InlineData("|b: appender[i64]| b")]
    [InlineData("|b: appender[i64]| merge(b, 1L)")]
    [InlineData("|b: appender[i64], c: {merger[i64,+], i64}| {merge(b, 1L), c.$0}")]
    [InlineData("|b: appender[i64]| 1")]
    [InlineData("let b = appender[i64]; let c = b; result(merge(c, 1L))")]
    [InlineData("let f = |b| merge(b, 1L); result(f(f(appender)))")]
    [InlineData("|v: vec[i64]| map(v, |x| result(merge(merger[i64,+], x)))")]
    [InlineData("|c: bool| let b = appender[i64]; c && len(result(b)) > 0L")]
    [InlineData("|c: bool| let p = merger[i64,+]; let q = merger[i64,+]; result(select(c, p, q))")]
    public void Linear_programs_compile(string program) => RoundTrips(program);

    [Theory]
    [InlineData("let b = appender[i64]; {result(b), result(b)}", "the builder 'b' to be used once, found a second use", 1, 43, 1, 32)]
    [InlineData("let b = appender[i64]; let c = b; {result(b), result(c)}", "a second use", 1, 54, 1, 43)]
    [InlineData("let b = appender[i64]; let c = merge(b, 1L); let d = merge(b, 2L); {result(c), result(d)}", "a second use", 1, 60, 1, 38)]
    [InlineData("let s = {appender[i64], 1L}; {result(s.$0), result(s.$0)}", "the builder 's.$0'", 1, 52, 1, 38)]
    [InlineData("let b = appender[i64]; let c = {b, b}; {result(c.$0), result(c.$1)}", "a second use", 1, 62, 1, 48)]
    [InlineData("|c: bool| let b = appender[i64]; let r = if(c, result(b), []); {r, result(b)}", "a second use", 1, 75, 1, 55)]
    [InlineData("|c: bool| let b = appender[i64]; select(c, b, b)", "a second use", 1, 47, 1, 44)]
    [InlineData("|c: bool| let b = appender[i64]; {c && len(result(b)) > 0L, result(b)}", "a second use", 1, 68, 1, 51)]
    [InlineData("let b = appender[i64]; merge(b, len(result(b)))", "a second use", 1, 44, 1, 30)]
    [InlineData("let b = merge(appender[i64], 1L); 2", "the builder 'b' to be used after its merge, found it dropped", 1, 9, 1, 35)]
    [InlineData("let b = appender[i64]; let c = merge(b, 1L); 2", "the builder 'c' to be used after its merge", 1, 32, 1, 46)]
    [InlineData("let s = {merge(appender[i64], 1L), 2}; s.$1", "the builder 's.$0' to be used after its merge", 1, 10, 1, 40)]
    [InlineData("|c: bool| let b = merge(appender[i64], 1L); if(c, len(result(b)), 0L)", "on both sides of the branch, found it dropped here", 1, 67, 1, 62)]
    [InlineData("|c: bool| let b = merge(appender[i64], 1L); c && len(result(b)) > 0L", "on both sides of the branch", 1, 45, 1, 61)]
    [InlineData("|c: bool| if(c, {merge(appender[i64], 1L), 1}.$1, 2)", "found it dropped", 1, 18, 1, 17)]
    [InlineData("iterate({appender[i64], 0L}, |s| {{merge(s.$0, s.$1), s.$1 + 1L}, s.$1 < 5L}).$1", "to be used after its merge, found it dropped", 1, 1, 1, 1)]
    [InlineData("|v: vec[i64]| let c = appender[i64]; result(for(v, appender[i64], |b, i, x| c))", "from outside", 1, 77, 1, 23)]
    [InlineData("|v: vec[i64]| result(for(v, appender[i64], |b, i, x| appender[i64]))", "derives from the loop's own parameter, the builder 'b'", 1, 54, 1, 45)]
    [InlineData("|v: vec[i64]| result(for(v, {appender[i64], appender[i64]}, |b, i, x| {b.$1, b.$0}))", "own parameter, the builder 'b.$0', found the builder 'b.$1'", 1, 71, 1, 62)]
    [InlineData("|v: vec[i64]| result(for(v, appender[i64], |b, i, x| let r = result(b); appender[i64](r)))", "derives from the loop's own parameter", 1, 73, 1, 45)]
    [InlineData("|v: vec[i64]| result(for(v, appender[i64], |b, i, x| iterate({b, 0L}, |s| {{appender[i64], 0L}, false}).$0))", "derives from the loop's own parameter, the builder 'b'", 1, 54, 1, 45)]
    [InlineData("|v: vec[i64]| result(for(v, {appender[i64], appender[i64]}, |b, i, x| iterate({b, 0L}, |s| {{{s.$0.$1, s.$0.$0}, s.$1 + 1L}, s.$1 < x}).$0))", "own parameter, the builder 'b.$0'", 1, 71, 1, 62)]
    [InlineData("|v: vec[i64]| let o = appender[i64]; map(v, |x| len(result(o)))", "from outside", 1, 60, 1, 23)]
    [InlineData("|v: vec[i64]| let o = appender[i64]; sort(v, |x, y| i32(len(result(o))))", "from outside", 1, 68, 1, 23)]
    public void Others_name_the_variable_and_both_places(string program, string message, int line, int column, int otherLine, int otherColumn)
    {
        var diagnostics = ErrorsOf(program);
        var source = new SourceText(program);
        var first = diagnostics.FirstOrDefault(d => d.Code == CompileCode.Linearity && d.Message.Contains(message, StringComparison.Ordinal));
        Assert.True(first is not null, string.Join("\n", diagnostics));
        Assert.Equal(((line, column), (otherLine, otherColumn)), (source.Locate(first.Span.Start), source.Locate(first.Related.Start)));
    }

    [Theory]
    [InlineData("|v: vec[i64]| let o = appender[i64]; result(for(v, appender[i64], |b, i, x| merge(o, x)))")]
    [InlineData("|v: vec[i64]| let o = appender[i64]; result(for(v, o, |b, i, x| merge(o, x)))")]
    [InlineData("|v: vec[i64]| let o = merger[i64,+]; result(for(v, merger[i64,+], |b, i, x| let q = merge(o, x); b))")]
    [InlineData("|v: vec[i64]| let o = merger[i64,+]; result(for(v, merger[i64,+], |b, i, x| merge(b, result(merge(o, x)))))")]
    [InlineData("let b = appender[i64]; let c = merge(b, 1L); let d = merge(b, 2L); result(c)")]
    public void One_mistake_is_one_error(string program) => Assert.Equal([CompileCode.Linearity], ErrorsOf(program).Select(d => d.Code));
}
