using static Weld.Tests.Optimizer.Rewrites;

namespace Weld.Tests.Optimizer;

public class LoopFusionTests
{
    private const string Pass = "loop-fusion";

    [Theory]

    // Map over map, reduction over map, the index before and after.
    [InlineData(
        "|v: vec[i64]| result(for(result(for(v, appender[i64], |b, i, x| merge(b, x + 1L))), appender[i64], |b, i, x| merge(b, x * 2L)))",
        "|v: vec[i64]| result(for(v, appender[i64], |b, i, x| let y = x + 1L; let z = y * 2L; merge(b, z)))")]
    [InlineData(
        "|v: vec[i64]| result(for(result(for(v, appender[i64], |b, i, x| merge(b, x * i))), merger[i64,+], |b, i, x| merge(b, x + i)))",
        "|v: vec[i64]| result(for(v, merger[i64,+], |b, i, x| let y = x * i; merge(b, y + i)))")]

    // Filters, on either side; several uses of the element.
    [InlineData(
        "|v: vec[i64]| result(for(result(for(v, appender[i64], |b, i, x| if(x > 0L, merge(b, x + i), b))), appender[i64], |b, i, x| merge(b, x * x)))",
        "|v: vec[i64]| result(for(v, appender[i64], |b, i, x| if(x > 0L, (let y = x + i; let z = y * y; merge(b, z)), b)))")]
    [InlineData(
        "|v: vec[i64]| result(for(result(for(v, appender[i64], |b, i, x| merge(b, x * 3L))), merger[i64,+], |b, i, x| if(x > 9L, merge(b, x), b)))",
        "|v: vec[i64]| result(for(v, merger[i64,+], |b, i, x| let y = x * 3L; if(y > 9L, merge(b, y), b)))")]
    [InlineData(
        "|v: vec[i64]| result(for(result(for(v, appender[i64], |b, i, x| if(x > 0L, merge(b, x), merge(b, -x)))), merger[i64,+], |b, i, x| merge(b, x)))",
        "|v: vec[i64]| result(for(v, merger[i64,+], |b, i, x| let y = if(x > 0L, x, -x); merge(b, y)))")]

    // Flattening, and two merges of one element.
    [InlineData(
        "|v: vec[vec[i64]]| result(for(result(for(v, appender[i64], |b, i, w| for(w, b, |c, j, x| merge(c, x)))), merger[i64,+], |b, i, x| merge(b, x * x)))",
        "|v: vec[vec[i64]]| result(for(v, merger[i64,+], |b, i, w| for(w, b, |c, j, x| let y = x; merge(c, y * y))))")]
    [InlineData(
        "|v: vec[i64]| result(for(result(for(v, appender[i64], |b, i, x| merge(merge(b, x), -x))), merger[i64,+], |b, i, x| merge(b, x * x)))",
        "|v: vec[i64]| result(for(v, merger[i64,+], |b, i, x| let c = (let y = x; merge(b, y * y)); let z = -x; merge(c, z * z)))")]

    // Into groups, dictionaries and vectors.
    [InlineData(
        "|v: vec[i64]| result(for(result(for(v, appender[{i64,i64}], |b, i, x| merge(b, {x % 7L, x}))), groupmerger[i64,i64], |b, i, e| merge(b, e)))",
        "|v: vec[i64]| result(for(v, groupmerger[i64,i64], |b, i, x| let y = {x % 7L, x}; merge(b, y)))")]
    [InlineData(
        "|v: vec[i64], w: vec[f64]| result(for(result(for(v, appender[i64], |b, i, x| merge(b, x % 7L))), vecmerger[f64,+](w), |b, i, e| merge(b, {e, 1.0})))",
        "|v: vec[i64], w: vec[f64]| result(for(v, vecmerger[f64,+](w), |b, i, x| let y = x % 7L; merge(b, {y, 1.0})))")]

    // Zipped: producers over different vectors, beside data; over bounds that are the same; over a range.
    [InlineData(
        "|v: vec[i64], w: vec[i64], u: vec[i64]| result(for(zip(result(for(v, appender[i64], |b, i, x| merge(b, x + 1L))), result(for(w, appender[i64], |b, i, x| merge(b, x * 2L))), u), merger[i64,+], |b, i, x| merge(b, x.$0 * x.$1 * x.$2)))",
        "|v: vec[i64], w: vec[i64], u: vec[i64]| result(for(zip(v, w, u), merger[i64,+], |b, i, x| let k = i; let y = x.$0 + 1L; let z = x.$1 * 2L; merge(b, y * z * x.$2)))",
        true)]
    [InlineData(
        "|v: vec[i64]| result(for(zip(result(for(iter(v, 0L, 8L, 2L), appender[i64], |b, i, x| merge(b, x + 1L))), iter(v, 0L, 8L, 2L)), merger[i64,+], |b, i, x| merge(b, x.$0 * x.$1)))",
        "|v: vec[i64]| result(for(iter(v, 0L, 8L, 2L), merger[i64,+], |b, i, x| let y = x + 1L; merge(b, y * x)))")]
    [InlineData(
        "|n: i64| result(for(result(for(rangeiter(0L, n, 1L), appender[i64], |b, i, x| merge(b, x * x))), merger[i64,+], |b, i, x| merge(b, x)))",
        "|n: i64| result(for(rangeiter(0L, n, 1L), merger[i64,+], |b, i, x| let y = x * x; merge(b, y)))")]

    // Horizontally: in a struct, in lets, of any builders, over some of the same data.
    [InlineData(
        "|v: vec[i64]| {result(for(v, merger[i64,+], |b, i, x| merge(b, x))), result(for(v, merger[i64,max], |b, i, x| merge(b, x)))}",
        "|v: vec[i64]| let r = result(for(v, {merger[i64,+], merger[i64,max]}, |b, i, x| {merge(b.$0, x), merge(b.$1, x)})); let s = r.$0; let t = r.$1; {s, t}")]
    [InlineData(
        "|v: vec[i64], w: vec[i64]| let s = result(for(v, merger[i64,+], |b, i, x| merge(b, x))); let d = result(for(zip(v, w), dictmerger[i64,i64,+], |b, i, x| merge(b, x))); {s, d}",
        "|v: vec[i64], w: vec[i64]| let r = result(for(zip(v, w), {merger[i64,+], dictmerger[i64,i64,+]}, |b, i, x| {merge(b.$0, x.$0), merge(b.$1, {x.$0, x.$1})})); let s = r.$0; let d = r.$1; {s, d}")]

    // A producer used twice runs once, and its vector is made where something takes it.
    [InlineData(
        "|v: vec[i64]| let w = result(for(v, appender[i64], |b, i, x| merge(b, x * x))); {w, result(for(w, merger[i64,+], |b, i, x| merge(b, x)))}",
        "|v: vec[i64]| let r = result(for(v, {appender[i64], merger[i64,+]}, |b, i, x| let y = x * x; {merge(b.$0, y), merge(b.$1, y)})); let w = r.$0; let s = r.$1; {w, s}")]

    // Filters with one condition stay side by side; what is zipped from them is one loop.
    [InlineData(
        "|v: vec[i64], w: vec[i64]| let a = result(for(zip(v, w), appender[i64], |b, i, x| if(x.$1 > 0L, merge(b, x.$0), b))); let c = result(for(w, appender[i64], |b, i, x| if(x > 0L, merge(b, x), b))); result(for(zip(a, c), merger[i64,+], |b, i, x| merge(b, x.$0 * x.$1)))",
        "|v: vec[i64], w: vec[i64]| result(for(zip(v, w), merger[i64,+], |b, i, x| if(x.$1 > 0L, (let y = x.$0; merge(b, y * x.$1)), b)))")]

    // A loop waits for the one that visits its elements.
    [InlineData(
        "|v: vec[i64], w: vec[i64]| let c = result(for(w, appender[i64], |b, i, x| merge(b, x + 1L))); let s = result(for(w, merger[i64,+], |b, i, x| merge(b, x))); result(for(c, merger[i64,max], |b, i, x| merge(b, x * s)))",
        "|v: vec[i64], w: vec[i64]| let s = result(for(w, merger[i64,+], |b, i, x| merge(b, x))); result(for(w, merger[i64,max], |b, i, x| let y = x + 1L; merge(b, y * s)))")]

    // What another loop made of the same data, at the loop's own index.
    [InlineData(
        "|v: vec[i64]| let w = result(for(v, appender[i64], |b, i, x| merge(b, x * x))); result(for(v, merger[i64,+], |b, i, x| merge(b, x + lookup(w, i))))",
        "|v: vec[i64]| result(for(v, merger[i64,+], |b, i, x| let y = x * x; merge(b, x + y)))")]

    // A copy is what it is a copy of.
    [InlineData("|v: vec[i64]| result(for(v, appender[i64], |b, i, x| merge(b, x)))", "|v: vec[i64]| v")]

    // Builders that are passed on.
    [InlineData(
        "|v: vec[i64]| result(for(v, merger[i64,+], |b, i, x| for(result(for(v, appender[i64], |c, j, y| merge(c, x * y))), b, |d, k, z| merge(d, z))))",
        "|v: vec[i64]| result(for(v, merger[i64,+], |b, i, x| for(v, b, |d, j, y| let z = x * y; merge(d, z))))")]

    // Lengths and elements without the vector; elements at hand; all indexes of a vector.
    [InlineData("|v: vec[i64]| len(result(for(v, appender[i64], |b, i, x| merge(b, x + 1L))))", "|v: vec[i64]| len(v)")]
    [InlineData(
        "|v: vec[i64]| len(result(for(v, appender[i64], |b, i, x| if(x > 1L, merge(b, x), b))))",
        "|v: vec[i64]| len(result(for(v, appender[i64], |b, i, x| if(x > 1L, merge(b, x), b))))",
        true)]
    [InlineData("|v: vec[i64], k: i64| lookup(result(for(v, appender[i64], |b, i, x| merge(b, x + i))), k)", "|v: vec[i64], k: i64| let i = k; let x = lookup(v, i); x + i")]
    [InlineData("|v: vec[i64]| result(for(v, merger[i64,+], |b, i, x| merge(b, x * lookup(v, i))))", "|v: vec[i64]| result(for(v, merger[i64,+], |b, i, x| merge(b, x * x)))")]
    [InlineData("|v: vec[i64]| result(for(rangeiter(0L, len(v), 1L), merger[i64,+], |b, i, x| merge(b, lookup(v, x))))", "|v: vec[i64]| result(for(v, merger[i64,+], |b, i, x| merge(b, x)))")]
    public void LoopsBecomeOne(string input, string output, bool onlyLoops = false)
    {
        if (onlyLoops)
        {
            Assert.True(Loops(output) >= Loops(Weld.Core.IR.Printer.PrintProgram(Run(Pass, Read(input)).Program)));
        }
        else
        {
            Optimizes(Pass, input, output);
        }
    }

    private static int Loops(string text) => text.Split("for(").Length;

    [Theory]

    // The index after a filter is not the index before it.
    [InlineData("|v: vec[i64]| result(for(result(for(v, appender[i64], |b, i, x| if(x > 0L, merge(b, x), b))), merger[i64,+], |b, i, x| merge(b, x * i)))")]

    // A filter's elements beside data as long as they are.
    [InlineData("|v: vec[i64], w: vec[i64]| result(for(zip(result(for(v, appender[i64], |b, i, x| if(x > 0L, merge(b, x), b))), w), merger[i64,+], |b, i, x| merge(b, x.$0 * x.$1)))")]

    // Part of the elements; the elements in another order.
    [InlineData("|v: vec[i64]| result(for(iter(result(for(v, appender[i64], |b, i, x| merge(b, x + 1L))), 0L, 2L, 1L), merger[i64,+], |b, i, x| merge(b, x)))")]

    // An appender that does not start empty.
    [InlineData("|v: vec[i64]| result(for(result(for(v, appender[i64](v), |b, i, x| merge(b, x + 1L))), merger[i64,+], |b, i, x| merge(b, x)))")]

    // A loop that needs all of what it visits.
    [InlineData("|v: vec[i64]| let w = result(for(v, appender[i64], |b, i, x| merge(b, x + 1L))); result(for(w, merger[i64,+], |b, i, x| merge(b, x * lookup(w, 0L))))")]

    // Host functions with effects keep their order.
    [InlineData("|v: vec[i64]| result(for(result(for(v, appender[i64], |b, i, x| merge(b, cudf[note,i64](x)))), merger[i64,+], |b, i, x| merge(b, cudf[note,i64](-x))))")]

    // What may not run at all.
    [InlineData("|v: vec[i64], c: bool| {result(for(v, merger[i64,+], |b, i, x| merge(b, x))), if(c, result(for(v, merger[i64,max], |b, i, x| merge(b, x))), 0L)}")]

    // Annotations that say different things.
    [InlineData("|v: vec[i64]| {result(@(vectorize: true) for(v, merger[i64,+], |b, i, x| merge(b, x))), result(@(vectorize: false) for(v, merger[i64,max], |b, i, x| merge(b, x)))}")]

    // Loops over data of their own.
    [InlineData("|v: vec[i64], w: vec[i64]| {result(for(v, merger[i64,+], |b, i, x| merge(b, x))), result(for(w, merger[i64,+], |b, i, x| merge(b, x)))}")]
    [InlineData("|v: vec[i64]| {result(for(iter(v, 0L, 4L, 2L), merger[i64,+], |b, i, x| merge(b, x))), result(for(iter(v, 0L, 4L, 1L), merger[i64,+], |b, i, x| merge(b, x)))}")]

    // The element is not used, so the check of the index would go.
    [InlineData("|v: vec[i64], k: i64| lookup(result(for(v, appender[i64], |b, i, x| merge(b, 1L))), k)")]

    // A length that the zip has still to check.
    [InlineData("|v: vec[i64], w: vec[i64]| let z = result(for(zip(v, w), appender[i64], |b, i, x| merge(b, x.$0 * x.$1))); {z, len(z)}")]

    // A length that no loop can count where the elements are made.
    [InlineData("|v: vec[i64]| len(result(for(v, appender[i64], |b, i, x| iterate({b, 0L}, |s| {{merge(s.$0, x), s.$1 + 1L}, s.$1 < x}).$0)))")]
    public void LoopsStayApart(string input) => Keeps(Pass, input);

    [Fact]
    public void ALoopThatNothingUsesStaysWithTheBuilderThatItTakes() => Optimizes(
        Pass,
        "|v: vec[i64]| let b = for(v, merger[i64,+], |b, i, x| merge(b, x)); let unused = result(for(v, merger[i64,+](result(b)), |b, i, x| merge(b, x))); sum(map(v, |x| x + 1L))",
        "|v: vec[i64]| let b = for(v, merger[i64,+], |b, i, x| merge(b, x)); let r = result(for(v, {merger[i64,+](result(b)), merger[i64,+]}, |b, i, x| let y = (|x| x + 1L)(x); {merge(b.$0, x), merge(b.$1, y)})); let unused = r.$0; r.$1");
}
