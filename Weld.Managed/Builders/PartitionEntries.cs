using Weld.Managed.Runtime;

namespace Weld.Managed.Builders;

/// <summary>
/// The entries of a dictionary on their way from the partitions' tables to their places. Behind each waits the number of the row that its key came with, later its
/// own, and the key's hash where hashing reads memory. Within a partition numbers ascend.
/// </summary>
/// <param name="cell">How the tables' cells lie.</param>
/// <param name="first">Each partition's first entry.</param>
/// <param name="counts">How many it has.</param>
internal sealed class PartitionEntries(KeyedCell cell, long[] first, long[] counts)
{
    /// <summary>The bytes of neighbouring places that are filled from all partitions before the next ones: they fit the nearest caches, and their pages the nearest table of pages.</summary>
    private const int WindowBytes = 1 << 18;

    /// <summary>At most so many windows are filled by a thread in one go: for the first of them each partition is searched.</summary>
    private const int Windows = 8;

    /// <summary>Goes for each thread, so that all end at about the same time.</summary>
    private const int PartsPerThread = 4;

    private readonly int _entrySize = cell.Shape.EntrySize;
    private readonly int _numberOffset = (cell.Shape.EntrySize + 7) & ~7;

    /// <summary>Whether hashes wait, too.</summary>
    public bool HaveHashes => cell.Shape.Words is null;

    /// <summary>From one entry of a partition to the next.</summary>
    public int Stride => _numberOffset + (HaveHashes ? 2 * sizeof(long) : sizeof(long));

    public long NumberAt(long entry) => Memory.Load<long>(entry + _numberOffset);

    public void SetNumber(long entry, long number) => Memory.Store(entry + _numberOffset, number);

    public long HashAt(long entry) => HaveHashes ? Memory.Load<long>(entry + _numberOffset + sizeof(long)) : 0;

    /// <summary>Copies the cells of a partition's table.</summary>
    public void Keep(Run worker, DictionaryTable table, int partition)
    {
        counts[partition] = table.Count;
        var target = first[partition] = Memory.AllocateOwned(worker, table.Count, Stride);
        for (long number = 1; number <= table.Count; number++, target += Stride)
        {
            Memory.LookEvery(worker, number);
            var source = table.Cell(number);
            Memory.CopyCell(target, source, _entrySize);
            Memory.CopyCell(target + _numberOffset, source + cell.OrderOffset, Stride - _numberOffset);
        }
    }

    /// <summary>Copies an entry to the place of this number.</summary>
    public void Write(long target, long entry, long number) => Memory.CopyCell(target + ((number - 1) * _entrySize), entry, _entrySize);

    /// <summary>Copies all entries to the places of their numbers, a window of these after the other.</summary>
    public void WriteInOrder(Run run, long target, long count)
    {
        var window = Math.Max(1, WindowBytes / _entrySize);
        var part = window * Math.Clamp(count / (window * PartsPerThread * run.Threads), 1, Windows);
        Workers.Each(run, (count + part - 1) / part, (worker, index) =>
        {
            var (start, end) = (index * part, Math.Min(count, (index + 1) * part));
            var next = new long[first.Length];
            for (var partition = 0; partition < next.Length; partition++)
            {
                next[partition] = After(partition, start);
            }

            for (var last = start + window; ; last += window)
            {
                Memory.Look(worker);
                for (var partition = 0; partition < next.Length; partition++)
                {
                    next[partition] = WriteUpTo(Math.Min(last, end), target, next[partition], End(partition));
                }

                if (last >= end)
                {
                    break;
                }
            }
        });
    }

    private long End(int partition) => first[partition] + (counts[partition] * Stride);

    private long WriteUpTo(long last, long target, long entry, long end)
    {
        for (; entry < end && NumberAt(entry) is var number && number <= last; entry += Stride)
        {
            Write(target, entry, number);
        }

        return entry;
    }

    /// <summary>A partition's first entry whose number is greater.</summary>
    private long After(int partition, long number)
    {
        var (low, high) = (0L, counts[partition]);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = NumberAt(first[partition] + (middle * Stride)) > number ? (low, middle) : (middle + 1, high);
        }

        return first[partition] + (low * Stride);
    }
}
