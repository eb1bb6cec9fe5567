using System.Linq.Expressions;
using System.Runtime.CompilerServices;
using Weld.Core.IR;
using Weld.Core.Types;
using Weld.Managed.Emit;
using Weld.Managed.Layout;
using Weld.Managed.Runtime;

namespace Weld.Managed.Builders;

/// <summary>
/// Values with the number of their key's entry, in merge order. At the end they are counted and scattered into one buffer, of which each key
/// gets a slice: order kept, no growth per key.
/// </summary>
internal sealed class GroupMerger : Builder
{
    private readonly DictionaryShape _shape;
    private readonly DictionaryTable _table;
    private readonly int _size;
    private long _values;
    private long _numbers;
    private long _count;
    private long _capacity;

    [MethodImpl(MethodImplOptions.NoInlining)]
    public GroupMerger(Run run, DictionaryShape shape, int valueSize, long initial)
        : base(run)
    {
        (_shape, _size) = (shape, valueSize);
        _table = new DictionaryTable(run, shape);
        var (entries, count) = (DictionaryTable.Entries(initial), DictionaryTable.CountOf(initial));
        for (long e = 0; e < count; e++)
        {
            AddGroup(entries + (e * shape.EntrySize));
        }
    }

    public override IEnumerable<long> Buffers => [.. _table.Buffers, _values, _numbers];

    /// <summary>The address at which to store a value of a key.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public long Add(long key)
    {
        if (_count == _capacity)
        {
            var capacity = Math.Max(32, checked(2 * _capacity));
            _values = Memory.Grow(Run, _values, _count, capacity, _size);
            _numbers = Memory.Grow(Run, _numbers, _count, capacity, sizeof(int));
            _capacity = capacity;
        }

        Memory.Store(_numbers + (_count * sizeof(int)), (int)_table.FindOrAdd(key, out _));
        return _values + (_count++ * _size);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    public long Finish()
    {
        var next = Memory.AllocateOwned(Run, _table.Count, sizeof(long));
        Memory.Clear(Run, next, _table.Count * sizeof(long));
        for (long i = 0; i < _count; i++)
        {
            LookAt(i);
            var counter = next + (Memory.Load<int>(_numbers + (i * sizeof(int))) * (long)sizeof(long));
            Memory.Store(counter, Memory.Load<long>(counter) + 1);
        }

        var grouped = Memory.Allocate(Run, _count, _size);
        var start = grouped;
        for (long e = 0; e < _table.Count; e++)
        {
            LookAt(e);
            var counter = next + (e * sizeof(long));
            var length = Memory.Load<long>(counter);
            var vector = _table.Entry(e) + _shape.ValueOffset;
            Memory.Store(vector, start);
            Memory.Store(vector + MemoryLayout.LengthOffset, length);
            Memory.Store(counter, start);
            start += length * _size;
        }

        for (long i = 0; i < _count; i++)
        {
            LookAt(i);
            var place = next + (Memory.Load<int>(_numbers + (i * sizeof(int))) * (long)sizeof(long));
            var target = Memory.Load<long>(place);
            Memory.Copy(target, _values + (i * _size), _size);
            Memory.Store(place, target + _size);
        }

        Memory.Free(Run, next);
        Memory.Free(Run, _values);
        Memory.Free(Run, _numbers);
        return _table.Finish();
    }

    private protected override void Moved() => _table.MoveTo(Run);

    private void AddGroup(long entry)
    {
        var data = Memory.Load<long>(entry + _shape.ValueOffset);
        var length = Memory.Load<long>(entry + _shape.ValueOffset + MemoryLayout.LengthOffset);
        _table.FindOrAdd(entry, out _);
        for (long i = 0; i < length; i++)
        {
            LookAt(i);
            Memory.Copy(Add(entry), data + (i * _size), _size);
        }
    }

    private void LookAt(long i)
    {
        if (i % 4096 == 0)
        {
            Memory.Look(Run);
        }
    }
}

/// <summary>Groupmergers: key and value go to memory.</summary>
internal sealed class GroupMergerCode(GroupMergerType type) : BuilderCode
{
    public override Type ObjectType => typeof(GroupMerger);

    public override Operand New(FunctionEmitter emitter, NewBuilder node, Operand? argument) => new ObjectOperand(
        emitter.Local(Clr.New(typeof(GroupMerger), emitter.Run,
            Expression.Constant(DictionaryShape.Of((DictionaryType)type.ResultType)),
            Expression.Constant(MemoryLayout.Of(type.Value).Size),
            argument is DictionaryOperand d ? d.Header : Clr.Zero)),
        InLoop: false);

    public override Operand Merge(FunctionEmitter emitter, Operand builder, Operand value, Merge node)
    {
        var pair = (StructOperand)emitter.Hold(value);
        var key = emitter.StoreKey(type.Key, pair.Fields[0]);
        emitter.Store(type.Value, pair.Fields[1], emitter.Local(Clr.CallOn(((ObjectOperand)builder).Object, nameof(GroupMerger.Add), key)));
        return builder;
    }

    public override Operand Result(FunctionEmitter emitter, Operand builder) =>
        new DictionaryOperand(emitter.Local(Clr.CallOn(((ObjectOperand)builder).Object, nameof(GroupMerger.Finish))));
}
