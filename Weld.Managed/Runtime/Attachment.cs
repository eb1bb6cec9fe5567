using System.Buffers;
using System.Runtime.InteropServices;

namespace Weld.Managed.Runtime;

/// <summary>Memory that a run was given and a result may point into: kept in place and alive until dropped.</summary>
internal abstract class Attachment
{
    /// <summary>The stretch of it that an address lies in; null if none. The address just past the last byte lies in it too.</summary>
    public abstract Stretch? Find(nint address);

    /// <summary>Lets go of it.</summary>
    /// <param name="toPool">Whether buffers that this was the last to hold may be used again at once.</param>
    public abstract void Drop(bool toPool);
}

/// <summary>Neighbouring bytes.</summary>
/// <param name="From">The address of the first.</param>
/// <param name="To">The address behind the last.</param>
internal readonly record struct Stretch(nint From, nint To)
{
    /// <summary>The stretch from an address on, if another lies in it or just behind it.</summary>
    public static Stretch? Find(nint from, nint bytes, nint address) => address >= from && address - from <= bytes ? new Stretch(from, from + bytes) : null;

    /// <summary>Whether a byte is one of them.</summary>
    public bool Holds(nint address) => address >= From && address < To;
}

/// <summary>An array of the host.</summary>
internal sealed class ArrayPin : Attachment
{
    private readonly nint _bytes;
    private GCHandle _handle;

    public ArrayPin(Array array, nint bytes)
    {
        _handle = GCHandle.Alloc(array, GCHandleType.Pinned);
        _bytes = bytes;
        Address = Marshal.UnsafeAddrOfPinnedArrayElement(array, 0);
    }

    public nint Address { get; }

    public override Stretch? Find(nint address) => Stretch.Find(Address, _bytes, address);

    public override void Drop(bool toPool) => _handle.Free();
}

/// <summary>A stretch of memory of the host.</summary>
internal sealed unsafe class MemoryPin(MemoryHandle handle, nint bytes) : Attachment
{
    private MemoryHandle _handle = handle;

    public nint Address { get; } = (nint)handle.Pointer;

    public override Stretch? Find(nint address) => Stretch.Find(Address, bytes, address);

    public override void Drop(bool toPool) => _handle.Dispose();
}

/// <summary>The memory of another result.</summary>
internal sealed class ResultLease : Attachment
{
    /// <summary>Takes a share in the memory.</summary>
    /// <exception cref="ObjectDisposedException">The result was disposed of.</exception>
    public ResultLease(ResultMemory memory)
    {
        memory.Enter();
        Memory = memory;
    }

    public ResultMemory Memory { get; }

    public override Stretch? Find(nint address) => Memory.Find(address);

    public override void Drop(bool toPool) => Memory.Leave(toPool);
}
