namespace Weld.Tests.Optimizer;

public class DictionaryFusionTests
{
    private const string Pass = "dictionary-fusion";
    private const string Parameters = "|v: vec[{i64,f64}], n: i64| ";

    private static string Two(string body, string rest) =>
        Parameters + $"let r = result(for(v, {{dictmerger[i64,f64,+], dictmerger[i64,i64,max]}}, |b, i, x| {body})); {rest}";

    private static string One(string body, string rest) =>
        Parameters + $"let d = result(for(v, dictmerger[i64,{{f64,i64}},{{+,max}}], |b, i, x| {body})); {rest}";

    private static string Entries(string type, int part) => $"result(for(tovec(d), appender[{{i64,{type}}}], |c, j, e| merge(c, {{e.$0, e.$1.${part}}})))";

    [Fact]
    public void WhatIsAskedOfKeysAndValues() => Rewrites.Optimizes(
        Pass,
        Two("{merge(b.$0, {x.$0, x.$1}), merge(b.$1, {x.$0, i})}", "{lookup(r.$0, n), keyexists(r.$1, n), optlookup(r.$1, n), len(tovec(r.$0))}"),
        One("merge(b, {x.$0, {x.$1, i}})", "{lookup(d, n).$0, keyexists(d, n), (let f = optlookup(d, n); {f.$0, f.$1.$1}), len(tovec(d))}"));

    [Fact]
    public void EntriesHaveTheirOwnValue() => Rewrites.Optimizes(
        Pass,
        Two("{merge(b.$0, {x.$0, x.$1}), merge(b.$1, {x.$0, i})}", "{tovec(r.$0), result(for(tovec(r.$1), appender[i64], |c, j, e| merge(c, e.$1)))}"),
        One("merge(b, {x.$0, {x.$1, i}})", $"{{{Entries("f64", 0)}, result(for({Entries("i64", 1)}, appender[i64], |c, j, e| merge(c, e.$1)))}}"));

    [Fact]
    public void OneOperatorForAllFieldsIsOne() => Rewrites.Optimizes(
        Pass,
        "|v: vec[i64]| let r = result(for(v, {dictmerger[i64,i64,+], dictmerger[i64,f64,+]}, |b, i, x| {merge(b.$0, {x, 1L}), merge(b.$1, {x, 2.0})})); {tovec(r.$0), lookup(r.$1, 0L)}",
        $"|v: vec[i64]| let d = result(for(v, dictmerger[i64,{{i64,f64}},+], |b, i, x| merge(b, {{x, {{1L, 2.0}}}}))); {{{Entries("i64", 0)}, lookup(d, 0L).$1}}");

    [Fact]
    public void MergesInBranchesAndLets() => Rewrites.Optimizes(
        Pass,
        Two("if(x.$1 > 0.0, (let k = x.$0 % 7L; {merge(b.$0, {k, x.$1}), merge(b.$1, {k, i})}), if(i > 3L, {b.$0, b.$1}, b))", "lookup(r.$0, n) + f64(lookup(r.$1, n))"),
        One("if(x.$1 > 0.0, (let k = x.$0 % 7L; merge(b, {k, {x.$1, i}})), if(i > 3L, b, b))", "lookup(d, n).$0 + f64(lookup(d, n).$1)"));

    [Fact]
    public void KeysThatAreComputedEquallyAreEqual() => Rewrites.Optimizes(
        Pass,
        Two("{merge(b.$0, {x.$0 % 5L, x.$1}), merge(b.$1, {x.$0 % 5L, i})}", "{lookup(r.$0, n), lookup(r.$1, n)}"),
        One("merge(b, {x.$0 % 5L, {x.$1, i}})", "{lookup(d, n).$0, lookup(d, n).$1}"));

    [Fact]
    public void APairThatIsAVariable() => Rewrites.Optimizes(
        Pass,
        Two("{merge(b.$0, x), merge(b.$1, {x.$0, i})}", "{lookup(r.$0, n), lookup(r.$1, n)}"),
        One("merge(b, {x.$0, {x.$1, i}})", "{lookup(d, n).$0, lookup(d, n).$1}"));

    [Fact]
    public void OtherBuildersStayBesideThem() => Rewrites.Optimizes(
        Pass,
        Parameters + """
            let r = result(for(v, {appender[i64], dictmerger[i64,i64,+], dictmerger[i64,i64,+], dictmerger[f64,i64,+], dictmerger[i64,i64,*]}, |b, i, x|
                {merge(b.$0, i), merge(b.$1, {x.$0, 1L}), merge(b.$2, {i, 1L}), merge(b.$3, {x.$1, 1L}), merge(b.$4, {x.$0, i})}));
            {r.$0, lookup(r.$1, n), lookup(r.$2, n), lookup(r.$3, 0.0), lookup(r.$4, n)}
            """,
        Parameters + """
            let r = result(for(v, {appender[i64], dictmerger[i64,{i64,i64},{+,*}], dictmerger[i64,i64,+], dictmerger[f64,i64,+]}, |b, i, x|
                {merge(b.$0, i), merge(b.$1, {x.$0, {1L, i}}), merge(b.$2, {i, 1L}), merge(b.$3, {x.$1, 1L})}));
            {r.$0, lookup(r.$1, n).$0, lookup(r.$2, n), lookup(r.$3, 0.0), lookup(r.$1, n).$1}
            """);

    [Fact]
    public void AskedInsideOtherLoops() => Rewrites.Optimizes(
        Pass,
        Two("{merge(b.$0, {x.$0, x.$1}), merge(b.$1, {x.$0, i})}", "result(for(tovec(r.$1), appender[f64], |c, j, e| merge(c, lookup(r.$0, e.$0))))"),
        One("merge(b, {x.$0, {x.$1, i}})", $"result(for({Entries("i64", 1)}, appender[f64], |c, j, e| merge(c, lookup(d, e.$0).$0)))"));

    [Fact]
    public void TwoPairsInALoopAndAnotherInsideIt() => Rewrites.Optimizes(
        Pass,
        """
        |m: vec[vec[i64]]| map(m, |row|
            let r = result(for(row, {dictmerger[i64,i64,+], dictmerger[i64,i64,*], dictmerger[bool,i64,+], dictmerger[bool,i64,min]}, |b, i, x|
                {merge(b.$0, {x, i}), merge(b.$1, {x, i}), merge(b.$2, {x > 0L, i}), merge(b.$3, {x > 0L, x})}));
            {lookup(r.$0, 1L), lookup(r.$1, 1L), lookup(r.$2, true), lookup(r.$3, true)})
        """,
        """
        |m: vec[vec[i64]]| map(m, |row|
            let r = result(for(row, {dictmerger[i64,{i64,i64},{+,*}], dictmerger[bool,{i64,i64},{+,min}]}, |b, i, x|
                {merge(b.$0, {x, {i, i}}), merge(b.$1, {x > 0L, {i, x}})}));
            {lookup(r.$0, 1L).$0, lookup(r.$0, 1L).$1, lookup(r.$1, true).$0, lookup(r.$1, true).$1})
        """);

    [Theory]
    [InlineData("{merge(b.$0, {x.$0, x.$1}), merge(b.$1, {i, i})}", "{lookup(r.$0, n), lookup(r.$1, n)}")] // other keys
    [InlineData("{merge(b.$0, {x.$0, x.$1}), b.$1}", "{lookup(r.$0, n), lookup(r.$1, n)}")] // one of them only
    [InlineData("if(x.$1 > 0.0, {merge(b.$0, {x.$0, x.$1}), merge(b.$1, {x.$0, i})}, {b.$0, merge(b.$1, {x.$0, i})})", "{lookup(r.$0, n), lookup(r.$1, n)}")] // on one path
    [InlineData("{merge(b.$0, {x.$0, x.$1}), if(x.$1 > 0.0, merge(b.$1, {x.$0, i}), b.$1)}", "{lookup(r.$0, n), lookup(r.$1, n)}")] // under a condition of its own
    [InlineData("{merge(b.$0, {x.$0, x.$1}), merge(merge(b.$1, {x.$0, i}), {x.$0, i})}", "{lookup(r.$0, n), lookup(r.$1, n)}")] // twice
    [InlineData("{merge(b.$0, {x.$0, x.$1}), merge(b.$1, {x.$0, i})}", "{lookup(r.$0, n), r.$1}")] // leaves
    [InlineData("{merge(b.$0, {x.$0, x.$1}), merge(b.$1, {x.$0, i})}", "{lookup(r.$0, n), r}")] // both leave
    [InlineData("{merge(b.$0, {x.$0, x.$1}), merge(b.$1, {x.$0, i})}", "{lookup(r.$0, n), result(for(v, dictmerger[i64,i64,max](r.$1), |b, i, x| merge(b, {i, i})))}")] // begins another
    public void WhatMustStayApart(string body, string rest) => Rewrites.Keeps(Pass, Two(body, rest));

    [Fact]
    public void AnInitialDictionaryStaysApart() => Rewrites.Keeps(
        Pass,
        "|v: vec[i64], old: dict[i64,i64]| let r = result(for(v, {dictmerger[i64,i64,+](old), dictmerger[i64,i64,+]}, |b, i, x| {merge(b.$0, {x, i}), merge(b.$1, {x, i})})); {lookup(r.$0, 1L), lookup(r.$1, 1L)}");

    [Fact]
    public void KeysFromTheHostWithEffectsAreAskedForEachTime() => Rewrites.Keeps(
        Pass,
        "|v: vec[i64]| let r = result(for(v, {dictmerger[i64,i64,+], dictmerger[i64,i64,max]}, |b, i, x| {merge(b.$0, {cudf[note,i64](x), i}), merge(b.$1, {cudf[note,i64](x), i})})); {lookup(r.$0, 1L), lookup(r.$1, 1L)}");

    [Fact]
    public void EffectsStayInOrder() => Rewrites.Keeps(
        Pass,
        "|v: vec[i64]| let r = result(for(v, {dictmerger[i64,i64,+], appender[i64], dictmerger[i64,i64,+]}, |b, i, x| {merge(b.$0, {x, cudf[note,i64](x)}), merge(b.$1, cudf[note,i64](i)), merge(b.$2, {x, cudf[note,i64](x)})})); {lookup(r.$0, 1L), r.$1, lookup(r.$2, 1L)}");

    [Fact]
    public void SumsCountsAndMeansByKeyTakeOneDictionary()
    {
        var program = Rewrites.Read("""
            |k: vec[vec[u8]], v: vec[f64]|
            let sums = result(for(zip(k, v), dictmerger[vec[u8],f64,+], |b, i, e| merge(b, e)));
            let counts = result(for(k, dictmerger[vec[u8],i64,+], |b, i, e| merge(b, {e, 1L})));
            let keys = map(tovec(counts), |e| e.$0);
            map(keys, |e| {e, lookup(sums, e) / f64(lookup(counts, e))})
            """);
        var text = Core.IR.Printer.Print(Core.Optimizer.ProgramOptimizer.Optimize(program).Program);
        Assert.Contains("dictmerger[vec[u8],{f64,i64},+]", text, StringComparison.Ordinal);
        Assert.Equal(2, text.Split("for(").Length - 1);
    }
}
