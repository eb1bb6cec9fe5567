using Weld.Core.Diagnostics;
using Weld.Core.IR;
using Weld.Core.Types;
using Weld.Core.Values;

namespace Weld.Core.Evaluation;

/// <summary>
/// A builder that reduces the values of each key. Outside loops a merge goes into the key's total. In a loop the merges of a key within one block of
/// the outermost loop, nested loops included, gather in a partial result from the identity, which goes into the total when the key is next
/// merged in another block, or at the end.
/// </summary>
internal abstract class KeyedAccumulator(BuilderType type, Reduction reduction) : Accumulator(type)
{
    private int _depth;
    private long _block;

    public override void EnterLoop(int lanes)
    {
        if (_depth++ == 0)
        {
            _block++;
        }
    }

    public override void BeginIteration(long i)
    {
        if (_depth == 1 && i % ReductionOrder.BlockSize == 0)
        {
            _block++;
        }
    }

    public override void LeaveLoop() => _depth--;

    private protected Value Identity => reduction.Identity;

    private protected void Merge(Cell cell, Value value)
    {
        if (_depth == 0 || !reduction.MindsOrder)
        {
            cell.Total = reduction.Combine(Settle(cell), value);
            return;
        }

        if (cell.Block != _block)
        {
            Settle(cell);
            cell.Block = _block;
        }

        cell.Partial = reduction.Combine(cell.Partial ?? reduction.Identity, value);
    }

    /// <summary>The key's total with the partial result of the last block in it.</summary>
    private protected Value Settle(Cell cell)
    {
        if (cell.Partial is { } partial)
        {
            cell.Total = reduction.Combine(cell.Total, partial);
            cell.Partial = null;
        }

        return cell.Total;
    }

    /// <summary>What one key has gathered.</summary>
    private protected sealed class Cell(Value total)
    {
        public Value Total = total;
        public Value? Partial;
        public long Block;
    }
}

/// <summary>dictmerger[K,V,op]: a total for each key; keys in the order of their first merge, those of the initial dictionary first.</summary>
internal sealed class DictMergerAccumulator : KeyedAccumulator
{
    private readonly Dictionary<Value, int> _index = [];
    private readonly List<Cell> _cells = [];
    private readonly ValueBuffer _keys;

    public DictMergerAccumulator(DictMergerType type, DictionaryValue? initial, MemoryAccount memory)
        : base(type, new Reduction(type.Value, type.Operator))
    {
        _keys = new ValueBuffer(MemoryAccount.SizeOf(type.MergeType));
        foreach (var (key, value) in (initial ?? DictionaryValue.Empty).Entries.Span)
        {
            Add(key, value, memory);
        }
    }

    public override void Merge(Value value, MemoryAccount memory, SourceSpan place)
    {
        var pair = (StructValue)value;
        var key = Keys.Normalize(pair.Fields[0]);
        Merge(_index.TryGetValue(key, out var index) ? _cells[index] : Add(key, Identity, memory), pair.Fields[1]);
    }

    public override Value Finish(Watch watch)
    {
        var entries = new KeyValuePair<Value, Value>[_cells.Count];
        for (var i = 0; i < entries.Length; i++)
        {
            watch.Look();
            entries[i] = new(_keys[i], Settle(_cells[i]));
        }

        return new DictionaryValue(entries.ToSeq(), _index) { Owner = _keys.Owner };
    }

    private Cell Add(Value key, Value total, MemoryAccount memory)
    {
        _keys.Add(key, memory);
        _index.Add(key, _cells.Count);
        _cells.Add(new Cell(total));
        return _cells[^1];
    }
}

/// <summary>groupmerger[K,V]: the values of each key in merge order; keys as in a dictmerger.</summary>
internal sealed class GroupMergerAccumulator : Accumulator
{
    private readonly Dictionary<Value, int> _index = [];
    private readonly List<ValueBuffer> _groups = [];
    private readonly ValueBuffer _keys;
    private readonly long _valueSize;

    public GroupMergerAccumulator(GroupMergerType type, DictionaryValue? initial, MemoryAccount memory)
        : base(type)
    {
        _keys = new ValueBuffer(MemoryAccount.SizeOf(type.Key) + MemoryAccount.SizeOf(new VectorType(type.Value)));
        _valueSize = MemoryAccount.SizeOf(type.Value);
        foreach (var (key, values) in (initial ?? DictionaryValue.Empty).Entries.Span)
        {
            Add(key, memory).AddRange(((VectorValue)values).Elements.Span, memory);
        }
    }

    public override void Merge(Value value, MemoryAccount memory, SourceSpan place)
    {
        var pair = (StructValue)value;
        var key = Keys.Normalize(pair.Fields[0]);
        (_index.TryGetValue(key, out var index) ? _groups[index] : Add(key, memory)).Add(pair.Fields[1], memory);
    }

    public override Value Finish(Watch watch)
    {
        var entries = new KeyValuePair<Value, Value>[_groups.Count];
        for (var i = 0; i < entries.Length; i++)
        {
            watch.Look();
            entries[i] = new(_keys[i], _groups[i].ToVector());
        }

        return new DictionaryValue(entries.ToSeq(), _index) { Owner = _keys.Owner };
    }

    private ValueBuffer Add(Value key, MemoryAccount memory)
    {
        _keys.Add(key, memory);
        _index.Add(key, _groups.Count);
        _groups.Add(new ValueBuffer(_valueSize));
        return _groups[^1];
    }
}

/// <summary>vecmerger[T,op]: a total for each place of a copy of the initial vector; the key is the index.</summary>
internal sealed class VecMergerAccumulator : KeyedAccumulator
{
    private readonly Cell[] _cells;
    private readonly object _owner;

    public VecMergerAccumulator(VecMergerType type, VectorValue initial, MemoryAccount memory)
        : base(type, new Reduction(type.Element, type.Operator))
    {
        _owner = memory.Charge(initial.Count, MemoryAccount.SizeOf(type.Element));
        _cells = new Cell[initial.Count];
        for (var i = 0; i < _cells.Length; i++)
        {
            _cells[i] = new Cell(initial.Elements.Span[i]);
        }
    }

    public override void Merge(Value value, MemoryAccount memory, SourceSpan place)
    {
        var pair = (StructValue)value;
        var index = ((ScalarValue)pair.Fields[0]).Scalar.AsInt64;
        if ((ulong)index >= (ulong)_cells.Length)
        {
            throw new WeldRuntimeException(RuntimeCode.ArrayOutOfBounds, $"index {index} is outside a vector of length {_cells.Length}", place);
        }

        Merge(_cells[index], pair.Fields[1]);
    }

    public override Value Finish(Watch watch)
    {
        var elements = new Value[_cells.Length];
        for (var i = 0; i < elements.Length; i++)
        {
            watch.Look();
            elements[i] = Settle(_cells[i]);
        }

        return new VectorValue(elements) { Owner = _owner };
    }
}

/// <summary>appender[T]: the values in merge order, after those of the initial vector.</summary>
internal sealed class AppenderAccumulator : Accumulator
{
    private readonly ValueBuffer _values;

    public AppenderAccumulator(AppenderType type, VectorValue? initial, MemoryAccount memory)
        : base(type)
    {
        _values = new ValueBuffer(MemoryAccount.SizeOf(type.Element));
        _values.AddRange((initial ?? VectorValue.Empty).Elements.Span, memory);
    }

    public override void Merge(Value value, MemoryAccount memory, SourceSpan place) => _values.Add(value, memory);

    public override Value Finish(Watch watch) => _values.ToVector();
}
