using System.Numerics;
using Weld.Core.Types;
using Weld.Managed.Builders;
using Weld.Managed.Layout;

namespace Weld.Managed.Runtime;

/// <summary>Makes a dictionary of entries that stand in memory already: from the host, or deserialized.</summary>
internal static unsafe class DictionaryIndex
{
    private const int LookEvery = 4096;

    /// <summary>Normalises the keys and builds the index over them.</summary>
    /// <param name="run">The run, which owns the entries.</param>
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

        if (count > int.MaxValue / 2)
        {
            Fail.OutOfMemory($"expected a dictionary of at most {int.MaxValue / 2} entries, found {count}");
        }

        var entry = layout.Parts[0];
        var shape = DictionaryShape.Of((DictionaryType)layout.Type).Key;
        var normalizes = KeyShape.HoldsFloats(entry.Parts[0].Type);
        var slotMask = (long)BitOperations.RoundUpToPowerOf2((ulong)count * 2) - 1;
        var slots = (int*)run.AllocateZeroed((slotMask + 1) * sizeof(int));
        var hashes = (uint*)run.AllocateElements(count, sizeof(uint));
        for (var i = 0; i < count; i++)
        {
            if (i % LookEvery == 0)
            {
                run.ThrowIfStopped();
            }

            var key = entries + ((long)i * entry.Size);
            if (normalizes)
            {
                KeyShape.Normalize(run, entry.Parts[0], key);
            }

            var hash = hashes[i] = shape.Hash(key);
            var slot = hash & slotMask;
            for (; slots[slot] != 0; slot = (slot + 1) & slotMask)
            {
                var other = slots[slot] - 1;
                if (hashes[other] == hash && shape.Equal(key, entries + ((long)other * entry.Size)))
                {
                    return false;
                }
            }

            slots[slot] = i + 1;
        }

        dictionary = run.Allocate(sizeof(DictionaryHeader));
        *(DictionaryHeader*)dictionary = new DictionaryHeader { Entries = entries, Count = count, Slots = (nint)slots, SlotMask = slotMask, Hashes = (nint)hashes };
        return true;
    }
}
