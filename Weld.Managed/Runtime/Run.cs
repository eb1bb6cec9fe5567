using System.Runtime.CompilerServices;
using Weld.Core.Diagnostics;
using Weld.Managed.Layout;

namespace Weld.Managed.Runtime;

/// <summary>
/// One run of a program: its memory, its builders, and whether it should stop. Used by one thread at a time. Buffers are ordinary, holding vectors and
/// dictionaries, which <see cref="Release"/> may free; or owned by a builder, which frees or publishes them itself. All that is left is freed at the end.
/// </summary>
internal sealed unsafe partial class Run : IDisposable
{
    /// <summary>Bytes moved between two looks at the stop flag: 1 MiB of traffic.</summary>
    private const long CopyStep = 1 << 19;

    /// <summary>From this many live buffers on they are found by a table.</summary>
    private const int TableFrom = 8;

    private readonly StopSource _stop;
    private readonly RunAccount _account;
    private Dictionary<nint, PinnedBuffer>? _byAddress;
    private Dictionary<long, object>? _builders;
    private SpareBuffers _spares;
    private PinnedBuffer? _last;
    private int _count;
    private long _sequence;
    private long _walk;
    private long _lastHandle;
    private BufferIndex? _index;

    /// <summary>Starts a run; the clock of its timeout runs from here.</summary>
    public Run(long memoryLimit = long.MaxValue, TimeSpan? timeout = null, CancellationToken cancellation = default, int threads = 1)
    {
        _account = new RunAccount(memoryLimit, threads);
        _stop = new StopSource(timeout, cancellation);
        StopFlag = _stop.Flag;
    }

    /// <summary>The functions of the program's outermost loops, under the loops' numbers.</summary>
    public LoopBody?[] Functions { get; set; } = [];

    /// <summary>Non-zero when the run should stop.</summary>
    public int* StopFlag { get; }

    /// <summary>Bytes requested for its live buffers and those of its workers.</summary>
    public long Charged => _account.Charged;

    /// <summary>An uninitialised buffer, 64-byte aligned, with 64 bytes of slack behind it.</summary>
    /// <param name="bytes">0 or more; anything else is out of memory.</param>
    /// <param name="owned">Whether it belongs to a builder.</param>
    public nint Allocate(long bytes, bool owned = false)
    {
        Charge(bytes);
        PinnedBuffer buffer;
        try
        {
            buffer = _spares.Take(bytes) ?? BufferPool.Rent(bytes);
        }
        catch (OutOfMemoryException)
        {
            Refund(bytes);
            Fail.OutOfMemory($"expected memory for a buffer of {bytes} bytes, found none");
            throw;
        }

        buffer.Requested = bytes;
        buffer.Owned = owned;
        Add(buffer);
        return buffer.Address;
    }

    /// <summary>A buffer for so many elements of a size; a product that cannot be counted is out of memory.</summary>
    public nint AllocateElements(long count, int size)
    {
        var high = Math.BigMul(count, size, out var low);
        return Allocate(high == 0 && low >= 0 ? low : -1);
    }

    /// <summary>A buffer of zeros.</summary>
    /// <param name="bytes">0 or more; anything else is out of memory.</param>
    /// <param name="owned">Whether it belongs to a builder.</param>
    public nint AllocateZeroed(long bytes, bool owned = false)
    {
        var address = Allocate(bytes, owned);
        Clear(address, bytes);
        return address;
    }

    /// <summary>Zeroes bytes, looking at the stop flag in between.</summary>
    public void Clear(nint at, long bytes)
    {
        for (var done = 0L; done < bytes; done += 2 * CopyStep)
        {
            ThrowIfStopped();
            new Span<byte>((byte*)at + done, (int)Math.Min(2 * CopyStep, bytes - done)).Clear();
        }
    }

    /// <summary>A buffer of <paramref name="newBytes"/> that starts with the old one's first <paramref name="usedBytes"/>; the old one is freed, or is itself large enough.</summary>
    /// <param name="old">A buffer, or 0 for none.</param>
    /// <param name="usedBytes">At most the size of either.</param>
    /// <param name="newBytes">The new size.</param>
    /// <param name="owned">Whether a first buffer belongs to a builder; a later one is as the old one was.</param>
    public nint Grow(nint old, long usedBytes, long newBytes, bool owned = false)
    {
        if (old == 0)
        {
            return Allocate(newBytes, owned);
        }

        var buffer = Of(old);
        if (newBytes >= 0 && newBytes <= buffer.Capacity)
        {
            Charge(newBytes - buffer.Requested, newBytes);
            buffer.Requested = newBytes;
            return old;
        }

        var grown = Allocate(newBytes, buffer.Owned);
        Copy(old, grown, usedBytes);
        Free(old);
        return grown;
    }

    /// <summary>Copies bytes that do not overlap, looking at the stop flag in between.</summary>
    public void Copy(nint from, nint to, long bytes)
    {
        for (var done = 0L; done < bytes; done += CopyStep)
        {
            ThrowIfStopped();
            Buffer.MemoryCopy((byte*)from + done, (byte*)to + done, CopyStep, Math.Min(CopyStep, bytes - done));
        }
    }

    /// <summary>Frees a buffer; 0 is none.</summary>
    public void Free(nint address)
    {
        if (address != 0)
        {
            Free(Of(address));
        }
    }

    /// <summary>Makes a builder's buffer an ordinary one, as if allocated now; 0 is none.</summary>
    public void Publish(nint address)
    {
        if (address != 0)
        {
            var buffer = Of(address);
            Unlink(buffer);
            buffer.Owned = false;
            Link(buffer);
        }
    }

    /// <summary>Makes an ordinary buffer a builder's; 0 is none.</summary>
    public void Adopt(nint address)
    {
        if (address != 0)
        {
            Of(address).Owned = true;
        }
    }

    /// <summary>The buffer that an address lies in, or null for memory of the host, of constants and of other results.</summary>
    public PinnedBuffer? Find(nint address) => (_index ??= new BufferIndex(Since(0))).Find(address);

    /// <summary>This moment, for <see cref="Release"/>.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public long Mark() => _sequence;

    /// <summary>Frees every ordinary buffer since <paramref name="mark"/> that a value does not point into.</summary>
    /// <param name="mark">From <see cref="Mark"/>.</param>
    /// <param name="keep">Where the value stands, or 0 for none.</param>
    /// <param name="layout">The value's layout.</param>
    public void Release(long mark, nint keep, MemoryLayout layout)
    {
        if (_last is null || _last.Sequence < mark)
        {
            return;
        }

        var since = Since(mark);
        var reached = 0L;
        if (keep != 0 && layout.HoldsPointers)
        {
            reached = ++_walk;
            new Reachability(new BufferIndex(since), reached).Value(layout, keep);
        }

        foreach (var buffer in since)
        {
            if (!buffer.Owned && (reached == 0 || buffer.Walk != reached))
            {
                Free(buffer);
            }
        }
    }

    /// <summary>Puts a builder into the table; its handle can be taken once.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public long AddBuilder(object builder)
    {
        (_builders ??= []).Add(++_lastHandle, builder);
        return _lastHandle;
    }

    /// <summary>Takes a builder out of the table.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public object TakeBuilder(long handle) =>
        _builders is not null && _builders.Remove(handle, out var builder) ? builder : throw new WeldInternalException("run", $"expected the handle of a builder not yet taken, found {handle}");

    /// <summary>Ends the run if it should stop.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void ThrowIfStopped()
    {
        if (Volatile.Read(ref *StopFlag) != 0)
        {
            Stop();
        }
    }

    /// <summary>Ends the run, which was asked to stop.</summary>
    public void Stop() => throw _stop.Reason!;

    /// <summary>Frees all that the run still holds.</summary>
    public void Dispose()
    {
        _stop.Dispose();
        Kept?.Free();
        _spares.Clear();
        while (_last is { } buffer)
        {
            _last = buffer.Previous;
            BufferPool.Return(buffer);
        }

        foreach (var attachment in _attachments)
        {
            attachment.Drop(toPool: true);
        }

        _attachments.Clear();
        _byAddress = null;
        _builders = null;
        _index = null;
        MemoryBudget.Refund(_account.RefundAll());
    }

    private void Charge(long bytes) => Charge(bytes, bytes);

    private void Charge(long more, long request)
    {
        if (request < 0 || request > BufferPool.MaxBytes)
        {
            Fail.OutOfMemory($"expected a buffer of at most {BufferPool.MaxBytes} bytes, found a request for {(request < 0 ? "more than can be counted" : request)}");
        }

        if (!_account.TryCharge(more))
        {
            Fail.OutOfMemory($"expected at most {_account.Limit} bytes in the run's live buffers, found {Charged} and a request for {more} more");
        }

        if (!MemoryBudget.TryCharge(more))
        {
            _account.Refund(more);
            Fail.OutOfMemory($"expected at most {MemoryBudget.Limit} bytes in the live buffers of the process, found {MemoryBudget.Used} and a request for {more} more");
        }
    }

    private void Refund(long bytes)
    {
        _account.Refund(bytes);
        MemoryBudget.Refund(bytes);
    }

    private PinnedBuffer Of(nint address)
    {
        PinnedBuffer? found = null;
        if (_byAddress is not null)
        {
            _byAddress.TryGetValue(address, out found);
        }
        else
        {
            for (found = _last; found is not null && found.Address != address;)
            {
                found = found.Previous;
            }
        }

        return found ?? throw new WeldInternalException("run", "expected the address of a live buffer, found another");
    }

    private List<PinnedBuffer> Since(long mark)
    {
        var buffers = new List<PinnedBuffer>();
        for (var buffer = _last; buffer is not null && buffer.Sequence >= mark; buffer = buffer.Previous)
        {
            buffers.Add(buffer);
        }

        return buffers;
    }

    private void Add(PinnedBuffer buffer)
    {
        buffer.Walk = 0;
        _index = null;
        Link(buffer);
        _count++;
        if (_byAddress is not null)
        {
            _byAddress.Add(buffer.Address, buffer);
        }
        else if (_count > TableFrom)
        {
            _byAddress = Since(0).ToDictionary(b => b.Address);
        }
    }

    private void Free(PinnedBuffer buffer)
    {
        Forget(buffer);
        Refund(buffer.Requested);
        _spares.Put(buffer);
    }

    private void Forget(PinnedBuffer buffer)
    {
        _byAddress?.Remove(buffer.Address);
        _index = null;
        _count--;
        Unlink(buffer);
    }

    private void Link(PinnedBuffer buffer)
    {
        buffer.Sequence = _sequence++;
        buffer.Previous = _last;
        buffer.Next = null;
        _last?.Next = buffer;
        _last = buffer;
    }

    private void Unlink(PinnedBuffer buffer)
    {
        buffer.Previous?.Next = buffer.Next;
        if (buffer.Next is null)
        {
            _last = buffer.Previous;
        }
        else
        {
            buffer.Next.Previous = buffer.Previous;
        }
    }
}
