namespace Weld.Managed.Runtime;

/// <summary>
/// The parts of some work that several threads finish in any order and that are joined in order, by whichever thread finds the next one finished. So that results
/// do not pile up, a part begins only within a window of the first that is not joined; a thread waits for that before it has a number, so that no part waits with it.
/// One lock guards all: whether a finished part is left to another thread must not depend on when that thread sees a store.
/// </summary>
/// <param name="count">How many parts there are.</param>
/// <param name="size">How many may have begun and not be joined.</param>
internal sealed class ReorderWindow(long count, int size)
{
    /// <summary>No part.</summary>
    public const long None = -1;

    private readonly object _gate = new();
    private readonly bool[] _isFinished = new bool[size];
    private long _next;
    private long _joined;
    private int _waiting;
    private bool _isJoining;
    private bool _isClosed;

    /// <summary>The number of the next part, as soon as it may begin; the number of parts or more once all have, or the window is closed.</summary>
    public long Take()
    {
        lock (_gate)
        {
            while (_next < count && _next - _joined >= size && !_isClosed)
            {
                _waiting++;
                Monitor.Wait(_gate);
                _waiting--;
            }

            return _isClosed ? long.MaxValue : _next++;
        }
    }

    /// <summary>Tells that a part is finished.</summary>
    /// <returns>The part that the caller has to join now; or none, since one before is not finished, or a thread that joins will come to it.</returns>
    public long Finish(long part)
    {
        lock (_gate)
        {
            _isFinished[part % size] = true;
            return _isJoining ? None : Ready();
        }
    }

    /// <summary>Tells that the part which the caller had to join is joined.</summary>
    /// <returns>The part that it has to join next, or none.</returns>
    public long FinishJoin()
    {
        lock (_gate)
        {
            _isFinished[_joined % size] = false;
            _joined++;

            // Threads that wait are woken for more than one part each.
            if (_waiting > 0 && _next - _joined <= size / 2)
            {
                Monitor.PulseAll(_gate);
            }

            return Ready();
        }
    }

    /// <summary>Lets no further part begin, since one has failed.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _isClosed = true;
            Monitor.PulseAll(_gate);
        }
    }

    private long Ready()
    {
        _isJoining = _isFinished[_joined % size];
        return _isJoining ? _joined : None;
    }
}
