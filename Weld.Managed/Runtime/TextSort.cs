using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Weld.Managed.Runtime;

/// <summary>
/// Vectors of bytes in the order of <c>compare</c>: sorted by their first eight bytes as one number, those equal so far by the next eight, and few at a time by
/// comparison. A text that has ended has zeros for bytes; of texts equal so far those come first that have ended, the shorter before the longer. Beside the number
/// of a text, a row has its length up to nine: texts of up to eight bytes, which are all over memory, are read but once.
/// Invariant: <c>source</c> and <c>target</c> are the addresses of live vectors of <c>count</c> texts, each an address and a length.
/// </summary>
internal sealed unsafe class TextSort
{
    private const int Bytes = 8;
    private const int FewTexts = 16;
    private const long Step = 1 << 12;
    private const long ParallelTexts = 1 << 14;

    /// <summary>So many rows at a time are put in order where they are tied, and their texts copied: they fit the nearest caches.</summary>
    private const long RowsAtOnce = 1 << 13;

    private const int NumberBits = 60;
    private const long NumberMask = (1L << NumberBits) - 1;

    private readonly Text* _texts;
    private readonly KeyedIndex* _rows;
    private readonly KeyedIndex* _room;
    private readonly ulong _sign;
    private readonly ulong _flip;

    private TextSort(Text* texts, KeyedIndex* rows, KeyedIndex* room, bool isSigned, bool descending)
    {
        _texts = texts;
        _rows = rows;
        _room = room;
        _sign = isSigned ? 0x8080808080808080 : 0;
        _flip = descending ? ulong.MaxValue : 0;
    }

    /// <summary>Sorts a vector by <c>compare(a, b)</c>, or the other way round.</summary>
    /// <param name="run">The run.</param>
    /// <param name="source">What to sort.</param>
    /// <param name="target">Where to.</param>
    /// <param name="count">How many texts.</param>
    /// <param name="most">Only so many of the first are asked for.</param>
    /// <param name="isSigned">Whether the bytes are i8, else u8.</param>
    /// <param name="descending">Whether the greatest come first.</param>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Sort(Run run, long source, long target, long count, long most, bool isSigned, bool descending)
    {
        most = Math.Min(most, count);
        var rows = (KeyedIndex*)run.AllocateElements(count, sizeof(KeyedIndex));
        var room = (KeyedIndex*)run.AllocateElements(count, sizeof(KeyedIndex));
        var sort = new TextSort((Text*)source, rows, room, isSigned, descending);
        var parts = count < ParallelTexts ? 1 : 4L * run.Threads;
        Each(run, parts, count, (worker, from, to) => sort.MakeRows(worker, from, to));
        var sorted = RadixSort.Sort(run, rows, rows, room, count, most);
        var starts = sort.RunStarts(run, (most / RowsAtOnce) + 1, most, sorted);
        Workers.Each(run, starts.Length - 1, (worker, part) =>
        {
            sort.SortTies(worker, starts[part], starts[part + 1]);
            sort.Gather(worker, (Text*)target, starts[part], Math.Min(most, starts[part + 1]));
        });
        run.Free((nint)room);
        run.Free((nint)rows);
    }

    /// <summary>A text's first eight bytes as a number that orders as they do, zeros where it has fewer.</summary>
    /// <param name="data">Where it lies.</param>
    /// <param name="length">Its bytes.</param>
    /// <param name="sign">The sign bits of all eight if the bytes are signed, else 0.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Prefix(long data, long length, ulong sign)
    {
        if (length < sizeof(uint))
        {
            return PrefixOfFew((byte*)data, length, sign);
        }

        // The first four bytes, and the last four of the first eight, which may be some of them again.
        var bytes = (byte*)data;
        var held = (int)Math.Min(length, Bytes);
        var shift = 64 - (8 * held);
        return (((ulong)Big(bytes) << 32) | ((ulong)Big(bytes + held - sizeof(uint)) << shift)) ^ (sign & (ulong.MaxValue << shift));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ulong PrefixOfFew(byte* bytes, long length, ulong sign)
    {
        var prefix = 0ul;
        for (var i = 0; i < length; i++)
        {
            prefix |= (bytes[i] ^ (sign & byte.MaxValue)) << (56 - (8 * i));
        }

        return prefix;
    }

    private static uint Big(byte* bytes)
    {
        var value = Unsafe.ReadUnaligned<uint>(bytes);
        return BitConverter.IsLittleEndian ? BinaryPrimitives.ReverseEndianness(value) : value;
    }

    private static void Each(Run run, long parts, long count, Action<Run, long, long> body)
    {
        if (parts == 1)
        {
            body(run, 0, count);
            return;
        }

        Workers.Each(run, parts, (worker, part) => body(worker, Bound(count, part, parts), Bound(count, part + 1, parts)));
    }

    /// <summary>Where a part of so many rows begins.</summary>
    private static long Bound(long count, long part, long parts) => (long)((Int128)count * part / parts);

    private void MakeRows(Run run, long from, long to)
    {
        var (texts, rows, sign, flip) = ((nint)_texts, (nint)_rows, _sign, _flip);
        for (var i = from; i < to;)
        {
            run.ThrowIfStopped();
            for (var end = Math.Min(to, i + Step); i < end; i++)
            {
                var (data, length) = (((Text*)texts)[i].Data, ((Text*)texts)[i].Length);
                ((KeyedIndex*)rows)[i] = new KeyedIndex(Prefix(data, length, sign) ^ flip, i | (Math.Min(length, Bytes + 1) << NumberBits));
            }
        }
    }

    private void Gather(Run run, Text* target, long from, long to)
    {
        var (texts, rows) = ((nint)_texts, (nint)_rows);
        for (var i = from; i < to; i++)
        {
            LookAt(run, i);
            target[i] = ((Text*)texts)[((KeyedIndex*)rows)[i].Index & NumberMask];
        }
    }

    private static long HeldLength(KeyedIndex row) => row.Index >>> NumberBits;

    private long LengthOf(KeyedIndex row) => HeldLength(row) is <= Bytes and var length ? length : _texts[row.Index & NumberMask].Length;

    private ulong Key(long text, long depth) => Prefix(_texts[text].Data + depth, _texts[text].Length - depth, _sign) ^ _flip;

    /// <summary>
    /// Where the parts of the first <paramref name="most"/> rows begin and the last one ends, so that no run of equal keys is in two of them. Known before any of them is sorted,
    /// which changes keys.
    /// </summary>
    private long[] RunStarts(Run run, long parts, long most, long sorted)
    {
        var starts = new long[parts + 1];
        for (long part = 1, start = 0; part <= parts; part++)
        {
            for (start = Math.Max(start, Bound(most, part, parts)); start > 0 && start < sorted && _rows[start].Key == _rows[start - 1].Key; start++)
            {
                LookAt(run, start);
            }

            starts[part] = start;
        }

        return starts;
    }

    /// <summary>Sorts each run of equal keys between two rows.</summary>
    private void SortTies(Run run, long from, long to)
    {
        // Ties deeper down wait in a list: texts may be equal for longer than a stack is deep.
        var ties = new Stack<Tie>();
        FindTies(run, from, to, Bytes, ties);
        while (ties.TryPop(out var tie))
        {
            run.ThrowIfStopped();
            SortTie(run, tie, ties);
        }
    }

    /// <summary>Sorts the runs of few equal keys, and lists those of many.</summary>
    private void FindTies(Run run, long from, long to, long depth, Stack<Tie> ties)
    {
        for (long start = from, end; start < to; start = end)
        {
            LookAt(run, start);
            for (end = start + 1; end < to && _rows[end].Key == _rows[start].Key; end++)
            {
                LookAt(run, end);
            }

            if (end - start is > 1 and <= FewTexts)
            {
                Insert(run, start, (int)(end - start), depth);
            }
            else if (end - start > 1)
            {
                ties.Push(new Tie(start, end - start, depth));
            }
        }
    }

    private void SortTie(Run run, Tie tie, Stack<Tie> ties)
    {
        var ended = 0L;
        for (long i = 0; i < tie.Count; i++)
        {
            LookAt(run, i);
            ended += Memory.ToByte(LengthOf(_rows[tie.Start + i]) <= tie.Depth);
        }

        var (endedAt, othersAt) = _flip == 0 ? (tie.Start, tie.Start + ended) : (tie.Start + tie.Count - ended, tie.Start);
        var (nextEnded, nextOther) = (endedAt, othersAt);
        for (long i = 0; i < tie.Count; i++)
        {
            LookAt(run, i);
            var row = _rows[tie.Start + i];
            var length = LengthOf(row);
            _room[length <= tie.Depth ? nextEnded++ : nextOther++] = row with { Key = length <= tie.Depth ? (ulong)length ^ _flip : Key(row.Index & NumberMask, tie.Depth) };
        }

        var others = tie.Count - ended;
        RadixSort.Sort(run, _room + endedAt, _rows + endedAt, _room + endedAt, ended, ended);
        RadixSort.Sort(run, _room + othersAt, _rows + othersAt, _room + othersAt, others, others);
        FindTies(run, othersAt, othersAt + others, tie.Depth + Bytes, ties);
    }

    private void Insert(Run run, long start, int count, long depth)
    {
        var rows = _rows + start;
        for (var i = 1; i < count; i++)
        {
            var (row, j) = (rows[i], i);
            for (; j > 0 && IsBefore(run, row, rows[j - 1], depth); j--)
            {
                rows[j] = rows[j - 1];
            }

            rows[j] = row;
        }
    }

    // The texts are equal as far as the depth, which is eight bytes at least.
    private bool IsBefore(Run run, KeyedIndex x, KeyedIndex y, long depth)
    {
        var order = HeldLength(x) > Bytes && HeldLength(y) > Bytes
            ? Order(run, _texts[x.Index & NumberMask], _texts[y.Index & NumberMask], depth)
            : HeldLength(x).CompareTo(HeldLength(y));
        return _flip == 0 ? order < 0 : order > 0;
    }

    private int Order(Run run, Text a, Text b, long depth) =>
        Math.Min(a.Length, b.Length) <= depth ? a.Length.CompareTo(b.Length)
        : _sign == 0 ? VectorOrder.Order<byte>(run, a.Data + depth, a.Length - depth, b.Data + depth, b.Length - depth, total: true)
        : VectorOrder.Order<sbyte>(run, a.Data + depth, a.Length - depth, b.Data + depth, b.Length - depth, total: true);

    private static void LookAt(Run run, long row)
    {
        if ((row & (Step - 1)) == 0)
        {
            run.ThrowIfStopped();
        }
    }

    private readonly record struct Text(long Data, long Length);

    /// <summary>Rows whose texts are equal as far as <paramref name="Depth"/> bytes, ended ones taken to go on with zeros.</summary>
    private readonly record struct Tie(long Start, long Count, long Depth);
}
