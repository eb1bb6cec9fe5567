using System.Runtime.CompilerServices;
using Weld.Managed.Builders;
using Weld.Managed.Layout;

namespace Weld.Managed.Runtime;

// What comes into a run from outside, what goes out of it as its result, and the host's functions that it calls.
internal sealed unsafe partial class Run
{
    private readonly List<Attachment> _attachments = [];

    /// <summary>The host's functions, by the numbers that the compiled program calls them by.</summary>
    public HostFunction[] Foreign { get; init; } = [];

    /// <summary>Calls a function of the host.</summary>
    /// <param name="index">Its number.</param>
    /// <param name="arguments">Where the arguments stand, laid out as one struct.</param>
    /// <param name="result">Where the result goes.</param>
    /// <param name="start">The call's place, for errors.</param>
    /// <param name="span">The place's length.</param>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public void CallForeign(int index, long arguments, long result, int start, int span)
    {
        var function = Foreign[index];
        try
        {
            function.Call(this, (nint)arguments, (nint)result);
        }
        catch (HostFunctionException e)
        {
            Fail.Foreign(function.Name, e.InnerException!, start, span);
        }
    }

    /// <summary>Keeps memory from outside in place and alive until the run ends, and longer if its result points into it.</summary>
    public void Attach(Attachment attachment) => _attachments.Add(attachment);

    /// <summary>Takes a builder of another run over, with its buffers, and gives its handle here.</summary>
    public long Welcome(ResultMemory from, object guest)
    {
        if (guest is Builder builder)
        {
            foreach (var address in builder.Buffers)
            {
                if (from.Remove((nint)address) is { } buffer)
                {
                    buffer.Owned = true;
                    _account.Add(buffer.Requested);
                    Add(buffer);
                }
            }

            builder.MoveTo(this);
        }

        return AddBuilder(guest);
    }

    /// <summary>Ends the run with a result: what it reaches goes to the result, the rest is freed.</summary>
    /// <param name="result">Where the result stands.</param>
    /// <param name="layout">Its layout.</param>
    /// <param name="program">What owns the constants that the result may point into.</param>
    public ResultMemory Detach(nint result, MemoryLayout layout, object? program)
    {
        List<PinnedBuffer> kept;
        var attachments = new HashSet<Attachment>(ReferenceEqualityComparer.Instance);
        var next = 0;
        if (layout.HoldsBuilders)
        {
            kept = Since(0);
            attachments.UnionWith(_attachments);
        }
        else if (layout.HoldsPointers)
        {
            kept = Since(0);
            var walk = ++_walk;
            var reachability = new Reachability(new BufferIndex(kept), walk, Outside);
            reachability.Mark(result);
            reachability.Value(layout, result);
            kept.RemoveAll(b => b.Walk != walk);
        }
        else
        {
            kept = [Of(result)];
        }

        foreach (var buffer in kept)
        {
            Forget(buffer);
            _account.Refund(buffer.Requested);
        }

        _attachments.RemoveAll(attachments.Contains);
        var builders = _builders;
        _builders = null;
        return new ResultMemory([.. kept], [.. attachments], builders, program);

        // Addresses come in an order much like that of the attachments.
        Stretch? Outside(nint address)
        {
            for (var i = 0; i < _attachments.Count; i++)
            {
                var at = (next + i) % _attachments.Count;
                if (_attachments[at].Find(address) is { } stretch)
                {
                    attachments.Add(_attachments[at]);
                    next = at;
                    return stretch;
                }
            }

            return null;
        }
    }
}
