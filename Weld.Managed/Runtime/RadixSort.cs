using System.Numerics;
using System.Runtime.CompilerServices;

namespace Weld.Managed.Runtime;

/// <summary>A row that a radix sort puts in the order of its key.</summary>
internal unsafe interface ISortRow<T>
    where T : unmanaged, ISortRow<T>
{
    /// <summary>Whether the bits in which rows differ tell in which their keys may differ.</summary>
    static virtual bool IsByBits => true;

    /// <summary>The key of a row.</summary>
    static abstract ulong KeyOf(T row);

    /// <summary>The bits in which keys may differ of rows that differ in these, the highest one for certain.</summary>
    static abstract ulong Differ(T bits);

    /// <summary>Sorts rows whose keys have the highest bits in common in which others differ (<see cref="RadixSort.SortBucket"/>).</summary>
    static virtual long SortBucket(Run run, T* source, T* target, T* room, long count, long most) => RadixSort.SortBucket(run, source, target, room, count, most);
}

/// <summary>A key, and the number of the element that has it.</summary>
internal readonly record struct KeyedIndex(ulong Key, long Index) : ISortRow<KeyedIndex>
{
    public static ulong KeyOf(KeyedIndex row) => row.Key;

    public static ulong Differ(KeyedIndex bits) => bits.Key;
}

/// <summary>
/// Stable sort by keys of up to 64 bits. Rows are dealt out by the highest ten bits in which keys differ (<see cref="RadixDigit"/>), until those of a bucket fit the
/// cache; there they are sorted by the highest sixteen bits in which they differ, least digit first, and what is still equal in these once more.
/// Invariant: <c>target</c> and <c>room</c> are two live buffers of <c>count</c> rows that nothing else uses, <c>source</c> is one of them or another live one.
/// </summary>
internal static unsafe class RadixSort
{
    private const int WideBits = 10;
    private const int Buckets = 1 << WideBits;
    private const int Bits = 8;
    private const int Radix = 1 << Bits;
    private const int FewRows = 24;

    /// <summary>So many bytes of rows, twice, fit a processor's second cache.</summary>
    private const int CachedBytes = 1 << 18;

    /// <summary>Rows between two looks at whether to go on.</summary>
    private const long Step = 1 << 14;

    /// <summary>Fewer rows are not worth a second thread.</summary>
    private const long ParallelRows = 1 << 17;

    /// <summary>Parts for each thread, so that all end at about the same time.</summary>
    private const int PartsPerThread = 4;

    /// <summary>Neighbouring buckets that one thread sorts in one go.</summary>
    private const int BucketsAtOnce = 8;

    /// <summary>Sorts rows.</summary>
    /// <param name="run">The run.</param>
    /// <param name="source">The rows, which are left as they are only outside of the target and the room.</param>
    /// <param name="target">Where to.</param>
    /// <param name="room">Room for as many.</param>
    /// <param name="count">How many.</param>
    /// <param name="most">Only so many of the first are asked for.</param>
    /// <returns>How many of the first are in order: at least those asked for, and all whose keys are equal to one of them. Rows behind may be there twice, or not at all.</returns>
    public static long Sort<T>(Run run, T* source, T* target, T* room, long count, long most)
        where T : unmanaged, ISortRow<T>
    {
        var parts = count < ParallelRows || run.Threads == 1 ? 1 : Math.Min(run.Threads, 64) * PartsPerThread;
        var survey = Look(run, source, count, parts);
        if (!survey.IsAscending && !survey.IsDescending && count * sizeof(T) > CachedBytes)
        {
            return parts == 1
                ? SortWide(run, source, target, room, count, most, survey.Differ)
                : SortParallel(run, source, target, room, count, most, survey.Differ, parts);
        }

        Place(run, source, target, count);
        if (survey.IsDescending)
        {
            Reverse(run, target, count);
        }
        else if (!survey.IsAscending)
        {
            SortCached(target, room, (int)count);
        }

        return count;
    }

    /// <summary>Sorts rows that are in the target, or in the room, as <see cref="Sort"/> does.</summary>
    public static long SortBucket<T>(Run run, T* source, T* target, T* room, long count, long most)
        where T : unmanaged, ISortRow<T>
    {
        if (count == 0 || most <= 0)
        {
            return 0;
        }

        if (count * sizeof(T) <= CachedBytes)
        {
            run.ThrowIfStopped();
            SortCached(source, source == target ? room : target, (int)count);
        }
        else if (Look(run, source, count, 1) is { IsAscending: false } survey)
        {
            return SortWide(run, source, target, room, count, most, survey.Differ);
        }

        Place(run, source, target, count);
        return count;
    }

    private static long SortWide<T>(Run run, T* source, T* target, T* room, long count, long most, ulong differ)
        where T : unmanaged, ISortRow<T>
    {
        var next = stackalloc long[Buckets];
        var digit = RadixDigit.Take(ref differ, WideBits, out _);
        Count(run, source, 0, count, digit, next);
        long start = 0;
        for (var b = 0; b < Buckets; b++)
        {
            (next[b], start) = (start, start + next[b]);
        }

        var dealt = Dealt(source, target, room);
        Deal(run, source, dealt, 0, count, digit, next);
        return SortBuckets(run, dealt, target, room, next, 0, Buckets, most);
    }

    private static long SortParallel<T>(Run run, T* source, T* target, T* room, long count, long most, ulong differ, int parts)
        where T : unmanaged, ISortRow<T>
    {
        var next = (long*)run.AllocateZeroed((long)parts * Buckets * sizeof(long), owned: true);
        var digit = RadixDigit.Take(ref differ, WideBits, out _);
        Workers.Each(run, parts, (worker, p) => Count(worker, source, From(p, count, parts), From(p + 1, count, parts), digit, next + (p * Buckets)));
        long start = 0;
        for (var b = 0; b < Buckets; b++)
        {
            for (var p = 0; p < parts; p++)
            {
                ref var place = ref next[(p * Buckets) + b];
                (place, start) = (start, start + place);
            }
        }

        var dealt = (nint)Dealt(source, target, room);
        Workers.Each(run, parts, (worker, p) => Deal(worker, source, (T*)dealt, From(p, count, parts), From(p + 1, count, parts), digit, next + (p * Buckets)));
        var ends = next + ((parts - 1) * Buckets);
        var sorted = new long[Buckets / BucketsAtOnce];
        Workers.Each(run, sorted.Length, (worker, group) =>
            sorted[group] = SortBuckets(worker, (T*)dealt, target, room, ends, (int)group * BucketsAtOnce, (int)(group + 1) * BucketsAtOnce, most));
        run.Free((nint)next);
        return sorted.Max();
    }

    /// <summary>Where rows are dealt out: at once into the target, unless they come from there.</summary>
    private static T* Dealt<T>(T* source, T* target, T* room)
        where T : unmanaged => source == target ? room : target;

    // Buckets that are in the target share room, which stays in the caches.
    private static long SortBuckets<T>(Run run, T* dealt, T* target, T* room, long* ends, int first, int last, long most)
        where T : unmanaged, ISortRow<T>
    {
        var (begin, sorted) = (first == 0 ? 0 : ends[first - 1], 0L);
        for (var (b, start) = (first, begin); b < last && start < most; start = ends[b++])
        {
            sorted = start + T.SortBucket(run, dealt + start, target + start, room + (dealt == target ? begin : start), ends[b] - start, most - start);
        }

        return sorted;
    }

    private static long From(long part, long count, int parts) => (long)((Int128)count * part / parts);

    private static void Count<T>(Run run, T* rows, long from, long to, RadixDigit digit, long* counts)
        where T : unmanaged, ISortRow<T>
    {
        if (digit.IsRun)
        {
            Count(run, rows, from, to, digit.Run, counts);
        }
        else
        {
            Count<T, RadixDigit>(run, rows, from, to, digit, counts);
        }
    }

    private static void Count<T, TDigit>(Run run, T* rows, long from, long to, TDigit digit, long* counts)
        where T : unmanaged, ISortRow<T>
        where TDigit : struct, IRadixDigit
    {
        for (var i = from; i < to;)
        {
            run.ThrowIfStopped();
            for (var end = Math.Min(to, i + Step); i < end; i++)
            {
                counts[digit.Of(T.KeyOf(rows[i]))]++;
            }
        }
    }

    private static void Deal<T>(Run run, T* rows, T* room, long from, long to, RadixDigit digit, long* next)
        where T : unmanaged, ISortRow<T>
    {
        if (digit.IsRun)
        {
            Deal(run, rows, room, from, to, digit.Run, next);
        }
        else
        {
            Deal<T, RadixDigit>(run, rows, room, from, to, digit, next);
        }
    }

    private static void Deal<T, TDigit>(Run run, T* rows, T* room, long from, long to, TDigit digit, long* next)
        where T : unmanaged, ISortRow<T>
        where TDigit : struct, IRadixDigit
    {
        for (var i = from; i < to;)
        {
            run.ThrowIfStopped();
            for (var end = Math.Min(to, i + Step); i < end; i++)
            {
                var row = rows[i];
                room[next[digit.Of(T.KeyOf(row))]++] = row;
            }
        }
    }

    // Two digits, least first; then, where keys still differ below, each run of rows that are equal so far.
    private static void SortCached<T>(T* rows, T* room, int count)
        where T : unmanaged, ISortRow<T>
    {
        if (count <= FewRows)
        {
            Insert(rows, count);
            return;
        }

        var differ = Differ(rows, rows, count);
        if (differ == 0)
        {
            return;
        }

        var shift = SortTwoDigits(rows, room, count, differ);
        if (shift == 0)
        {
            return;
        }

        for (int start = 0, end; start < count; start = end)
        {
            var key = T.KeyOf(rows[start]) >> shift;
            for (end = start + 1; end < count && T.KeyOf(rows[end]) >> shift == key; end++)
            {
            }

            if (end - start > 1)
            {
                SortCached(rows + start, room + start, end - start);
            }
        }
    }

    /// <summary>Sorts by two digits.</summary>
    /// <returns>Rows are in the order of their bits from this one on.</returns>
    private static int SortTwoDigits<T>(T* rows, T* room, int count, ulong differ)
        where T : unmanaged, ISortRow<T>
    {
        var second = RadixDigit.Take(ref differ, Bits, out var shift);
        var first = differ == 0 ? second : RadixDigit.Take(ref differ, Bits, out shift);
        if (first.IsRun && second.IsRun)
        {
            SortTwoDigits(rows, room, count, first.Run, second.Run);
        }
        else
        {
            SortTwoDigits(rows, room, count, first, second);
        }

        return differ == 0 ? 0 : shift;
    }

    private static void SortTwoDigits<T, TDigit>(T* rows, T* room, int count, TDigit first, TDigit second)
        where T : unmanaged, ISortRow<T>
        where TDigit : struct, IRadixDigit
    {
        var low = stackalloc int[2 * Radix];
        var high = low + Radix;
        for (var i = 0; i < count; i++)
        {
            var key = T.KeyOf(rows[i]);
            low[first.Of(key)]++;
            high[second.Of(key)]++;
        }

        for (int r = 0, l = 0, h = 0; r < Radix; r++)
        {
            (low[r], l) = (l, l + low[r]);
            (high[r], h) = (h, h + high[r]);
        }

        for (var i = 0; i < count; i++)
        {
            var row = rows[i];
            room[low[first.Of(T.KeyOf(row))]++] = row;
        }

        for (var i = 0; i < count; i++)
        {
            var row = room[i];
            rows[high[second.Of(T.KeyOf(row))]++] = row;
        }
    }

    private static void Insert<T>(T* rows, int count)
        where T : unmanaged, ISortRow<T>
    {
        for (var i = 1; i < count; i++)
        {
            var (row, j) = (rows[i], i);
            for (var key = T.KeyOf(row); j > 0; j--)
            {
                // A copy field by field: the row was stored so just now, and a load of all of it would wait for the stores.
                var before = rows[j - 1];
                if (T.KeyOf(before) <= key)
                {
                    break;
                }

                rows[j] = before;
            }

            rows[j] = row;
        }
    }

    private static void Place<T>(Run run, T* source, T* target, long count)
        where T : unmanaged
    {
        if (source != target)
        {
            run.Copy((nint)source, (nint)target, count * sizeof(T));
        }
    }

    private static void Reverse<T>(Run run, T* rows, long count)
        where T : unmanaged
    {
        for (long i = 0, last = count - 1; i < last; i++, last--)
        {
            if ((i & (Step - 1)) == 0)
            {
                run.ThrowIfStopped();
            }

            (rows[i], rows[last]) = (rows[last], rows[i]);
        }
    }

    private static Survey Look<T>(Run run, T* rows, long count, int parts)
        where T : unmanaged, ISortRow<T>
    {
        if (parts == 1)
        {
            return Look(run, rows, 0, count);
        }

        var surveys = new Survey[parts];
        Workers.Each(run, parts, (worker, p) => surveys[p] = Look(worker, rows, From(p, count, parts), From(p + 1, count, parts)));
        return surveys.Aggregate((x, y) => new Survey(x.Differ | y.Differ, x.IsAscending && y.IsAscending, x.IsDescending && y.IsDescending));
    }

    // Each part but the first starts with a look back at the row before it.
    private static Survey Look<T>(Run run, T* rows, long from, long to)
        where T : unmanaged, ISortRow<T>
    {
        var differ = 0ul;
        for (var i = from; i < to;)
        {
            run.ThrowIfStopped();
            var end = Math.Min(to, i + Step);
            differ |= Differ(rows, rows + i, (int)(end - i));
            i = end;
        }

        var second = Math.Max(1, from);
        return new Survey(differ, IsInOrder(run, rows, second, to, descending: false), to > 1 && IsInOrder(run, rows, second, to, descending: true));
    }

    /// <summary>Whether no row is less than the one before it, or with <paramref name="descending"/> each is.</summary>
    private static bool IsInOrder<T>(Run run, T* rows, long from, long to, bool descending)
        where T : unmanaged, ISortRow<T>
    {
        for (var i = from; i < to; i++)
        {
            if ((i & (Step - 1)) == 0)
            {
                run.ThrowIfStopped();
            }

            if (T.KeyOf(rows[i]) < T.KeyOf(rows[i - 1]) != descending)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The bits in which the keys of some rows may differ from that of one: all of the rows' bits, as many rows at once as a register holds, then those of the key.</summary>
    private static ulong Differ<T>(T* one, T* rows, int count)
        where T : unmanaged, ISortRow<T>
    {
        var (i, differ) = (0, 0ul);
        var rowsAtOnce = Vector<byte>.Count / sizeof(T);
        if (T.IsByBits && count >= rowsAtOnce)
        {
            var same = stackalloc T[rowsAtOnce];
            new Span<T>(same, rowsAtOnce).Fill(*one);
            var (pattern, bits) = (Vector.Load((byte*)same), Vector<byte>.Zero);
            for (; i + rowsAtOnce <= count; i += rowsAtOnce)
            {
                bits |= Vector.Load((byte*)(rows + i)) ^ pattern;
            }

            Vector.Store(bits, (byte*)same);
            for (var lane = 0; lane < rowsAtOnce; lane++)
            {
                differ |= T.Differ(same[lane]);
            }
        }

        for (; i < count; i++)
        {
            differ |= T.KeyOf(rows[i]) ^ T.KeyOf(*one);
        }

        return differ;
    }

    /// <summary>What one look at the keys tells.</summary>
    /// <param name="Differ">The bits in which some differ.</param>
    /// <param name="IsAscending">None is less than the one before.</param>
    /// <param name="IsDescending">Each is less than the one before.</param>
    private readonly record struct Survey(ulong Differ, bool IsAscending, bool IsDescending);
}
