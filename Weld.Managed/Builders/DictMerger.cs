using System.Linq.Expressions;
using System.Numerics;
using System.Runtime.CompilerServices;
using Weld.Core.IR;
using Weld.Core.Types;
using Weld.Managed.Emit;
using Weld.Managed.Runtime;

namespace Weld.Managed.Builders;

/// <summary>A table from keys to reduced values.</summary>
internal sealed class DictMerger : Builder
{
    private readonly Reduction _reduction;
    private readonly DictionaryShape _shape;
    private readonly DictionaryTable _table;
    private BlockPartials? _partials;

    [MethodImpl(MethodImplOptions.NoInlining)]
    public DictMerger(Run run, DictionaryShape shape, Reduction reduction, long initial)
        : base(run)
    {
        (_shape, _reduction) = (shape, reduction);
        _table = new DictionaryTable(run, shape);
        _table.AddAll(initial);
    }

    public override IEnumerable<long> Buffers => _partials is null ? _table.Buffers : [.. _table.Buffers, .. _partials.Buffers];

    [MethodImpl(MethodImplOptions.NoInlining)]
    public void BeginBlock() => (_partials ??= new BlockPartials(_reduction)).Begin();

    /// <summary>The total of a key, with nothing pending.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public long Value(long key)
    {
        var index = IndexOf(key);
        var value = _table.Entry(index) + _shape.ValueOffset;
        _partials?.Flush(index, value);
        return value;
    }

    /// <summary>The partial value of the current block for a key.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public long Partial(long key)
    {
        var index = IndexOf(key);
        _partials!.Reserve(Run, (long)BitOperations.RoundUpToPowerOf2((ulong)_table.Count));
        return _partials.Partial(index, _table.Entry(index) + _shape.ValueOffset);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    public long Finish()
    {
        _partials?.FlushAll(Run, _table.Entry(0) + _shape.ValueOffset, _table.Count, _shape.EntrySize);
        return _table.Finish();
    }

    private protected override void Moved() => _table.MoveTo(Run);

    private long IndexOf(long key)
    {
        var index = _table.FindOrAdd(key, out var added);
        if (added)
        {
            Memory.CopyFrom(_table.Entry(index) + _shape.ValueOffset, _reduction.Identity);
        }

        return index;
    }
}

/// <summary>Dictmergers: the key goes to memory, the table gives the cell, the reduction is in place.</summary>
internal sealed class DictMergerCode(DictMergerType type) : BuilderCode
{
    private readonly Reduction _reduction = new(type.Value, type.Operator);

    public override Type ObjectType => typeof(DictMerger);

    public override Operand New(FunctionEmitter emitter, NewBuilder node, Operand? argument) => new ObjectOperand(
        emitter.Local(Clr.New(typeof(DictMerger), emitter.Run,
            Expression.Constant(DictionaryShape.Of((DictionaryType)type.ResultType)),
            Expression.Constant(_reduction),
            argument is DictionaryOperand d ? d.Header : Clr.Zero)),
        InLoop: false);

    public override Operand Merge(FunctionEmitter emitter, Operand builder, Operand value, Merge node)
    {
        var (b, inLoop) = (ObjectOperand)builder;
        var pair = (StructOperand)emitter.Hold(value);
        var key = emitter.StoreKey(type.Key, pair.Fields[0]);
        var cell = emitter.Local(Clr.CallOn(b, inLoop && _reduction.IsSensitive ? nameof(DictMerger.Partial) : nameof(DictMerger.Value), key));
        _reduction.EmitMerge(emitter, cell, pair.Fields[1]);
        return builder;
    }

    public override void BeginBlock(FunctionEmitter emitter, Operand outer, Operand inner, Expression count)
    {
        if (_reduction.IsSensitive && outer is ObjectOperand { InLoop: false, Object: var b })
        {
            emitter.Do(Clr.CallOn(b, nameof(DictMerger.BeginBlock)));
        }
    }

    public override Operand Result(FunctionEmitter emitter, Operand builder) =>
        new DictionaryOperand(emitter.Local(Clr.CallOn(((ObjectOperand)builder).Object, nameof(DictMerger.Finish))));
}
