using System.Linq.Expressions;
using System.Runtime.CompilerServices;
using Weld.Core.IR;
using Weld.Core.Types;
using Weld.Managed.Emit;
using Weld.Managed.Layout;
using Weld.Managed.Runtime;

namespace Weld.Managed.Builders;

/// <summary>The cells of a vecmerger: a copy of a vector, and where the order of merges shows the partial values of the current blocks.</summary>
internal sealed class VecMerger : Builder
{
    private readonly Reduction _reduction;
    private readonly int _size;
    private BlockPartials? _partials;

    [MethodImpl(MethodImplOptions.NoInlining)]
    public VecMerger(Run run, Reduction reduction, long data, long length)
        : base(run)
    {
        _reduction = reduction;
        _size = MemoryLayout.Of(reduction.Type).Size;
        Length = length;
        Data = Memory.AllocateOwned(run, length, _size);
        Memory.CopyLong(run, Data, data, length * _size);
    }

    public long Data { get; }

    public long Length { get; }

    public override IEnumerable<long> Buffers => _partials is null ? [Data] : [Data, .. _partials.Buffers];

    [MethodImpl(MethodImplOptions.NoInlining)]
    public void BeginBlock()
    {
        _partials ??= new BlockPartials(_reduction);
        _partials.Reserve(Run, Length);
        _partials.Begin();
    }

    /// <summary>The partial value of the current block for a cell.</summary>
    public long Partial(long index) => _partials!.Partial(index, Data + (index * _size));

    /// <summary>The total of a cell, with nothing pending.</summary>
    public long Cell(long index)
    {
        _partials?.Flush(index, Data + (index * _size));
        return Data + (index * _size);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    public void Finish()
    {
        _partials?.FlushAll(Run, Data, Length, _size);
        Memory.Publish(Run, Data);
    }
}

/// <summary>Vecmergers: a checked index, and a reduction in place.</summary>
internal sealed class VecMergerCode(VecMergerType type) : BuilderCode
{
    private readonly Reduction _reduction = new(type.Element, type.Operator);

    public override Type ObjectType => typeof(VecMerger);

    public override Operand New(FunctionEmitter emitter, NewBuilder node, Operand? argument)
    {
        var v = (VectorOperand)argument!;
        return new ObjectOperand(
            emitter.Local(Clr.New(typeof(VecMerger), emitter.Run, Expression.Constant(_reduction), v.Data, v.Length)), InLoop: false);
    }

    public override Operand Merge(FunctionEmitter emitter, Operand builder, Operand value, Merge node)
    {
        var (b, inLoop) = (ObjectOperand)builder;
        var pair = (StructOperand)emitter.Hold(value);
        var index = ((ScalarOperand)pair.Fields[0]).Value;
        var length = emitter.Local(Clr.Property(b, nameof(VecMerger.Length)));
        emitter.FailIf(FunctionEmitter.OutOfRange(index, length), nameof(Fail.OutOfBounds), node, index, length);
        var cell = !_reduction.IsSensitive ? Clr.Element(Clr.Property(b, nameof(VecMerger.Data)), index, MemoryLayout.Of(type.Element).Size)
            : Clr.CallOn(b, inLoop ? nameof(VecMerger.Partial) : nameof(VecMerger.Cell), index);
        _reduction.EmitMerge(emitter, emitter.Local(cell), pair.Fields[1]);
        return builder;
    }

    public override void BeginBlock(FunctionEmitter emitter, Operand outer, Operand inner, Expression count)
    {
        if (_reduction.IsSensitive && outer is ObjectOperand { InLoop: false, Object: var b })
        {
            emitter.Do(Clr.CallOn(b, nameof(VecMerger.BeginBlock)));
        }
    }

    public override Operand Result(FunctionEmitter emitter, Operand builder)
    {
        var b = ((ObjectOperand)builder).Object;
        emitter.Do(Clr.CallOn(b, nameof(VecMerger.Finish)));
        return new VectorOperand(emitter.Local(Clr.Property(b, nameof(VecMerger.Data))), emitter.Local(Clr.Property(b, nameof(VecMerger.Length))));
    }
}
