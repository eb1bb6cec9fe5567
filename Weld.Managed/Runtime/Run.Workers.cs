namespace Weld.Managed.Runtime;

// The runs of the threads that work for a run. Each has buffers, marks and a stop flag of its own; the account, the program's functions and the host's are shared.
internal sealed unsafe partial class Run
{
    private readonly Lock _gate = new();
    private Stack<Run>? _workers;

    private Run(Run run)
    {
        _account = run._account;
        _stop = new StopSource(run._stop);
        StopFlag = _stop.Flag;
        Functions = run.Functions;
        Foreign = run.Foreign;
    }

    /// <summary>What watches the loops; null for nothing.</summary>
    public Profiler? Profiler { get; set; }

    /// <summary>How many iterations of a loop to give to a thread at a time, at once and always; null for as many as are worth it.</summary>
    public long? Grain { get; init; }

    /// <summary>How many threads the run and its workers may use together.</summary>
    public int Threads => _account.Threads;

    /// <summary>The memory and threads that the run and its workers share.</summary>
    public RunAccount Account => _account;

    /// <summary>What the iterations of the outermost loop that it runs compute once for all; null for nothing. Workers share it.</summary>
    public KeptMemory? Kept { get; set; }

    /// <summary>A run for a thread that works for this one, until it is dismissed.</summary>
    public Run Hire()
    {
        Run? worker;
        lock (_gate)
        {
            worker = _workers is not null && _workers.TryPop(out var known) ? known : new Run(this);
        }

        worker.Kept = Kept;
        return worker;
    }

    /// <summary>Takes a worker's buffers over and keeps the worker for later.</summary>
    public void Dismiss(Run worker)
    {
        Absorb(worker.TakeBuffers());
        worker._spares.Clear();
        worker.Kept = null;
        lock (_gate)
        {
            (_workers ??= new()).Push(worker);
        }
    }

    /// <summary>Asks a worker to stop, since an earlier part of the work has failed.</summary>
    public void Abandon() => _stop.Abandon();

    /// <summary>Gives all buffers away: the youngest, which the others precede.</summary>
    public PinnedBuffer? TakeBuffers()
    {
        var last = _last;
        (_last, _count, _index, _byAddress) = (null, 0, null, null);
        return last;
    }

    /// <summary>Takes over what a worker gave away; the charge is shared already.</summary>
    public void Absorb(PinnedBuffer? last)
    {
        var buffer = last;
        while (buffer?.Previous is { } previous)
        {
            buffer = previous;
        }

        while (buffer is not null)
        {
            var next = buffer.Next;
            Add(buffer);
            buffer = next;
        }
    }
}
