using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Weld.Core.Diagnostics;

namespace Weld.Managed.Runtime;

/// <summary>Why a run should stop, as a flag that compiled loops look at: whichever of cancellation and timeout comes first decides.</summary>
internal sealed unsafe class StopSource : IDisposable
{
    private const int CancelledFlag = 1;
    private const int TimeoutFlag = 2;

    private static readonly int[] Never = NewFlag();

    private readonly int[] _flag;
    private readonly Timer? _timer;
    private readonly CancellationTokenRegistration _registration;

    public StopSource(TimeSpan? timeout, CancellationToken cancellation)
    {
        if (timeout is null && !cancellation.CanBeCanceled)
        {
            _flag = Never;
            return;
        }

        // A callback may come after the run's end, so the flag belongs to this run for ever.
        var flag = _flag = NewFlag();
        _registration = cancellation.UnsafeRegister(static f => Raise((int[])f!, CancelledFlag), flag);
        if (timeout is { } time && time <= TimeSpan.Zero)
        {
            Raise(flag, TimeoutFlag);
        }
        else if (timeout is { } wait && wait.TotalMilliseconds < uint.MaxValue - 1)
        {
            _timer = new Timer(static f => Raise((int[])f!, TimeoutFlag), flag, wait, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>Non-zero when the run should stop.</summary>
    public int* Flag => (int*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_flag));

    /// <summary>The exception that says why, or null to go on.</summary>
    public WeldRuntimeException? Reason => Volatile.Read(ref _flag[0]) switch
    {
        0 => null,
        TimeoutFlag => new WeldRuntimeException(RuntimeCode.Timeout, "expected the run to end within its time limit"),
        _ => new WeldRuntimeException(RuntimeCode.Cancelled, "the host asked the run to stop"),
    };

    public void Dispose()
    {
        _timer?.Dispose();
        _registration.Unregister();
    }

    private static void Raise(int[] flag, int reason) => Interlocked.CompareExchange(ref flag[0], reason, 0);

    private static int[] NewFlag() => GC.AllocateArray<int>(1, pinned: true);
}
