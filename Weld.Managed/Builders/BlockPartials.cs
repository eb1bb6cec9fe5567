using Weld.Managed.Layout;
using Weld.Managed.Runtime;

namespace Weld.Managed.Builders;

/// <summary>
/// The partial values of a keyed builder's cells where the order of merges shows (language.md §5): a cell's merges within a block are reduced
/// from the identity; when a later block touches the cell, or at the end, the partial is merged into the total.
/// </summary>
internal sealed class BlockPartials(Reduction reduction)
{
    private readonly int _size = MemoryLayout.Of(reduction.Type).Size;
    private long _values;
    private long _blocks;
    private long _capacity;
    private long _block;

    public IEnumerable<long> Buffers => [_values, _blocks];

    /// <summary>Another block begins.</summary>
    public void Begin() => _block++;

    /// <summary>Makes room for that many cells; new ones have nothing pending.</summary>
    public void Reserve(Run run, long cells)
    {
        if (cells > _capacity)
        {
            _values = Memory.Grow(run, _values, _capacity, cells, _size);
            _blocks = Memory.Grow(run, _blocks, _capacity, cells, sizeof(long));
            Memory.Clear(run, _blocks + (_capacity * sizeof(long)), (cells - _capacity) * sizeof(long));
            _capacity = cells;
        }
    }

    /// <summary>The partial value of the current block for a cell whose total is at <paramref name="total"/>.</summary>
    public long Partial(long cell, long total)
    {
        var partial = _values + (cell * _size);
        if (Memory.Load<long>(_blocks + (cell * sizeof(long))) != _block)
        {
            Flush(cell, total);
            Memory.Store(_blocks + (cell * sizeof(long)), _block);
            Memory.CopyFrom(partial, reduction.Identity);
        }

        return partial;
    }

    /// <summary>Merges what is pending for a cell into its total.</summary>
    public void Flush(long cell, long total)
    {
        var block = _blocks + (cell * sizeof(long));
        if (cell < _capacity && Memory.Load<long>(block) != 0)
        {
            reduction.Combine(total, _values + (cell * _size));
            Memory.Store(block, 0L);
        }
    }

    /// <summary>Merges all that is pending into totals that lie <paramref name="stride"/> bytes apart, and frees the partials.</summary>
    public void FlushAll(Run run, long totals, long cells, int stride)
    {
        for (long cell = 0; cell < Math.Min(cells, _capacity); cell++)
        {
            if (cell % 4096 == 0)
            {
                Memory.Look(run);
            }

            Flush(cell, totals + (cell * stride));
        }

        Memory.Free(run, _values);
        Memory.Free(run, _blocks);
        (_values, _blocks, _capacity) = (0, 0, 0);
    }
}
