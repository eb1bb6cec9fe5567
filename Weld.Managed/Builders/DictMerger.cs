using System.Linq.Expressions;
using System.Runtime.CompilerServices;
using Weld.Core.IR;
using Weld.Core.Types;
using Weld.Managed.Emit;
using Weld.Managed.Runtime;

namespace Weld.Managed.Builders;

/// <summary>How the cells of a dictmerger lie: the entry, and behind it its partial where the order of merges shows.</summary>
internal sealed class DictCell
{
    public DictCell(DictionaryType type, Reduction reduction)
    {
        Reduction = reduction;
        Shape = DictionaryShape.Of(type);
        Partials = reduction.IsSensitive ? new BlockPartials(reduction) : null;
        RecordOffset = (Shape.EntrySize + 7) & ~7;
        Size = Partials is null ? Shape.EntrySize : RecordOffset + Partials.Size;
        Fresh = new byte[Size - Shape.ValueOffset];
        reduction.Identity.CopyTo(Fresh, 0);
        Partials?.Fresh.CopyTo(Fresh, RecordOffset - Shape.ValueOffset);
    }

    public Reduction Reduction { get; }

    public DictionaryShape Shape { get; }

    public BlockPartials? Partials { get; }

    /// <summary>Where the partial is.</summary>
    public int RecordOffset { get; }

    /// <summary>The bytes of a cell.</summary>
    public int Size { get; }

    /// <summary>What follows the key in a new cell.</summary>
    public byte[] Fresh { get; }
}

/// <summary>A table from keys to reduced values.</summary>
internal sealed class DictMerger : Builder
{
    private readonly DictCell _cell;
    private bool _hasJoined;

    [MethodImpl(MethodImplOptions.NoInlining)]
    public DictMerger(Run run, DictCell cell, long initial)
        : base(run)
    {
        _cell = cell;
        Table = new DictionaryTable(run, cell.Shape, cell.Fresh, cell.Shape.ValueSize);
        Table.AddAll(initial);
    }

    /// <summary>The keys and their values so far.</summary>
    public DictionaryTable Table { get; }

    /// <summary>The number of the current block.</summary>
    public long Block { get; private set; }

    public override long Rows => Table.Count;

    public override int RowSize => _cell.Shape.EntrySize;

    public override IEnumerable<long> Buffers => Table.Buffers;

    [MethodImpl(MethodImplOptions.NoInlining)]
    public void BeginBlock()
    {
        Drain();
        Block++;
    }

    /// <summary>Merges the rows that wait.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public void Drain()
    {
        if (Table.Ring.Position == 0)
        {
            return;
        }

        foreach (var row in Table.Ring.Waiting)
        {
            var cell = Table.Cell(Table.FindOrAddRow(row));
            var (total, value) = (cell + _cell.Shape.ValueOffset, row + Table.Ring.ValueOffset);
            if (_cell.Partials is { } partials)
            {
                partials.Merge(cell + _cell.RecordOffset, total, Block, value);
            }
            else
            {
                _cell.Reduction.Combine(total, value);
            }
        }

        Table.Ring.Clear();
    }

    /// <summary>Leaves nothing pending in a cell.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public void Flush(long cell) => _cell.Partials!.Flush(cell + _cell.RecordOffset, cell + _cell.Shape.ValueOffset);

    /// <summary>A fork has a table of its own, as far as there are few keys: joining many costs more than merging them.</summary>
    public override Builder? Fork(Run worker) => DictionaryTable.IsForked(Table, ref _hasJoined) ? new DictMerger(worker, _cell, 0) : null;

    public override void Join(Builder part)
    {
        Volatile.Write(ref _hasJoined, true);
        Drain();
        ((DictMerger)part).Drain();
        var fork = ((DictMerger)part).Table;
        for (long number = 1; number <= fork.Count; number++)
        {
            Memory.LookEvery(Run, number);
            var source = fork.Cell(number);
            var cell = Table.Cell(Table.FindOrAdd(source));
            if (_cell.Partials is { } partials)
            {
                Flush(cell);
                partials.Add(cell + _cell.Shape.ValueOffset, source + _cell.RecordOffset, source + _cell.Shape.ValueOffset);
            }
            else
            {
                _cell.Reduction.Combine(cell + _cell.Shape.ValueOffset, source + _cell.Shape.ValueOffset);
            }
        }

        fork.Free();
    }

    public override void Settle() => _hasJoined = false;

    [MethodImpl(MethodImplOptions.NoInlining)]
    public long Finish()
    {
        Drain();
        for (long number = 1; number <= Table.Count && _cell.Partials is not null; number++)
        {
            Memory.LookEvery(Run, number);
            Flush(Table.Cell(number));
        }

        return Table.Finish();
    }

    private protected override void Moved() => Table.MoveTo(Run);
}

/// <summary>Dictmergers: the key's cell is found in place, and the reduction is in the cell.</summary>
internal sealed class DictMergerCode(DictMergerType type) : BuilderCode
{
    private readonly Reduction _reduction = new(type.Value, type.Operator);
    private readonly KeyCode _key = new((DictionaryType)type.ResultType);
    private DictCell? _cell;

    public override Type ObjectType => typeof(DictMerger);

    private DictCell Cell => _cell ??= new DictCell((DictionaryType)type.ResultType, _reduction);

    public override Operand New(FunctionEmitter emitter, NewBuilder node, Operand? argument) => new ObjectOperand(
        emitter.Local(Clr.New(typeof(DictMerger), emitter.Run, Expression.Constant(Cell), argument is DictionaryOperand d ? d.Header : Clr.Zero)),
        InLoop: false);

    public override Operand Merge(FunctionEmitter emitter, Operand builder, Operand value, Merge node)
    {
        var b = ((ObjectOperand)builder).Object;
        var pair = (StructOperand)emitter.Hold(value);
        var table = Clr.Property(b, nameof(DictMerger.Table));
        if (((ObjectOperand)builder).State is not KeyTable state)
        {
            emitter.Do(Clr.CallOn(b, nameof(DictMerger.Drain)));
            var found = _key.FindOrAdd(emitter, table, KeyCode.Open(emitter, table), Cell.Size, pair.Fields[0]);
            if (Cell.Partials is not null)
            {
                emitter.Do(Clr.CallOn(b, nameof(DictMerger.Flush), found.Cell));
            }

            _reduction.EmitMerge(emitter, Clr.At(found.Cell, Cell.Shape.ValueOffset), pair.Fields[1]);
        }
        else if (emitter.IsDelayed)
        {
            _key.Delay(emitter, table, state, Cell.Size, pair, type.Value, (_, cell, v) => EmitMerge(emitter, state, cell, v));
        }
        else
        {
            EmitMerge(emitter, state, _key.FindOrAdd(emitter, table, state, Cell.Size, pair.Fields[0]).Cell, pair.Fields[1]);
        }

        return builder;
    }

    public override Operand Enter(FunctionEmitter emitter, Operand outer, LoopScope loop)
    {
        if (outer is not ObjectOperand { State: null, Object: var b })
        {
            return outer;
        }

        var state = KeyTable.Declare(emitter);
        if (loop.Delays)
        {
            emitter.Do(Expression.Assign(state.Position, KeyTable.RowsOf(Clr.Property(b, nameof(DictMerger.Table)))));
        }
        else
        {
            emitter.Do(Clr.CallOn(b, nameof(DictMerger.Drain)));
            emitter.Do(Expression.Assign(state.Position, Clr.Zero));
        }

        return new ObjectOperand(b, InLoop: true) { State = state };
    }

    public override Expression? WhetherDelays(Operand outer, Operand inner) => _key.Delays && outer is ObjectOperand { State: null }
        ? Expression.NotEqual(((KeyTable)((ObjectOperand)inner).State!).Ring, Clr.Zero)
        : null;

    public override Operand Leave(FunctionEmitter emitter, Operand outer, Operand inner)
    {
        if (outer is ObjectOperand { State: null, Object: var b })
        {
            emitter.Do(Expression.Assign(KeyTable.RowsOf(Clr.Property(b, nameof(DictMerger.Table))), ((KeyTable)((ObjectOperand)inner).State!).Position));
        }

        return outer;
    }

    public override void Refresh(FunctionEmitter emitter, Operand inner)
    {
        var (b, state) = (((ObjectOperand)inner).Object, (KeyTable)((ObjectOperand)inner).State!);
        emitter.Do(state.Read(Clr.Property(b, nameof(DictMerger.Table))));
        if (_reduction.IsSensitive)
        {
            emitter.Do(Expression.Assign(state.Block, Clr.Property(b, nameof(DictMerger.Block))));
        }
    }

    public override void BeginBlock(FunctionEmitter emitter, Operand outer, Operand inner, Expression count)
    {
        if (_reduction.IsSensitive && outer is ObjectOperand { State: null, Object: var b })
        {
            var (position, rows) = (((KeyTable)((ObjectOperand)inner).State!).Position, KeyTable.RowsOf(Clr.Property(b, nameof(DictMerger.Table))));
            emitter.Do(Expression.Assign(rows, position));
            emitter.Do(Clr.CallOn(b, nameof(DictMerger.BeginBlock)));
            emitter.Do(Expression.Assign(position, rows));
        }
    }

    public override Operand Result(FunctionEmitter emitter, Operand builder) =>
        new DictionaryOperand(emitter.Local(Clr.CallOn(((ObjectOperand)builder).Object, nameof(DictMerger.Finish))));

    private void EmitMerge(FunctionEmitter emitter, KeyTable state, Expression cell, Operand value)
    {
        var total = Clr.At(cell, Cell.Shape.ValueOffset);
        if (Cell.Partials is { } partials)
        {
            partials.EmitMerge(emitter, Clr.At(cell, Cell.RecordOffset), total, state.Block, value);
        }
        else
        {
            _reduction.EmitMerge(emitter, total, value);
        }
    }
}
