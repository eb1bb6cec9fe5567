using System.Numerics;
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
            _counts[stage.PartitionOf(table.Cell(number), out _, out _)]++;
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
            ref var place = ref places[stage.PartitionOf(source, out var hash, out _)];
            Memory.CopyCell(place, source, cell.Size);
            Memory.Store(place + cell.OrderOffset, number);
            if (cell.Shape.Words is null)
            {
                Memory.Store(place + cell.OrderOffset + sizeof(long), hash);
            }

            place += cell.SizeInPartition;
        }

        Cells = table.Count;
        table.Free();
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

    /// <summary>Merges the last rows. The entries are copied to their places by their partition's thread.</summary>
    /// <param name="run">The run.</param>
    /// <param name="stage">The rows.</param>
    /// <param name="rows">What their numbers count up to.</param>
    /// <param name="block">The block from which they count theirs.</param>
    /// <param name="finish">Finishes the cells of a partition, after its rows.</param>
    /// <param name="isSearched">Whether keys will be looked for.</param>
    /// <returns>The dictionary.</returns>
    public long Finish(Run run, RowStage stage, long rows, long block, Action<Run, DictionaryTable, int> finish, bool isSearched)
    {
        var shape = cell.Shape;
        var (entrySize, keyed) = (shape.EntrySize, shape.Words is null);
        var (numberAt, stride) = ((entrySize + 7) & ~7, ((entrySize + 7) & ~7) + (keyed ? 2 * sizeof(long) : sizeof(long)));
        using var order = new FirstRows(run, rows, Cells);
        var (least, greatest) = (new long[Count], new long[Count]);
        Merge(run, stage, order, block, (worker, table, partition, _) =>
        {
            finish(worker, table, partition);
            (least[partition], greatest[partition]) = (table.Least, table.Greatest);
            _counts[partition] = table.Count;
            var target = _cells[partition] = Memory.AllocateOwned(worker, table.Count, stride);
            for (long number = 1; number <= table.Count; number++, target += stride)
            {
                Memory.LookEvery(worker, number);
                var source = table.Cell(number);
                Memory.CopyCell(target, source, entrySize);
                Memory.CopyCell(target + numberAt, source + cell.OrderOffset, stride - numberAt);
            }
        });
        Cells = order.Sum();
        DictionaryTable.LookAtCount(Cells);
        var entries = Memory.AllocateOwned(run, Cells, entrySize);
        var hashes = keyed && isSearched ? Memory.AllocateOwned(run, Cells + 1, sizeof(uint)) : 0;
        var index = new KeyIndex(run, shape, entrySize);
        if (isSearched)
        {
            index.Prepare(entries, Cells, hashes, least.Min(), greatest.Max());
        }

        var late = new List<(ulong Hash, long Number)>();
        Workers.Each(run, Count, (worker, partition) =>
        {
            var at = _cells[partition];
            for (long i = 0; i < _counts[partition]; i++, at += stride)
            {
                Memory.LookEvery(worker, i);
                var number = Memory.Load<long>(at + numberAt);
                number = i < _known[partition] ? number : order.NumberOf(number);
                Memory.CopyCell(entries + ((number - 1) * entrySize), at, entrySize);
                if (isSearched)
                {
                    Place(index, number, at, at + numberAt + sizeof(long), late);
                }
            }
        });
        foreach (var (hash, number) in late)
        {
            index.Place(hash, number);
        }

        Free(run);
        Memory.Publish(run, entries);
        return isSearched ? index.Publish(entries) : KeyIndex.PublishUnsearched(run, entries, Cells);
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

    private void Merge(Run run, RowStage stage, FirstRows order, long block, Action<Run, DictionaryTable, int, long[]> keep)
    {
        stage.Seal();
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

            for (var number = _known[partition] + 1; number <= table.Table.Count; number++)
            {
                Memory.LookEvery(worker, number);
                order.Mark(Memory.Load<long>(table.Table.Cell(number) + cell.OrderOffset));
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

    private void Place(KeyIndex index, long number, long key, long hashAt, List<(ulong Hash, long Number)> late)
    {
        long first = 0;
        ulong hash;
        if (cell.Shape.Words is { } words)
        {
            (first, var second) = words.Read(key);
            hash = (ulong)words.HashOf(first, second);
        }
        else
        {
            hash = index.SetHash(number, Memory.Load<long>(hashAt));
        }

        if (!index.TryPlace(first, hash, number, RowStage.PartitionBits))
        {
            lock (late)
            {
                late.Add((hash, number));
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

/// <summary>A bit for each row with which a key came: the number of the key's entry is that of the bits up to its own, after the entries of before.</summary>
internal sealed class FirstRows : IDisposable
{
    private const int Bits = 64;

    private readonly Run _run;
    private readonly long _words;
    private readonly long _firsts;
    private readonly long _before;
    private readonly bool _isShared;
    private readonly long _known;

    public FirstRows(Run run, long rows, long known)
    {
        (_run, _words, _known, _isShared) = (run, (rows / Bits) + 1, known, run.Threads > 1);
        _firsts = Memory.AllocateOwned(run, _words, sizeof(ulong));
        _before = Memory.AllocateOwned(run, _words, sizeof(long));
        Memory.Clear(run, _firsts, _words * sizeof(ulong));
    }

    /// <summary>A key came with the row of this number. Called by several threads.</summary>
    public void Mark(long number)
    {
        var row = RowStage.CountOf(number);
        var (word, bit) = (_firsts + (row / Bits * sizeof(ulong)), 1UL << (int)(row % Bits));
        if (_isShared)
        {
            Memory.InterlockedOr(word, bit);
        }
        else
        {
            Memory.Store(word, Memory.Load<ulong>(word) | bit);
        }
    }

    /// <summary>Counts, after all were marked.</summary>
    /// <returns>How many entries there are.</returns>
    public long Sum()
    {
        var count = _known;
        for (long word = 0; word < _words; word++)
        {
            Memory.LookEvery(_run, word);
            Memory.Store(_before + (word * sizeof(long)), count);
            count += BitOperations.PopCount(Memory.Load<ulong>(_firsts + (word * sizeof(ulong))));
        }

        return count;
    }

    /// <summary>The number, from 1, of the entry of a key that came with a row.</summary>
    public long NumberOf(long number)
    {
        var row = RowStage.CountOf(number);
        var word = row / Bits * sizeof(ulong);
        var earlier = Memory.Load<ulong>(_firsts + word) & ((1UL << (int)(row % Bits)) - 1);
        return Memory.Load<long>(_before + word) + BitOperations.PopCount(earlier) + 1;
    }

    public void Dispose()
    {
        Memory.Free(_run, _firsts);
        Memory.Free(_run, _before);
    }
}
