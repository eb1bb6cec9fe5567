using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Weld.Managed.Runtime;

/// <summary>The unit in which buffers are allocated: arrays of it reach 2³¹ · 64 bytes.</summary>
[StructLayout(LayoutKind.Sequential, Size = Size)]
internal struct Block64
{
    public const int Size = 64;
}

/// <summary>
/// A stretch of memory that programs compute in: a pinned managed array, so that it never moves, and lives as long as this object or any span over it.
/// The first byte is 64-byte aligned, and at least 64 bytes may be read and written past <see cref="Capacity"/>.
/// </summary>
internal sealed unsafe class PinnedBuffer
{
    private readonly Block64[] _blocks;

    internal PinnedBuffer(int blocks)
    {
        _blocks = GC.AllocateUninitializedArray<Block64>(blocks, pinned: true);
        var start = (nint)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_blocks));
        Address = (start + Block64.Size - 1) & -Block64.Size;
        Capacity = (blocks - Spare) * (long)Block64.Size;
    }

    /// <summary>Blocks beyond the capacity: one lost to alignment, one of slack.</summary>
    internal const int Spare = 2;

    /// <summary>Where it starts.</summary>
    public nint Address { get; }

    /// <summary>Bytes that may be asked for.</summary>
    public long Capacity { get; }

    /// <summary>Bytes that were asked for: what the run and the process are charged.</summary>
    public long Requested { get; set; }

    /// <summary>The moment in its run at which it was allocated or published.</summary>
    internal long Sequence { get; set; }

    /// <summary>Whether a builder owns it, so that <see cref="Run.Release"/> leaves it alone.</summary>
    internal bool Owned { get; set; }

    /// <summary>When it went back to the pool, in milliseconds.</summary>
    internal long Idle { get; set; }

    internal PinnedBuffer? Previous { get; set; }

    internal PinnedBuffer? Next { get; set; }

    /// <summary>The last walk that reached it, and the stretch whose elements that walk has followed.</summary>
    internal long Walk { get; set; }

    internal nint WalkedFrom { get; set; }

    internal nint WalkedTo { get; set; }

    /// <summary>Whether an address lies in it; the address just past its last byte is the slack's, so it does too.</summary>
    public bool Contains(nint address) => address >= Address && address - Address < Capacity + Block64.Size;
}
