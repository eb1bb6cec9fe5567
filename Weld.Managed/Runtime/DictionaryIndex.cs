using System.Numerics;
using Weld.Core.Types;
using Weld.Managed.Layout;

namespace Weld.Managed.Runtime;

/// <summary>Makes a dictionary of entries that stand in memory already: from the host, or deserialized.</summary>
internal static unsafe class DictionaryIndex
{
    private const int LookEvery = 4096;

    /// <summary>Normalises the keys and builds the index over them.</summary>
    /// <param name="run">The run, which owns the entries and what their keys point to.</param>
    /// <param name="layout">The dictionary's layout.</param>
    /// <param name="entries">The first entry.</param>
    /// <param name="count">How many there are.</param>
    /// <param name="dictionary">The dictionary.</param>
    /// <returns>False if a key stands twice.</returns>
    public static bool TryBuild(Run run, MemoryLayout layout, nint entries, long count, out nint dictionary)
    {
        dictionary = 0;
        if (count == 0)
        {
            return true;
        }

        var entry = layout.Parts[0];
        var key = entry.Parts[0];
        if (count > int.MaxValue / 2)
        {
            Fail.OutOfMemory($"expected a dictionary of at most {int.MaxValue / 2} entries, found {count}");
        }

        var slotCount = (long)BitOperations.RoundUpToPowerOf2((ulong)count * 2);
        var slots = (int*)run.AllocateZeroed(slotCount * sizeof(int));
        var hashes = (uint*)run.AllocateElements(count, sizeof(uint));
        for (var i = 0; i < count; i++)
        {
            if (i % LookEvery == 0)
            {
                run.ThrowIfStopped();
            }

            var at = entries + (nint)((long)i * entry.Size);
            KeyMemory.Normalize(key, at);
            var hash = hashes[i] = Hash(key, at);
            var slot = hash & (slotCount - 1);
            for (; slots[slot] != 0; slot = (slot + 1) & (slotCount - 1))
            {
                var other = slots[slot] - 1;
                if (hashes[other] == hash && Equal(key, at, entries + (nint)((long)other * entry.Size)))
                {
                    return false;
                }
            }

            slots[slot] = i + 1;
        }

        dictionary = run.Allocate(sizeof(DictionaryHeader));
        *(DictionaryHeader*)dictionary = new DictionaryHeader { Entries = entries, Count = count, Slots = (nint)slots, SlotMask = slotCount - 1, Hashes = (nint)hashes };
        return true;
    }

    private static uint Hash(MemoryLayout layout, nint at)
    {
        switch (layout.Type)
        {
            case ScalarType s:
                var bits = 0UL;
                Buffer.MemoryCopy((void*)at, &bits, sizeof(ulong), s.Kind.Size());
                return Mix(0, bits);
            case StructType:
                var hash = 1u;
                for (var i = 0; i < layout.Parts.Count; i++)
                {
                    hash = Mix(hash, Hash(layout.Parts[i], at + layout.Offsets[i]));
                }

                return hash;
            default:
                var (data, length) = (*(nint*)at, *(long*)(at + MemoryLayout.LengthOffset));
                var all = Mix(2, (ulong)length);
                for (var i = 0L; i < length; i++)
                {
                    all = Mix(all, Hash(layout.Parts[0], data + (nint)(i * layout.Parts[0].Size)));
                }

                return all;
        }
    }

    private static bool Equal(MemoryLayout layout, nint x, nint y)
    {
        switch (layout.Type)
        {
            case ScalarType s:
                return new ReadOnlySpan<byte>((void*)x, s.Kind.Size()).SequenceEqual(new ReadOnlySpan<byte>((void*)y, s.Kind.Size()));
            case StructType:
                for (var i = 0; i < layout.Parts.Count; i++)
                {
                    if (!Equal(layout.Parts[i], x + layout.Offsets[i], y + layout.Offsets[i]))
                    {
                        return false;
                    }
                }

                return true;
            default:
                var length = *(long*)(x + MemoryLayout.LengthOffset);
                if (length != *(long*)(y + MemoryLayout.LengthOffset))
                {
                    return false;
                }

                for (var i = 0L; i < length; i++)
                {
                    var offset = (nint)(i * layout.Parts[0].Size);
                    if (!Equal(layout.Parts[0], *(nint*)x + offset, *(nint*)y + offset))
                    {
                        return false;
                    }
                }

                return true;
        }
    }

    private static uint Mix(uint seed, ulong value)
    {
        var high = Math.BigMul(value ^ 0x9e3779b97f4a7c15UL ^ ((ulong)seed << 32), 0xd6e8feb86659fd93UL + seed, out var low);
        return (uint)((high ^ low) >> 32) ^ (uint)(high ^ low);
    }
}
