using System.Runtime.InteropServices;

namespace Weld.Managed.Runtime;

/// <summary>What a dictionary value points to. Entries are dense and in the order of each key's first merge; the index is an open-addressing table over them.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct DictionaryHeader
{
    /// <summary>The {key, value} entries, laid out as that struct.</summary>
    public nint Entries;

    /// <summary>How many entries there are.</summary>
    public long Count;

    /// <summary>Slots of i32 each: 0 is empty, else 1 + the number of an entry (a table of more than 2³¹ − 2 entries is a limit).</summary>
    public nint Slots;

    /// <summary>The number of slots less 1; a power of two less 1.</summary>
    public long SlotMask;

    /// <summary>The u32 hash of each entry.</summary>
    public nint Hashes;
}
