using System.Runtime.CompilerServices;
using Weld.Managed.Runtime;

namespace Weld.Managed.Builders;

/// <summary>
/// A table that grows: dense cells in the order in which their keys came, and an index over them. A cell is an entry of the dictionary, or that and
/// what its builder keeps behind it, which <see cref="Finish"/> drops. Keys are normalised already. The memory is a builder's until then.
/// </summary>
/// <param name="run">The run.</param>
/// <param name="shape">What is known of the dictionary's type.</param>
/// <param name="fresh">What follows the key in a new cell.</param>
/// <param name="stage">Where rows go once there are many keys; null for never.</param>
internal class DictionaryTable(Run run, DictionaryShape shape, byte[] fresh, RowStage? stage) : KeyIndex(run, shape, shape.ValueOffset + fresh.Length)
{
    private const long FirstCells = 16;
    private const long MaxEntries = 1L << 30;

    /// <summary>A table of more keys that are hashed is too large for the nearest caches.</summary>
    private const long MostKeys = 1 << 15;

    private long _cells;

    public override IEnumerable<long> Buffers => [_cells, .. base.Buffers];

    /// <summary>How many cells there is room for.</summary>
    private protected long Capacity { get; private set; }

    /// <summary>The address of the entries of a finished dictionary.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static long Entries(long dictionary) => dictionary == 0 ? 0 : Memory.Load<DictionaryHeader>(dictionary).Entries;

    /// <summary>The number of entries of a finished dictionary.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static long CountOf(long dictionary) => dictionary == 0 ? 0 : Memory.Load<DictionaryHeader>(dictionary).Count;

    /// <summary>Adds a key that is not in the table.</summary>
    /// <returns>The number of its cell.</returns>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public long Add(long first, long second)
    {
        Shape.Words!.Write(NewCell(), first, second);
        AddLast(Shape.Words, first, second);
        StageIfMany();
        return Count;
    }

    /// <summary>The number of the cell of the key at an address, which is added if it is new.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public long FindOrAdd(long key)
    {
        if (Shape.Words is { } words)
        {
            var (first, second) = words.Read(key);
            return FindOrAddWords(words, first, second);
        }

        var hash = Shape.Key.Hash(key);
        var found = Find(key, hash);
        if (found != 0)
        {
            return found;
        }

        Memory.Copy(NewCell(), key, Shape.KeySize);
        AddLast(hash);
        StageIfMany();
        return Count;
    }

    /// <summary>The number of the cell of a key that is compared in memory, which is added if it is new, where this number may be it.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public long FindOrAddAt(long key, long number) => number > 0 && number <= Count && Shape.Key.Equal(Cell(number), key) ? number : FindOrAdd(key);

    /// <summary>Adds all entries of a finished dictionary.</summary>
    public void AddAll(long dictionary)
    {
        var (entries, count) = (Entries(dictionary), CountOf(dictionary));
        for (long i = 0; i < count; i++)
        {
            Memory.LookEvery(Run, i);
            var source = entries + (i * Shape.EntrySize);
            Memory.Copy(Cell(FindOrAdd(source)) + Shape.ValueOffset, source + Shape.ValueOffset, Shape.ValueSize);
        }
    }

    /// <summary>The finished dictionary; the table is not used again.</summary>
    public long Finish()
    {
        if (Count == 0)
        {
            Free();
            return 0;
        }

        for (long number = 2; number <= Count && Stride != Shape.EntrySize; number++)
        {
            Memory.LookEvery(Run, number);
            Memory.Move(_cells + ((number - 1) * Shape.EntrySize), Cell(number), Shape.EntrySize);
        }

        Memory.Publish(Run, _cells);
        return Publish(_cells);
    }

    /// <summary>Moves to another run, which takes the buffers over.</summary>
    public void MoveTo(Run other) => Run = other;

    /// <summary>Gives the memory back; the table is empty.</summary>
    public void Free()
    {
        Memory.Free(Run, _cells);
        FreeIndex();
        (_cells, Capacity, Cells, Count) = (0, 0, 0, 0);
    }

    private long FindOrAddWords(KeyWords words, long first, long second)
    {
        var known = Find(words, first, second);
        return known != 0 ? known : Add(first, second);
    }

    private void StageIfMany()
    {
        if (Count >= MostKeys && Extent == 0)
        {
            stage?.Start(Run);
        }
    }

    private protected long NewCell()
    {
        if (Count == Capacity)
        {
            Grow();
        }

        Count++;
        var cell = Cell(Count);
        Memory.CopyCell(cell + Shape.ValueOffset, fresh);
        return cell;
    }

    /// <summary>A dictionary has no more entries than the slots of its index can number.</summary>
    public static void LookAtCount(long entries)
    {
        if (entries > MaxEntries)
        {
            Fail.OutOfMemory($"expected a dictionary of at most {MaxEntries} entries, found more");
        }
    }

    private void Grow()
    {
        LookAtCount(Capacity + 1);
        var capacity = Math.Max(FirstCells, 2 * Capacity);
        _cells = Memory.Grow(Run, _cells, Count, capacity, Stride);
        (Capacity, Cells) = (capacity, _cells - Stride);
    }
}
