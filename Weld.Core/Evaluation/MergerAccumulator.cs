using Weld.Core.Diagnostics;
using Weld.Core.IR;
using Weld.Core.Types;
using Weld.Core.Values;

namespace Weld.Core.Evaluation;

/// <summary>
/// merger[T,op]: one total. Outside loops a merge goes into the total. In a loop, iteration i merges into lane i mod L; after each block of
/// iterations the lanes fold by halving, and the block goes into the loop's total; a nested loop's total then is one merge of the iteration around it.
/// </summary>
internal sealed class MergerAccumulator : Accumulator
{
    private readonly Reduction _reduction;
    private readonly Stack<Loop> _loops = new();
    private Value _total;

    public MergerAccumulator(MergerType type, Value? initial)
        : base(type)
    {
        _reduction = new Reduction(type.Element, type.Operator);
        _total = initial ?? _reduction.Identity;
    }

    public override void Merge(Value value, MemoryAccount memory, SourceSpan place) => Merge(value);

    public override Value Finish(Watch watch) => _total;

    public override void EnterLoop(int lanes)
    {
        if (_reduction.MindsOrder)
        {
            _loops.Push(new Loop(_reduction, lanes, _loops.Count == 0 ? _total : _reduction.Identity));
        }
    }

    public override void BeginIteration(long i)
    {
        if (_reduction.MindsOrder)
        {
            _loops.Peek().Begin(i);
        }
    }

    public override void LeaveLoop()
    {
        if (!_reduction.MindsOrder)
        {
            return;
        }

        var total = _loops.Pop().Finish();
        if (_loops.Count == 0)
        {
            _total = total;
        }
        else
        {
            Merge(total);
        }
    }

    private void Merge(Value value)
    {
        if (_loops.TryPeek(out var loop))
        {
            loop.Merge(value);
        }
        else
        {
            _total = _reduction.Combine(_total, value);
        }
    }

    /// <summary>A loop that the merger passes through: the total of the blocks so far, and the lanes of the present block.</summary>
    private sealed class Loop(Reduction reduction, int lanes, Value total)
    {
        /// <summary>Null where nothing was merged: the identity.</summary>
        private readonly Value?[] _lanes = new Value?[lanes];
        private Value _total = total;
        private bool _inBlock;
        private int _lane;

        public void Begin(long i)
        {
            if (i % ReductionOrder.BlockSize == 0)
            {
                CloseBlock();
            }

            _inBlock = true;
            _lane = (int)(i % lanes);
        }

        public void Merge(Value value) => _lanes[_lane] = reduction.Combine(_lanes[_lane] ?? reduction.Identity, value);

        public Value Finish()
        {
            CloseBlock();
            return _total;
        }

        private void CloseBlock()
        {
            if (!_inBlock)
            {
                return;
            }

            for (var half = lanes / 2; half > 0; half /= 2)
            {
                for (var j = 0; j < half; j++)
                {
                    _lanes[j] = Fold(_lanes[j], _lanes[j + half]);
                }
            }

            _total = reduction.Combine(_total, _lanes[0] ?? reduction.Identity);
            Array.Clear(_lanes);
            _inBlock = false;
        }

        /// <summary>x ∘ y. Beside the identity the other stays as it is: no lane is −0, since it began with identity ∘ value.</summary>
        private Value? Fold(Value? x, Value? y) => x is null ? y : y is null ? x : reduction.Combine(x, y);
    }
}
