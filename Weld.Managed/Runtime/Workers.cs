using System.Runtime.ExceptionServices;

namespace Weld.Managed.Runtime;

/// <summary>One part of some work.</summary>
/// <param name="worker">The run to work in: what is allocated in it belongs to the run that asked for the work once all parts are done.</param>
/// <param name="index">The part's number.</param>
internal delegate void WorkerBody(Run worker, long index);

/// <summary>
/// Work on several threads. The caller takes part and waits only for threads that have begun a part, so that a busy thread pool costs speed alone, and
/// calls may nest.
/// </summary>
internal static class Workers
{
    private static readonly Lingerers<Job> Lingerers = new();

    /// <summary>Does the parts 0 to <paramref name="count"/> − 1, each once, and begins them in order.</summary>
    /// <param name="run">The run, which nothing else uses meanwhile.</param>
    /// <param name="count">How many parts there are.</param>
    /// <param name="body">Does a part; called by several threads at once, each with a run of its own. On one thread that is <paramref name="run"/> itself.</param>
    /// <param name="window">Which of the parts may begin, where they are joined in order and threads must not run ahead; null for all.</param>
    /// <exception cref="Exception">What the first part that failed has thrown. The parts before it are done, later ones were stopped.</exception>
    public static void Each(Run run, long count, WorkerBody body, ReorderWindow? window = null)
    {
        var helpers = Math.Min(run.Account.IdleThreads, count - 1);
        if (helpers > 0)
        {
            new Job(run, count, body, window).Do((int)helpers);
            return;
        }

        for (long index = 0; index < count; index++)
        {
            run.ThrowIfStopped();
            body(run, index);
        }
    }

    /// <summary>One call.</summary>
    private sealed class Job(Run run, long count, WorkerBody body, ReorderWindow? window) : IThreadPoolWorkItem
    {
        private const int Closed = int.MinValue;

        private readonly Lock _gate = new();
        private readonly List<Seat> _seats = [];
        private readonly ManualResetEventSlim _empty = new();
        private readonly RunAccount _account = run.Account;
        private ExceptionDispatchInfo? _error;
        private long _next;
        private long _failed = long.MaxValue;

        /// <summary>How many helpers are at work, and <see cref="Closed"/> once no more may begin.</summary>
        private int _helpers;

        public void Do(int helpers)
        {
            for (var i = 0; i < helpers; i++)
            {
                if (!Lingerers.TryGive(this))
                {
                    ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
                }
            }

            Work();
            if (Interlocked.Or(ref _helpers, Closed) != 0 && !Lingerers<Job>.Spin(() => _empty.IsSet))
            {
                _empty.Wait();
            }

            foreach (var seat in _seats)
            {
                run.Dismiss(seat.Worker);
            }

            _error?.Throw();
        }

        void IThreadPoolWorkItem.Execute()
        {
            for (var job = this; job is not null; job = Lingerers.Linger())
            {
                job.Help();
            }
        }

        private void Help()
        {
            if (!_account.TryTakeThread())
            {
                return;
            }

            if (TryEnter())
            {
                Work();
                _account.GiveThreadBack();
                Leave();
            }
            else
            {
                _account.GiveThreadBack();
            }
        }

        private bool TryEnter()
        {
            for (var helpers = Volatile.Read(ref _helpers); helpers >= 0;)
            {
                var found = Interlocked.CompareExchange(ref _helpers, helpers + 1, helpers);
                if (found == helpers)
                {
                    return true;
                }

                helpers = found;
            }

            return false;
        }

        private void Leave()
        {
            if (Interlocked.Decrement(ref _helpers) == Closed)
            {
                _empty.Set();
            }
        }

        private void Work()
        {
            Seat? seat = null;
            while (Take() is var index && index < count && index < Volatile.Read(ref _failed))
            {
                try
                {
                    seat ??= Sit();

                    // Whoever fails first writes where, then looks at the seats: either it sees this one, or this one sees where.
                    Interlocked.Exchange(ref seat.Index, index);
                    if (index < Volatile.Read(ref _failed))
                    {
                        seat.Worker.ThrowIfStopped();
                        body(seat.Worker, index);
                    }
                }
                catch (Exception e)
                {
                    Fail(index, e);
                }
            }
        }

        private long Take() => window is null ? Interlocked.Increment(ref _next) - 1 : window.Take();

        private Seat Sit()
        {
            var seat = new Seat(run.Hire());
            lock (_gate)
            {
                _seats.Add(seat);
            }

            return seat;
        }

        private void Fail(long index, Exception error)
        {
            lock (_gate)
            {
                if (index < _failed)
                {
                    Interlocked.Exchange(ref _failed, index);
                    _error = ExceptionDispatchInfo.Capture(error);
                }

                foreach (var seat in _seats)
                {
                    if (Volatile.Read(ref seat.Index) > _failed)
                    {
                        seat.Worker.Abandon();
                    }
                }
            }

            window?.Close();
        }

        /// <summary>A thread at work.</summary>
        private sealed class Seat(Run worker)
        {
            /// <summary>The part that it does.</summary>
            public long Index;

            public Run Worker => worker;
        }
    }
}
