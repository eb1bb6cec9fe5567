using System.Buffers;
using System.IO.MemoryMappedFiles;
using Microsoft.Win32.SafeHandles;

namespace Weld.Frames.IO;

/// <summary>
/// The values that lie in a stretch of a file, mapped into memory; a write to them never reaches the file. The mapping lives as long as this object is reachable, as it is from
/// each memory over it and each pin; a span alone does not keep it.
/// The only unsafe code of this library. Its invariant: <see cref="_values"/> points into <see cref="_view"/>, aligned, with <see cref="_count"/> values behind it; the constructor
/// checks both, and the view is closed by nothing but the garbage collector.
/// </summary>
/// <typeparam name="T">What the bytes are; every bit pattern of it is a value.</typeparam>
internal sealed unsafe class MappedMemory<T> : MemoryManager<T>
    where T : unmanaged
{
    private readonly SafeMemoryMappedViewHandle _view;
    private readonly T* _values;
    private readonly int _count;

    /// <summary>Maps <paramref name="count"/> values that start <paramref name="offset"/> bytes into a file.</summary>
    public MappedMemory(FileStream file, int offset, int count)
    {
        if (offset < 0 || count <= 0 || offset % sizeof(T) != 0 || (file.Length - offset) / sizeof(T) < count)
        {
            throw new ArgumentException($"expected {count} aligned values from offset {offset}, found a file of {file.Length} bytes");
        }

        using var mapping = MemoryMappedFile.CreateFromFile(file, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: true);
        _view = mapping.CreateViewAccessor(0, offset + ((long)count * sizeof(T)), MemoryMappedFileAccess.CopyOnWrite).SafeMemoryMappedViewHandle;
        _values = (T*)(_view.DangerousGetHandle() + offset);
        _count = count;
    }

    /// <inheritdoc/>
    public override Span<T> GetSpan() => new(_values, _count);

    /// <inheritdoc/>
    public override MemoryHandle Pin(int elementIndex = 0)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)elementIndex, (uint)_count, nameof(elementIndex));
        return new MemoryHandle(_values + elementIndex, pinnable: this);
    }

    /// <inheritdoc/>
    public override void Unpin()
    {
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
    }
}
