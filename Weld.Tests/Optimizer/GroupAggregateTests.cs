namespace Weld.Tests.Optimizer;

public class GroupAggregateTests
{
    private const string Pass = "group-aggregate";
    private const string Groups = "|v: vec[{i64,f64}], n: i64, c: f64| let d = result(for(v, groupmerger[i64,f64], |b, i, x| merge(b, {x.$0, x.$1})));\n";

    private static string Reduced(string type, string value, string rest) =>
        $"|v: vec[{{i64,f64}}], n: i64, c: f64| let d = result(for(v, dictmerger[i64,{type}], |b, i, x| merge(b, {{x.$0, {value}}})));\n{rest}";

    [Fact]
    public void SumsOfGroups() => Rewrites.Optimizes(Pass, Groups + "map(tovec(d), |g| {g.$0, sum(g.$1)})", Reduced("f64,+", "(let y = x.$1; y)", "map(tovec(d), |g| {g.$0, g.$1})"));

    [Fact]
    public void AValueThatIsAVariableIsUsedAsItIs() => Rewrites.Optimizes(
        Pass,
        "|v: vec[i64]| map(tovec(result(for(v, groupmerger[i64,i64], |b, i, x| merge(b, {x % 3L, x})))), |g| sum(g.$1))",
        "|v: vec[i64]| map(tovec(result(for(v, dictmerger[i64,i64,+], |b, i, x| merge(b, {x % 3L, x})))), |g| g.$1)");

    [Fact]
    public void SeveralReductionsMakeAStruct() => Rewrites.Optimizes(
        Pass,
        Groups + "map(tovec(d), |g| {sum(g.$1) / f64(len(g.$1)), result(for(g.$1, merger[f64,max], |m, j, y| merge(m, y * c)))})",
        Reduced("{f64,i64,f64},{+,+,max}", "(let y = x.$1; {y, 1L, y * c})", "map(tovec(d), |g| {g.$1.$0 / f64(g.$1.$1), g.$1.$2})"));

    [Fact]
    public void AnEqualReductionIsOne() => Rewrites.Optimizes(Pass, Groups + "map(tovec(d), |g| sum(g.$1) * sum(g.$1))", Reduced("f64,+", "(let y = x.$1; y)", "map(tovec(d), |g| g.$1 * g.$1)"));

    [Fact]
    public void AFilteredReductionMergesTheIdentity() => Rewrites.Optimizes(
        Pass,
        Groups + "map(tovec(d), |g| result(for(g.$1, merger[f64,*], |m, j, y| if(y > c, merge(m, y), m))))",
        Reduced("f64,*", "(let y = x.$1; if(y > c, y, 1.0))", "map(tovec(d), |g| g.$1)"));

    [Fact]
    public void AStructOfMergersIsAStructOfValues() => Rewrites.Optimizes(
        Pass,
        Groups + "map(tovec(d), |g| result(for(g.$1, {merger[f64,+], merger[i64,+]}, |m, j, y| {merge(m.$0, y), merge(m.$1, 2L)})).$0)",
        Reduced("{f64,i64},+", "(let y = x.$1; {y, 2L})", "map(tovec(d), |g| g.$1.$0)"));

    [Fact]
    public void LookupsKeepTheirErrors() => Rewrites.Optimizes(
        Pass, Groups + "let g = lookup(d, n); sum(g) + f64(len(g))", Reduced("{f64,i64},+", "(let y = x.$1; {y, 1L})", "let g = lookup(d, n); g.$0 + f64(g.$1)"));

    [Fact]
    public void SortedAndSlicedEntriesAreStillEntries() => Rewrites.Optimizes(
        Pass,
        Groups + "map(slice(sort(tovec(d), |a, b| compare(len(b.$1), len(a.$1))), 0L, 3L), |g| g.$0)",
        Reduced("i64,+", "(let y = x.$1; 1L)", "map(slice(sort(tovec(d), |a, b| compare(b.$1, a.$1)), 0L, 3L), |g| g.$0)"));

    [Fact]
    public void KeysThatAreAskedForAndZippedEntries() => Rewrites.Optimizes(
        Pass,
        Groups + "let t = tovec(d); {keyexists(d, n), len(t), result(for(zip(t, t), merger[i64,+], |m, j, g| merge(m, len(g.$0.$1) + g.$1.$0)))}",
        Reduced("i64,+", "(let y = x.$1; 1L)", "let t = tovec(d); {keyexists(d, n), len(t), result(for(zip(t, t), merger[i64,+], |m, j, g| merge(m, g.$0.$1 + g.$1.$0)))}"));

    [Fact]
    public void MergesInBranchesLetsAndInnerLoops() => Rewrites.Optimizes(
        Pass,
        "|m: vec[vec[i64]]| map(tovec(result(for(m, groupmerger[i64,i64], |b, i, row| for(row, b, |e, j, x| let k = x % 7L; if(k > 1L, merge(e, {k, x}), merge(e, {0L, i})))))), |g| {g.$0, sum(g.$1)})",
        "|m: vec[vec[i64]]| map(tovec(result(for(m, dictmerger[i64,i64,+], |b, i, row| for(row, b, |e, j, x| let k = x % 7L; if(k > 1L, merge(e, {k, x}), merge(e, {0L, i})))))), |g| {g.$0, g.$1})");

    [Fact]
    public void AGroupmergerAmongOtherBuilders() => Rewrites.Optimizes(
        Pass,
        "|v: vec[i64]| let r = result(for(v, {merger[i64,+], groupmerger[i64,i64]}, |b, i, x| if(x > 1L, {merge(b.$0, x), merge(b.$1, {x % 3L, x})}, let m = b.$0; {m, b.$1}))); {r.$0, map(tovec(r.$1), |g| sum(g.$1))}",
        "|v: vec[i64]| let r = result(for(v, {merger[i64,+], dictmerger[i64,i64,+]}, |b, i, x| if(x > 1L, {merge(b.$0, x), merge(b.$1, {x % 3L, x})}, let m = b.$0; {m, b.$1}))); {r.$0, map(tovec(r.$1), |g| g.$1)}");

    [Fact]
    public void APairThatIsNoLiteral() => Rewrites.Optimizes(
        Pass,
        "|v: vec[{i64,i64}]| map(tovec(result(for(v, groupmerger[i64,i64], |b, i, x| merge(b, x)))), |g| sum(g.$1))",
        "|v: vec[{i64,i64}]| map(tovec(result(for(v, dictmerger[i64,i64,+], |b, i, x| merge(b, (let p = x; {p.$0, let y = p.$1; y}))))), |g| g.$1)");

    [Theory]
    [InlineData("map(tovec(d), |g| {sum(g.$1), lookup(g.$1, 0L)})")] // the values themselves
    [InlineData("map(tovec(d), |g| g.$1)")] // the groups leave
    [InlineData("{d, map(tovec(d), |g| sum(g.$1))}")] // the dictionary leaves
    [InlineData("map(tovec(d), |g| {g, {sum(g.$1)}})")] // an entry leaves
    [InlineData("map(tovec(d), |g| result(for(g.$1, merger[i64,+], |m, j, y| merge(m, j))))")] // the place in the group
    [InlineData("map(tovec(d), |g| result(for(g.$1, merger[f64,+], |m, j, y| merge(m, y * f64(g.$0)))))")] // a variable from after
    [InlineData("let k = n + 1L; map(tovec(d), |g| result(for(g.$1, merger[i64,+], |m, j, y| merge(m, k))))")]
    [InlineData("map(tovec(d), |g| result(for(g.$1, merger[i64,+], |m, j, y| merge(m, i64(y) / n))))")] // can fail
    [InlineData("map(tovec(d), |g| result(for(g.$1, merger[f64,+], |m, j, y| merge(merge(m, y), y))))")] // merges twice
    [InlineData("map(tovec(d), |g| result(for(g.$1, merger[f64,+](c), |m, j, y| merge(m, y))))")] // an initial value
    [InlineData("map(tovec(d), |g| result(for(iter(g.$1, 0L, 1L, 1L), merger[f64,+], |m, j, y| merge(m, y))))")] // part of a group
    [InlineData("map(tovec(d), |g| result(for(g.$1, appender[f64], |m, j, y| merge(m, y))))")] // no reduction
    [InlineData("map(tovec(d), |g| result(for(zip(g.$1, g.$1), merger[f64,+], |m, j, y| merge(m, y.$0))))")]
    [InlineData("let r = result(for(v, {merger[i64,+], groupmerger[i64,f64]}, |b, i, x| {merge(b.$0, 1L), merge(b.$1, x)})); {map(tovec(r.$1), |g| len(g.$1)), r}")] // leaves in a struct
    [InlineData("optlookup(d, n)")]
    public void WhatNeedsTheGroupsKeepsThem(string rest) => Rewrites.Keeps(Pass, Groups + rest);

    [Theory]
    [InlineData("|v: vec[i64], g: groupmerger[i64,i64]| map(tovec(result(for(v, g, |b, i, x| merge(b, {x, i})))), |g| sum(g.$1))")]
    [InlineData("|v: vec[i64]| let g = merge(groupmerger[i64,i64], {1L, 2L}); map(tovec(result(for(v, g, |b, i, x| merge(b, {x, i})))), |g| sum(g.$1))")]
    [InlineData("|v: vec[i64], g: {groupmerger[i64,i64],merger[i64,+]}| let r = result(for(v, g, |b, i, x| {merge(b.$0, {x, i}), b.$1})); map(tovec(r.$0), |g| sum(g.$1))")]
    public void AGroupmergerThatIsNotNewStays(string program) => Rewrites.Keeps(Pass, program);

    [Fact]
    public void AnInitialDictionaryKeepsItsGroups() => Rewrites.Keeps(
        Pass, "|v: vec[{i64,i64}], old: dict[i64,vec[i64]]| map(tovec(result(for(v, groupmerger[i64,i64](old), |b, i, x| merge(b, {x.$0, x.$1})))), |g| sum(g.$1))");

    [Fact]
    public void GroupsAreReducedAlsoWhereTheirLoopIsJoinedWithAnother()
    {
        var program = Rewrites.Read("|k: vec[i64], v: vec[f64]| let d = result(for(zip(k, v), groupmerger[i64,f64], |b, i, e| merge(b, e))); {sum(v), map(tovec(d), |g| {g.$0, sum(map(g.$1, |x| x * 2.0)) / f64(len(g.$1))})}");
        var text = Core.IR.Printer.Print(Core.Optimizer.ProgramOptimizer.Optimize(program).Program);
        Assert.DoesNotContain("groupmerger", text, StringComparison.Ordinal);
        Assert.Contains("{merger[f64,+], dictmerger[i64,{f64,i64},+]}", text, StringComparison.Ordinal);
    }
}
