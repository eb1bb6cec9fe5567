using System.Linq.Expressions;
using System.Runtime.CompilerServices;
using Weld.Core.IR;
using Weld.Core.Types;
using Weld.Managed.Emit;
using Weld.Managed.Layout;
using Weld.Managed.Runtime;

namespace Weld.Managed.Builders;

/// <summary>What is known of the cells of a vecmerger.</summary>
internal sealed class VecCell(Reduction reduction)
{
    public Reduction Reduction => reduction;

    /// <summary>Partials where the order of merges shows.</summary>
    public BlockPartials? Partials { get; } = reduction.IsSensitive ? new BlockPartials(reduction) : null;

    /// <summary>Partials of a whole block, where values allow them.</summary>
    public FlatPartials? Flat { get; } = FlatPartials.Of(reduction);

    public int Size { get; } = MemoryLayout.Of(reduction.Type).Size;
}

/// <summary>The cells of a vecmerger: a copy of a vector, and where the order of merges shows the partial values of the current blocks.</summary>
internal sealed class VecMerger : Builder
{
    /// <summary>Of so many cells several copies fit into the caches.</summary>
    private const long MostForkedCells = 1 << 16;

    /// <summary>Iterations of a block for each cell, at least, so that preparing and joining a fork is the smaller part.</summary>
    private const int IterationsPerCell = 8;

    /// <summary>So many cells are gone through for each iteration at most, so that going through all after a block is the smaller part.</summary>
    private const long CellsPerIteration = 4;

    private readonly VecCell _cell;
    private long _flat;
    private long _credit;
    private bool _isFlatPending;
    private bool _isMarked;

    [MethodImpl(MethodImplOptions.NoInlining)]
    public VecMerger(Run run, VecCell cell, long data, long length)
        : this(run, cell, length) => Memory.CopyLong(run, Data, data, length * cell.Size);

    private VecMerger(Run run, VecCell cell, long length)
        : base(run)
    {
        (_cell, Length, _credit) = (cell, length, length);
        Data = Memory.AllocateOwned(run, length, cell.Size);
    }

    public long Data { get; }

    public long Length { get; }

    /// <summary>The mark of each cell's partial, an i64.</summary>
    public long Marks { get; private set; }

    /// <summary>The partial of each cell; 0 before the first block with marks.</summary>
    public long Partials { get; private set; }

    /// <summary>The partial of each cell in a block without marks (<see cref="FlatPartials"/>); 0 in others.</summary>
    public long Flat { get; private set; }

    /// <summary>The number of the current block.</summary>
    public long Block { get; private set; }

    public override IEnumerable<long> Buffers => [Data, Marks, Partials, _flat];

    public override string Storage => (_flat, Partials) switch
    {
        (0, 0) => "totals",
        (_, 0) => "totals and partials",
        _ => "totals and marked partials",
    };

    /// <summary>Begins a block. Its partials are flat where there are few cells for its iterations, or there were before.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public void BeginBlock(long iterations)
    {
        Block++;
        Flat = 0;
        if (Length == 0)
        {
            return;
        }

        _credit += Math.Min(long.MaxValue - _credit, iterations * CellsPerIteration);
        if (_cell.Flat is not null && _credit >= Length)
        {
            FlushMarked();
            FoldFlat();
            _credit -= Length;
            if (_flat == 0)
            {
                _flat = Memory.AllocateOwned(Run, Length, _cell.Size);
                _cell.Flat.Clear(Run, _flat, Length);
            }

            (Flat, _isFlatPending) = (_flat, true);
            return;
        }

        FoldFlat();
        _isMarked = true;
        if (Partials == 0)
        {
            Marks = Memory.AllocateOwned(Run, Length, sizeof(long));
            Memory.Clear(Run, Marks, Length * sizeof(long));
            Partials = Memory.AllocateOwned(Run, Length, _cell.Size);
            Fill(Run, Partials);
        }
    }

    /// <summary>Leaves nothing pending in a cell.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public void Flush(long index)
    {
        FoldFlat();
        if (Partials != 0)
        {
            _cell.Partials!.Flush(MarkOf(index), Partials + (index * _cell.Size), Data + (index * _cell.Size));
        }
    }

    public override long ForkCells => Length;

    // Where the order shows, the ranges are blocks, which are not made longer for many cells.
    public override bool CanFork => Length <= (_cell.Partials is null ? MostForkedCells : ReductionOrder.BlockSize / IterationsPerCell);

    public override Builder Fork(Run worker, long iterations)
    {
        var fork = new VecMerger(worker, _cell, Length);
        Fill(worker, fork.Data);
        return fork;
    }

    public override void Join(Builder part)
    {
        var fork = (VecMerger)part;
        if (fork._isFlatPending)
        {
            FlushMarked();
            FoldFlat();
            _cell.Flat!.Fold(Run, Data, fork._flat, Length);
        }
        else
        {
            JoinCells(fork);
        }

        foreach (var buffer in fork.Buffers)
        {
            Memory.Free(Run, buffer);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    public void Finish()
    {
        FlushMarked();
        FoldFlat();
        Memory.Free(Run, Marks);
        Memory.Free(Run, Partials);
        Memory.Free(Run, _flat);
        Memory.Publish(Run, Data);
    }

    private void JoinCells(VecMerger fork)
    {
        for (long i = 0; i < Length; i++)
        {
            Memory.LookEvery(Run, i);
            var (total, source) = (Data + (i * _cell.Size), fork.Data + (i * _cell.Size));
            if (_cell.Partials is not { } partials)
            {
                _cell.Reduction.Combine(total, source);
            }
            else if (fork.Partials != 0 && BlockPartials.IsPending(fork.MarkOf(i)))
            {
                Flush(i);
                partials.Add(total, fork.Partials + (i * _cell.Size), source);
            }
        }
    }

    private void FlushMarked()
    {
        for (long i = 0; i < Length && _isMarked; i++)
        {
            Memory.LookEvery(Run, i);
            _cell.Partials!.Flush(MarkOf(i), Partials + (i * _cell.Size), Data + (i * _cell.Size));
        }

        _isMarked = false;
    }

    private void FoldFlat()
    {
        if (_isFlatPending)
        {
            _isFlatPending = false;
            _cell.Flat!.Fold(Run, Data, _flat, Length);
        }
    }

    private long MarkOf(long index) => Marks + (index * sizeof(long));

    private void Fill(Run run, long cells)
    {
        for (long i = 0; i < Length; i++)
        {
            Memory.LookEvery(run, i);
            Memory.CopyFrom(cells + (i * _cell.Size), _cell.Reduction.Identity);
        }
    }
}

/// <summary>Vecmergers: a checked index, and a reduction in place.</summary>
internal sealed class VecMergerCode(VecMergerType type) : BuilderCode
{
    private readonly VecCell _cell = new(new Reduction(type.Element, type.Operator));

    public override Type ObjectType => typeof(VecMerger);

    public override Operand New(FunctionEmitter emitter, NewBuilder node, Operand? argument)
    {
        var v = (VectorOperand)argument!;
        return new ObjectOperand(
            emitter.Local(Clr.New(typeof(VecMerger), emitter.Run, Expression.Constant(_cell), v.Data, v.Length)), InLoop: false);
    }

    public override Operand Merge(FunctionEmitter emitter, Operand builder, Operand value, Merge node)
    {
        var b = ((ObjectOperand)builder).Object;
        var pair = (StructOperand)emitter.Hold(value);
        var index = ((ScalarOperand)pair.Fields[0]).Value;
        var state = ((ObjectOperand)builder).State as VecState;
        var cells = state ?? VecState.Open(emitter, b);
        emitter.FailIf(FunctionEmitter.OutOfRange(index, cells.Length), nameof(Fail.OutOfBounds), node, index, cells.Length);
        var cell = emitter.Local(Clr.Element(cells.Data, index, _cell.Size), "cell");
        if (state is not null && _cell.Partials is { } partials)
        {
            var marked = emitter.Scoped(() =>
            {
                var mark = emitter.Local(Clr.Element(state.Marks, index, sizeof(long)), "mark");
                var partial = emitter.Local(Clr.Element(state.Partials, index, _cell.Size), "partial");
                partials.EmitMerge(emitter, mark, partial, cell, state.Block, pair.Fields[1]);
            });
            emitter.Do(_cell.Flat is { } flat
                ? Expression.IfThenElse(Expression.NotEqual(state.Flat, Clr.Zero), emitter.Scoped(() => MergeFlat(flat)), marked)
                : marked);
            return builder;

            void MergeFlat(FlatPartials flat)
            {
                var merged = new StructOperand([.. Reduction.Flatten(pair.Fields[1]).Select(x => new ScalarOperand(flat.Merged(x)))]);
                _cell.Reduction.EmitMerge(emitter, emitter.Local(Clr.Element(state.Flat, index, _cell.Size), "partial"), merged);
            }
        }

        if (_cell.Partials is not null)
        {
            emitter.Do(Clr.CallOn(b, nameof(VecMerger.Flush), index));
        }

        _cell.Reduction.EmitMerge(emitter, cell, pair.Fields[1]);
        return builder;
    }

    public override Operand Enter(FunctionEmitter emitter, Operand outer, LoopScope loop) => outer is ObjectOperand { State: null, Object: var b }
        ? new ObjectOperand(b, InLoop: true) { State = VecState.Open(emitter, b) }
        : outer;

    public override void BeginBlock(FunctionEmitter emitter, Operand outer, Operand inner, Expression count)
    {
        if (_cell.Reduction.IsSensitive && outer is ObjectOperand { InLoop: false, Object: var b })
        {
            var state = (VecState)((ObjectOperand)inner).State!;
            emitter.Do(Clr.CallOn(b, nameof(VecMerger.BeginBlock), count));
            emitter.Do(Expression.Assign(state.Marks, Clr.Property(b, nameof(VecMerger.Marks))));
            emitter.Do(Expression.Assign(state.Partials, Clr.Property(b, nameof(VecMerger.Partials))));
            emitter.Do(Expression.Assign(state.Block, Clr.Property(b, nameof(VecMerger.Block))));
            emitter.Do(Expression.Assign(state.Flat, Clr.Property(b, nameof(VecMerger.Flat))));
        }
    }

    public override Operand Result(FunctionEmitter emitter, Operand builder, DictionaryUse use)
    {
        var b = ((ObjectOperand)builder).Object;
        emitter.Do(Clr.CallOn(b, nameof(VecMerger.Finish)));
        return new VectorOperand(emitter.Local(Clr.Property(b, nameof(VecMerger.Data))), emitter.Local(Clr.Property(b, nameof(VecMerger.Length))));
    }
}

/// <summary>The variables in which a loop has a vecmerger's state: reading it for each merge would cost as much as the merge.</summary>
/// <param name="Data">The cells.</param>
/// <param name="Length">How many there are.</param>
/// <param name="Marks">The marks of their partials.</param>
/// <param name="Partials">Their partials.</param>
/// <param name="Block">The current block.</param>
/// <param name="Flat">The partials of a block without marks.</param>
internal sealed record VecState(
    ParameterExpression Data, ParameterExpression Length, ParameterExpression Marks, ParameterExpression Partials, ParameterExpression Block, ParameterExpression Flat) : LoopState
{
    public static VecState Open(FunctionEmitter emitter, Expression builder)
    {
        return new(
            emitter.Local(Clr.Property(builder, nameof(VecMerger.Data)), "data"),
            emitter.Local(Clr.Property(builder, nameof(VecMerger.Length)), "length"),
            Local("marks"),
            Local("partials"),
            Local("block"),
            Local("flat"));

        ParameterExpression Local(string name) => emitter.Local(typeof(long), name);
    }
}
