using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Weld.Core.IR;
using Weld.Core.Types;
using Weld.Managed.Layout;
using Weld.Managed.Runtime;

namespace Weld.Managed.Builders;

/// <summary>What the table code knows of a dictionary type.</summary>
internal sealed class DictionaryShape
{
    private static readonly ConcurrentDictionary<DictionaryType, DictionaryShape> Known = new();

    private DictionaryShape(DictionaryType type)
    {
        var entry = MemoryLayout.Of(new StructType([type.Key, type.Value]));
        Key = KeyShape.Of(type.Key);
        KeySize = entry.Parts[0].Size;
        ValueOffset = entry.Offsets[1];
        ValueSize = entry.Parts[1].Size;
        EntrySize = entry.Size;
    }

    public KeyShape Key { get; }

    public int KeySize { get; }

    public int ValueOffset { get; }

    public int ValueSize { get; }

    public int EntrySize { get; }

    public static DictionaryShape Of(DictionaryType type) => Known.GetOrAdd(type, t => new DictionaryShape(t));
}

/// <summary>
/// A hash table that grows: dense entries in the order in which their keys came, and an open-addressing index of linear probing, at most
/// half full. Keys are normalised already. The memory is a builder's until <see cref="Finish"/>.
/// </summary>
internal sealed class DictionaryTable(Run run, DictionaryShape shape)
{
    private const long FirstSlots = 32;
    private const long MaxEntries = 1L << 30;

    private long _entries;
    private long _hashes;
    private long _slots;
    private long _slotMask = -1;
    private long _capacity;

    public long Count { get; private set; }

    public IEnumerable<long> Buffers => [_entries, _hashes, _slots];

    /// <summary>The address of the entry of a key in a finished dictionary, 0 if it has none.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static long Find(long dictionary, long key, DictionaryShape shape)
    {
        if (dictionary == 0)
        {
            return 0;
        }

        var header = Memory.Load<DictionaryHeader>(dictionary);
        var hash = shape.Key.Hash(key);
        for (var slot = hash & header.SlotMask; ; slot = (slot + 1) & header.SlotMask)
        {
            var number = Memory.Load<int>(header.Slots + (slot * sizeof(int)));
            if (number == 0)
            {
                return 0;
            }

            var entry = header.Entries + ((number - 1L) * shape.EntrySize);
            if (Memory.Load<uint>(header.Hashes + ((number - 1L) * sizeof(uint))) == hash && shape.Key.Equal(entry, key))
            {
                return entry;
            }
        }
    }

    /// <summary>The address of the entries of a finished dictionary.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static long Entries(long dictionary) => dictionary == 0 ? 0 : Memory.Load<DictionaryHeader>(dictionary).Entries;

    /// <summary>The number of entries of a finished dictionary.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static long CountOf(long dictionary) => dictionary == 0 ? 0 : Memory.Load<DictionaryHeader>(dictionary).Count;

    /// <summary>The address of an entry; it moves when another is added.</summary>
    public long Entry(long index) => _entries + (index * shape.EntrySize);

    /// <summary>The number of the entry of a key, which is added if it is new; its value is then for the caller to set.</summary>
    public long FindOrAdd(long key, out bool added)
    {
        if (Count == _capacity)
        {
            Grow();
        }

        var hash = shape.Key.Hash(key);
        for (var slot = hash & _slotMask; ; slot = (slot + 1) & _slotMask)
        {
            var place = _slots + (slot * sizeof(int));
            var number = Memory.Load<int>(place);
            if (number == 0)
            {
                Memory.Store(place, (int)(Count + 1));
                Memory.Store(_hashes + (Count * sizeof(uint)), hash);
                Memory.Copy(Entry(Count), key, shape.KeySize);
                added = true;
                return Count++;
            }

            if (Memory.Load<uint>(_hashes + ((number - 1L) * sizeof(uint))) == hash && shape.Key.Equal(Entry(number - 1L), key))
            {
                added = false;
                return number - 1L;
            }
        }
    }

    /// <summary>Adds all entries of a finished dictionary.</summary>
    public void AddAll(long dictionary)
    {
        var (entries, count) = (Entries(dictionary), CountOf(dictionary));
        for (long i = 0; i < count; i++)
        {
            if (i % 4096 == 0)
            {
                Memory.Look(run);
            }

            var source = entries + (i * shape.EntrySize);
            var target = Entry(FindOrAdd(source, out _));
            Memory.Copy(target + shape.ValueOffset, source + shape.ValueOffset, shape.ValueSize);
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

        var header = Memory.Allocate(run, 1, 64);
        Memory.Store(header, new DictionaryHeader { Entries = (nint)_entries, Count = Count, Slots = (nint)_slots, SlotMask = _slotMask, Hashes = (nint)_hashes });
        foreach (var buffer in Buffers)
        {
            Memory.Publish(run, buffer);
        }

        return header;
    }

    /// <summary>Moves to another run, which takes the buffers over.</summary>
    public void MoveTo(Run other) => run = other;

    private void Free()
    {
        foreach (var buffer in Buffers)
        {
            Memory.Free(run, buffer);
        }

        (_entries, _hashes, _slots, _slotMask, _capacity) = (0, 0, 0, -1, 0);
    }

    private void Grow()
    {
        if (_capacity >= MaxEntries)
        {
            Fail.OutOfMemory($"expected a dictionary of at most {MaxEntries} entries, found one more");
        }

        var slots = _slotMask < 0 ? FirstSlots : 2 * (_slotMask + 1);
        var capacity = slots / 2;
        _entries = Memory.Grow(run, _entries, Count, capacity, shape.EntrySize);
        _hashes = Memory.Grow(run, _hashes, Count, capacity, sizeof(uint));
        Memory.Free(run, _slots);
        _slots = 0;
        _slots = Memory.AllocateOwned(run, slots, sizeof(int));
        Memory.Clear(run, _slots, slots * sizeof(int));
        (_slotMask, _capacity) = (slots - 1, capacity);
        for (long i = 0; i < Count; i++)
        {
            if (i % 4096 == 0)
            {
                Memory.Look(run);
            }

            var slot = Memory.Load<uint>(_hashes + (i * sizeof(uint))) & _slotMask;
            while (Memory.Load<int>(_slots + (slot * sizeof(int))) != 0)
            {
                slot = (slot + 1) & _slotMask;
            }

            Memory.Store(_slots + (slot * sizeof(int)), (int)(i + 1));
        }
    }
}
