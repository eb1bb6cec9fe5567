using System.Collections.Concurrent;
using System.Diagnostics;
using Weld.Managed.Builders;

namespace Weld.Managed.Runtime;

/// <summary>
/// A loop on several threads. Each range gets a frame whose mergers start from the identity, and forks of the
/// builders, which are joined in order once it is finished.
/// </summary>
internal sealed class ParallelLoop
{
    private const int RangesAheadPerThread = 4;

    private readonly Run _run;
    private readonly LoopBody _body;
    private readonly LoopShape _shape;
    private readonly long _frame;
    private readonly Builder[] _builders;
    private readonly LoopRecord? _record;
    private readonly Part?[] _parts;
    private readonly long _frames;
    private readonly int _stride;
    private readonly long[] _lengths;
    private long _first;
    private long _end;
    private long _grain;
    private ReorderWindow? _window;
    private readonly ConcurrentQueue<Builder> _delivered = new();

    public ParallelLoop(Run run, LoopBody body, LoopShape shape, long frame, Builder[] builders, LoopRecord? record)
    {
        (_run, _body, _shape, _frame, _builders, _record) = (run, body, shape, frame, builders, record);
        _parts = new Part?[RangesAheadPerThread * run.Threads];
        _stride = (shape.FrameSize + Block64.Size - 1) & -Block64.Size;
        _frames = Memory.AllocateOwned(run, _parts.Length, _stride);
        _lengths = Array.ConvertAll(builders, static b => b is Appender a ? a.Length : 0);
    }

    /// <summary>Runs the iterations from first to end, a grain of them at a time.</summary>
    public void Run(long first, long end, long grain)
    {
        (_first, _end, _grain) = (first, end, grain);
        _record?.BeginRanges();
        foreach (var builder in _builders)
        {
            builder.Prepare(first);
        }

        var count = ((end - first - 1) / grain) + 1;
        _window = new ReorderWindow(count, _parts.Length);
        try
        {
            Workers.Each(_run, count, Range, _window);
        }
        finally
        {
            foreach (var part in _parts)
            {
                _run.Absorb(part?.Take());
            }
        }

        FreeDelivered();
        Memory.Free(_run, _frames);
        foreach (var builder in _builders)
        {
            builder.Settle();
        }
    }

    private void Range(Run worker, long index)
    {
        var start = _first + (index * _grain);
        var end = Math.Min(_end, start + _grain);
        var begun = _record is null ? 0 : Stopwatch.GetTimestamp();
        if (ReferenceEquals(worker, _run))
        {
            _body(_run, _frame, _builders, start, end);
            _record?.EndRange(worker, begun);
            return;
        }

        var slot = (int)(index % _parts.Length);
        var part = new Part(Frame(slot), Fork(worker, start, end));
        _body(worker, part.Frame, part.Builders, start, end);
        part.Give(worker.TakeBuffers());
        _record?.EndRange(worker, begun);
        _parts[slot] = part;
        Part? joined = null;
        for (var ready = _window!.Finish(index); ready != ReorderWindow.None; ready = _window.FinishJoin())
        {
            joined = Join(ready % _parts.Length, joined);
        }

        for (; joined is not null; joined = joined.Before)
        {
            Deliver(worker, joined);
        }
    }

    private long Frame(int slot)
    {
        var frame = _frames + ((long)slot * _stride);
        Memory.Copy(frame, _frame, _shape.FrameSize);
        foreach (var (offset, reduction) in _shape.Mergers.Span)
        {
            Memory.CopyFrom(frame + offset, reduction.Identity);
        }

        return frame;
    }

    private Builder[] Fork(Run worker, long start, long end)
    {
        var forks = _builders.Length == 0 ? _builders : new Builder[_builders.Length];
        for (var i = 0; i < forks.Length; i++)
        {
            forks[i] = _shape.Exact[i] ? ((Appender)_builders[i]).Window(worker, _lengths[i] + start - _first, end - start) : _builders[i].Fork(worker, end - start);
        }

        return forks;
    }

    private Part Join(long slot, Part? before)
    {
        var part = _parts[slot]!;
        part.Before = before;
        FreeDelivered();
        _run.Absorb(part.Take());
        foreach (var (offset, reduction) in _shape.Mergers.Span)
        {
            reduction.Combine(_frame + offset, part.Frame + offset);
        }

        for (var i = 0; i < _builders.Length; i++)
        {
            part.Builders[i].MoveTo(_run);
            _builders[i].Join(part.Builders[i]);
        }

        _parts[slot] = null;
        return part;
    }

    private void Deliver(Run worker, Part part)
    {
        for (var i = 0; i < _builders.Length; i++)
        {
            if (_builders[i].Deliver(worker, part.Builders[i]))
            {
                _delivered.Enqueue(part.Builders[i]);
            }
        }
    }

    // Only who joins may change what the run has.
    private void FreeDelivered()
    {
        while (_delivered.TryDequeue(out var fork))
        {
            Builder.Drop(fork);
        }
    }

    /// <summary>What one range has.</summary>
    private sealed class Part(long frame, Builder[] builders)
    {
        private PinnedBuffer? _buffers;

        public long Frame => frame;

        public Builder[] Builders => builders;

        /// <summary>The part that was joined before by the same thread and is to be delivered, too.</summary>
        public Part? Before { get; set; }

        /// <summary>Keeps what the range has allocated, once it is finished.</summary>
        public void Give(PinnedBuffer? buffers) => _buffers = buffers;

        /// <summary>Gives that away.</summary>
        public PinnedBuffer? Take()
        {
            var buffers = _buffers;
            _buffers = null;
            return buffers;
        }
    }
}
