using Weld.Core.Operators;
using Weld.Core.Types;
using Weld.Managed;
using Weld.Managed.Builders;
using Weld.Managed.Runtime;

namespace Weld.Tests.Managed;

/// <summary>
/// Keys of somebody who knows how dictionaries find keys, and wants it to take long, but does not know the secrets of the process. Work is counted: how many cells and slots are gone through
/// when slots are made anew, which no secret changes, and how many slots are passed on the way from where a search begins to each key, for some secrets. Where somebody did guess them, answers
/// are right nevertheless.
/// </summary>
public sealed class CraftedKeysTests
{
    private const int Count = 20_000;

    /// <summary>The constants of which such hashes are made elsewhere.</summary>
    private const ulong Public = 0x9e37_79b9_7f4a_7c15, OtherPublic = 0xa076_1d64_78bd_642f;

    private const int SlotBits = 10;

    private static readonly (ulong Seed, ulong Second, ulong Multiplier)[] Secrets = [.. Drawn(25)];

    /// <summary>Keys of one word: the i-th one, where the table is known so far.</summary>
    private static readonly Dictionary<string, Func<KeyIndex, long, long>> Integers = new()
    {
        ["upwards"] = (_, i) => i,
        ["downwards"] = (_, i) => -i,
        ["outwards from zero"] = (_, i) => i % 2 == 0 ? i / 2 : -(i / 2) - 1,
        ["outwards, every third"] = (_, i) => i % 2 == 0 ? i / 2 * 3 : -(i / 2 * 3) - 1,
        ["just outside of what is indexed, in turn"] = (t, i) => i == 0 ? 0 : (i % 2 == 0 && t.Extent > 0 ? t.Base - 1 : t.Extent > 0 ? t.Base + t.Extent : i % 2 == 0 ? t.Least - 1 : t.Greatest + 1),
        ["twice above what is indexed, then below"] = (t, i) => i == 0 ? 0 : t.Extent > 0 && i % 3 > 0 ? t.Base + t.Extent : t.Least - 1,
        ["from both ends of the range"] = (_, i) => i % 2 == 0 ? long.MaxValue - (i / 2) : long.MinValue + (i / 2),
        ["the same low bits"] = (_, i) => i << 40,
        ["the same low half"] = (_, i) => i << 32,
        ["the same high bits, and low ones"] = (_, i) => i << 20,
        ["multiples of a power of two and one"] = (_, i) => i * ((1L << 32) + 1),
        ["multiples of the inverse of a public multiplier"] = (_, i) => unchecked(i * (long)0xf1de_83e1_9937_733d),
    };

    public static TheoryData<string> IntegerNames => [.. Integers.Keys];

    [Theory]
    [MemberData(nameof(IntegerNames))]
    public void IntegersAreFoundInAFewSteps(string name)
    {
        var next = Integers[name];
        Bounded(new DictionaryType(ScalarType.I64, ScalarType.I64), (table, i) => (next(table, i), 0));
    }

    /// <summary>Those that collide in the lowest bits of the hash, or in the highest, had the process public constants for secrets.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(64 - SlotBits)]
    public void KeysThatCollideElsewhereAreFoundInAFewSteps(int shift)
    {
        var ones = Colliding(shift, k => KeyWords.Hash(k, OtherPublic, Public), Count);
        Bounded(new DictionaryType(ScalarType.I64, ScalarType.I64), (_, i) => (ones[i], 0));
        var twos = Colliding(shift, k => KeyWords.Hash(k, k * 3, 0, OtherPublic, Public), Count);
        Bounded(new DictionaryType(new StructType([ScalarType.I64, ScalarType.I64]), ScalarType.I64), (_, i) => (twos[i], twos[i] * 3));
    }

    /// <summary>Who knew one process's secrets would know nothing of another's: keys of one slot, and of one partition, are all over the slots of others.</summary>
    [Fact]
    public void WhatCollidesInOneProcessDoesNotInOthers()
    {
        foreach (var shift in new[] { 0, 64 - SlotBits })
        {
            var ones = Colliding(shift, k => KeyWords.Hash(k, KeyWords.Seed, KeyWords.Multiplier), 1 << SlotBits);
            var twos = Colliding(shift, k => KeyWords.Hash(k, ~k, KeyWords.Seed, KeyWords.SecondSeed, KeyWords.Multiplier), 1 << SlotBits);
            var texts = Colliding(0, k => TextKey.Hash(16, k, -k), 1 << SlotBits);
            foreach (var (seed, second, multiplier) in new[] { (Public, OtherPublic, ~Public | 1), (OtherPublic, ~Public, Public) })
            {
                AllOver(ones.Select(k => KeyWords.Hash(k, seed, multiplier) >>> shift));
                AllOver(twos.Select(k => KeyWords.Hash(k, ~k, seed, second, multiplier) >>> shift));
                AllOver(texts.Select(k => TextKey.Hash(16, k, -k, seed, second, multiplier)));
            }
        }

        static void AllOver(IEnumerable<long> hashes) =>
            Assert.InRange(hashes.Select(h => h & ((1 << SlotBits) - 1)).Distinct().Count(), (1 << SlotBits) / 2, 1 << SlotBits);
    }

    /// <summary>With the secrets guessed: keys of few slots, and more of one partition than it has slots for, among so many others that rows wait for their cells.</summary>
    [Theory]
    [InlineData(0, 1_000, 0)]
    [InlineData(56, 2_000, 40_000)]
    public void AnswersAreRightEvenIfKeysCollide(int shift, int count, int others)
    {
        var ones = Colliding(shift, k => KeyWords.Hash(k, KeyWords.Seed, KeyWords.Multiplier), count, 8);
        var twos = Colliding(shift, k => KeyWords.Hash(k, k & 7, KeyWords.Seed, KeyWords.SecondSeed, KeyWords.Multiplier), count, 8);
        var texts = Colliding(shift == 0 ? 0 : 24, HashOf, count, 8);
        Right("i64", [.. Repeated(ones)], "e");
        Right("{i64,i64}", [.. Repeated(twos)], "{e, e & 7L}");
        Right("vec[u8]", [.. Repeated(texts)], "map(rangeiter(0L, 16L, 1L), |c| u8(97L + ((e >> ((c & 7L) * 4L)) & 15L)))");

        IEnumerable<long> Repeated(long[] keys) => keys.Concat(Enumerable.Range(0, others).Select(i => (long)i)).Concat(keys.Reverse());

        // Eight letters, twice: a digest's words have the first four of them, twice, and the last four.
        static long HashOf(long k) => TextKey.Hash(16, Four(k) * ((1L << 32) | 1), Four(k >> 16) * ((1L << 32) | 1));
        static long Four(long k) => Letter(k) | (Letter(k >> 4) << 8) | (Letter(k >> 8) << 16) | (Letter(k >> 12) << 24);
        static long Letter(long k) => 'a' + (k & 15);
    }

    private static void Right(string type, long[] keys, string key)
    {
        var program = """
            |v: vec[i64]|
              let d = result(for(v, dictmerger[TYPE,{i64,i64},{+,min}], |b, i, e| merge(b, {KEY, {1L, i}})));
              let g = result(for(v, groupmerger[TYPE,i64], |b, i, e| merge(b, {KEY, i})));
              {map(tovec(d), |e| e.$1), map(v, |e| optlookup(d, KEY).$1.$1), map(tovec(g), |e| e.$1)}
            """;
        var module = WeldModule.Compile(program.Replace("TYPE", type, StringComparison.Ordinal).Replace("KEY", key, StringComparison.Ordinal));
        var rows = Enumerable.Range(0, keys.Length).GroupBy(i => keys[i]).ToArray();
        var first = rows.ToDictionary(g => g.Key, g => (long)g.First());
        foreach (var threads in new[] { 1, 2, 8 })
        {
            using var result = module.Run(new RunOptions { Threads = threads }, keys);
            Assert.Equal(rows.Select(g => ((long)g.Count(), (long)g.First())), result[0].As<(long, long)[]>());
            Assert.Equal(keys.Select(k => first[k]), result[1].AsSpan<long>().ToArray());
            Assert.Equal(rows.Select(g => g.Select(i => (long)i).ToArray()), result[2].As<long[][]>());
        }
    }

    /// <summary>Keys with the same bits of a hash.</summary>
    private static long[] Colliding(int shift, Func<long, long> hash, int count, int bits = SlotBits)
    {
        var (mask, wanted) = ((1L << bits) - 1, hash(12_345) >>> shift);
        var found = new List<long>();
        for (var i = 0L; found.Count < count; i++)
        {
            if ((((hash(i) >>> shift) ^ wanted) & mask) == 0)
            {
                found.Add(i);
            }
        }

        return [.. found];
    }

    private static void Bounded(DictionaryType type, Func<KeyIndex, long, (long, long)> keyOf)
    {
        using var run = new Run();
        var cell = new DictCell(type, new Reduction(type.Value, new SingleOperator(OperatorTable.Add))).Cell;
        var table = new DictionaryTable(run, cell, cell.Fresh, stage: null);
        var (work, words) = (0L, cell.Shape.Words!);
        for (var i = 0L; i < Count; i++)
        {
            var before = (table.Slots, table.Mask, table.Base, table.Extent);
            var (first, second) = keyOf(table, i);
            Assert.Equal(0, table.Find(words, first, second));
            Assert.Equal(i + 1, table.Add(first, second));
            Assert.Equal(i + 1, table.Find(words, first, second));
            work += before == (table.Slots, table.Mask, table.Base, table.Extent) ? 1 : table.Count + Slots(table);
        }

        Assert.InRange(work, Count, 128 * Count);
        Assert.InRange(Slots(table), Count, 16 * Count);
        if (table.Mask > 0)
        {
            var keys = Enumerable.Range(1, Count).Select(number => words.Read(table.Cell(number))).ToArray();
            var passed = Secrets.Select(s => Passed(
                keys.Select(k => words.Count == 1 ? KeyWords.Hash(k.First, s.Seed, s.Multiplier) : KeyWords.Hash(k.First, k.Second, s.Seed, s.Second, s.Multiplier)), table.Mask)).Order().ToArray();
            Assert.InRange(passed[passed.Length / 2], 0, Count);
            Assert.InRange(passed.Average(), 0, 8 * Count);
        }
    }

    private static long Slots(KeyIndex table) => table.Mask == 0 ? table.Extent : table.Mask + 1;

    /// <summary>How many slots of a table of linear probing are passed in all when keys with these hashes are placed.</summary>
    private static long Passed(IEnumerable<long> hashes, long mask)
    {
        var (isUsed, passed) = (new bool[mask + 1], 0L);
        foreach (var hash in hashes)
        {
            var slot = hash & mask;
            for (; isUsed[slot]; slot = (slot + 1) & mask)
            {
                passed++;
            }

            isUsed[slot] = true;
        }

        return passed;
    }

    private static IEnumerable<(ulong Seed, ulong Second, ulong Multiplier)> Drawn(int count)
    {
        var random = new Random(17);
        return Enumerable.Range(0, count).Select(_ => ((ulong)random.NextInt64(), (ulong)random.NextInt64(), ((ulong)random.NextInt64() << 1) | 1)).ToArray();
    }
}
