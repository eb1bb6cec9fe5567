using System.Buffers;
using System.Runtime.InteropServices;

namespace Weld.Managed.Runtime;

/// <summary>Memory that a run was given and a result may point into: kept in place and alive until dropped.</summary>
internal abstract class Attachment
{
    /// <summary>Whether an address lies in it.</summary>
    public abstract bool Contains(nint address);

    /// <summary>Lets go of it.</summary>
    /// <param name="toPool">Whether buffers that this was the last to hold may be used again at once.</param>
    public abstract void Drop(bool toPool);
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

    public override bool Contains(nint address) => address >= Address && address - Address <= _bytes;

    public override void Drop(bool toPool) => _handle.Free();
}

/// <summary>A stretch of memory of the host.</summary>
internal sealed unsafe class MemoryPin(MemoryHandle handle, nint bytes) : Attachment
{
    private MemoryHandle _handle = handle;

    public nint Address { get; } = (nint)handle.Pointer;

    public override bool Contains(nint address) => address >= Address && address - Address <= bytes;

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

    public override bool Contains(nint address) => Memory.Contains(address);

    public override void Drop(bool toPool) => Memory.Leave(toPool);
}
