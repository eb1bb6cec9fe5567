using System.Runtime.InteropServices;
using Weld.Core.Types;
using Weld.Managed.Builders;
using Weld.Managed.Runtime;

namespace Weld.Bench.Peers.Llvm;

/// <summary>A dictionary of a lowered program: dense entries, and slots of 1 + an entry's number, 0 for empty, at most half of them used.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct NativeTable
{
    public const int EntriesOffset = 0;
    public const int CountOffset = 8;
    public const int CapacityOffset = 16;
    public const int SlotsOffset = 24;
    public const int MaskOffset = 32;
    public const int HashesOffset = 40;
    public const int PartialsOffset = 48;
    public const int Size = 56;

    private const long FirstCapacity = 16;

    private nint _entries;
    private long _count;
    private long _capacity;
    private int* _slots;
    private long _mask;
    private uint* _hashes;
    private nint _partials;

    /// <summary>The number of a new entry of a key that the table does not have.</summary>
    /// <param name="run">The run.</param>
    /// <param name="size">The bytes of an entry.</param>
    /// <param name="partialSize">The bytes of what a builder keeps with each entry, in an array of its own; zeros at first.</param>
    /// <param name="hash">The key's hash.</param>
    public long Add(Run run, long size, long partialSize, uint hash)
    {
        if (_count == _capacity)
        {
            Grow(run, size, partialSize);
        }

        Place(hash, (int)++_count);
        _hashes[_count - 1] = hash;
        new Span<byte>((void*)(_partials + ((_count - 1) * partialSize)), (int)partialSize).Clear();
        return _count - 1;
    }

    /// <summary>The same entries as a dictionary of the library's.</summary>
    public readonly long Finish(Run run, DictionaryType type)
    {
        var shape = DictionaryShape.Of(type);
        var layout = new KeyedCell(type, new byte[shape.EntrySize - shape.ValueOffset], shape.ValueSize);
        var table = new DictionaryTable(run, layout, layout.Fresh, stage: null);
        for (long i = 0; i < _count; i++)
        {
            var source = _entries + (i * shape.EntrySize);
            var target = table.Cell(table.FindOrAdd(source));
            Memory.Copy(target + shape.ValueOffset, source + shape.ValueOffset, shape.ValueSize);
        }

        return table.Finish();
    }

    private void Grow(Run run, long size, long partialSize)
    {
        var capacity = Math.Max(FirstCapacity, 2 * _capacity);
        _entries = run.Grow(_entries, _count * size, capacity * size);
        _partials = run.Grow(_partials, _count * partialSize, capacity * partialSize);
        _hashes = (uint*)run.Grow((nint)_hashes, _count * sizeof(uint), capacity * sizeof(uint));
        run.Free((nint)_slots);
        _slots = (int*)run.AllocateZeroed(2 * capacity * sizeof(int));
        (_capacity, _mask) = (capacity, (2 * capacity) - 1);
        for (long i = 0; i < _count; i++)
        {
            Place(_hashes[i], (int)i + 1);
        }
    }

    private readonly void Place(uint hash, int number)
    {
        var slot = hash & _mask;
        while (_slots[slot] != 0)
        {
            slot = (slot + 1) & _mask;
        }

        _slots[slot] = number;
    }
}
