using System.Runtime.CompilerServices;
using Weld.Managed.Layout;
using Weld.Managed.Runtime;

namespace Weld.Managed.Builders;

/// <summary>
/// A table that grows: dense cells in the order in which their keys came, and an index over them. A cell is an entry of the dictionary, or that and
/// what its builder keeps behind it, which <see cref="Finish"/> drops. Keys are normalised already. The memory is a builder's until then.
/// </summary>
/// <param name="run">The run.</param>
/// <param name="layout">How cells lie.</param>
/// <param name="fresh">What follows the key in a new cell.</param>
/// <param name="stage">Where rows go once there are many keys; null for never.</param>
internal class DictionaryTable(Run run, KeyedCell layout, byte[] fresh, RowStage? stage) : KeyIndex(run, layout.Shape, layout.Shape.ValueOffset + fresh.Length)
{
    private const long FirstCells = 16;
    private const long MaxEntries = 1L << 30;

    /// <summary>A table of more keys that are hashed is too large for the nearest caches.</summary>
    private const long LargestCached = 1 << 15;

    private long _cells;

    /// <summary>With more keys that are hashed, rows go to the stage.</summary>
    public long MostKeys { get; set; } = LargestCached;

    public override IEnumerable<long> Buffers => [_cells, .. base.Buffers];

    /// <summary>How its cells lie.</summary>
    private protected KeyedCell Layout { get; } = layout;

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

    /// <summary>Adds a text that is not in the table.</summary>
    /// <returns>The number of its cell.</returns>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public long AddText(long data, long length, long hash, long first, long last)
    {
        NewText(data, length, first, last);
        AddLast((uint)hash);
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

        if (Shape.Key.IsText)
        {
            var (digest, data, length) = (Shape.Key.Digest(key), Memory.Load<long>(key), Memory.Load<long>(key + MemoryLayout.LengthOffset));
            return FindOrAddText(data, length, TextKey.Hash(length * Shape.Key.ElementSize, digest.First, digest.Last), digest.First, digest.Last);
        }

        var hash = Shape.Key.Hash(key);
        var found = Find(key, hash);
        if (found != 0)
        {
            return found;
        }

        return AddHashed(key, hash);
    }

    /// <summary>Adds a key that is compared in memory and is not in the table.</summary>
    /// <param name="key">Its address.</param>
    /// <param name="hash">Its hash, of 32 bits.</param>
    /// <returns>The number of its cell.</returns>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public long AddHashed(long key, long hash)
    {
        var cell = NewCell();
        Memory.Copy(cell, key, Shape.KeySize);
        Shape.Key.WriteDigests(cell, cell + Layout.DigestOffset);
        AddLast((uint)hash);
        StageIfMany();
        return Count;
    }

    /// <summary>The number of the cell of the key of a cell of another such table, which is added if it is new.</summary>
    public long FindOrAddFrom(DictionaryTable other, long number)
    {
        var cell = other.Cell(number);
        return Shape.Words is null && Shape.Key.IsText
            ? FindOrAddText(
                Memory.Load<long>(cell), Memory.Load<long>(cell + MemoryLayout.LengthOffset), other.HashOf(number),
                Memory.Load<long>(cell + Layout.DigestOffset), Memory.Load<long>(cell + Layout.DigestOffset + sizeof(long)))
            : FindOrAdd(cell);
    }

    /// <summary>The number of the cell of a key that is compared in memory, which is added if it is new, where this number may be it.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public long FindOrAddAt(long key, long number) => number > 0 && number <= Count && Shape.Key.Equal(Cell(number), key) ? number : FindOrAdd(key);

    /// <summary>Begins with the keys of another table, under their numbers; nothing is merged into their cells.</summary>
    /// <param name="other">The table, which has keys.</param>
    /// <param name="isFresh">Whether nothing is merged into the cells of that one, either.</param>
    public void TakeKeysOf(DictionaryTable other, bool isFresh)
    {
        TakeIndexOf(other);
        Capacity = Count + (Count / 2) + FirstCells;
        _cells = Memory.AllocateOwned(Run, Capacity, Stride);
        Cells = _cells - Stride;
        Memory.CopyLong(Run, _cells, other._cells, Count * Stride);
        for (long number = 1; number <= Count && !isFresh; number++)
        {
            Memory.LookEvery(Run, number);
            Memory.CopyCell(Cell(number) + Shape.ValueOffset, Layout.FreshValue);
        }
    }

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

    /// <summary>The number of a text's cell, 0 for none.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private protected long FindText(long data, long length, long hash, long first, long last)
    {
        for (var slot = hash & Mask; Mask != 0 && Memory.Load<uint>(Slots + (slot * sizeof(uint))) is not 0 and var number; slot = (slot + 1) & Mask)
        {
            var cell = Cell(number);
            var differ = (Memory.Load<long>(cell + Layout.DigestOffset) ^ first)
                | (Memory.Load<long>(cell + Layout.DigestOffset + sizeof(long)) ^ last)
                | (Memory.Load<long>(cell + MemoryLayout.LengthOffset) ^ length);
            if (differ == 0 && TextKey.EqualBeyondDigest(Memory.Load<long>(cell), data, length * Shape.Key.ElementSize))
            {
                return number;
            }
        }

        return 0;
    }

    /// <summary>The address of a new cell with a text.</summary>
    private protected long NewText(long data, long length, long first, long last)
    {
        var place = NewCell();
        Memory.Store(place, data);
        Memory.Store(place + MemoryLayout.LengthOffset, length);
        Memory.Store(place + Layout.DigestOffset, first);
        Memory.Store(place + Layout.DigestOffset + sizeof(long), last);
        return place;
    }

    private long FindOrAddText(long data, long length, long hash, long first, long last)
    {
        var found = FindText(data, length, hash, first, last);
        return found != 0 ? found : AddText(data, length, hash, first, last);
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
