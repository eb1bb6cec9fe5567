using Weld.Core;
using Weld.Core.Diagnostics;
using Weld.Core.Evaluation;
using Weld.Core.IR;
using Weld.Managed;

namespace Weld.Tests.Managed;

/// <summary>
/// Keyed builders against the interpreter, over keys of every shape: those of a direct index and of a hash table, those that make one grow into the other,
/// so many that rows wait for their cells, and those chosen to fall into one place.
/// </summary>
public sealed class KeyedBuilderTests
{
    /// <summary>More than a block.</summary>
    private const int Rows = 70_000;

    /// <summary>Enough for every representation.</summary>
    private const int Fewer = 36_000;

    public static TheoryData<string> Keys =>
    [
        "7L", // one key
        "i % 6L",
        "i % 6L - 3L",
        "i", // ascending
        "0L - i", // descending
        "(i * 48271L) % 65537L", // dense, in no order: hashed at first, direct later
        "select(i < 3000L, i, i * 1000003L)", // direct, then hashed
        "(i * 7919L % 50000L) * 6364136223846793005L", // sparse
        "(i % 40000L) << 48L", // the same low bits
        "(i % 40000L) * 4294967296L", // the same low half
        "(i % 40000L) * 65537L",
        "select(i % 2L == 0L, 9223372036854775807L - i % 9L, -9223372036854775807L - 1L + i % 7L)", // both ends
        "select(i % 3L == 0L, 9223372036854775807L, i % 5000L)",
        "u64(i % 300L) + 18446744073709551000u64",
        "i32(i % 40000L - 20000L)",
        "i16(i * 77L)",
        "i8(i * 77L)",
        "u8(i * 77L)",
        "i % 3L == 0L",
        "f64(i % 50L - 25L) / f64(i % 3L)", // both zeros, infinities, NaN
        "f32(i % 50L - 25L) / f32(i % 3L)",
        "f64(i % 40000L) / 7.0",
        "{i8(i % 5L), i8(i % 7L - 3L)}",
        "{u8(i), u8(i / 256L)}",
        "{i % 2L == 0L, f32(i % 9L) * -0.0f, i16(i % 11L)}",
        "{i32(i % 300L), i32(i % 200L)}",
        "{i8(i % 3L), i % 20000L}",
        "{i % 300L, (i % 200L) << 50L}",
        "{{i8(i % 3L), f64(i % 4L) / 0.0}, u8(i % 5L)}",
        "{i % 50L, i % 7L, i % 11L}", // three words
        "{slice(bytes, i % 40L, i % 9L), i % 3L}",
        "slice(bytes, i % 40L, i % 19L)",
        "{{}, i % 20000L}", // the empty struct takes room
        "{{}, i32(i % 300L - 100L)}",
        "{{}, f64(i % 50L - 25L) / f64(i % 3L)}",
        "{{}, i8(i % 9L), {}, i % 7L}",
        "{{}, slice(bytes, i % 40L, i % 9L)}",
        "{slice(bytes, i % 40L, i % 9L), {}}",
        "{}",
        "map(slice(bytes, i % 4L, 2L), |c| f64(c - 98u8) / f64(i % 2L))",
    ];

    [Theory]
    [MemberData(nameof(Keys))]
    public void SumsAreThoseOfTheInterpreter(string key) =>
        Check($"tovec(result(for(rangeiter(0L, {Rows}L, 1L), dictmerger[KEY, {{f64, i64}}, +], |b, n, i| merge(b, {{{key}, {{f64(i % 1000L) / 7.0, i}}}}))))", key);

    [Theory]
    [MemberData(nameof(Keys))]
    public void OneIntegerSumsAreThoseOfTheInterpreter(string key) =>
        Check($"tovec(result(for(rangeiter(0L, {Fewer}L, 1L), dictmerger[KEY, i64, +], |b, n, i| if(i % 5L == 4L, b, merge(b, {{{key}, i}})))))", key);

    [Theory]
    [MemberData(nameof(Keys))]
    public void GroupsAreThoseOfTheInterpreter(string key) =>
        Check($"tovec(result(for(rangeiter(0L, {Fewer}L, 1L), groupmerger[KEY, i32], |b, n, i| merge(b, {{{key}, i32(i)}}))))", key);

    [Theory]
    [MemberData(nameof(Keys))]
    public void KeysAreFoundAsByTheInterpreter(string key) => Check(
        $"let d = result(for(rangeiter(0L, {Fewer / 2}L, 1L), dictmerger[KEY, i64, +], |b, n, i| merge(b, {{{key}, i}})));"
        + $"result(for(rangeiter(0L, {Fewer}L, 1L), {{merger[i64, +], merger[i64, +]}}, |b, n, i| let r = optlookup(d, {key}); {{merge(b.$0, r.$1), merge(b.$1, select(r.$0, 1L, 3L))}}))",
        key);

    [Theory]
    [InlineData("i * 6364136223846793005L")]
    [InlineData("i * 7L")] // dense enough for a direct index in the end
    [InlineData("f64(i) / 7.0")]
    [InlineData("{i % 300L, (i / 300L) << 50L}")]
    [InlineData("{i, slice(bytes, i % 40L, 3L)}")]
    public void KeysAreFoundInLargeDictionaries(string key)
    {
        var table = $"let d = result(for(rangeiter(0L, {Fewer}L, 1L), dictmerger[KEY, i64, +], |b, n, i| merge(b, {{{key}, i * 3L}})));";
        Check($"{table} result(for(rangeiter({Fewer / 2}L, {3 * Fewer / 2}L, 1L), appender[{{bool, i64}}], |b, n, i| let k = {key}; if(keyexists(d, k), merge(b, optlookup(d, k)), b)))", key);
        Check($"{table} result(for(rangeiter(0L, {Fewer}L, 1L), dictmerger[i64, i64, +], |b, n, i| merge(b, {{lookup(d, {key}) % 40007L, i}})))", key);
        Check($"{table} let g = dictmerger[KEY, i64, +](d); tovec(result(for(rangeiter({Fewer / 2}L, {3 * Fewer / 2}L, 1L), g, |b, n, i| merge(b, {{{key}, i}}))))", key);
    }

    [Theory]
    [InlineData("dictmerger[i64, f64, +]", "f64(i) / 7.0")]
    [InlineData("groupmerger[i64, i64]", "i")]
    public void BuildersOfManyKeysGoFromProgramToProgram(string builder, string value)
    {
        var loop = $"for(rangeiter(0L, {Fewer}L, 1L), B, |b, n, i| merge(b, {{i * 6364136223846793005L, {value}}}))";
        var first = WeldModule.Compile(loop.Replace("B", builder, StringComparison.Ordinal));
        var second = WeldModule.Compile($"|g: {builder}| let i = 3L; tovec(result(merge({loop.Replace("B", "g", StringComparison.Ordinal)}, {{5L, {value}}})))");
        var whole = WeldModule.Compile(
            $"let i = 3L; tovec(result(merge({loop.Replace("B", loop.Replace("B", builder, StringComparison.Ordinal), StringComparison.Ordinal)}, {{5L, {value}}})))");
        using var half = first.Run();
        using var result = second.Run(half);
        using var expected = whole.Run();
        Assert.Equal(expected.ToValue(), result.ToValue());
    }

    /// <summary>More texts than are looked for in place: those that differ in their length alone, those whose first and last words are the same, and long ones.</summary>
    [Theory]
    [InlineData("slice(noise, i % 50000L, i % 23L)", "vec[i8]")]
    [InlineData("slice(noise, (i % 40000L) * 3L, 16L + i % 3L)", "vec[i8]")]
    [InlineData("map(rangeiter(0L, 24L, 1L), |j| if(j < 8L || j >= 16L, 97c, i8((i % 40000L) >> ((j - 8L) * 8L % 64L))))", "vec[i8]")]
    [InlineData("map(rangeiter(0L, i % 5L, 1L), |j| (i % 40000L) * 7L + j)", "vec[i64]")]
    [InlineData("map(rangeiter(0L, 3L, 1L), |j| i16((i % 40000L) >> (j * 7L)))", "vec[i16]")]
    [InlineData("{slice(noise, i % 50000L, i % 23L), u8(i)}", "{vec[i8], u8}")]
    public void ManyTextsAreKeys(string key, string type)
    {
        const string Noise = "let noise = result(for(rangeiter(0L, 130000L, 1L), appender[i8], |b, n, i| merge(b, i8((i * i * 7919L) >> 9L))));";
        foreach (var (builder, value) in new[] { ("dictmerger[KEY, {f64, i64}, +]", "{f64(i) / 7.0, i}"), ("groupmerger[KEY, i64]", "i") })
        {
            Check($"{Noise} tovec(result(for(rangeiter(0L, 45000L, 1L), {builder.Replace("KEY", type, StringComparison.Ordinal)}, |b, n, i| merge(b, {{{key}, {value}}}))))");
        }
    }

    /// <summary>So many entries that several threads put them in order, and each a window after the other.</summary>
    [Theory]
    [InlineData(300_000, "dictmerger[i64, i64, +]", "i")]
    [InlineData(300_000, "groupmerger[i64, i64]", "i")]
    [InlineData(90_000, "dictmerger[i64, {i64, i64, i64, i64, i64, i64, i64, i64}, +]", "{i, 0L, 0L, 0L, 0L, 0L, 0L, 0L}")]
    public void EntriesStandInTheOrderOfTheirFirstMerge(int keys, string builder, string value)
    {
        var module = WeldModule.Compile($"tovec(result(for(rangeiter(0L, {2 * keys}L, 1L), {builder}, |b, n, i| merge(b, {{(i * 7L % {keys}L) * 6364136223846793005L, {value}}}))))");
        foreach (var threads in new[] { 1, 3 })
        {
            using var result = module.Run(new RunOptions { Threads = threads });
            Assert.Equal(keys, result.Length);
            for (var i = 0L; i < keys; i++)
            {
                Assert.Equal(unchecked(i * 7 % keys * 6364136223846793005), result[(int)i][0].As<long>());
            }
        }
    }

    /// <summary>A dictionary whose order nobody sees stands in another one, which must not show.</summary>
    [Theory]
    [InlineData("i * 6364136223846793005L")]
    [InlineData("{i % 300L, (i / 300L) << 50L}")]
    [InlineData("{i, slice(bytes, i % 40L, 3L)}")]
    public void DictionariesAreSearchedAndListed(string key)
    {
        var table = $"let d = result(for(rangeiter(0L, {Fewer}L, 1L), dictmerger[KEY, i64, +], |b, n, i| merge(b, {{{key}, i * 3L}})));";
        var found = $"result(for(rangeiter({Fewer / 2}L, {3 * Fewer / 2}L, 1L), merger[i64, +], |b, n, i| merge(b, optlookup(d, {key}).$1)))";
        Check($"{table} {found}", key);
        Check($"{table} {{{found}, slice(tovec(d), 20000L, 100L)}}", key);
        Check($"{table} let e = d; {{{found}, slice(tovec(e), 20000L, 100L)}}", key);
        Check($"{table} if({found} > 0L, serialize(d), serialize(0L))", key);
        Check($"{table} {{d, {found}}}", key);
        Check($"let g = result(for(rangeiter(0L, {Fewer}L, 1L), groupmerger[KEY, i64], |b, n, i| merge(b, {{{key}, i}}))); result(for(rangeiter({Fewer / 2}L, {Fewer}L, 1L), merger[i64, +], |b, n, i| merge(b, lookup(lookup(g, {key}), 0L))))", key);
    }

    /// <summary>What waits to be merged is bounded, so that it is merged several times; whole numbers, so that sums are exact in any order.</summary>
    [Theory]
    [InlineData("dictmerger[i64, i64, +]", "i")]
    [InlineData("dictmerger[i64, f64, +]", "f64(i)")]
    public void RowsAreMergedWheneverManyWait(string builder, string value)
    {
        const long All = 5_000_000, Distinct = 60_000;
        var module = WeldModule.Compile(
            $"tovec(result(for(rangeiter(0L, {All}L, 1L), {builder}, |b, n, i| merge(b, {{(i * 7919L % {Distinct}L) * 6364136223846793005L, {value}}}))))");
        var expected = new long[Distinct];
        for (var i = 0L; i < All; i++)
        {
            expected[i % Distinct] += i;
        }

        foreach (var threads in new[] { 1, 3 })
        {
            using var result = module.Run(new RunOptions { Threads = threads });
            Assert.Equal(Distinct, result.Length);
            for (var i = 0L; i < Distinct; i++)
            {
                Assert.Equal(unchecked(i * 7919 % Distinct * 6364136223846793005), result[(int)i][0].As<long>());
                Assert.Equal(expected[i], value == "i" ? result[(int)i][1].As<long>() : (long)result[(int)i][1].As<double>());
            }
        }
    }

    /// <summary>A loop on threads rests whenever many rows wait; what else it fills goes on after that as if it had not.</summary>
    [Theory]
    [InlineData(9_000_001, 60_000)]
    [InlineData(8_912_896, 60_000)]
    [InlineData(9_000_001, 3)]
    [InlineData(5_000_000, 4_900_000)]
    public void LoopsRestInTheMiddle(long rows, long keys)
    {
        var module = WeldModule.Compile(
            $$"""
            let f = for(rangeiter(0L, {{rows}}L, 1L), {dictmerger[i64, f64, +], merger[f64, +], appender[i64], appender[i64], vecmerger[f64, +]([0.0, 0.0, 0.0]), groupmerger[i64, i64]}, |b, n, i|
                let k = i * 7919L % {{keys}}L;
                let x = f64(k) / 7.0;
                {if(i % 3L == 1L, b.$0, merge(b.$0, {k * 6364136223846793005L, x})), merge(b.$1, x), if(k % 1000L == 7L, merge(b.$2, i), b.$2), merge(b.$3, k),
                    merge(b.$4, {i % 3L, x}), if(i % 977L == 0L, merge(b.$5, {k, i}), b.$5)});
            let all = result(f.$3);
            {slice(tovec(result(f.$0)), 0L, 50000L), result(f.$1), result(f.$2), len(all), result(for(all, merger[i64, +], |b, i, x| merge(b, x * (i % 1021L)))), result(f.$4), tovec(result(f.$5))}
            """);
        using var one = module.Run(new RunOptions { Threads = 1 });
        var expected = one.ToValue();
        foreach (var options in new[] { new RunOptions { Threads = 2 }, new RunOptions { Threads = 3, Grain = 200_000 } })
        {
            using var result = module.Run(options);
            Assert.Equal(expected, result.ToValue());
        }
    }

    /// <summary>Forks begin with the keys that are known; others come later, more of them in each part of the rows, until rows are staged in the middle of the loop.</summary>
    [Theory]
    [InlineData("dictmerger[i64, f64, +](d)", 6_000, "k * 6364136223846793005L", "v")]
    [InlineData("dictmerger[i64, f64, +](d)", 90_000, "k * 6364136223846793005L", "v")]
    [InlineData("dictmerger[i64, f64, +](d)", 3_000, "k", "v")]
    [InlineData("dictmerger[i64, {f64, i64, f64}, {+, +, min}]", 15_000, "k * 6364136223846793005L", "{v, k, v}")]
    [InlineData("dictmerger[i64, i64, max]", 9_000, "k * 6364136223846793005L", "k % 7L")]
    [InlineData("dictmerger[{i64, i32}, i64, +]", 50_000, "{k, i32(k % 3L)}", "k % 7L")]
    [InlineData("dictmerger[vec[i8], f64, +]", 6_000, "slice(noise, k, k % 20L)", "v")]
    [InlineData("dictmerger[vec[i8], f64, +]", 90_000, "slice(noise, k, k % 20L)", "v")]
    [InlineData("dictmerger[{vec[i8], i8}, i64, +]", 12_000, "{slice(noise, k, k % 20L), 1c}", "k")]
    [InlineData("groupmerger[i64, f64]", 6_000, "k * 6364136223846793005L", "v")]
    [InlineData("groupmerger[vec[i8], i64]", 60_000, "slice(noise, k, k % 20L)", "k % 7L")]
    public void KnownKeysAreJoinedByTheirNumbers(string builder, int most, string key, string value)
    {
        const int All = 700_000;
        var random = new Random(most);
        var keys = Enumerable.Range(0, All).Select(i => (long)random.Next(1 + (int)((long)most * i / All))).ToArray();
        var values = keys.Select(k => k % 5 == 0 ? -0.0 : random.NextDouble()).ToArray();
        const string Noise = "let noise = result(for(rangeiter(0L, 130000L, 1L), appender[i8], |b, n, i| merge(b, i8((i * i * 7919L) >> 9L))));";
        var module = WeldModule.Compile(
            $"|k: vec[i64], v: vec[f64]| {Noise} let d = result(merge(merge(dictmerger[i64, f64, +], {{7L, -0.0}}), {{99999999L, -0.0}}));"
            + $"tovec(result(for(zip(k, v), {builder}, |b, i, e| let k = e.$0; let v = e.$1; merge(b, {{{key}, {value}}}))))");
        using var one = module.Run(new RunOptions { Threads = 1 }, keys, values);
        var expected = one.ToValue();
        foreach (var options in new[] { new RunOptions { Threads = 2 }, new RunOptions { Threads = 3, Grain = 20_000 } })
        {
            using var result = module.Run(options, keys, values);
            Assert.Equal(expected, result.ToValue());
        }
    }

    [Theory]
    [MemberData(nameof(Keys))]
    public void BuildersGoOnFromDictionariesAndThroughLoops(string key) => Check(
        $"let d = result(for(rangeiter(0L, {Fewer / 2}L, 1L), dictmerger[KEY, {{f64, f64}}, {{+, max}}], |b, n, i| merge(b, {{{key}, {{-0.0, f64(i)}}}})));"
        + "let i = 5L;"
        + $"let b1 = merge(dictmerger[KEY, {{f64, f64}}, {{+, max}}](d), {{{key}, {{0.1, 1.0}}}});"
        + $"let b2 = for(rangeiter(0L, {Fewer}L, 1L), b1, |b, n, i| merge(b, {{{key}, {{f64(i) / 3.0, 2.0}}}}));"
        + $"let b3 = merge(b2, {{{key}, {{0.2, 1.0}}}});"
        + $"let b4 = for(rangeiter(0L, 150L, 1L), b3, |b, n, j| for(rangeiter(0L, 250L, 1L), merge(b, {{let i = j; {key}, {{0.7, 1.0}}}}), |c, m, k| let i = 250L * j + k; merge(c, {{{key}, {{f64(i) / 9.0, 2.0}}}})));"
        + "tovec(result(b4))",
        key);

    [Theory]
    [InlineData(6)]
    [InlineData(1_000)]
    [InlineData(50_000)]
    public void BinsAreThoseOfTheInterpreter(int bins)
    {
        var zeros = $"let z = result(for(rangeiter(0L, {bins}L, 1L), appender[{{f64, i64}}], |b, n, i| merge(b, {{-0.0, i}})));";
        Check($"{zeros} result(for(rangeiter(0L, {Rows}L, 1L), vecmerger[{{f64, i64}}, +](z), |b, n, i| merge(b, {{i * 7919L % {bins}L, {{f64(i) / 7.0, i}}}})))");
        Check($"{zeros} let b = for(rangeiter(0L, {Rows}L, 1L), vecmerger[{{f64, i64}}, +](z), |b, n, i| merge(b, {{i * 7919L % 5L, {{f64(i) / 7.0, i}}}})); result(merge(b, {{3L, {{0.1, 1L}}}}))");
    }

    [Theory]
    [InlineData("dictmerger[i64, {f64, i64}, +]", "{i * 31L, {1.0, i}}")]
    [InlineData("groupmerger[i64, i64]", "{i * 31L, i}")]
    public void MemoryMayEndInTheMiddle(string builder, string pair)
    {
        var module = WeldModule.Compile($"len(tovec(result(for(rangeiter(0L, 200000L, 1L), {builder}, |b, n, i| merge(b, {pair})))))");
        foreach (var limit in new[] { 1_000, 50_000, 500_000, 3_000_000 })
        {
            var error = Assert.Throws<WeldRuntimeException>(() => module.Run(new RunOptions { MemoryLimit = limit }).Dispose());
            Assert.Equal(RuntimeCode.OutOfMemory, error.Code);
        }

        using var result = module.Run();
        Assert.Equal(200_000, result.As<long>());
    }

    private static void Check(string text, string key = "0L")
    {
        var bytes = "let bytes = \"abcabcabdabcabdabcabcabcabeabcabcabcabcabcabcabcabcabcabcabcabc\";";
        var keyType = FrontEnd.Check(new SourceText($"|i: i64| {bytes} {key}")).Program.Body.Type;
        var program = FrontEnd.Check(new SourceText(bytes + text.Replace("KEY", $"{keyType}", StringComparison.Ordinal))).Program;
        var expected = Interpreter.Run(program, []);
        var module = WeldModule.Compile(program);
        foreach (var options in new[] { new RunOptions { Threads = 1 }, new RunOptions { Threads = 3, Grain = 20_000 } })
        {
            Assert.Equal(expected, module.Evaluate([], options));
        }
    }
}
