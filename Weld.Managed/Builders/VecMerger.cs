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
    /// <summary>Of so many cells several copies fit into the caches.</summary>
    private const long MostForkedCells = 1 << 16;

    private readonly Reduction _reduction;
    private readonly BlockPartials? _partials;
    private readonly int _size;

    [MethodImpl(MethodImplOptions.NoInlining)]
    public VecMerger(Run run, Reduction reduction, BlockPartials? partials, long data, long length)
        : this(run, reduction, partials, length) => Memory.CopyLong(run, Data, data, length * _size);

    private VecMerger(Run run, Reduction reduction, BlockPartials? partials, long length)
        : base(run)
    {
        (_reduction, _partials, _size) = (reduction, partials, reduction.Identity.Length);
        Length = length;
        Data = Memory.AllocateOwned(run, length, _size);
    }

    public long Data { get; }

    public long Length { get; }

    /// <summary>The record of the partial of each cell, 0 before the first block.</summary>
    public long Records { get; private set; }

    /// <summary>The number of the current block.</summary>
    public long Block { get; private set; }

    public override IEnumerable<long> Buffers => [Data, Records];

    [MethodImpl(MethodImplOptions.NoInlining)]
    public void BeginBlock()
    {
        Block++;
        if (Records == 0 && Length > 0)
        {
            Records = Memory.AllocateOwned(Run, Length, _partials!.Size);
            for (long i = 0; i < Length; i++)
            {
                LookAt(i);
                Memory.CopyFrom(Records + (i * _partials.Size), _partials.Fresh);
            }
        }
    }

    /// <summary>Leaves nothing pending in a cell.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public void Flush(long index)
    {
        if (Records != 0)
        {
            _partials!.Flush(Records + (index * _partials.Size), Data + (index * _size));
        }
    }

    public override long ForkCells => Length;

    // Where the order shows, the ranges are blocks, which are not made longer for many cells.
    public override Builder? Fork(Run worker)
    {
        if (Length > (_partials is null ? MostForkedCells : ReductionOrder.BlockSize / 8))
        {
            return null;
        }

        var fork = new VecMerger(worker, _reduction, _partials, Length);
        for (long i = 0; i < Length; i++)
        {
            Memory.CopyFrom(fork.Data + (i * _size), _reduction.Identity);
        }

        return fork;
    }

    public override void Join(Builder part)
    {
        var other = (VecMerger)part;
        for (long i = 0; i < Length; i++)
        {
            LookAt(i);
            if (_partials is null || other.IsPending(i))
            {
                Flush(i);
                other.Flush(i);
                _reduction.Combine(Data + (i * _size), other.Data + (i * _size));
            }
        }

        Memory.Free(Run, other.Data);
        Memory.Free(Run, other.Records);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    public void Finish()
    {
        for (long i = 0; i < Length && Records != 0; i++)
        {
            LookAt(i);
            Flush(i);
        }

        Memory.Free(Run, Records);
        Memory.Publish(Run, Data);
    }

    private bool IsPending(long index) => Records != 0 && Memory.Load<long>(Records + (index * _partials!.Size)) != 0;

    private void LookAt(long i)
    {
        if (i % 4096 == 0)
        {
            Memory.Look(Run);
        }
    }
}

/// <summary>Vecmergers: a checked index, and a reduction in place.</summary>
internal sealed class VecMergerCode(VecMergerType type) : BuilderCode
{
    private readonly Reduction _reduction = new(type.Element, type.Operator);
    private readonly int _size = MemoryLayout.Of(type.Element).Size;
    private BlockPartials? _partials;

    public override Type ObjectType => typeof(VecMerger);

    private BlockPartials? Partials => _reduction.IsSensitive ? _partials ??= new BlockPartials(_reduction) : null;

    public override Operand New(FunctionEmitter emitter, NewBuilder node, Operand? argument)
    {
        var v = (VectorOperand)argument!;
        return new ObjectOperand(
            emitter.Local(Clr.New(typeof(VecMerger), emitter.Run, Expression.Constant(_reduction), Expression.Constant(Partials, typeof(BlockPartials)), v.Data, v.Length)),
            InLoop: false);
    }

    public override Operand Merge(FunctionEmitter emitter, Operand builder, Operand value, Merge node)
    {
        var (b, inLoop) = (ObjectOperand)builder;
        var pair = (StructOperand)emitter.Hold(value);
        var index = ((ScalarOperand)pair.Fields[0]).Value;
        var length = emitter.Local(Clr.Property(b, nameof(VecMerger.Length)));
        emitter.FailIf(FunctionEmitter.OutOfRange(index, length), nameof(Fail.OutOfBounds), node, index, length);
        var cell = emitter.Local(Clr.Element(Clr.Property(b, nameof(VecMerger.Data)), index, _size), "cell");
        if (inLoop && Partials is { } partials)
        {
            var record = emitter.Local(Clr.Element(Clr.Property(b, nameof(VecMerger.Records)), index, partials.Size), "record");
            partials.EmitMerge(emitter, record, cell, Clr.Property(b, nameof(VecMerger.Block)), pair.Fields[1]);
            return builder;
        }

        if (Partials is not null)
        {
            emitter.Do(Clr.CallOn(b, nameof(VecMerger.Flush), index));
        }

        _reduction.EmitMerge(emitter, cell, pair.Fields[1]);
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
