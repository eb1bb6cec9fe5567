using System.Runtime.InteropServices;

namespace Weld.Managed.Runtime;

/// <summary>What a dictionary value points to. Entries are dense and in the order of each key's first merge; the index over them is direct (a slot for each key of a small range) or an open-addressing table.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct DictionaryHeader
{
    /// <summary>The {key, value} entries, laid out as that struct.</summary>
    public nint Entries;

    /// <summary>How many entries there are.</summary>
    public long Count;

    /// <summary>Slots of u32 each: 0 is empty, else 1 + the number of an entry (a table of more than 2³⁰ entries is a limit), and above it bits of the hash.</summary>
    public nint Slots;

    /// <summary>The number of slots of a hash table less 1, a power of two less 1; 0 for a direct index.</summary>
    public long Mask;

    /// <summary>How many bits of a hash are below those that are the number of its slot in a hash table.</summary>
    public long Shift;

    /// <summary>The bits of a slot of a hash table that are of the hash.</summary>
    public long Tags;

    /// <summary>The key of the first slot of a direct index.</summary>
    public long Base;

    /// <summary>The number of slots of a direct index; 0 for a hash table.</summary>
    public long Extent;

    /// <summary>The u32 hashes of the entries from one before the first, where hashing reads memory; else 0.</summary>
    public nint Hashes;
}
