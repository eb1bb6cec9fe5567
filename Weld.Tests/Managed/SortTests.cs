using System.Runtime.InteropServices;
using Weld.Core;
using Weld.Core.Diagnostics;
using Weld.Core.Evaluation;
using Weld.Core.IR;
using Weld.Core.Types;
using Weld.Core.Values;
using Weld.Managed;
using Weld.Managed.Planning;

namespace Weld.Tests.Managed;

/// <summary>Compiled sorts against the interpreter, and large ones against the framework's stable order.</summary>
public sealed class SortTests
{
    private const string Row = "{i64, f64, i8, u32, vec[u8], bool, i64}";

    private static readonly ScalarKind[] Kinds = Enum.GetValues<ScalarKind>();
    private static readonly int[] Sizes = [0, 1, 2, 8, 9, 24, 25, 300, 3_000];
    private static readonly Pattern[] Patterns = Enum.GetValues<Pattern>();

    public enum Pattern
    {
        Random,
        Few,
        Same,
        Ascending,
        Descending,
    }

    public static TheoryData<ScalarKind, Pattern> Scalars
    {
        get
        {
            var data = new TheoryData<ScalarKind, Pattern>();
            foreach (var kind in Kinds)
            {
                foreach (var pattern in Patterns)
                {
                    data.Add(kind, pattern);
                }
            }

            return data;
        }
    }

    /// <summary>Comparators of rows, recognised as keys and not.</summary>
    public static TheoryData<string> Comparators =>
    [
        "compare(a, b)",
        "compare(b, a)",
        "-compare(a, b)",
        "0 - compare(a.$0, b.$0)",
        "compare(a.$0, b.$0)",
        "compare(b.$1, a.$1)",
        "compare(a.$2, b.$2)",
        "compare(a.$4, b.$4)",
        "compare(b.$4, a.$4)",
        "compare(a.$5, b.$5)",
        "compare({a.$2, a.$5}, {b.$2, b.$5})",
        "compare({a.$3, b.$2}, {b.$3, a.$2})",
        "compare({a.$1, a.$3, a.$2}, {b.$1, b.$3, b.$2})",
        "compare({a.$2, a.$4}, {b.$2, b.$4})",
        "compare({b.$5, a.$1}, {a.$5, b.$1})",
        "let c = compare(a.$2, b.$2); if(c == 0, compare(b.$3, a.$3), c)",
        "let c = compare(a.$2, b.$2); if(c != 0, c, compare(a.$1, b.$1))",
        "let x = a.$0; let y = b.$0; if(x < y, -1, if(x > y, 1, 0))",
        "if(a.$0 > b.$0, -5, if(a.$0 < b.$0, 7, compare(a.$5, b.$5)))",
        "if(a.$0 < b.$0, -1, select(b.$0 < a.$0, 1, 0))",
        "if(a.$3 == b.$3, compare(a.$1, b.$1), if(a.$3 < b.$3, -1, 1))",
        "if(a.$3 != b.$3, if(a.$3 > b.$3, -1, 1), compare(a.$1, b.$1))",
        "if(a.$1 == b.$1, 0, compare(a.$1, b.$1))",
        "if(a.$0 < b.$0, -1, if(a.$0 < b.$0, 1, 0))",
        "if(a.$0 < b.$0, -1, 1)",
        "i32(a.$2) - i32(b.$2)",
        "i32(b.$2) - i32(a.$2)",
        "compare(a.$0 + i64(a.$2), b.$0 + i64(b.$2))",
        "compare(a.$0, a.$0)",
        "compare(1L, 2L)",
        "compare(len(a.$4), len(b.$4))",
        "compare(result(for(a.$4, merger[i64,+], |m, i, c| merge(m, i64(c)))), result(for(b.$4, merger[i64,+], |m, i, c| merge(m, i64(c)))))",
        "let c = compare(a.$2, b.$2); if(c == 0, compare(lookup(a.$4, 0L), lookup(b.$4, 0L)), c)",
        "if(compare(a.$2, b.$2) == 0, compare(a.$1, b.$1) * 2, compare(a.$2, b.$2))",
        "0",
        "1",
        "-1",

        // Inconsistent ones: the same permutation nevertheless.
        "i32(a.$0 - b.$0)",
        "i32(a.$3) - i32(b.$3)",
        "if(a.$0 < b.$0, 1, if(a.$0 > b.$0, 1, 0))",
        "compare(a.$0, b.$0 + 1L)",
        "if(a.$1 < b.$1, -1, if(a.$1 > b.$1, 1, 0))", // NaN is neither
        "if(i64(a.$2) * b.$6 % 3L == 0L, 1, -1)",
        "let c = compare(a.$2, b.$2); if(c == 0, if(a.$6 * b.$6 % 3L == 0L, 1, -1), c)",
    ];

    [Theory]
    [MemberData(nameof(Scalars))]
    public void ScalarsInBothDirections(ScalarKind kind, Pattern pattern)
    {
        foreach (var size in Sizes)
        {
            var vector = Arranged(pattern, Draw(size, pattern, r => Scalar(r, kind)));
            Check($"|v: vec[{ScalarType.Of(kind)}]| {{sort(v, |a, b| compare(a, b)), sort(v, |a, b| compare(b, a)), slice(sort(v, |a, b| compare(a, b)), 0L, 20L)}}", vector);
        }
    }

    [Theory]
    [MemberData(nameof(Comparators))]
    public void RowsByComparator(string comparator)
    {
        foreach (var pattern in Patterns)
        {
            foreach (var size in new[] { 0, 1, 2, 9, 40, 600 })
            {
                Check($"|v: vec[{Row}]| sort(v, |a, b| {comparator})", Arranged(pattern, Draw(size, pattern, RowOf)));
            }
        }
    }

    [Theory]
    [InlineData("i8")]
    [InlineData("u8")]
    public void Texts(string element)
    {
        var kind = element == "i8" ? ScalarKind.I8 : ScalarKind.U8;
        foreach (var (prefix, alphabet, longest) in new[] { (0, 256, 12), (0, 2, 30), (24, 2, 4), (8, 1, 20), (0, 3, 3) })
        {
            foreach (var size in new[] { 0, 1, 2, 30, 2_000 })
            {
                var random = new Random(size + alphabet);
                var texts = Enumerable.Range(0, size).Select(_ => (Value)new VectorValue(Enumerable.Range(0, prefix + random.Next(longest + 1))
                    .Select(i => (Value)new ScalarValue(Core.Values.Scalar.Integer(kind, i < prefix ? 7 : (random.Next(alphabet) + (alphabet == 256 ? 0 : 127)) & 255))).ToArray())).ToArray();
                Check($"|v: vec[vec[{element}]]| {{sort(v, |a, b| compare(a, b)), sort(v, |a, b| compare(b, a)), slice(sort(v, |a, b| compare(b, a)), 3L, 10L)}}", new VectorValue(texts));
            }
        }
    }

    [Theory]
    [InlineData("compare(a, b)", 7, true)]
    [InlineData("compare(b.$4, a.$4)", 1, true)]
    [InlineData("compare({a.$3, b.$2}, {b.$3, a.$2})", 2, true)]
    [InlineData("let c = compare(a.$2, b.$2); if(c == 0, compare(b.$3, a.$3), c)", 2, true)]
    [InlineData("let x = a.$0; let y = b.$0; if(x < y, -1, if(x > y, 1, 0))", 1, true)]
    [InlineData("if(a.$3 != b.$3, if(a.$3 > b.$3, -1, 1), compare(a.$1, b.$1))", 2, true)]
    [InlineData("i32(b.$2) - i32(a.$2)", 1, true)]
    [InlineData("let c = compare(a.$2, b.$2); if(c == 0, compare(lookup(a.$4, 0L), lookup(b.$4, 0L)), c)", 1, false)]
    [InlineData("if(a.$0 < b.$0, -1, 1)", 0, false)]
    [InlineData("compare(a.$0, b.$6)", 0, false)]
    [InlineData("i32(a.$0 - b.$0)", 0, false)]
    [InlineData("if(a.$1 < b.$1, -1, if(a.$1 > b.$1, 1, 0))", 0, false)]
    [InlineData("let c = compare(a.$2, b.$2); if(c == 0, if(a.$6 * b.$6 % 3L == 0L, 1, -1), c)", 0, false)]
    public void KeysAreRecognised(string comparator, int keys, bool isComplete)
    {
        var program = FrontEnd.Check(new SourceText($"|v: vec[{Row}]| sort(v, |a, b| {comparator})")).Program;
        var plan = SortPlan.Of(((Sort)program.Body).Comparator);
        Assert.Equal(keys, plan?.Keys.Count ?? 0);
        Assert.Equal(isComplete, plan?.IsComplete ?? false);
    }

    [Theory]
    [InlineData("vec[f64]", "[1.0, 0.0]", "[]", "[0.0 / 0.0]", "[-0.0, 2.0]", "[0.0, 1.0]")]
    [InlineData("vec[vec[u8]]", "[\"a\", \"b\"]", "[]", "[\"a\"]", "[\"\"]", "[\"a\", \"a\"]")]
    [InlineData("{}", "{}", "{}", "{}")]
    [InlineData("{{i64, bool}, {}}", "{{2L, true}, {}}", "{{1L, true}, {}}", "{{1L, false}, {}}")]
    public void OtherElements(string type, params string[] elements)
    {
        var repeated = string.Join(", ", Enumerable.Range(0, 40).Select(i => elements[i * 7 % elements.Length]));
        Check($"let v = [{repeated}] : vec[{type}]; {{sort(v, |a, b| compare(a, b)), sort(v, |a, b| compare(b, a))}}");
    }

    [Theory]
    [InlineData("sort(rows, |a, b| compare(lookup(keys, a), lookup(keys, b)))")]
    [InlineData("sort(rows, |a, b| compare(lookup(keys, b), lookup(keys, a)))")]
    [InlineData("slice(sort(rows, |a, b| compare(lookup(keys, b), lookup(keys, a))), 1L, 3L)")]
    public void ByAnotherVector(string body)
    {
        foreach (var count in new[] { 0, 1, 2, 200 })
        {
            var keys = new VectorValue(Enumerable.Range(0, 200).Select(i => (Value)new ScalarValue(Core.Values.Scalar.F64(i * 37 % 11))).ToArray());
            var rows = new VectorValue(Enumerable.Range(0, count).Select(i => (Value)ScalarValue.I64(i)).ToArray());
            Check($"|keys: vec[f64], rows: vec[i64]| {body}", keys, rows);
        }
    }

    [Fact]
    public void AKeyThatFailsIsNotComputedForOneElement()
    {
        Check("sort([0L], |a, b| compare(1L / a, 1L / b))");
        Check("sort([0L, 1L], |a, b| compare(1L / a, 1L / b))");
        Check("sort([{1L, 0L}, {2L, 0L}], |a, b| let c = compare(a.$0, b.$0); if(c == 0, compare(1L / a.$1, 1L / b.$1), c))");
        Check("sort([{1L, 0L}, {1L, 0L}], |a, b| let c = compare(a.$0, b.$0); if(c == 0, compare(1L / a.$1, 1L / b.$1), c))");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(8)]
    public void LargeVectorsOnAnyNumberOfThreads(int threads)
    {
        const int Count = 300_000;
        var random = new Random(5);
        var longs = Enumerable.Range(0, Count).Select(_ => random.NextInt64(long.MinValue, long.MaxValue)).ToArray();
        var doubles = Enumerable.Range(0, Count).Select(i => i % 1000 == 0 ? double.NaN : i % 7 == 0 ? -0.0 : i % 7 == 1 ? 0.0 : random.NextDouble() - 0.5).ToArray();
        var ints = Enumerable.Range(0, Count).Select(i => i < Count / 2 ? random.Next() : random.Next(300)).ToArray();
        Same(longs.Order(), Sorted("i64", "compare(a, b)", longs));
        Same(longs.OrderDescending(), Sorted("i64", "compare(b, a)", longs));
        Same(longs.Order(), Sorted("i64", "compare(a, b)", [.. longs.Order()]));
        Same(longs.Order(), Sorted("i64", "compare(a, b)", [.. longs.OrderDescending()]));
        Same(longs.OrderBy(x => x & 0xffff), Sorted("i64", "compare(a & 65535L, b & 65535L)", longs));
        Same(longs.OrderBy(x => (x & 0xff, x >> 3)), Sorted("i64", "compare({a & 255L, a >> 3L}, {b & 255L, b >> 3L})", longs));
        Same(ints.Order(), Sorted("i32", "compare(a, b)", ints));
        Same(ints.OrderBy(x => (sbyte)x), Sorted("i32", "i32(i8(a)) - i32(i8(b))", ints));
        Same(doubles.OrderBy(double.IsNaN).ThenBy(x => x).Select(BitConverter.DoubleToInt64Bits), Sorted("f64", "compare(a, b)", doubles).Select(BitConverter.DoubleToInt64Bits));
        Same(
            doubles.OrderByDescending(double.IsNaN).ThenByDescending(x => x).Select(BitConverter.DoubleToInt64Bits),
            Sorted("f64", "compare(b, a)", doubles).Select(BitConverter.DoubleToInt64Bits));
        Same(doubles.Where(x => !double.IsNaN(x)).OrderBy(x => Math.Abs(x)), Sorted("f64", "if(abs(a) < abs(b), -1, if(abs(a) > abs(b), 1, 0))", [.. doubles.Where(x => !double.IsNaN(x))]));

        T[] Sorted<T>(string type, string comparator, T[] values)
            where T : unmanaged
        {
            var module = WeldModule.Compile($"|v: vec[{type}]| sort(v, |a, b| {comparator})");
            using var result = module.Run(new RunOptions { Threads = threads }, values);
            return result.AsSpan<T>().ToArray();
        }
    }

    // Of both signs and of one, spread over the range and most of them in one bucket, without NaN and −0 and with one of them at either end; as many as several threads sort, and less.
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void ScalarsByTheirBits(int threads)
    {
        var random = new Random(threads);
        foreach (var count in new[] { 33_000, (1 << 17) + 1 })
        {
            var spread = Enumerable.Range(0, count).Select(_ => random.NextDouble() - 0.5).ToArray();
            var close = Enumerable.Range(0, count).Select(i => i % 100 == 0 ? random.NextDouble() * 1e300 : 1 + (random.Next(1 << 20) * 1e-9)).ToArray();
            Both("f64", spread, double.IsNaN);
            Both("f64", close, double.IsNaN);
            Both("f64", [.. close.Select(x => -x)], double.IsNaN);
            Both("f64", [.. spread[..^1], double.NaN], double.IsNaN);
            Both("f64", [-0.0, 0.0, .. spread[2..^1], -double.NaN], double.IsNaN);
            Both("f64", [.. spread[..^2], 0.0, -0.0], double.IsNaN);
            Both("f32", [.. spread.Select(x => (float)x)], float.IsNaN);
            Both("f32", [.. spread[3..].Select(x => (float)x), -0f, float.NegativeInfinity, 0f], float.IsNaN);
            Both("u64", [.. spread.Select(x => (ulong)(x * long.MaxValue * 2))], _ => false);
            Both("i64", [.. close.Select(x => (long)(-x * 1e12))], _ => false);
            Both("u32", [.. spread.Select(x => (uint)(int)(x * uint.MaxValue))], _ => false);
            Both("i16", [.. spread.Select(x => (short)(x * ushort.MaxValue))], _ => false);
            Both("u16", [.. close.Select(x => (ushort)Math.Min(x * 1e4, 65_535))], _ => false);
        }

        void Both<T>(string type, T[] values, Func<T, bool> isNaN)
            where T : unmanaged
        {
            var module = WeldModule.Compile($"|v: vec[{type}]| {{sort(v, |a, b| compare(a, b)), sort(v, |a, b| compare(b, a)), slice(sort(v, |a, b| compare(b, a)), 5L, 2000L), v}}");
            using var result = module.Run(new RunOptions { Threads = threads }, values);
            var (up, down) = (values.OrderBy(isNaN).ThenBy(x => x).ToArray(), values.OrderByDescending(isNaN).ThenByDescending(x => x).ToArray());
            Assert.Equal(Bytes(up), Bytes<T>(result[0].AsSpan<T>()));
            Assert.Equal(Bytes(down), Bytes<T>(result[1].AsSpan<T>()));
            Assert.Equal(Bytes<T>(down.AsSpan(5, 2_000)), Bytes<T>(result[2].AsSpan<T>()));
            Assert.Equal(Bytes(values), Bytes<T>(result[3].AsSpan<T>()));
        }

        static byte[] Bytes<T>(ReadOnlySpan<T> values)
            where T : unmanaged => MemoryMarshal.AsBytes(values).ToArray();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void ManyTextsOnAnyNumberOfThreads(int threads)
    {
        const int Count = 100_000;
        var random = new Random(6);
        var texts = Enumerable.Range(0, Count).Select(i => i % 3 == 0 ? $"a long common prefix {random.Next(500)}" : $"{random.Next(100_000)}").ToArray();
        var module = WeldModule.Compile("|v: vec[vec[u8]]| {sort(v, |a, b| compare(a, b)), slice(sort(v, |a, b| compare(b, a)), 10L, 1000L)}");
        using var result = module.Run(new RunOptions { Threads = threads }, [texts]);
        Assert.Equal(texts.Order(StringComparer.Ordinal), result[0].As<string[]>());
        Assert.Equal(texts.OrderDescending(StringComparer.Ordinal).Skip(10).Take(1_000), result[1].As<string[]>());
    }

    /// <summary>Texts that differ in zeros at their ends alone, and in one byte, around every length at which they are read in another way; many of each.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void TextsThatDifferInLittle(int threads)
    {
        var all = Enumerable.Range(0, 26).SelectMany(length => new[] { "", "\u0001", "a", "\u007f" }.SelectMany(end =>
            new[] { '\0', 'a' }.Select(c => new string(c, length) + end + new string('\0', length % 3)))).ToArray();
        foreach (var count in new[] { 3, 20, 300, 40_000 })
        {
            var random = new Random(count);
            var texts = Enumerable.Range(0, count).Select(_ => all[random.Next(all.Length)]).ToArray();
            var module = WeldModule.Compile("|v: vec[vec[u8]]| {sort(v, |a, b| compare(a, b)), sort(v, |a, b| compare(b, a)), slice(sort(v, |a, b| compare(a, b)), 2L, 17L)}");
            using var result = module.Run(new RunOptions { Threads = threads }, [texts]);
            Assert.Equal(texts.Order(StringComparer.Ordinal), result[0].As<string[]>());
            Assert.Equal(texts.OrderDescending(StringComparer.Ordinal), result[1].As<string[]>());
            Assert.Equal(texts.Order(StringComparer.Ordinal).Skip(2).Take(17), result[2].As<string[]>());
        }
    }

    // One run of equal first bytes, which every thread's part lies in.
    [Fact]
    public void ManyTextsWithOnePrefixOnSeveralThreads()
    {
        const int Count = 50_000;
        var random = new Random(7);
        var texts = Enumerable.Range(0, Count).Select(_ => $"all alike {random.Next(30)} {random.Next(1_000_000)}").ToArray();
        var expected = texts.Order(StringComparer.Ordinal).ToArray();
        var module = WeldModule.Compile("|v: vec[vec[u8]]| sort(v, |a, b| compare(a, b))");
        for (var round = 0; round < 5; round++)
        {
            using var result = module.Run(new RunOptions { Threads = 3 }, [texts]);
            Assert.Equal(expected, result.As<string[]>());
        }
    }

    // What a sort of a few leaves behind them are elements as they were: here of the same first bytes, or key, as the last that it has sorted.
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void AFewOfMany(int threads)
    {
        const int Half = 80_000, Few = 100;
        var texts = Enumerable.Range(0, 2 * Half).Select(i => i < Half ? $"{i}" : $"the greatest {i:D6}").ToArray();
        var pairs = Enumerable.Range(0, 2 * Half).Select(i => (i < Half ? 1L : 0L, (long)(2 * Half) - i)).ToArray();
        var options = new RunOptions { Threads = threads };
        using var greatest = WeldModule.Compile($"|v: vec[vec[u8]]| slice(sort(v, |a, b| compare(b, a)), 0L, {Few}L)").Run(options, [texts]);
        using var least = WeldModule.Compile($"|v: vec[{{i64,i64}}]| slice(sort(v, |a, b| compare(a, b)), 0L, {Few}L)").Run(options, [pairs]);
        Assert.Equal(texts.OrderDescending(StringComparer.Ordinal).Take(Few), greatest.As<string[]>());
        Assert.Equal(pairs.Order().Take(Few), least.As<(long, long)[]>());
    }

    [Theory]
    [InlineData("i64", "compare(a, b)")]
    [InlineData("i64", "compare(a % 1000L, b % 1000L)")]
    [InlineData("i64", "if(a % 1000L <= b % 1000L, -1, 1)")]
    public void ASortKeepsToTheMemoryLimit(string type, string comparator)
    {
        var module = WeldModule.Compile($"|v: vec[{type}]| sort(v, |a, b| {comparator})");
        var values = Enumerable.Range(0, 100_000).Select(i => (long)i * 7919 % 100_003).ToArray();
        var error = Assert.Throws<WeldRuntimeException>(() => module.Run(new RunOptions { MemoryLimit = 1_000_000 }, values));
        Assert.Equal(RuntimeCode.OutOfMemory, error.Code);
        using var result = module.Run(new RunOptions { MemoryLimit = 10_000_000 }, values);
        Assert.Equal(values.Length, result.Length);
    }

    private static void Same<T>(IEnumerable<T> expected, IEnumerable<T> found) => Assert.Equal(expected.ToArray(), found.ToArray());

    private static void Check(string text, params Value[] values)
    {
        var program = FrontEnd.Check(new SourceText(text)).Program;
        var arguments = values.ToSeq();
        var expected = Ended(() => Interpreter.Run(program, arguments));
        foreach (var passes in new Seq<string>?[] { null, [] })
        {
            Assert.Equal(expected, Ended(() => WeldModule.Compile(program, new CompileOptions { Backend = Backend.Compiled, Passes = passes }).Evaluate(arguments)));
        }
    }

    private static (Value? Value, RuntimeCode? Error) Ended(Func<Value> run)
    {
        try
        {
            return (run(), null);
        }
        catch (WeldRuntimeException e)
        {
            return (null, e.Code);
        }
    }

    private static Value[] Draw(int size, Pattern pattern, Func<Random, Value> draw)
    {
        var random = new Random(size);
        var values = Enumerable.Range(0, pattern switch { Pattern.Same => 1, Pattern.Few => 3, _ => Math.Max(1, size) }).Select(_ => draw(random)).ToArray();
        return [.. Enumerable.Range(0, size).Select(i => values[i < values.Length ? i : random.Next(values.Length)])];
    }

    private static VectorValue Arranged(Pattern pattern, Value[] values) => new(pattern switch
    {
        Pattern.Ascending => [.. values.Order(Comparer<Value>.Create(Order))],
        Pattern.Descending => [.. values.OrderDescending(Comparer<Value>.Create(Order))],
        _ => values,
    });

    // Any order will do that puts some in place.
    private static int Order(Value x, Value y) => (x, y) switch
    {
        (ScalarValue a, ScalarValue b) => a.Scalar.Kind.IsFloat() ? Number(a).CompareTo(Number(b)) : a.Scalar.Kind.IsSigned() ? a.Scalar.AsInt64.CompareTo(b.Scalar.AsInt64) : a.Scalar.Bits.CompareTo(b.Scalar.Bits),
        (StructValue a, StructValue b) => Order(a.Fields[0], b.Fields[0]),
        _ => 0,
    };

    private static double Number(ScalarValue value) => value.Scalar.Kind == ScalarKind.F32 ? value.Scalar.AsSingle : value.Scalar.AsDouble;

    private static ScalarValue Scalar(Random random, ScalarKind kind)
    {
        var bits = random.NextInt64(long.MinValue, long.MaxValue);
        return new ScalarValue(kind switch
        {
            ScalarKind.Bool => Core.Values.Scalar.Bool((bits & 1) != 0),
            ScalarKind.F64 => Core.Values.Scalar.F64(random.Next(8) switch { 0 => double.NaN, 1 => -0.0, 2 => 0.0, 3 => double.NegativeInfinity, 4 => double.Epsilon, _ => BitConverter.Int64BitsToDouble(bits) }),
            ScalarKind.F32 => Core.Values.Scalar.F32(random.Next(8) switch { 0 => float.NaN, 1 => -0.0f, 2 => 0.0f, 3 => float.PositiveInfinity, 4 => -float.Epsilon, _ => BitConverter.Int32BitsToSingle((int)bits) }),
            _ => Core.Values.Scalar.Integer(kind, random.Next(6) switch { 0 => 0, 1 => -1, 2 => long.MinValue >> (64 - (8 * kind.Size())), 3 => bits % 5, _ => bits }),
        });
    }

    private static StructValue RowOf(Random random) => new(
    [
        ScalarValue.I64(random.Next(4) == 0 ? random.NextInt64(long.MinValue, long.MaxValue) : random.Next(-3, 3)),
        Scalar(random, ScalarKind.F64),
        Scalar(random, ScalarKind.I8),
        new ScalarValue(Core.Values.Scalar.Integer(ScalarKind.U32, random.Next(3) == 0 ? random.NextInt64(uint.MaxValue) : random.Next(3))),
        new VectorValue(Enumerable.Range(0, random.Next(1, 14)).Select(i => (Value)new ScalarValue(Core.Values.Scalar.Integer(ScalarKind.U8, i < 7 ? 65 : random.Next(2)))).ToArray()),
        Scalar(random, ScalarKind.Bool),
        ScalarValue.I64(random.Next()),
    ]);
}
