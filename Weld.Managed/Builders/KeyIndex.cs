using System.Runtime.CompilerServices;
using Weld.Managed.Runtime;

namespace Weld.Managed.Builders;

/// <summary>
/// An index from keys to dense cells that start with them, numbered from 1. Keys of one word whose range is small have a slot each, and are found
/// without hashing; others are in an open-addressing table of linear probing. Which it is follows from the keys so far alone. Keys are normalised already.
/// </summary>
internal class KeyIndex(Run run, DictionaryShape shape, int stride)
{
    private const int HashBits = 64;

    /// <summary>A range of keys up to this is always indexed directly.</summary>
    private const long SmallRange = 4_096;

    /// <summary>A larger one while there are at most so many slots for each key.</summary>
    private const long SlotsPerKey = 4;

    private const long FirstSlots = 256;

    /// <summary>Up to this many slots, those in use are at most an eighth, so that few keys hardly ever collide: where they do, the branch on it is unpredictable.</summary>
    private const long VerySparseSlots = 1 << 13;

    /// <summary>Up to this many they are at most a quarter; beyond, a half, since then caches count for more.</summary>
    private const long SparseSlots = 1 << 17;

    private long _slots;
    private long _mostUsed;
    private long _hashRoom;

    /// <summary>The address of the first cell less one cell.</summary>
    public long Cells { get; private protected set; }

    /// <summary>How many cells there are.</summary>
    public long Count { get; private protected set; }

    /// <summary>Slots of u32 each: 0 is empty, else the number of a cell, and the bits of <see cref="Tags"/> of its key's hash.</summary>
    public long Slots { get; private set; }

    /// <summary>The number of slots of a hash table less 1; 0 if there is none.</summary>
    public long Mask { get; private set; }

    /// <summary>How many bits of a hash are below those that are the number of its slot: none while keys are added.</summary>
    public long Shift { get; private set; }

    /// <summary>The least word of a key.</summary>
    public long Least { get; private protected set; } = long.MaxValue;

    /// <summary>The greatest word of a key.</summary>
    public long Greatest { get; private protected set; } = long.MinValue;

    /// <summary>The bits of a slot of a hash table that are of the hash: a key whose hash differs in them is not looked at. None while keys are added.</summary>
    public long Tags { get; private set; }

    /// <summary>The key of the first slot of a direct index.</summary>
    public long Base { get; private set; }

    /// <summary>The number of slots of a direct index.</summary>
    public long Extent { get; private set; }

    /// <summary>How keys are found, in words.</summary>
    public string Storage => Extent > 0 ? "a direct index" : Mask > 0 ? "a hash table" : "no keys";

    /// <summary>The addresses of the buffers that belong to it; 0 stands for none.</summary>
    public virtual IEnumerable<long> Buffers => [Slots, Hashes];

    /// <summary>The u32 hash of each cell, where hashing reads memory.</summary>
    private protected long Hashes { get; private set; }

    private protected Run Run { get; set; } = run;

    private protected DictionaryShape Shape { get; } = shape;

    /// <summary>From one cell to the next.</summary>
    public int Stride { get; } = stride;

    /// <summary>The address of the entry of a key that is compared in memory in a finished dictionary, 0 if it has none.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static long FindEntry(long dictionary, long key, DictionaryShape shape)
    {
        if (dictionary == 0)
        {
            return 0;
        }

        var header = Memory.Load<DictionaryHeader>(dictionary);
        if (header.Mask == 0)
        {
            return 0;
        }

        var hash = shape.Key.Hash(key);
        var slot = (long)(Widened(hash) >> (int)header.Shift) & header.Mask;
        var number = Find(header.Slots, header.Mask, header.Tags, slot, header.Hashes, header.Entries - shape.EntrySize, shape.EntrySize, key, hash, shape.Key);
        return number == 0 ? 0 : header.Entries + ((number - 1) * shape.EntrySize);
    }

    /// <summary>The hash of a key that is compared in memory.</summary>
    public long HashOf(long number) => Memory.Load<uint>(Hashes + (number * sizeof(uint)));

    /// <summary>The address of a cell; it moves when another is added.</summary>
    public long Cell(long number) => Cells + (number * Stride);

    /// <summary>Indexes entries that stand in memory.</summary>
    /// <returns>False if a key stands twice.</returns>
    public bool TryAddAll(long entries, long count)
    {
        Cells = entries - Stride;
        while (Count < count)
        {
            Memory.LookEvery(Run, Count);
            var key = Cell(Count + 1);
            if (Shape.Words is { } words)
            {
                var (first, second) = words.Read(key);
                if (Find(words, first, second) != 0)
                {
                    return false;
                }

                Count++;
                AddLast(words, first, second);
                continue;
            }

            var hash = Shape.Key.Hash(key);
            if (Find(key, hash) != 0)
            {
                return false;
            }

            Count++;
            AddLast(hash);
        }

        return true;
    }

    /// <summary>The dictionary of the entries, with this index, which is the run's from now on.</summary>
    public long Publish(long entries)
    {
        var header = Memory.Allocate(Run, 1, Unsafe.SizeOf<DictionaryHeader>());
        Memory.Store(header, new DictionaryHeader { Entries = (nint)entries, Count = Count, Slots = (nint)Slots, Mask = Mask, Shift = Shift, Tags = Tags, Base = Base, Extent = Extent, Hashes = (nint)Hashes });
        Memory.Publish(Run, Slots);
        Memory.Publish(Run, Hashes);
        return header;
    }

    /// <summary>The dictionary of entries in which no key will be looked for.</summary>
    public static long PublishUnsearched(Run run, long entries, long count)
    {
        var header = Memory.Allocate(run, 1, Unsafe.SizeOf<DictionaryHeader>());
        Memory.Store(header, new DictionaryHeader { Entries = (nint)entries, Count = count });
        return header;
    }

    /// <summary>Finds the words of a key.</summary>
    /// <returns>The number of its cell, 0 for none.</returns>
    public long Find(KeyWords words, long first, long second)
    {
        var offset = first - Base;
        if ((ulong)offset < (ulong)Extent)
        {
            return Memory.Load<int>(Slots + (offset * sizeof(int)));
        }

        if (Mask == 0)
        {
            return 0;
        }

        for (var slot = SlotOf((ulong)words.HashOf(first, second)); ; slot = (slot + 1) & Mask)
        {
            var number = Memory.Load<int>(Slots + (slot * sizeof(int)));
            if (number == 0 || words.Read(Cell(number)) == (first, second))
            {
                return number;
            }
        }
    }

    /// <summary>Finds a key that is compared in memory.</summary>
    public long Find(long key, uint hash) => Mask == 0 ? 0 : Find(Slots, Mask, Tags, SlotOf(Widened(hash)), Hashes, Cells, Stride, key, hash, Shape.Key);

    /// <summary>Indexes the last cell, whose key has these words and is in no other.</summary>
    private protected void AddLast(KeyWords words, long first, long second)
    {
        (Least, Greatest) = (Math.Min(Least, first), Math.Max(Greatest, first));
        var offset = first - Base;
        if ((ulong)offset < (ulong)Extent)
        {
            Memory.Store(Slots + (offset * sizeof(int)), (int)Count);
        }
        else if (Count <= MostUsed)
        {
            Place((ulong)words.HashOf(first, second), Count);
        }
        else
        {
            Reindex(words, growsDown: first == Least && first != Greatest);
        }
    }

    /// <summary>Indexes the last cell, whose key has this hash and is in no other.</summary>
    private protected void AddLast(uint hash)
    {
        if (Count >= _hashRoom)
        {
            var room = Math.Max(32, 2 * _hashRoom);
            Hashes = Memory.Grow(Run, Hashes, _hashRoom, room, sizeof(uint));
            _hashRoom = room;
        }

        Memory.Store(Hashes + (Count * sizeof(uint)), hash);
        if (Count <= MostUsed)
        {
            Place(Widened(hash), Count);
            return;
        }

        IndexHashes();
    }

    /// <summary>Makes slots for entries that stand in memory and have different keys, which are placed one by one.</summary>
    /// <param name="entries">The first.</param>
    /// <param name="count">How many there are.</param>
    /// <param name="hashes">Room for the u32 hash of each, from one before the first, where hashing reads memory; else 0.</param>
    /// <param name="least">The least word of a key.</param>
    /// <param name="greatest">The greatest.</param>
    public void Prepare(long entries, long count, long hashes, long least, long greatest)
    {
        (Cells, Count, Hashes, _hashRoom, Least, Greatest) = (entries - Stride, count, hashes, count + 1, least, greatest);
        if (!NewSlots(Shape.Words, growsDown: false))
        {
            Shift = HashBits - long.Log2(_slots);
            Tags = uint.MaxValue & ~((2L << (int)long.Log2(count)) - 1);
        }
    }

    /// <summary>Keeps the hash of a key that is compared in memory.</summary>
    /// <returns>The hash by which it is placed.</returns>
    public ulong SetHash(long number, long hash)
    {
        Memory.Store(Hashes + (number * sizeof(uint)), (uint)hash);
        return Widened((uint)hash);
    }

    /// <summary>
    /// Places a key in a part of the slots that keys with the same highest bits have for themselves. Keys of different parts may be placed by several threads at
    /// once; those that find theirs full are placed after all others.
    /// </summary>
    /// <returns>Whether there was a slot.</returns>
    public bool TryPlace(long first, ulong hash, long number, int partitionBits)
    {
        if (Extent > 0)
        {
            Memory.Store(Slots + ((first - Base) * sizeof(int)), (int)number);
            return true;
        }

        var slot = SlotOf(hash);
        for (var last = slot | (Mask >> partitionBits); slot <= last; slot++)
        {
            if (Memory.Load<int>(Slots + (slot * sizeof(int))) == 0)
            {
                Memory.Store(Slots + (slot * sizeof(int)), Tagged(hash, number));
                return true;
            }
        }

        return false;
    }

    /// <summary>Begins as another index is, of cells with the same keys.</summary>
    private protected void TakeIndexOf(KeyIndex other)
    {
        (_slots, _mostUsed, Mask, Base, Extent) = (other._slots, other._mostUsed, other.Mask, other.Base, other.Extent);
        (Count, Least, Greatest) = (other.Count, other.Least, other.Greatest);
        Slots = Memory.AllocateOwned(Run, _slots, sizeof(int));
        Memory.CopyLong(Run, Slots, other.Slots, _slots * sizeof(int));
        if (other.Hashes != 0)
        {
            _hashRoom = other._hashRoom;
            Hashes = Memory.AllocateOwned(Run, _hashRoom, sizeof(uint));
            Memory.CopyLong(Run, Hashes, other.Hashes, _hashRoom * sizeof(uint));
        }
    }

    /// <summary>Forgets all keys.</summary>
    private protected void ClearIndex()
    {
        Memory.Clear(Run, Slots, _slots * sizeof(int));
        (Least, Greatest) = (long.MaxValue, long.MinValue);
    }

    /// <summary>Gives the buffers of the index back.</summary>
    private protected void FreeIndex()
    {
        Memory.Free(Run, Slots);
        Memory.Free(Run, Hashes);
        (Slots, Hashes, Mask, Base, Extent, _slots, _hashRoom) = (0, 0, 0, 0, 0, 0, 0);
    }

    private static long Find(long slots, long mask, long tags, long first, long hashes, long cells, int stride, long key, uint hash, KeyShape shape)
    {
        for (var slot = first; ; slot = (slot + 1) & mask)
        {
            var number = Memory.Load<uint>(slots + (slot * sizeof(uint))) & ~tags;
            if (number == 0 || (Memory.Load<uint>(hashes + (number * (long)sizeof(uint))) == hash && shape.Equal(cells + (number * (long)stride), key)))
            {
                return number;
            }
        }
    }

    /// <summary>How many cells the hash table has room for.</summary>
    private protected long MostUsed => Mask == 0 ? 0 : _mostUsed;

    private static long Used(long slots) => slots <= VerySparseSlots ? slots / 8 : slots <= SparseSlots ? slots / 4 : slots / 2;

    /// <summary>Slots for half as many cells more.</summary>
    private long HashSlots()
    {
        var slots = FirstSlots;
        while (Used(slots) < Count + (Count / 2))
        {
            slots *= 2;
        }

        return slots;
    }

    private void IndexHashes()
    {
        NewHashSlots();
        for (long number = 1; number <= Count; number++)
        {
            Memory.LookEvery(Run, number);
            Place(Widened(Memory.Load<uint>(Hashes + (number * sizeof(uint)))), number);
        }
    }

    private void Reindex(KeyWords words, bool growsDown)
    {
        var isDirect = NewSlots(words, growsDown);
        for (long number = 1; number <= Count; number++)
        {
            Memory.LookEvery(Run, number);
            var (first, second) = words.Read(Cell(number));
            if (isDirect)
            {
                Memory.Store(Slots + ((first - Base) * sizeof(int)), (int)number);
            }
            else
            {
                Place((ulong)words.HashOf(first, second), number);
            }
        }
    }

    /// <summary>Makes slots for the keys, by their range or by their hashes.</summary>
    /// <returns>Whether by their range.</returns>
    private bool NewSlots(KeyWords? words, bool growsDown)
    {
        var range = (ulong)(Greatest - Least);
        if (words is not { Count: 1 } || range >= (ulong)Math.Max(SmallRange, SlotsPerKey * Count))
        {
            NewHashSlots();
            return false;
        }

        // Slots to spare where keys grow to, and some on the other side: keys may come from both in turn.
        var spare = Math.Max(64, range <= SmallRange ? (long)range : (long)range / 4);
        NewSlots((long)range + 1 + spare);
        (Extent, Base) = (_slots, Least - (growsDown ? spare - (spare / 4) : spare / 4));
        return true;
    }

    private void NewHashSlots()
    {
        NewSlots(HashSlots());
        Mask = _slots - 1;
    }

    private void NewSlots(long count)
    {
        Memory.Free(Run, Slots);
        (Slots, Mask, Extent) = (0, 0, 0);
        Slots = Memory.AllocateOwned(Run, count, sizeof(int));
        Memory.Clear(Run, Slots, count * sizeof(int));
        (_slots, _mostUsed) = (count, Used(count));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private long SlotOf(ulong hash) => (long)(hash >> (int)Shift) & Mask;

    // A hash of 32 bits has those of the slot above and those of the tag below.
    private static ulong Widened(uint hash) => ((ulong)hash << 32) | hash;

    private uint Tagged(ulong hash, long number) => (uint)number | ((uint)hash & (uint)Tags);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Place(ulong hash, long number)
    {
        var slot = SlotOf(hash);
        while (Memory.Load<int>(Slots + (slot * sizeof(int))) != 0)
        {
            slot = (slot + 1) & Mask;
        }

        Memory.Store(Slots + (slot * sizeof(int)), Tagged(hash, number));
    }
}
