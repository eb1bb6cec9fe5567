using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Weld.Managed.Runtime;

/// <summary>
/// Vectors of bytes in the order of <c>compare</c>: sorted by their first eight bytes as one number, those equal so far by the next eight, and few at a time by
/// comparison. A text that has ended has zeros for bytes; of texts equal so far those come first that have ended, the shorter before the longer.
/// Invariant: <c>source</c> and <c>target</c> are the addresses of live vectors of <c>count</c> texts, each an address and a length.
/// </summary>
internal sealed unsafe class TextSort
{
    private const int Bytes = 8;
    private const int FewTexts = 16;
    private const long Step = 1 << 12;
    private const long ParallelTexts = 1 << 14;

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
        Each(run, parts, count, (worker, from, to) => sort.MakeKeys(worker, from, to, 0));
        var sorted = RadixSort.Sort(run, rows, room, count, intoRoom: false, most);
        var starts = sort.RunStarts(run, parts, most, sorted);
        Each(run, parts, parts, (worker, from, to) => sort.SortTies(worker, starts[from], starts[to]));
        Each(run, parts, most, (worker, from, to) => KeyedSort.GatherPart(worker, rows, source, target, from, to, sizeof(Text)));
        run.Free((nint)room);
        run.Free((nint)rows);
    }

    /// <summary>A text's first eight bytes as a number that orders as they do, zeros where it has fewer.</summary>
    /// <param name="data">Where it lies.</param>
    /// <param name="length">Its bytes.</param>
    /// <param name="sign">The sign bits of all eight if the bytes are signed, else 0.</param>
    public static ulong Prefix(long data, long length, ulong sign)
    {
        var bytes = (byte*)data;
        if (length >= Bytes)
        {
            return BinaryPrimitives.ReverseEndianness(Little(Unsafe.ReadUnaligned<ulong>(bytes))) ^ sign;
        }

        if (length <= 0)
        {
            return 0;
        }

        var (prefix, shift) = (0ul, 64 - (8 * (int)length));
        if (length >= 4)
        {
            // The first four bytes, and the last four, which may be some of them again.
            prefix = ((ulong)Big(bytes) << 32) | ((ulong)Big(bytes + length - 4) << shift);
        }
        else
        {
            for (var i = 0; i < length; i++)
            {
                prefix |= (ulong)bytes[i] << (56 - (8 * i));
            }
        }

        return prefix ^ (sign & (ulong.MaxValue << shift));
    }

    private static uint Big(byte* bytes)
    {
        var value = Unsafe.ReadUnaligned<uint>(bytes);
        return BitConverter.IsLittleEndian ? BinaryPrimitives.ReverseEndianness(value) : value;
    }

    private static ulong Little(ulong value) => BitConverter.IsLittleEndian ? value : BinaryPrimitives.ReverseEndianness(value);

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

    private void MakeKeys(Run run, long from, long to, long depth)
    {
        for (var i = from; i < to;)
        {
            run.ThrowIfStopped();
            for (var end = Math.Min(to, i + Step); i < end; i++)
            {
                _rows[i] = new KeyedIndex(Key(i, depth), i);
            }
        }
    }

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
            ended += Memory.ToByte(_texts[_rows[tie.Start + i].Index].Length <= tie.Depth);
        }

        var (endedAt, othersAt) = _flip == 0 ? (tie.Start, tie.Start + ended) : (tie.Start + tie.Count - ended, tie.Start);
        var (nextEnded, nextOther) = (endedAt, othersAt);
        for (long i = 0; i < tie.Count; i++)
        {
            LookAt(run, i);
            var index = _rows[tie.Start + i].Index;
            var hasEnded = _texts[index].Length <= tie.Depth;
            _room[hasEnded ? nextEnded++ : nextOther++] = new KeyedIndex(hasEnded ? (ulong)_texts[index].Length ^ _flip : Key(index, tie.Depth), index);
        }

        var others = tie.Count - ended;
        RadixSort.Sort(run, _room + endedAt, _rows + endedAt, ended, intoRoom: true, ended);
        RadixSort.Sort(run, _room + othersAt, _rows + othersAt, others, intoRoom: true, others);
        FindTies(run, othersAt, othersAt + others, tie.Depth + Bytes, ties);
    }

    private void Insert(Run run, long start, int count, long depth)
    {
        var rows = _rows + start;
        for (var i = 1; i < count; i++)
        {
            var (row, j) = (rows[i], i);
            for (; j > 0 && IsBefore(run, row.Index, rows[j - 1].Index, depth); j--)
            {
                rows[j] = rows[j - 1];
            }

            rows[j] = row;
        }
    }

    private bool IsBefore(Run run, long x, long y, long depth)
    {
        var (a, b) = (_texts[x], _texts[y]);
        var shorter = Math.Min(a.Length, b.Length);
        var order = shorter <= depth ? a.Length.CompareTo(b.Length)
            : _sign == 0 ? VectorOrder.Order<byte>(run, a.Data + depth, a.Length - depth, b.Data + depth, b.Length - depth, total: true)
            : VectorOrder.Order<sbyte>(run, a.Data + depth, a.Length - depth, b.Data + depth, b.Length - depth, total: true);
        return _flip == 0 ? order < 0 : order > 0;
    }

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
