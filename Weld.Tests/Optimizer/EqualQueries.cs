namespace Weld.Tests.Optimizer;

/// <summary>Queries that mean the same and are written differently, in groups: the optimizer makes one plan of each group.</summary>
internal static class EqualQueries
{
    /// <summary>Parameters that most queries take.</summary>
    private const string V = "|v: vec[i64]| ";

    public static IReadOnlyDictionary<string, string[]> Groups { get; } = new Dictionary<string, string[]>
    {
        ["a filter before or after a map"] =
        [
            V + "filter(map(v, |x| x + 1L), |y| y > 5L)",
            V + "map(filter(v, |x| x + 1L > 5L), |x| x + 1L)",
            V + "result(for(v, appender, |b, i, x| if(x + 1L > 5L, merge(b, x + 1L), b)))",
        ],
        ["the sum of a map or a loop"] =
        [
            V + "sum(map(v, |x| x * x + 1L))",
            V + "result(for(v, merger[i64,+], |b, i, x| merge(b, x * x + 1L)))",
            V + "let squares = map(v, |x| x * x); sum(map(squares, |s| s + 1L))",
        ],
        ["one loop or two"] =
        [
            V + "let r = result(for(v, {merger[i64,+], merger[i64,max]}, |b, i, x| {merge(b.$0, x), merge(b.$1, x)})); {r.$0, r.$1}",
            V + "let a = result(for(v, merger[i64,+], |b, i, x| merge(b, x))); let m = result(for(v, merger[i64,max], |b, i, x| merge(b, x))); {a, m}",
            V + "{sum(v), result(for(v, merger[i64,max], |b, i, x| merge(b, x)))}",
        ],
        ["a let or nested"] =
        [
            V + "let s = sum(v); let t = s * 2L; t + 1L",
            V + "sum(v) * 2L + 1L",
        ],
        ["a zip or lookups by index"] =
        [
            V + "let w = map(v, |x| x * 3L); result(for(zip(v, w), merger[i64,+], |b, i, p| merge(b, p.$0 * p.$1)))",
            V + "let w = map(v, |x| x * 3L); result(for(v, merger[i64,+], |b, i, x| merge(b, x * lookup(w, i))))",
            V + "result(for(v, merger[i64,+], |b, i, x| merge(b, x * (x * 3L))))",
        ],
        ["an element by its index or by itself"] =
        [
            V + "result(for(v, appender, |b, i, x| merge(b, lookup(v, i) + x)))",
            V + "map(v, |x| x + x)",
        ],
        ["a filter twice or with &&"] =
        [
            V + "filter(filter(v, |x| x > 2L), |x| x < 9L)",
            V + "filter(v, |x| x > 2L && x < 9L)",
            V + "result(for(v, appender, |b, i, x| if(x > 2L, if(x < 9L, merge(b, x), b), b)))",
        ],
        ["a map of a map or one map"] =
        [
            V + "map(map(map(v, |x| x + 1L), |x| x * x), |x| x - 3L)",
            V + "map(v, |x| (x + 1L) * (x + 1L) - 3L)",
            V + "map(v, |x| let y = x + 1L; y * y - 3L)",
        ],
        ["the length of a map"] =
        [
            V + "len(map(v, |x| x * x))",
            V + "len(v)",
            V + "len(map(map(v, |x| {x, x}), |p| p.$0))",
        ],
        ["a group that is summed or a dictmerger"] =
        [
            V + "let g = result(for(v, groupmerger[i64,i64], |b, i, x| merge(b, {x & 3L, x}))); map(tovec(g), |e| {e.$0, sum(e.$1)})",
            V + "tovec(result(for(v, dictmerger[i64,i64,+], |b, i, x| merge(b, {x & 3L, x}))))",
            V + "let pairs = map(v, |x| {x & 3L, x}); tovec(result(for(pairs, dictmerger[i64,i64,+], |b, i, p| merge(b, p))))",
        ],
        ["a group that is counted or a dictmerger"] =
        [
            V + "let g = result(for(v, groupmerger[i64,i64], |b, i, x| merge(b, {x & 3L, x}))); map(tovec(g), |e| {e.$0, len(e.$1)})",
            V + "tovec(result(for(v, dictmerger[i64,i64,+], |b, i, x| merge(b, {x & 3L, 1L}))))",
        ],
        ["the sum and count of each group"] =
        [
            V + "let g = result(for(v, groupmerger[i64,i64], |b, i, x| merge(b, {x & 3L, x}))); map(tovec(g), |e| {e.$0, sum(e.$1), len(e.$1)})",
            V + "let d = result(for(v, dictmerger[i64,{i64,i64},+], |b, i, x| merge(b, {x & 3L, {x, 1L}}))); map(tovec(d), |e| {e.$0, e.$1.$0, e.$1.$1})",
        ],
        ["a mean in two loops or in one"] =
        [
            "|v: vec[f64]| sum(map(v, |x| x * 2.0)) / result(for(v, merger[f64,+], |b, i, x| merge(b, 1.0)))",
            "|v: vec[f64]| let r = result(for(v, {merger[f64,+], merger[f64,+]}, |b, i, x| {merge(b.$0, x * 2.0), merge(b.$1, 1.0)})); r.$0 / r.$1",
        ],
        ["a count of what passes by len or by a merger"] =
        [
            V + "len(filter(v, |x| x > 5L))",
            V + "result(for(v, merger[i64,+], |b, i, x| if(x > 5L, merge(b, 1L), b)))",
            V + "sum(map(filter(v, |x| x > 5L), |x| 1L))",
        ],
        ["the sum of what passes"] =
        [
            V + "sum(filter(v, |x| x > 5L))",
            V + "result(for(v, merger[i64,+], |b, i, x| if(x > 5L, merge(b, x), b)))",
            V + "let f = filter(v, |x| x > 5L); result(for(f, merger[i64,+], |b, i, x| merge(b, x)))",
        ],
        ["a flatten of literals or two merges"] =
        [
            V + "flatten(map(v, |x| [x, x + 1L]))",
            V + "result(for(v, appender, |b, i, x| merge(merge(b, x), x + 1L)))",
            V + "result(for(v, appender, |b, i, x| for([x, x + 1L], b, |c, j, y| merge(c, y))))",
        ],
        ["the sum of a flatten or a nested loop"] =
        [
            "|m: vec[vec[i64]]| sum(flatten(m))",
            "|m: vec[vec[i64]]| result(for(m, merger[i64,+], |b, i, r| for(r, b, |c, j, x| merge(c, x))))",
        ],
        ["a map before or after a flatten"] =
        [
            "|m: vec[vec[i64]]| map(flatten(m), |x| x * 2L)",
            "|m: vec[vec[i64]]| flatten(map(m, |r| map(r, |x| x * 2L)))",
        ],
        ["a zip as a value or in the loop"] =
        [
            "|v: vec[i64], w: vec[i64]| let z = zip(v, w); map(z, |p| p.$0 + p.$1)",
            "|v: vec[i64], w: vec[i64]| map(zip(v, w), |p| p.$0 + p.$1)",
            "|v: vec[i64], w: vec[i64]| result(for(zip(v, w), appender, |b, i, p| merge(b, p.$0 + p.$1)))",
        ],
        ["two maps zipped or one map"] =
        [
            V + "let a = map(v, |x| x + 1L); let c = map(v, |x| x * 2L); map(zip(a, c), |p| p.$0 - p.$1)",
            V + "map(v, |x| x + 1L - x * 2L)",
            V + "map(zip(map(v, |x| x + 1L), v), |p| p.$0 - p.$1 * 2L)",
        ],
        ["a value that nothing uses"] =
        [
            V + "let unused = map(v, |x| x * 7L); let alone = sum(unused); sum(v)",
            V + "sum(v)",
        ],
        ["a function by name or in place"] =
        [
            V + "let f = |x: i64| x * 2L + 1L; map(v, |y| f(f(y)))",
            V + "map(v, |y| (y * 2L + 1L) * 2L + 1L)",
        ],
        ["constants worked out or not"] =
        [
            V + "let six = 2L * 3L; map(v, |x| x * six + i64(min(4, 9)))",
            V + "map(v, |x| x * 6L + 4L)",
        ],
        ["what changes nothing"] =
        [
            V + "map(v, |x| (x + 1L) * 1L + 0L)",
            V + "map(v, |x| x + 1L)",
            V + "map(v, |x| -(-(x + 1L)))",
        ],
        ["a struct made and taken apart"] =
        [
            V + "map(map(v, |x| {x, x + 1L, {x * 2L, x}}), |p| p.$0 * p.$1 + p.$2.$0)",
            V + "map(v, |x| x * (x + 1L) + x * 2L)",
        ],
        ["an if or a select"] =
        [
            V + "map(v, |x| if(x > 0L, x, 0L - x))",
            V + "map(v, |x| select(x > 0L, x, 0L - x))",
        ],
        ["the same thing twice or a let"] =
        [
            V + "map(v, |x| (x * x + 1L) * (x * x + 1L))",
            V + "map(v, |x| let t = x * x + 1L; t * t)",
        ],
        ["what does not change in a loop, inside or outside"] =
        [
            "|v: vec[i64], a: i64| map(v, |x| x * (a * a + 1L))",
            "|v: vec[i64], a: i64| let c = a * a + 1L; map(v, |x| x * c)",
        ],
        ["lets in another order"] =
        [
            "|v: vec[i64], w: vec[i64]| let a = sum(v); let c = sum(w); {a, c}",
            "|v: vec[i64], w: vec[i64]| let c = sum(w); let a = sum(v); {a, c}",
            "|v: vec[i64], w: vec[i64]| {sum(v), sum(w)}",
        ],
        ["pairs into a dictionary"] =
        [
            V + "result(for(map(v, |x| {x & 7L, x * x}), dictmerger[i64,i64,+], |b, i, p| merge(b, p)))",
            V + "result(for(v, dictmerger[i64,i64,+], |b, i, x| merge(b, {x & 7L, x * x})))",
            V + "let k = map(v, |x| x & 7L); let s = map(v, |x| x * x); result(for(zip(k, s), dictmerger[i64,i64,+], |b, i, p| merge(b, {p.$0, p.$1})))",
        ],
        ["an element of a map or a map of an element"] =
        [
            V + "lookup(map(v, |x| x * x + 1L), 0L)",
            V + "let x = lookup(v, 0L); x * x + 1L",
        ],
        ["two columns in two loops or in one"] =
        [
            V + "{map(v, |x| x + 1L), map(v, |x| x * 2L)}",
            V + "let r = result(for(v, {appender[i64], appender[i64]}, |b, i, x| {merge(b.$0, x + 1L), merge(b.$1, x * 2L)})); {r.$0, r.$1}",
            V + "let a = map(v, |x| x + 1L); let c = map(v, |x| x * 2L); {a, c}",
        ],
        ["two reductions of one producer"] =
        [
            V + "let p = map(v, |x| x * x); {sum(p), result(for(p, merger[i64,max], |b, i, x| merge(b, x)))}",
            V + "{sum(map(v, |x| x * x)), result(for(map(v, |x| x * x), merger[i64,max], |b, i, x| merge(b, x)))}",
            V + "let r = result(for(v, {merger[i64,+], merger[i64,max]}, |b, i, x| let s = x * x; {merge(b.$0, s), merge(b.$1, s)})); {r.$0, r.$1}",
        ],
        ["a forecast of revenue from columns"] =
        [
            "|p: vec[i64], d: vec[i64], q: vec[i64]| sum(map(filter(zip(p, d, q), |r| r.$1 >= 5L && r.$1 <= 7L && r.$2 < 24L), |r| r.$0 * r.$1))",
            "|p: vec[i64], d: vec[i64], q: vec[i64]| result(for(zip(p, d, q), merger[i64,+], |b, i, r| if(r.$1 >= 5L && r.$1 <= 7L && r.$2 < 24L, merge(b, r.$0 * r.$1), b)))",
        ],
        ["the sum of a literal or its elements"] =
        [
            "|a: i64, b: i64, c: i64| sum([a, b, c])",
            "|a: i64, b: i64, c: i64| a + b + c",
        ],
        ["a part that is not used"] =
        [
            V + "let r = result(for(v, {merger[i64,+], appender[i64]}, |b, i, x| {merge(b.$0, x), merge(b.$1, x * x)})); r.$0",
            V + "sum(v)",
        ],
        ["a condition that is known"] =
        [
            V + "filter(map(v, |x| if(1 < 2, x + 1L, x / 0L)), |x| true)",
            V + "map(v, |x| x + 1L)",
        ],
        ["a condition asked twice"] =
        [
            V + "result(for(v, appender, |b, i, x| if(x > 3L, merge(b, if(x > 3L, x + 1L, x)), b)))",
            V + "result(for(v, appender, |b, i, x| if(x > 3L, merge(b, x + 1L), b)))",
        ],
        ["no and other conditions"] =
        [
            V + "filter(v, |x| !(x > 3L))",
            V + "filter(v, |x| x <= 3L)",
            V + "result(for(v, appender, |b, i, x| if(x > 3L, b, merge(b, x))))",
        ],
        ["a constant on the left or on the right"] =
        [
            V + "map(v, |x| 3L + x * 2L)",
            V + "map(v, |x| 2L * x + 3L)",
        ],
        ["the first elements of a map"] =
        [
            V + "slice(map(v, |x| x * x), 0L, 3L)",
            V + "map(slice(v, 0L, 3L), |x| x * x)",
        ],
        ["a producer in a let, used in the loop's body"] =
        [
            V + "let total = sum(map(v, |x| x * 2L)); map(v, |x| x + total)",
            V + "map(v, |x| x + sum(map(v, |y| y * 2L)))",
        ],
    };
}
