using Weld.Core;
using Weld.Core.Diagnostics;
using Weld.Core.Values;
using Weld.Managed;

namespace Weld.Tests.Managed;

public sealed class ReviewTests
{
    private static readonly string[] AsWritten = ["inline-apply", "vectorize"];
    private static readonly int[] Sizes = [1, 3, 17];

    [Theory]
    [InlineData(1, "|v: vec[i64], w: vec[i64]| let f = |q: i64| result(for(w, appender[i64], |c, j, y| merge(c, y + q))); result(for(v, merger[i64,+], |b, i, x| let s = result(for(w, merger[i64,+], |c, j, y| merge(c, lookup(f(y + x), 0L)))); let m = result(for(w, appender[vec[i64]], |c, j, y| merge(c, f(y ^ x)))); merge(b, s + sum(map(m, |r| sum(r))))))")]
    [InlineData(2, "|v: vec[i64], w: vec[i64]| let f = |q: i64| result(for(w, appender[i64], |c, j, y| merge(c, y + q))); result(for(v, merger[i64,+], |b, i, x| let s = result(for(w, merger[i64,+], |c, j, y| let t = f(y + x); merge(c, lookup(t, j) + lookup(t, 0L)))); let m = result(for(w, appender[vec[i64]], |c, j, y| merge(c, f(y ^ x)))); merge(b, s + result(for(m, merger[i64,+], |d, k, r| for(m, d, |d2, k2, r2| merge(d2, lookup(r, k) * lookup(r2, k))))))))")]
    [InlineData(3, "|v: vec[i64], w: vec[i64]| let f = |q: vec[i64], z: i64| result(for(q, appender[i64], |c, j, y| merge(c, y + z))); result(for(v, merger[i64,+], |b, i, x| let s = result(for(w, merger[i64,+], |c, j, y| let t = f(w, y + x); merge(c, lookup(t, j) + lookup(t, 0L)))); let it = iterate({0L, w, w}, |u| {{u.$0 + 1L, f(u.$1, u.$0), u.$1}, u.$0 < 4L}); merge(b, s + sum(it.$1) * sum(it.$2))))")]
    [InlineData(4, "|v: vec[i64], w: vec[i64]| let f = |q: i64| map(w, |y| y + q); result(for(v, merger[i64,+], |b, i, x| let s = result(for(w, merger[i64,+], |c, j, y| let t = f(y + x); merge(c, lookup(t, j) + lookup(t, 0L)))); let m = result(for(w, appender[vec[i64]], |c, j, y| merge(c, f(y ^ x)))); merge(b, s + result(for(m, merger[i64,+], |d, k, r| for(m, d, |d2, k2, r2| merge(d2, lookup(r, k) * lookup(r2, k))))))))")]
    [InlineData(5, "|v: vec[i64], w: vec[i64]| result(for(v, merger[i64,+], |b, i, x| let s = result(for(w, merger[i64,+], |c, j, y| let t = map(w, |z| z + y + x); merge(c, lookup(t, j) + lookup(t, 0L)))); let m = result(for(w, appender[vec[i64]], |c, j, y| merge(c, map(w, |z| z + (y ^ x))))); merge(b, s + result(for(m, merger[i64,+], |d, k, r| for(m, d, |d2, k2, r2| merge(d2, lookup(r, k) * lookup(r2, k))))))))")]
    public void Shared(int n, string program)
    {
        _ = n;
        VectorLoop.Check(program, Sizes, AsWritten);
    }

    [Theory]
    [InlineData(1, "|v: vec[i64], w: vec[i64]| let f = |q: i64| result(for(w, appender[i64], |c, j, y| merge(c, y + q))); result(for(v, merger[i64,+], |b, i, x| let s = result(for(w, merger[i64,+], |c, j, y| let t = f(y + x); merge(c, lookup(t, j) + lookup(t, 0L)))); let m = result(for(w, appender[vec[i64]], |c, j, y| merge(c, f(y ^ x)))); merge(b, s + result(for(m, merger[i64,+], |d, k, r| for(m, d, |d2, k2, r2| merge(d2, lookup(r, k) * lookup(r2, k))))))))")]
    [InlineData(3, "|v: vec[i64], w: vec[i64]| let f = |q: vec[i64], z: i64| result(for(q, appender[i64], |c, j, y| merge(c, y + z))); result(for(v, merger[i64,+], |b, i, x| let s = result(for(w, merger[i64,+], |c, j, y| let t = f(w, y + x); merge(c, lookup(t, j) + lookup(t, 0L)))); let it = iterate({0L, w, w}, |u| {{u.$0 + 1L, f(u.$1, u.$0), u.$1}, u.$0 < 4L}); merge(b, s + sum(it.$1) * sum(it.$2))))")]
    [InlineData(4, "|v: vec[i64], w: vec[i64]| let f = |q: i64| map(w, |y| y + q); result(for(v, merger[i64,+], |b, i, x| let s = result(for(w, merger[i64,+], |c, j, y| let t = f(y + x); merge(c, lookup(t, j) + lookup(t, 0L)))); let m = result(for(w, appender[vec[i64]], |c, j, y| merge(c, f(y ^ x)))); merge(b, s + result(for(m, merger[i64,+], |d, k, r| for(m, d, |d2, k2, r2| merge(d2, lookup(r, k) * lookup(r2, k))))))))")]
    public void SharedOptimized(int n, string program)
    {
        _ = n;
        VectorLoop.Check(program, Sizes);
    }
    [Theory]
    [InlineData(30, "|v: vec[i64], w: vec[i64]| let f = |q: vec[i64], z: i64| result(for(q, appender[i64], |c, j, y| merge(c, y + z))); result(for(v, merger[i64,+], |b, i, x| let it = iterate({0L, w, w}, |u| {{u.$0 + 1L, f(u.$1, u.$0), u.$1}, u.$0 < 4L}); merge(b, sum(it.$1) * sum(it.$2))))")]
    [InlineData(31, "|v: vec[i64], w: vec[i64]| result(for(v, merger[i64,+], |b, i, x| let s = result(for(w, merger[i64,+], |c, j, y| let t = (|q: vec[i64], z: i64| result(for(q, appender[i64], |c, j, y| merge(c, y + z))))(w, y + x); merge(c, lookup(t, j) + lookup(t, 0L)))); let m = result(for(w, appender[vec[i64]], |c, j, y| merge(c, (|q: vec[i64], z: i64| result(for(q, appender[i64], |c, j, y| merge(c, y + z))))(w, y ^ x)))); merge(b, s + sum(map(m, |r| sum(r))))))")]
    [InlineData(32, "|v: vec[i64], w: vec[i64]| let f = |q: vec[i64], z: i64| result(for(q, appender[i64], |c, j, y| merge(c, y + z))); result(for(v, merger[i64,+], |b, i, x| let s = result(for(w, merger[i64,+], |c, j, y| let t = f(w, y + x); merge(c, lookup(t, j) + lookup(t, 0L)))); let m = result(for(w, appender[vec[i64]], |c, j, y| merge(c, f(w, y ^ x)))); merge(b, s + sum(map(m, |r| sum(r))))))")]
    [InlineData(33, "|v: vec[i64], w: vec[i64]| let f = |q: vec[i64], z: i64| result(for(q, appender[i64], |c, j, y| merge(c, y + z))); result(for(v, merger[i64,+], |b, i, x| let s = result(for(w, merger[i64,+], |c, j, y| let t = f(w, y + x); merge(c, lookup(t, j) + lookup(t, 0L)))); let m = result(for(w, appender[{i64,vec[i64]}], |c, j, y| let t = f(w, y ^ x); merge(c, {lookup(t, 0L), t}))); merge(b, s + result(for(m, merger[i64,+], |d, k, r| merge(d, r.$0 * lookup(r.$1, k) + lookup(r.$1, 0L)))))))")]
    [InlineData(34, "|v: vec[i64], w: vec[i64]| let f = |q: vec[i64], z: i64| result(for(q, appender[i64], |c, j, y| merge(c, y + z))); result(for(v, merger[i64,+], |b, i, x| let s = result(for(w, merger[i64,+], |c, j, y| let t = f(w, y + x); merge(c, lookup(t, j) + lookup(t, 0L)))); let d = result(for(w, dictmerger[vec[i64],i64,+], |c, j, y| merge(c, {f(slice(w, 0L, 2L), y & 3L), y}))); merge(b, s + result(for(tovec(d), merger[i64,+], |d, k, r| merge(d, r.$1 * sum(r.$0)))))))")]
    public void More(int n, string program)
    {
        _ = n;
        VectorLoop.Check(program, [3, 17, 40], AsWritten);
        VectorLoop.Check(program, [3, 17, 40]);
    }
    [Theory]
    [InlineData(1, "|v: vec[i64], w: vec[i64]| result(for(v, merger[i64,+], |b, i, x| let s = result(for(w, merger[i64,+], |c, j, y| let t = map(w, |z| z + y + x); merge(c, lookup(t, j) + lookup(t, 0L)))); let m = result(for(w, appender[vec[i64]], |c, j, y| merge(c, map(w, |z| z + (y ^ x))))); merge(b, s + sum(map(m, |r| sum(r))))))")]
    [InlineData(2, "|v: vec[i64], w: vec[i64]| result(for(v, merger[i64,+], |b, i, x| let s = result(for(w, merger[i64,+], |c, j, y| let t = map(w, |z| z + y + x); merge(c, lookup(t, j) + lookup(t, 0L)))); let u = iterate({0L, w}, |u| {{u.$0 + 1L, map(u.$1, |z| z * x + u.$0)}, u.$0 < 4L}); merge(b, s + sum(u.$1))))")]
    public void SharedTree(int n, string program)
    {
        _ = n;
        var known = new Dictionary<Weld.Core.IR.Expr, Weld.Core.IR.Expr>();
        Weld.Core.IR.Expr Visit(Weld.Core.IR.Expr e)
        {
            if (e is Weld.Core.IR.NewBuilder b && b.Children.Count == 0)
            {
                var key = b with { Span = default };
                return known.TryGetValue(key, out var k) ? k : known[key] = key;
            }

            return e.Map(Visit);
        }

        var tree = (Weld.Core.IR.Lambda)Visit(FrontEnd.Check(new SourceText(program)).Program);
        VectorLoop.Check(tree, [3, 17, 40], AsWritten);
        VectorLoop.Check(tree, [3, 17, 40]);
    }

    [Theory]
    [InlineData("|v: vec[i64], x: i64| iterate({x, x + 1L, 0L}, |s| {{s.$1, s.$0, s.$2 + 1L}, s.$2 < 4L})")]
    [InlineData("|v: vec[i64], x: i64| iterate({x, x + 1L, 0L}, |s| {{s.$0 + 1L, s.$0, s.$2 + 1L}, s.$2 < 4L})")]
    [InlineData("|v: vec[i64], x: i64| iterate({v, [1L], 0L}, |s| {{s.$1, s.$0, s.$2 + 1L}, s.$2 < 4L})")]
    [InlineData("|v: vec[i64], x: i64| result(for(v, appender[i64], |b, i, y| let u = iterate({x, y, 0L}, |s| {{s.$1, s.$0, s.$2 + 1L}, s.$2 < 4L}); merge(b, u.$0 * 3L + u.$1)))")]
    public void IterateSwaps(string program)
    {
        VectorLoop.Check(program, [3, 17, 40], AsWritten);
        VectorLoop.Check(program, [3, 17, 40]);
    }
    [Theory]
    [InlineData("|v: vec[f64]| {sum(v), sum(map(v, |x| x * x)), sum(map(v, |x| x * 0.1)), sum(map(v, |x| x + 0.3)), sum(map(v, |x| x / 3.0)), sum(map(v, |x| x - 0.7)), sum(map(v, |x| x * 1.7)), sum(map(v, |x| x * 0.9)), sum(map(v, |x| x / 7.0)), sum(map(v, |x| x / 11.0)), sum(map(v, |x| x / 13.0)), sum(map(v, |x| x / 17.0)), sum(map(v, |x| x / 19.0)), sum(map(v, |x| x / 23.0))}")]
    [InlineData("|v: vec[f64]| let g = result(for(v, groupmerger[i64,f64], |b, i, x| merge(b, {i % 3L, x / 7.0}))); map(tovec(g), |e| {e.$0, sum(e.$1)})")]
    [InlineData("|v: vec[f64]| sum(map(filter(v, |x| x > 0.5), |x| x / 3.0))")]
    [InlineData("|v: vec[f64]| sum(map(flatten(map(v, |x| [x, x / 3.0])), |x| x / 3.0))")]
    [InlineData("|v: vec[f64]| result(for(v, merger[f64,+], |b, i, x| if(x > 0.5, merge(b, x / 3.0), b)))")]
    public void MeanwhileIsTheSame(string text)
    {
        var program = FrontEnd.Check(new SourceText(text)).Program;
        var random = new Random(1);
        Weld.Core.Values.Value vector = new Weld.Core.Values.VectorValue(Enumerable.Range(0, 1000).Select(_ => (Weld.Core.Values.Value)new Weld.Core.Values.ScalarValue(Weld.Core.Values.Scalar.FromBits(Weld.Core.Types.ScalarKind.F64, BitConverter.DoubleToUInt64Bits(random.NextDouble())))).ToArray());
        var arguments = program.Parameters.To(_ => vector);
        var fresh = WeldModule.Compile(text);
        var at1 = fresh.Evaluate(arguments).ToString();
        Thread.Sleep(3000);
        var at2 = fresh.Evaluate(arguments).ToString();
        Assert.Equal(at1, at2);
        var meanwhile = Weld.Core.Evaluation.Interpreter.Run(program, arguments).ToString();
        var compiled = WeldModule.Compile(text, new CompileOptions { Backend = Backend.Compiled }).Evaluate(arguments).ToString();
        var module = WeldModule.Compile(text + " # " + Environment.TickCount64);
        var first = module.Evaluate(arguments).ToString();
        Thread.Sleep(3000);
        var second = module.Evaluate(arguments).ToString();
        Assert.Equal((meanwhile, first), (compiled, second));
    }
    [Fact]
    public void EffectsInOrder()
    {
        var seen = new List<long>();
        long See(long x)
        {
            seen.Add(x);
            return x;
        }

        var functions = ForeignFunctions.None.Add("see", See, hasEffects: true);
        var text = "|v: vec[i64]| let r = result(for(v, {dictmerger[i64,i64,+], appender[i64], dictmerger[i64,i64,+]}, |b, i, x| {merge(b.$0, {x, cudf[see,i64](x * 10L)}), merge(b.$1, cudf[see,i64](x * 10L + 1L)), merge(b.$2, {x, cudf[see,i64](x * 10L + 2L)})})); {lookup(r.$0, 1L), r.$1, lookup(r.$2, 1L)}";
        var module = WeldModule.Compile(text, new CompileOptions { Functions = functions, Backend = Backend.Compiled });
        using var result = module.Run(new long[] { 1, 2, 3 });
        Assert.Equal([10, 11, 12, 20, 21, 22, 30, 31, 32], seen);
    }
    [Theory]
    [InlineData("vec[i8]", "slice(t, h % 4001L, h % 19L)", "sum(map(e.$0, |c| i64(c)))")]
    [InlineData("{vec[i8],i32,bool}", "{slice(t, h % 4001L, h % 19L), i32(h % 3L), h % 2L == 0L}", "sum(map(e.$0.$0, |c| i64(c))) + i64(e.$0.$1) * 3L + i64(e.$0.$2)")]
    [InlineData("{i8,vec[i8],vec[i64]}", "{i8(h), slice(t, h % 4001L, h % 35L), slice(u, h % 401L, h % 4L)}", "sum(map(e.$0.$1, |c| i64(c))) + i64(e.$0.$0) * 3L + sum(e.$0.$2)")]
    [InlineData("vec[f64]", "slice(g, h % 401L, h % 4L)", "len(e.$0)")]
    [InlineData("{f64,vec[i8]}", "{lookup(g, h % 401L), slice(t, h % 4001L, h % 19L)}", "len(e.$0.$1) + i64(e.$0.$0 * 100.0)")]
    [InlineData("i64", "h * 7L", "e.$0")]
    [InlineData("{i64,i64}", "{h, h % 7L}", "e.$0 + e.$0.$1")]
    public void Keyed(string type, string key, string sum)
    {
        sum = sum.Replace("e.$0 + e.$0.$1", "e.$0.$0 + e.$0.$1", StringComparison.Ordinal);
        var random = new Random(5);
        var t = Enumerable.Range(0, 5000).Select(_ => (sbyte)random.Next(0, 3)).ToArray();
        var u = Enumerable.Range(0, 500).Select(_ => (long)random.Next(0, 3)).ToArray();
        var g = Enumerable.Range(0, 500).Select(_ => random.Next(0, 4) switch { 0 => 0.0, 1 => -0.0, 2 => double.NaN, _ => random.Next(0, 9) / 3.0 }).ToArray();
        string[] builders = [$"dictmerger[{type},f64,+]", $"dictmerger[{type},i64,max]", $"dictmerger[{type},{{i64,f64}},+]", $"groupmerger[{type},i64]"];
        string[] values = ["f64(x % 1000L) * 0.1", "x", "{x, f64(x % 1000L) * 0.1}", "x"];
        string[] reads = ["i64(e.$1 * 1000000.0)", "e.$1", "e.$1.$0 + i64(e.$1.$1 * 1000000.0)", "result(for(e.$1, merger[i64,+], |q, r, w| merge(q, (r + 1L) * w)))"];
        for (var b = 0; b < builders.Length; b++)
        {
            var text = $"|t: vec[i8], u: vec[i64], g: vec[f64], n: i64, k: i64| let d = result(for(rangeiter(0L, n, 1L), {builders[b]}, |b, i, x| let h = (x * 7919L + (x >> 15L)) % k; merge(b, {{{key}, {values[b]}}}))); let z = tovec(d); {{len(z), result(for(z, merger[i64,+], |b, j, e| merge(b, (j + 1L) * (({sum}) * 1009L + ({reads[b]})))))}}";
            var module = WeldModule.Compile(text, new CompileOptions { Backend = Backend.Compiled });
            var interpreted = WeldModule.Compile(text, new CompileOptions { Backend = Backend.Interpreter });
            foreach (var (n, k) in new[] { (30_000L, 7L), (150_000L, 3_000L), (300_000L, 30_000L), (400_000L, 90_000L) })
            {
                using var one = module.Run(new RunOptions { Threads = 1 }, t, u, g, n, k);
                var expected = one.As<(long, long)>();
                if (n <= 30_000L)
                {
                    using var judged = interpreted.Run(t, u, g, n, k);
                    Assert.Equal(judged.As<(long, long)>(), expected);
                }

                foreach (var threads in new[] { 2, 3, 5 })
                {
                    using var many = module.Run(new RunOptions { Threads = threads }, t, u, g, n, k);
                    Assert.True(expected == many.As<(long, long)>(), $"{builders[b]} {n} {k} {threads}: {expected} {many.As<(long, long)>()}");
                }
            }
        }
    }

    [Theory]
    [InlineData("|v: vec[i64], x: i64| let s = iterate({0L, appender[i64], appender[i64]}, |s| {{s.$0 + 1L, merge(s.$2, s.$0), s.$1}, s.$0 < 4L}); {result(s.$1), result(s.$2)}")]
    [InlineData("|v: vec[i64], x: i64| let s = iterate({0L, merger[i64,+], merger[i64,+]}, |s| {{s.$0 + 1L, merge(s.$2, s.$0), s.$1}, s.$0 < 4L}); {result(s.$1), result(s.$2)}")]
    [InlineData("|v: vec[i64], x: i64| let s = iterate({0L, {merger[i64,+], merger[i64,+]}}, |s| {{s.$0 + 1L, {merge(s.$1.$1, s.$0), s.$1.$0}}, s.$0 < 4L}); result(s.$1)")]
    public void IterateSwapsBuilders(string program)
    {
        VectorLoop.Check(program, [3], AsWritten);
        VectorLoop.Check(program, [3]);
    }
}
