using System.Runtime.CompilerServices;
using Weld.Core.IR;
using Weld.Core.Types;
using Weld.Managed.Layout;

namespace Weld.Managed.Runtime;

/// <summary>
/// One walk over values in memory, guided by their layouts, that reaches every buffer of a set that they point into. Memory is immutable once a value
/// stands in it, so what lies outside the set cannot point into it and is not followed.
/// </summary>
/// <param name="buffers">The set.</param>
/// <param name="walk">A number that no earlier walk had.</param>
/// <param name="outside">Told of addresses that are in no buffer of the set; says which stretch around it need not be told of again. Or null.</param>
internal sealed unsafe class Reachability(BufferIndex buffers, long walk, Func<nint, Stretch?>? outside = null)
{
    /// <summary>Where the last address lay: many in turn lie in one place, such as the texts of a column.</summary>
    private Stretch _reached;

    /// <summary>Reaches all that the value of a layout at an address points to.</summary>
    public void Value(MemoryLayout layout, nint at)
    {
        switch (layout.Type)
        {
            case VectorType:
                Region(layout.Parts[0], *(nint*)at, *(long*)(at + MemoryLayout.LengthOffset));
                break;
            case DictionaryType:
                Dictionary(layout, *(nint*)at);
                break;
            case StructType:
                _ = layout.IsDeep ? StackGuard.Run(static a => a.Self.Fields(a.layout, a.at), (Self: this, layout, at)) : Fields(layout, at);
                break;
        }
    }

    /// <summary>Reaches the buffer at an address.</summary>
    public void Mark(nint at)
    {
        if (buffers.Find(at) is { } buffer)
        {
            Enter(buffer);
        }
        else
        {
            outside?.Invoke(at);
        }
    }

    private bool Fields(MemoryLayout layout, nint at)
    {
        for (var i = 0; i < layout.Parts.Count; i++)
        {
            if (layout.Parts[i].HoldsPointers)
            {
                Value(layout.Parts[i], at + layout.Offsets[i]);
            }
        }

        return true;
    }

    private void Dictionary(MemoryLayout layout, nint at)
    {
        if (at == 0)
        {
            return;
        }

        var header = *(DictionaryHeader*)at;
        Mark(at);
        if (header.Slots != 0)
        {
            Mark(header.Slots);
        }

        if (header.Hashes != 0)
        {
            Mark(header.Hashes);
        }

        Region(layout.Parts[0], header.Entries, header.Count);
    }

    private void Region(MemoryLayout element, nint start, long count)
    {
        if (count <= 0 || (!element.HoldsPointers && _reached.Holds(start)))
        {
            return;
        }

        var buffer = buffers.Find(start);
        if (buffer is null)
        {
            _reached = outside?.Invoke(start) ?? _reached;
            return;
        }

        Enter(buffer);
        _reached = new Stretch(buffer.Address, buffer.Address + (nint)buffer.Capacity);
        var end = start + (nint)(count * element.Size);
        if (!element.HoldsPointers || (start >= buffer.WalkedFrom && end <= buffer.WalkedTo))
        {
            return;
        }

        var overlaps = start <= buffer.WalkedTo && end >= buffer.WalkedFrom;
        buffer.WalkedFrom = overlaps ? Math.Min(start, buffer.WalkedFrom) : start;
        buffer.WalkedTo = overlaps ? Math.Max(end, buffer.WalkedTo) : end;
        StackGuard.Run(static s => s.Self.Elements(s.Element, s.Start, s.Count), (Self: this, Element: element, Start: start, Count: count));
    }

    private bool Elements(MemoryLayout element, nint start, long count)
    {
        var offsets = new List<int>();
        if (HoldsFlatVectors(element, 0, offsets))
        {
            foreach (var offset in offsets)
            {
                Slices(start + offset, count, element.Size);
            }

            return true;
        }

        for (var i = 0L; i < count; i++)
        {
            Value(element, start + (nint)(i * element.Size));
        }

        return true;
    }

    /// <summary>Whether all pointers of elements are those of vectors that hold none, which have these offsets.</summary>
    private static bool HoldsFlatVectors(MemoryLayout element, int offset, List<int> offsets)
    {
        if (element.Type is VectorType)
        {
            offsets.Add(offset);
            return !element.Parts[0].HoldsPointers;
        }

        return element is { Type: StructType, IsDeep: false }
            && element.Parts.Zip(element.Offsets).All(p => !p.First.HoldsPointers || HoldsFlatVectors(p.First, offset + p.Second, offsets));
    }

    private void Slices(nint first, long count, int size)
    {
        for (var (at, end) = (first, first + (nint)(count * size)); at < end; at += size)
        {
            var (data, length) = (*(nint*)at, *(long*)(at + MemoryLayout.LengthOffset));
            if (length <= 0 || _reached.Holds(data))
            {
                continue;
            }

            if (buffers.Find(data) is { } buffer)
            {
                Enter(buffer);
                _reached = new Stretch(buffer.Address, buffer.Address + (nint)buffer.Capacity);
            }
            else
            {
                _reached = outside?.Invoke(data) ?? _reached;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Enter(PinnedBuffer buffer)
    {
        if (buffer.Walk != walk)
        {
            buffer.Walk = walk;
            buffer.WalkedFrom = buffer.WalkedTo = 0;
        }
    }
}

/// <summary>Buffers by address.</summary>
internal sealed class BufferIndex
{
    private readonly PinnedBuffer[] _buffers;

    public BufferIndex(IEnumerable<PinnedBuffer> buffers)
    {
        _buffers = [.. buffers];
        Array.Sort(_buffers, static (x, y) => x.Address.CompareTo(y.Address));
    }

    /// <summary>The buffer that an address lies in, or null.</summary>
    public PinnedBuffer? Find(nint address)
    {
        var (low, high) = (0, _buffers.Length);
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            (low, high) = _buffers[middle].Address <= address ? (middle + 1, high) : (low, middle);
        }

        return low > 0 && _buffers[low - 1].Contains(address) ? _buffers[low - 1] : null;
    }
}
