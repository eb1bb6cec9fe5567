using System.Runtime.ExceptionServices;

namespace Weld.Core.IR;

/// <summary>Threads with a large stack, which wait a while for more work before they end: making one takes longer than optimising a small program.</summary>
internal sealed class DeepStack
{
    private const int StackBytes = 64 << 20;
    private const int MostIdle = 4;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly Lock Gate = new();
    private static readonly List<DeepStack> Idle = [];

    private readonly SemaphoreSlim _given = new(0);
    private Work? _work;

    private DeepStack() => new Thread(Serve, StackBytes) { IsBackground = true, Name = "Weld: deep recursion" }.Start();

    /// <summary>Runs on such a thread while this one waits; throws what the work throws.</summary>
    public static void Run(Action action)
    {
        var work = new Work(action);
        DeepStack? stack = null;
        lock (Gate)
        {
            if (Idle.Count > 0)
            {
                stack = Idle[^1];
                Idle.RemoveAt(Idle.Count - 1);
            }
        }

        stack ??= new DeepStack();
        stack._work = work;
        stack._given.Release();
        work.Done.Wait();
        work.Thrown?.Throw();
    }

    private void Serve()
    {
        while (_given.Wait(Patience) || !Leave())
        {
            // Between the end of patience and leaving, someone may have taken the thread: then the work comes.
            if (_work is not { } work)
            {
                continue;
            }

            _work = null;
            try
            {
                work.Action();
            }
            catch (Exception e)
            {
                work.Thrown = ExceptionDispatchInfo.Capture(e);
            }

            var stays = Return();
            work.Done.Set();
            if (!stays)
            {
                return;
            }
        }
    }

    private bool Return()
    {
        lock (Gate)
        {
            if (Idle.Count >= MostIdle)
            {
                return false;
            }

            Idle.Add(this);
            return true;
        }
    }

    private bool Leave()
    {
        lock (Gate)
        {
            return Idle.Remove(this);
        }
    }

    private sealed class Work(Action action)
    {
        public Action Action { get; } = action;

        public ManualResetEventSlim Done { get; } = new();

        public ExceptionDispatchInfo? Thrown { get; set; }
    }
}
