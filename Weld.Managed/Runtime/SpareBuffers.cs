namespace Weld.Managed.Runtime;

/// <summary>A few small buffers that a run has freed and may use again without asking the pool, which all threads share: the temporaries of a loop's iterations.</summary>
internal struct SpareBuffers
{
    private const int Most = 8;
    private const long MostBytes = 1 << 16;

    private PinnedBuffer? _first;
    private int _count;

    /// <summary>A buffer of at least so many bytes, and not much more; null if there is none.</summary>
    public PinnedBuffer? Take(long bytes)
    {
        PinnedBuffer? before = null;
        for (var buffer = _first; buffer is not null; (before, buffer) = (buffer, buffer.Previous))
        {
            if (buffer.Capacity >= bytes && buffer.Capacity <= (2 * bytes) + Block64.Size)
            {
                if (before is null)
                {
                    _first = buffer.Previous;
                }
                else
                {
                    before.Previous = buffer.Previous;
                }

                _count--;
                return buffer;
            }
        }

        return null;
    }

    /// <summary>Keeps a buffer, or gives it to the pool.</summary>
    public void Put(PinnedBuffer buffer)
    {
        if (_count == Most || buffer.Capacity > MostBytes)
        {
            BufferPool.Return(buffer);
            return;
        }

        buffer.Previous = _first;
        _first = buffer;
        _count++;
    }

    /// <summary>Gives all to the pool.</summary>
    public void Clear()
    {
        while (_first is { } buffer)
        {
            _first = buffer.Previous;
            BufferPool.Return(buffer);
        }

        _count = 0;
    }
}
