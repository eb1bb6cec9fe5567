using System.Runtime.CompilerServices;
using Weld.Managed.Layout;
using Weld.Managed.Runtime;

namespace Weld.Managed.Builders;

/// <summary>
/// Values with the number of their key's cell, in merge order; the cell counts them. At the end they are scattered into one buffer, of which each key
/// gets a slice: order kept, no growth per key. Values of many keys are staged, and scattered by the partition.
/// </summary>
internal sealed class GroupMerger : KeyedBuilder
{
    private readonly int _size;

    [MethodImpl(MethodImplOptions.NoInlining)]
    public GroupMerger(Run run, KeyedCell cell, long initial)
        : base(run, cell)
    {
        _size = cell.ValueSize;
        var (entries, count) = (DictionaryTable.Entries(initial), DictionaryTable.CountOf(initial));
        for (long e = 0; e < count; e++)
        {
            AddGroup(entries + (e * cell.Shape.EntrySize));
        }
    }

    /// <summary>The values.</summary>
    public long Values { get; private set; }

    /// <summary>The i32 number of each value's key.</summary>
    public long Numbers { get; private set; }

    /// <summary>How many values there are, besides those that are staged.</summary>
    public long Count { get; set; }

    /// <summary>How many values there is room for.</summary>
    public long Capacity { get; private set; }

    public override long Rows => Count + Staged;

    public override int RowSize => _size;

    public override IEnumerable<long> Buffers => [.. base.Buffers, Values, Numbers];

    private protected override bool IsFull => false;

    /// <summary>Makes room for at least one more value.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public void Grow()
    {
        var capacity = Math.Max(32, checked(2 * Capacity));
        Values = Memory.Grow(Run, Values, Count, capacity, _size);
        Numbers = Memory.Grow(Run, Numbers, Count, capacity, sizeof(int));
        Capacity = capacity;
    }

    /// <summary>Each group's values go where the groups before it end.</summary>
    private protected override long ToDictionary(DictionaryUse use)
    {
        var grouped = Memory.Allocate(Run, Count + Staged, _size);
        var known = Table.Count;
        var dictionary = Staged > 0 ? GroupStaged(grouped, use) : GroupOthers(grouped);
        var next = Memory.AllocateOwned(Run, known + 1, sizeof(long));
        var entries = DictionaryTable.Entries(dictionary);
        for (long number = 1; number <= known; number++)
        {
            Memory.LookEvery(Run, number);
            Memory.Store(next + (number * sizeof(long)), Memory.Load<long>(entries + ((number - 1) * Cell.Shape.EntrySize) + Cell.Shape.ValueOffset));
        }

        switch (_size)
        {
            case sizeof(int):
                Scatter<int>(next);
                break;
            case sizeof(long):
                Scatter<long>(next);
                break;
            default:
                Scatter<byte>(next);
                break;
        }

        Memory.Free(Run, next);
        Memory.Free(Run, Values);
        Memory.Free(Run, Numbers);
        return dictionary;
    }

    private protected override KeyedBuilder NewFork(Run worker) => new GroupMerger(worker, Cell, 0);

    // The fork's values follow, under this table's numbers of their keys.
    private protected override void JoinCells(KeyedBuilder part)
    {
        var fork = (GroupMerger)part;
        var numbers = Memory.AllocateOwned(Run, fork.Table.Count + 1, sizeof(int));
        for (long number = 1; number <= fork.Table.Count; number++)
        {
            Memory.LookEvery(Run, number);
            var source = fork.Table.Cell(number);
            var own = number <= fork.Known ? number : Table.FindOrAddFrom(fork.Table, number);
            var length = Length(Table.Cell(own));
            Memory.Store(length, Memory.Load<long>(length) + Memory.Load<long>(Length(source)));
            Memory.Store(numbers + (number * sizeof(int)), (int)own);
        }

        while (Capacity - Count < fork.Count)
        {
            Grow();
        }

        Memory.CopyLong(Run, Values + (Count * _size), fork.Values, fork.Count * _size);
        for (long i = 0; i < fork.Count; i++)
        {
            Memory.LookEvery(Run, i);
            Memory.Store(Numbers + ((Count + i) * sizeof(int)), Memory.Load<int>(numbers + (NumberOf(fork, i) * (long)sizeof(int))));
        }

        Count += fork.Count;
        Memory.Free(Run, numbers);
        fork.FreeValues();
    }

    private protected override void StageCells(KeyedBuilder part, long block)
    {
        var fork = (GroupMerger)part;
        for (long i = 0; i < fork.Count; i++)
        {
            Memory.LookEvery(Run, i);
            Memory.Copy(Stand(fork.Table.Cell(NumberOf(fork, i)), block), fork.Values + (i * _size), _size);
        }

        fork.FreeValues();
    }

    private static int NumberOf(GroupMerger merger, long value) => Memory.Load<int>(merger.Numbers + (value * sizeof(int)));

    /// <summary>
    /// Puts each value where its group goes on; <typeparamref name="T"/> is of its size, or a byte. The next places, and then the lines they are in, are asked
    /// for ahead, since each is elsewhere.
    /// </summary>
    private void Scatter<T>(long next)
        where T : unmanaged
    {
        const int Ahead = 32;
        for (long i = 0; i < Count; i++)
        {
            Memory.LookEvery(Run, i);
            if (i < Count - Ahead)
            {
                Memory.Prefetch(Next(i + Ahead));
                Memory.Prefetch(Memory.Load<long>(Next(i + (Ahead / 2))));
            }

            Put<T>(Next(i), Values + (i * _size));
        }

        long Next(long i) => next + (NumberOf(this, i) * (long)sizeof(long));
    }

    // Each partition has a part of the buffer, in which its groups follow each other. Of a group, the values that were not staged come first.
    private long GroupStaged(long grouped, DictionaryUse use)
    {
        TakeTable();
        var starts = new long[RowStage.Partitions];
        for (var partition = 0; partition < starts.Length; partition++)
        {
            starts[partition] = grouped;
            grouped += Stage.CountRows(partition) * _size;
            Memory.Look(Run);
            for (var (cell, end) = (Partitions.First(partition), Partitions.End(partition)); cell < end; cell += Cell.SizeInPartition)
            {
                var length = Memory.Load<long>(Length(cell));
                Memory.Store(cell + Cell.Shape.ValueOffset, length * _size);
                grouped += length * _size;
            }
        }

        return FinishStaged(
            _size switch
            {
                sizeof(int) => (worker, table, partition) => Scatter<int>(worker, table, partition, starts[partition]),
                sizeof(long) => (worker, table, partition) => Scatter<long>(worker, table, partition, starts[partition]),
                _ => (worker, table, partition) => Scatter<byte>(worker, table, partition, starts[partition]),
            },
            use | DictionaryUse.Listed);
    }

    private long GroupOthers(long grouped)
    {
        for (long number = 1; number <= Table.Count; number++)
        {
            Memory.LookEvery(Run, number);
            var vector = Table.Cell(number) + Cell.Shape.ValueOffset;
            Memory.Store(vector, grouped);
            grouped += Memory.Load<long>(vector + MemoryLayout.LengthOffset) * _size;
        }

        Stage.Free(Run);
        return Table.Finish();
    }

    // A cell has where its next value goes, at first the bytes of those that were not staged; rows have the numbers of their cells.
    private void Scatter<T>(Run worker, DictionaryTable table, int partition, long start)
        where T : unmanaged
    {
        var (offset, rowSize, valueOffset, stride) = (Cell.Shape.ValueOffset, Stage.RowSize, Stage.ValueOffset, Cell.SizeInPartition);
        var places = table.Cells + offset;
        var last = places + (table.Count * stride);
        for (var place = places + stride; place <= last; place += stride)
        {
            Memory.Store(place, Memory.Load<long>(place) + start);
            start += Memory.Load<long>(place + MemoryLayout.LengthOffset) * _size;
        }

        foreach (var (first, end, _) in Stage.Chunks(partition))
        {
            Memory.Look(worker);
            for (var row = first; row < end; row += rowSize)
            {
                Put<T>(places + (Memory.Load<long>(row) * stride), row + valueOffset);
            }
        }

        for (var place = places + stride; place <= last; place += stride)
        {
            Memory.Store(place, Memory.Load<long>(place) - (Memory.Load<long>(place + MemoryLayout.LengthOffset) * _size));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Put<T>(long place, long value)
        where T : unmanaged
    {
        var target = Memory.Load<long>(place);
        if (Unsafe.SizeOf<T>() > 1)
        {
            Memory.Store(target, Memory.Load<T>(value));
        }
        else
        {
            Memory.Copy(target, value, _size);
        }

        Memory.Store(place, target + _size);
    }

    private long Length(long cell) => cell + Cell.Shape.ValueOffset + MemoryLayout.LengthOffset;

    private void FreeValues()
    {
        Memory.Free(Run, Values);
        Memory.Free(Run, Numbers);
    }

    private void AddGroup(long entry)
    {
        var data = Memory.Load<long>(entry + Cell.Shape.ValueOffset);
        var length = Memory.Load<long>(Length(entry));
        var number = Table.FindOrAdd(entry);
        Memory.Store(Length(Table.Cell(number)), length);
        for (long i = 0; i < length; i++)
        {
            Memory.LookEvery(Run, i);
            Add(number, data + (i * _size));
        }
    }

    private void Add(long number, long value)
    {
        if (Count == Capacity)
        {
            Grow();
        }

        Memory.Store(Numbers + (Count * sizeof(int)), (int)number);
        Memory.Copy(Values + (Count * _size), value, _size);
        Count++;
    }
}
