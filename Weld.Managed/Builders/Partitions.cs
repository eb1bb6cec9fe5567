using Weld.Managed.Runtime;

namespace Weld.Managed.Builders;

/// <summary>
/// The cells of many keys, in partitions by the highest bits of their hashes (<see cref="RowStage"/>): staged rows are merged partition by partition, by all
/// threads, through tables that fit the nearest caches. A new cell has the number of its first row; how many new cells came with earlier rows then gives the
/// number of its entry, so that entries come in the order of first merge.
/// </summary>
internal sealed class Partitions(KeyedCell cell)
{
    private const int Count = RowStage.Partitions;

    private readonly long[] _cells = new long[Count];
    private readonly long[] _counts = new long[Count];
    private readonly long[] _known = new long[Count];

    /// <summary>How many cells there are.</summary>
    public long Cells { get; private set; }

    /// <summary>The buffers; 0 stands for none.</summary>
    public IEnumerable<long> Buffers => _cells;

    /// <summary>The first cell of a partition.</summary>
    public long First(int partition) => _cells[partition];

    /// <summary>What comes after the last cell of a partition.</summary>
    public long End(int partition) => _cells[partition] + (_counts[partition] * cell.SizeInPartition);

    /// <summary>Takes over the cells of a table as the first ones; the table is empty then.</summary>
    public void Take(Run run, DictionaryTable table, RowStage stage)
    {
        var places = new long[Count];
        for (long number = 1; number <= table.Count; number++)
        {
            Memory.LookEvery(run, number);
            _counts[PartitionOf(number, out _)]++;
        }

        for (var partition = 0; partition < Count; partition++)
        {
            _cells[partition] = _counts[partition] == 0 ? 0 : Memory.AllocateOwned(run, _counts[partition], cell.SizeInPartition);
            places[partition] = _cells[partition];
            _known[partition] = _counts[partition];
        }

        for (long number = 1; number <= table.Count; number++)
        {
            Memory.LookEvery(run, number);
            var source = table.Cell(number);
            ref var place = ref places[PartitionOf(number, out var hash)];
            Memory.CopyCell(place, source, cell.Size);
            Memory.Store(place + cell.OrderOffset, number);
            if (cell.Shape.Words is null)
            {
                Memory.Store(place + cell.HashOffset, hash);
            }

            place += cell.SizeInPartition;
        }

        Cells = table.Count;
        table.Free();

        long PartitionOf(long number, out long hash)
        {
            hash = 0;
            return cell.Shape.Words is not null
                ? stage.PartitionOf(table.Cell(number), out _, out _)
                : RowStage.PartitionOfHash(hash = table.HashOf(number));
        }
    }

    /// <summary>Merges all staged rows.</summary>
    /// <param name="run">The run.</param>
    /// <param name="stage">The rows.</param>
    /// <param name="rows">What their numbers count up to.</param>
    /// <param name="block">The block from which they count theirs.</param>
    public void Absorb(Run run, RowStage stage, long rows, long block)
    {
        using var order = new FirstRows(run, rows, Cells);
        Merge(run, stage, order, block, Keep);
        Cells = order.Sum();
        DictionaryTable.LookAtCount(Cells);
        Workers.Each(run, Count, (worker, index) =>
        {
            for (var i = _known[index]; i < _counts[index]; i++)
            {
                Memory.LookEvery(worker, i);
                var number = _cells[index] + (i * cell.SizeInPartition) + cell.OrderOffset;
                Memory.Store(number, order.NumberOf(Memory.Load<long>(number)));
            }

            _known[index] = _counts[index];
        });
    }

    /// <summary>Merges the last rows.</summary>
    /// <param name="run">The run.</param>
    /// <param name="stage">The rows.</param>
    /// <param name="rows">What their numbers count up to.</param>
    /// <param name="block">The block from which they count theirs.</param>
    /// <param name="finish">Finishes the cells of a partition, after its rows.</param>
    /// <param name="use">What will be asked of the dictionary: where that is not its order, entries stand by the partition.</param>
    /// <returns>The dictionary.</returns>
    public long Finish(Run run, RowStage stage, long rows, long block, Action<Run, DictionaryTable, int> finish, DictionaryUse use)
    {
        var (isListed, isSearched) = (use.HasFlag(DictionaryUse.Listed), use.HasFlag(DictionaryUse.Searched));
        using var order = isListed ? new FirstRows(run, rows, Cells) : null;
        var entries = new PartitionEntries(cell, _cells, _counts);
        var (least, greatest) = (new long[Count], new long[Count]);
        Merge(run, stage, order, block, (worker, table, partition, _) =>
        {
            finish(worker, table, partition);
            (least[partition], greatest[partition]) = (table.Least, table.Greatest);
            entries.Keep(worker, table, partition);
        });
        Cells = order?.Sum() ?? _counts.Sum();
        DictionaryTable.LookAtCount(Cells);
        var target = Memory.AllocateOwned(run, Cells, cell.Shape.EntrySize);
        var hashes = entries.HaveHashes && isSearched ? Memory.AllocateOwned(run, Cells + 1, sizeof(uint)) : 0;
        var index = new KeyIndex(run, cell.Shape, cell.Shape.EntrySize);
        if (isSearched)
        {
            index.Prepare(target, Cells, hashes, least.Min(), greatest.Max());
        }

        var starts = Starts();
        var late = new List<(ulong Hash, long Number)>();
        Workers.Each(run, Count, (worker, partition) =>
        {
            var at = _cells[partition];
            for (long i = 0; i < _counts[partition]; i++, at += entries.Stride)
            {
                Memory.LookEvery(worker, i);
                var number = order is null ? starts[partition] + i + 1 : entries.NumberAt(at) is var known && i < _known[partition] ? known : order.NumberOf(known);
                if (order is null)
                {
                    entries.Write(target, at, number);
                }
                else
                {
                    entries.SetNumber(at, number);
                }

                if (isSearched)
                {
                    Place(index, number, at, entries.HashAt(at), late);
                }
            }
        });
        foreach (var (hash, number) in late)
        {
            index.Place(hash, number);
        }

        if (isListed)
        {
            entries.WriteInOrder(run, target, Cells);
        }

        Free(run);
        Memory.Publish(run, target);
        return isSearched ? index.Publish(target) : KeyIndex.PublishUnsearched(run, target, Cells);
    }

    /// <summary>Gives the memory back.</summary>
    public void Free(Run run)
    {
        foreach (var cells in _cells)
        {
            Memory.Free(run, cells);
        }

        Array.Clear(_cells);
        Array.Clear(_counts);
        Array.Clear(_known);
    }

    private void Merge(Run run, RowStage stage, FirstRows? order, long block, Action<Run, DictionaryTable, int, long[]> keep)
    {
        var tables = new Dictionary<Run, PartitionTable>(ReferenceEqualityComparer.Instance);
        var replaced = new long[Count];
        var absorb = cell.Absorb.Value;
        Workers.Each(run, Count, (worker, index) =>
        {
            var partition = (int)index;
            var table = TableOf(worker);
            table.Table.Load(_cells[partition], _counts[partition]);
            foreach (var (start, end, added) in stage.Chunks(partition))
            {
                Memory.Look(worker);
                absorb(worker, added, [table], start, end);
            }

            var marks = order?.MarksOf(worker) ?? 0;
            for (var number = _known[partition] + 1; marks != 0 && number <= table.Table.Count; number++)
            {
                Memory.LookEvery(worker, number);
                FirstRows.Mark(marks, Memory.Load<long>(table.Table.Cell(number) + cell.OrderOffset));
            }

            replaced[partition] = _cells[partition];
            keep(worker, table.Table, partition, replaced);
        });
        foreach (var table in tables.Values)
        {
            table.MoveTo(run);
            table.Table.Free();
        }

        foreach (var cells in replaced)
        {
            Memory.Free(run, cells);
        }

        PartitionTable TableOf(Run worker)
        {
            lock (tables)
            {
                if (!tables.TryGetValue(worker, out var table))
                {
                    tables.Add(worker, table = new PartitionTable(worker, cell) { Block = block });
                }

                return table;
            }
        }
    }

    /// <summary>How many cells the partitions before each have.</summary>
    private long[] Starts()
    {
        var starts = new long[Count];
        for (var partition = 1; partition < Count; partition++)
        {
            starts[partition] = starts[partition - 1] + _counts[partition - 1];
        }

        return starts;
    }

    private void Place(KeyIndex index, long number, long key, long hash, List<(ulong Hash, long Number)> late)
    {
        long first = 0;
        ulong placed;
        if (cell.Shape.Words is { } words)
        {
            (first, var second) = words.Read(key);
            placed = (ulong)words.HashOf(first, second);
        }
        else
        {
            placed = index.SetHash(number, hash);
        }

        if (!index.TryPlace(first, placed, number, RowStage.PartitionBits))
        {
            lock (late)
            {
                late.Add((placed, number));
            }
        }
    }

    // Cells that are no more than they were stay where they are.
    private void Keep(Run worker, DictionaryTable table, int partition, long[] replaced)
    {
        if (table.Count > _counts[partition])
        {
            _cells[partition] = Memory.AllocateOwned(worker, table.Count, cell.SizeInPartition);
            _counts[partition] = table.Count;
        }
        else
        {
            replaced[partition] = 0;
        }

        Memory.CopyLong(worker, _cells[partition], table.Cell(1), table.Count * cell.SizeInPartition);
    }
}
