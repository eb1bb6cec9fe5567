using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Weld.Core.Diagnostics;

namespace Weld.Managed.Runtime;

/// <summary>Why a run should stop, as a flag that compiled loops look at: whichever of cancellation and timeout comes first decides.</summary>
internal sealed unsafe class StopSource : IDisposable
{
    private const int CancelledFlag = 1;
    private const int TimeoutFlag = 2;
    private const int AbandonedFlag = 3;

    private static readonly int[] Never = NewFlag();

    private readonly int[] _flag;
    private readonly Timer? _timer;
    private readonly CancellationTokenRegistration _registration;
    private readonly Lock _gate = new();
    private List<StopSource>? _workers;

    public StopSource(TimeSpan? timeout, CancellationToken cancellation)
    {
        if (timeout is null && !cancellation.CanBeCanceled)
        {
            _flag = Never;
            return;
        }

        // A callback may come after the run's end, so the flag belongs to this run for ever.
        _flag = NewFlag();
        _registration = cancellation.UnsafeRegister(static s => ((StopSource)s!).Raise(CancelledFlag), this);
        if (timeout is { } time && time <= TimeSpan.Zero)
        {
            Raise(TimeoutFlag);
        }
        else if (timeout is { } wait && wait.TotalMilliseconds < uint.MaxValue - 1)
        {
            _timer = new Timer(static s => ((StopSource)s!).Raise(TimeoutFlag), this, wait, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>The flag of a worker of a run: raised with the run's, and also on its own.</summary>
    public StopSource(StopSource run)
    {
        _flag = NewFlag();
        lock (run._gate)
        {
            (run._workers ??= []).Add(this);
        }

        if (Volatile.Read(ref run._flag[0]) is var reason and not 0)
        {
            Raise(reason);
        }
    }

    /// <summary>Non-zero when the run should stop.</summary>
    public int* Flag => (int*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_flag));

    /// <summary>The exception that says why, or null to go on.</summary>
    public WeldRuntimeException? Reason => Volatile.Read(ref _flag[0]) switch
    {
        0 => null,
        TimeoutFlag => new WeldRuntimeException(RuntimeCode.Timeout, "expected the run to end within its time limit"),
        AbandonedFlag => new WeldRuntimeException(RuntimeCode.Cancelled, "an earlier part of the work has failed"),
        _ => new WeldRuntimeException(RuntimeCode.Cancelled, "the host asked the run to stop"),
    };

    public void Dispose()
    {
        _timer?.Dispose();
        _registration.Unregister();
    }

    /// <summary>Asks a worker to stop, since an earlier part of the work has failed.</summary>
    public void Abandon() => Raise(AbandonedFlag);

    private void Raise(int reason)
    {
        Interlocked.CompareExchange(ref _flag[0], reason, 0);
        lock (_gate)
        {
            foreach (var worker in _workers ?? [])
            {
                worker.Raise(reason);
            }
        }
    }

    private static int[] NewFlag() => GC.AllocateArray<int>(1, pinned: true);
}
