namespace Weld.Managed.Runtime;

/// <summary>
/// What a result lives in: the buffers it reaches, the arguments it points into, and the program, whose constants it may point into. Its owner holds one
/// share, each reader and each run that it is an argument of another; with the last share the buffers go back to the pool. Invariant: no address in it
/// is followed without a share, so that disposing of a result while another thread reads it, or runs with it, is safe. If it is only collected,
/// the collector frees the arrays, which a span may still hold.
/// </summary>
internal sealed class ResultMemory
{
    private readonly Lock _gate = new();
    private readonly List<PinnedBuffer> _buffers;
    private readonly Attachment[] _attachments;
    private readonly Dictionary<long, object>? _builders;
    private readonly object? _program;
    private BufferIndex? _index;
    private long _charged;
    private int _shares = 1;
    private bool _isDisposed;
    private bool _isDropped;

    public ResultMemory(List<PinnedBuffer> buffers, Attachment[] attachments, Dictionary<long, object>? builders, object? program)
    {
        _buffers = buffers;
        foreach (var buffer in buffers)
        {
            _charged += buffer.Requested;
        }

        _attachments = attachments;
        _builders = builders;
        _program = program;
    }

    ~ResultMemory() => Drop(toPool: false);

    /// <summary>Takes a share.</summary>
    /// <exception cref="ObjectDisposedException">The result was disposed of.</exception>
    public void Enter()
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, typeof(WeldResult));
            _shares++;
        }
    }

    /// <summary>Gives a share back.</summary>
    /// <param name="toPool">Whether the buffers, if this was the last share, are to be used again: not if the share was merely collected.</param>
    public void Leave(bool toPool = true)
    {
        lock (_gate)
        {
            if (--_shares > 0)
            {
                return;
            }
        }

        GC.SuppressFinalize(this);
        Drop(toPool);
    }

    /// <summary>Gives the owner's share back, once.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_isDisposed)
            {
                return;
            }

            _isDisposed = true;
        }

        Leave();
    }

    /// <summary>The stretch that an address lies in, of it or of what it points into; null if none.</summary>
    public Stretch? Find(nint address)
    {
        lock (_gate)
        {
            _index ??= new BufferIndex(_buffers);
            return _index.Find(address) is { } buffer ? new Stretch(buffer.Address, buffer.Address + (nint)buffer.Capacity) : _attachments.Select(a => a.Find(address)).FirstOrDefault(s => s is not null);
        }
    }

    /// <summary>A builder that no run has taken, or null.</summary>
    public object? FindBuilder(long handle)
    {
        lock (_gate)
        {
            return _builders?.GetValueOrDefault(handle);
        }
    }

    /// <summary>Takes a builder, for a run that starts with it.</summary>
    public bool TryTakeBuilder(long handle, out object? builder)
    {
        lock (_gate)
        {
            builder = null;
            return _builders is not null && _builders.Remove(handle, out builder);
        }
    }

    /// <summary>Puts back a builder that was taken for a run that did not start.</summary>
    public void PutBack(long handle, object builder)
    {
        lock (_gate)
        {
            _builders!.Add(handle, builder);
        }
    }

    /// <summary>Gives a builder's buffer, and the charge for it, away; null for a buffer that it has not.</summary>
    public PinnedBuffer? Remove(nint address)
    {
        lock (_gate)
        {
            var at = _buffers.FindIndex(b => b.Address == address);
            if (at < 0)
            {
                return null;
            }

            var buffer = _buffers[at];
            _buffers.RemoveAt(at);
            _index = null;
            _charged -= buffer.Requested;
            return buffer;
        }
    }

    private void Drop(bool toPool)
    {
        lock (_gate)
        {
            if (_isDropped)
            {
                return;
            }

            _isDropped = true;
        }

        MemoryBudget.Refund(_charged);
        foreach (var attachment in _attachments)
        {
            attachment.Drop(toPool);
        }

        if (toPool)
        {
            foreach (var buffer in _buffers)
            {
                BufferPool.Return(buffer);
            }
        }

        GC.KeepAlive(_program);
    }
}
