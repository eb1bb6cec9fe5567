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
        Shape = DictionaryShape.Of(type);
        Reduction = reduction;
        Partials = reduction.IsSensitive ? new BlockPartials(reduction) : null;
        RecordOffset = (Shape.EntrySize + 7) & ~7;
        Size = Partials is null ? Shape.EntrySize : RecordOffset + Partials.Size;
        Fresh = new byte[Size - Shape.ValueOffset];
        reduction.Identity.CopyTo(Fresh, 0);
        Partials?.Fresh.CopyTo(Fresh, RecordOffset - Shape.ValueOffset);
    }

    public DictionaryShape Shape { get; }

    public Reduction Reduction { get; }

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
    /// <summary>Of so many keys several tables fit into the caches; more would be found twice, the second time one after another.</summary>
    private const long MostForkedKeys = 1 << 13;

    private readonly DictCell _cell;
    private bool _isForked;

    [MethodImpl(MethodImplOptions.NoInlining)]
    public DictMerger(Run run, DictCell cell, long initial)
        : base(run)
    {
        _cell = cell;
        Table = new DictionaryTable(run, cell.Shape, cell.Fresh);
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
    public void BeginBlock() => Block++;

    /// <summary>Leaves nothing pending in a cell.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public void Flush(long cell) => _cell.Partials!.Flush(cell + _cell.RecordOffset, cell + _cell.Shape.ValueOffset);

    public override Builder? Fork(Run worker)
    {
        _isForked |= Table.Count <= MostForkedKeys;
        return _isForked ? new DictMerger(worker, _cell, 0) : null;
    }

    public override void Join(Builder part)
    {
        var other = (DictMerger)part;
        for (long number = 1; number <= other.Table.Count; number++)
        {
            if (number % 4096 == 0)
            {
                Memory.Look(Run);
            }

            var source = other.Table.Cell(number);
            var target = Table.Cell(Table.FindOrAdd(source));
            if (_cell.Partials is not null)
            {
                other.Flush(source);
                Flush(target);
            }

            _cell.Reduction.Combine(target + _cell.Shape.ValueOffset, source + _cell.Shape.ValueOffset);
        }

        other.Table.Free();
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    public long Finish()
    {
        for (long number = 1; number <= Table.Count && _cell.Partials is not null; number++)
        {
            if (number % 4096 == 0)
            {
                Memory.Look(Run);
            }

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
        var (b, inLoop) = (ObjectOperand)builder;
        var pair = (StructOperand)emitter.Hold(value);
        var table = emitter.Local(Clr.Property(b, nameof(DictMerger.Table)), "table");
        var (_, cell) = _key.FindOrAdd(emitter, table, Cell.Size, pair.Fields[0]);
        var total = Clr.At(cell, Cell.Shape.ValueOffset);
        if (inLoop && Cell.Partials is { } partials)
        {
            partials.EmitMerge(emitter, Clr.At(cell, Cell.RecordOffset), total, Clr.Property(b, nameof(DictMerger.Block)), pair.Fields[1]);
            return builder;
        }

        if (Cell.Partials is not null)
        {
            emitter.Do(Clr.CallOn(b, nameof(DictMerger.Flush), cell));
        }

        _reduction.EmitMerge(emitter, total, pair.Fields[1]);
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
