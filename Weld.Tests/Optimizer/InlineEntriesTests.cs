namespace Weld.Tests.Optimizer;

public class InlineEntriesTests
{
    private const string Pass = "inline-entries";
    private const string D = "|d: dict[i64,f64], o: dict[i64,f64], v: vec[i64]| ";

    private static string Each(string type, string value) => $"result(for(tovec(d), appender[{type}], |b, i, e| merge(b, {value})))";

    [Fact]
    public void TheValueOfTheOwnKey() => Rewrites.Optimizes(
        Pass,
        D + Each("{f64,{bool,f64},bool}", "{lookup(d, e.$0), optlookup(d, e.$0), keyexists(d, e.$0)}"),
        D + Each("{f64,{bool,f64},bool}", "{e.$1, {true, e.$1}, true}"));

    [Fact]
    public void AmongZippedData() => Rewrites.Optimizes(
        Pass,
        D + "result(for(zip(v, tovec(d), tovec(o)), appender, |b, i, x| merge(b, lookup(d, x.$1.$0) + lookup(o, x.$2.$0) + lookup(o, x.$1.$0))))",
        D + "result(for(zip(v, tovec(d), tovec(o)), appender, |b, i, x| merge(b, x.$1.$1 + x.$2.$1 + lookup(o, x.$1.$0))))");

    [Fact]
    public void InALoopInsideAndOfAField() => Rewrites.Optimizes(
        Pass,
        "|p: {dict[vec[u8],i64],i64}, v: vec[i64]| result(for(tovec(p.$0), appender[i64], |c, j, e| merge(c, result(for(v, merger[i64,+], |b, i, x| merge(b, x * lookup(p.$0, e.$0)))))))",
        "|p: {dict[vec[u8],i64],i64}, v: vec[i64]| result(for(tovec(p.$0), appender[i64], |c, j, e| merge(c, result(for(v, merger[i64,+], |b, i, x| merge(b, x * e.$1))))))");

    [Theory]
    [InlineData("result(for(tovec(d), appender, |b, i, e| merge(b, lookup(o, e.$0))))")] // another dictionary
    [InlineData("result(for(tovec(d), appender, |b, i, e| merge(b, lookup(d, e.$0 + 1L))))")] // another key
    [InlineData("result(for(tovec(d), appender, |b, i, e| merge(b, lookup(d, i64(e.$1)))))")] // the value as a key
    [InlineData("result(for(v, appender, |b, i, k| merge(b, lookup(d, k))))")]
    [InlineData("result(for(zip(v, v), appender, |b, i, x| merge(b, lookup(d, x.$0))))")]
    public void OtherLookupsStay(string program) => Rewrites.Keeps(Pass, D + program);
}
