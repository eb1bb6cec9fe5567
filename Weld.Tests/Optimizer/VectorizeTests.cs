using System.Text.RegularExpressions;
using Weld.Core.IR;
using Weld.Core.Optimizer;
using Weld.Tests.Repository;

namespace Weld.Tests.Optimizer;

public partial class VectorizeTests
{
    private const string Pass = "vectorize";

    [Theory]
    [InlineData("|v: vec[f64]| result(", "for(v, merger[f64,+], |b, i, x| merge(b, x * 2.0))", ")")]
    [InlineData("|v: vec[i32]| result(", "for(v, appender[i64], |b, i, x| if(x > 3, merge(b, i64(x) + i), b))", ")")]
    [InlineData("|v: vec[f32], w: vec[f64]| result(", "for(zip(v, w), {merger[f64,max], appender[f32]}, |b, i, e| {merge(b.$0, exp(e.$1)), merge(b.$1, e.$0)})", ")")]
    [InlineData("|v: vec[i64], c: vec[i64]| result(", "for(v, vecmerger[i64,+](c), |b, i, x| merge(b, {x & 7L, 1L}))", ")")]
    [InlineData("|v: vec[i64], t: vec[f64], s: {vec[f64],f64}| result(", "for(v, merger[f64,min], |b, i, x| let y = lookup(t, x); merge(b, y + lookup(s.$0, i) + s.$1 + f64(len(t))))", ")")]
    [InlineData("|n: i64| result(", "for(rangeiter(0L, n, 1L), merger[i64,+], |b, i, x| merge(b, select(x > 2L, x, i)))", ")")]
    [InlineData("|v: vec[i64]| result(", "for(iter(v, 1L, 9L, 1L), merger[i64,^], |b, i, x| merge(b, x << 2L))", ")")]
    [InlineData("|v: vec[f64]| result(", "for(v, merger[{f64,f64},{+,*}], |b, i, x| merge(b, {x / 3.0, sqrt(x)}))", ")")]
    [InlineData("|v: vec[f32]| result(", "for(simditer(v), merger[f32,+], |b, i, x| merge(b, x * broadcast(2.0f)))", ")")]
    public void LoopsThatMayRunInSimdAreMarked(string before, string loop, string after) =>
        Rewrites.Optimizes(Pass, $"{before}{loop}{after}", $"{before}@(vectorize: true) {loop}{after}");

    [Fact]
    public void AnInnerLoopIsMarkedAndTheOuterIsNot() => Rewrites.Optimizes(
        Pass,
        "|m: vec[vec[f64]]| result(for(m, merger[f64,+], |b, i, row| for(row, b, |c, j, x| merge(c, x))))",
        "|m: vec[vec[f64]]| result(for(m, merger[f64,+], |b, i, row| @(vectorize: true) for(row, b, |c, j, x| merge(c, x))))");

    [Theory]
    [InlineData(nameof(Obstacle.Annotation), "|v: vec[f64]| result(@(vectorize: false) for(v, merger[f64,+], |b, i, x| merge(b, x)))")]
    [InlineData(nameof(Obstacle.Iterator), "|v: vec[i64]| result(for(iter(v, 0L, 4L, 2L), merger[i64,+], |b, i, x| merge(b, x)))")]
    [InlineData(nameof(Obstacle.Iterator), "|n: i64| result(for(rangeiter(0L, n, 2L), merger[i64,+], |b, i, x| merge(b, x)))")]
    [InlineData(nameof(Obstacle.Iterator), "|v: vec[i64], s: vec[i64]| result(for(nditer(v, 0L, 4L, 1L, s, s), merger[i64,+], |b, i, x| merge(b, x)))")]
    [InlineData(nameof(Obstacle.Fringe), "|v: vec[i64]| result(for(fringeiter(v), merger[i64,+], |b, i, x| merge(b, x)))")]
    [InlineData(nameof(Obstacle.ElementType), "|v: vec[{i64,i64}]| result(for(v, merger[i64,+], |b, i, x| merge(b, x.$0)))")]
    [InlineData(nameof(Obstacle.ElementType), "|v: vec[i64]| result(for(v, appender[{i64,i64}], |b, i, x| merge(b, {x, i})))")]
    [InlineData(nameof(Obstacle.ElementType), "|v: vec[i64], t: vec[{i64,i64}]| result(for(v, merger[i64,+], |b, i, x| merge(b, lookup(t, x).$1)))")]
    [InlineData(nameof(Obstacle.KeyedBuilder), "|v: vec[i64]| result(for(v, {merger[i64,+], dictmerger[i64,i64,+]}, |b, i, x| {merge(b.$0, x), merge(b.$1, {x, i})}))")]
    [InlineData(nameof(Obstacle.KeyedBuilder), "|v: vec[i64]| result(for(v, groupmerger[i64,i64], |b, i, x| merge(b, {x, i})))")]
    [InlineData(nameof(Obstacle.InnerLoop), "|v: vec[i64]| result(for(v, merger[i64,+], |b, i, x| merge(b, iterate(x, |y| {y - 1L, y > 9L}))))")]
    [InlineData(nameof(Obstacle.InnerLoop), "|v: vec[i64]| result(for(v, merger[i64,+], |b, i, x| merge(b, result(merge(merger[i64,+], x)))))")]
    [InlineData(nameof(Obstacle.HostCall), "|v: vec[i64]| result(for(v, merger[i64,+], |b, i, x| merge(b, cudf[square,i64](x))))")]
    [InlineData(nameof(Obstacle.DictionaryLookup), "|v: vec[i64], d: dict[i64,i64]| result(for(v, merger[i64,+], |b, i, x| if(keyexists(d, x), merge(b, x), b)))")]
    [InlineData(nameof(Obstacle.CompoundValue), "|v: vec[i64]| result(for(v, merger[i64,+], |b, i, x| merge(b, len(slice(v, 0L, x)))))")]
    [InlineData(nameof(Obstacle.CompoundValue), "|v: vec[i64]| result(for(v, merger[i64,+], |b, i, x| if({x, i} < {i, x}, merge(b, x), b)))")]
    [InlineData(nameof(Obstacle.Operator), "|v: vec[f64]| result(for(v, merger[f64,+], |b, i, x| merge(b, x % 3.0)))")]
    public void OthersAreNotAndTheReasonIsKnown(string obstacle, string program)
    {
        Rewrites.Keeps(Pass, program);
        Assert.Equal(Enum.Parse<Obstacle>(obstacle), Obstacles.Of(Loops(Rewrites.Read(program)).First()));
    }

    [Fact]
    public void TheListOfReasonsIsDocumented() => Assert.Equal(
        Enum.GetValues<Obstacle>().Select(o => o.Name()),
        Reason().Matches(Checkout.Read("docs/optimizer.md").Split("| `why_not` | |")[1].Split("\n\n")[0]).Select(m => m.Groups[1].Value));

    private static IEnumerable<For> Loops(Expr expr) => expr is For f ? [f, .. expr.Children.SelectMany(Loops)] : expr.Children.SelectMany(Loops);

    [GeneratedRegex(@"^\| `([a-z-]+)` \|", RegexOptions.Multiline)]
    private static partial Regex Reason();
}
