using System.Runtime.CompilerServices;
using Weld.Core.Types;
using Weld.Managed.Runtime;

namespace Weld.Managed.Builders;

/// <summary>What the cells of a dictmerger are reduced by: the partial, where the order of merges shows, is behind the entry.</summary>
internal sealed class DictCell
{
    public DictCell(DictionaryType type, Reduction reduction)
    {
        Reduction = reduction;
        var shape = DictionaryShape.Of(type);
        Partials = reduction.IsSensitive ? new BlockPartials(reduction) : null;
        MarkOffset = (shape.EntrySize + 7) & ~7;
        PartialOffset = Aligned(MarkOffset + sizeof(long));
        var fresh = new byte[(Partials is null ? shape.EntrySize : Aligned(PartialOffset + reduction.Identity.Length)) - shape.ValueOffset];
        reduction.Identity.CopyTo(fresh, 0);
        if (Partials is not null)
        {
            reduction.Identity.CopyTo(fresh, PartialOffset - shape.ValueOffset);
        }

        Cell = new KeyedCell(type, fresh, shape.ValueSize);

        int Aligned(int offset) => (offset + reduction.Alignment - 1) & -reduction.Alignment;
    }

    /// <summary>How they lie.</summary>
    public KeyedCell Cell { get; }

    public Reduction Reduction { get; }

    public BlockPartials? Partials { get; }

    /// <summary>Where the mark of its partial is.</summary>
    public int MarkOffset { get; }

    /// <summary>Where the partial is.</summary>
    public int PartialOffset { get; }

    /// <summary>Leaves nothing pending in a cell.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public void Flush(long cell) => Partials!.Flush(cell + MarkOffset, cell + PartialOffset, cell + Cell.Shape.ValueOffset);
}

/// <summary>A table from keys to reduced values.</summary>
internal sealed class DictMerger : KeyedBuilder
{
    /// <summary>So many rows are staged before they are merged, or more where there are more keys.</summary>
    private const long MostStaged = 1 << 22;

    private readonly DictCell _cell;

    [MethodImpl(MethodImplOptions.NoInlining)]
    public DictMerger(Run run, DictCell cell, long initial)
        : base(run, cell.Cell)
    {
        _cell = cell;
        Table.AddAll(initial);
    }

    public override long Rows => Table.Count + Partitions.Cells;

    public override int RowSize => Cell.Shape.EntrySize;

    /// <summary>Rows are merged by all threads, so not while these run ranges, where one iteration merges one row or none.</summary>
    public override long UntilRest => Room - Staged;

    public override void Rest()
    {
        if (Staged >= Room / 2)
        {
            Absorb();
        }
    }

    private protected override bool IsFull => Staged >= Room;

    private long Room => Math.Max(MostStaged, 2 * Partitions.Cells);

    private protected override long Found(long dictionary, long known) => DictionaryTable.CountOf(dictionary) - known;

    private protected override long ToDictionary(DictionaryUse use)
    {
        if (Staged > 0 || Partitions.Cells > 0)
        {
            return FinishStaged((worker, table, _) => Settle(worker, table), use);
        }

        Settle(Run, Table);
        Stage.Free(Run);
        return Table.Finish();
    }

    private protected override KeyedBuilder NewFork(Run worker) => new DictMerger(worker, _cell, 0);

    private protected override void JoinCells(KeyedBuilder part)
    {
        var fork = (DictMerger)part;
        JoinKnown(Table.Cell(1), fork.Table.Cell(1), fork.Known);
        for (var number = fork.Known + 1; number <= fork.Table.Count; number++)
        {
            Memory.LookEvery(Run, number);
            var source = fork.Table.Cell(number);
            var cell = Table.Cell(Table.FindOrAddFrom(fork.Table, number));
            var (total, other) = (cell + Cell.Shape.ValueOffset, source + Cell.Shape.ValueOffset);
            if (_cell.Partials is { } partials)
            {
                _cell.Flush(cell);
                partials.Add(total, source + _cell.PartialOffset, other);
            }
            else
            {
                _cell.Reduction.Combine(total, other);
            }
        }
    }

    // A fork has merged one block from the identity, so what is in its cell is as good as a value.
    private protected override void StageCells(KeyedBuilder fork, long block)
    {
        foreach (var source in ((DictMerger)fork).CellsInOrder())
        {
            var value = Stand(source, block);
            Memory.Copy(value, source + Cell.Shape.ValueOffset, Cell.ValueSize);
            _cell.Partials?.Take(value, source + _cell.PartialOffset);
        }
    }

    private void JoinKnown(long cell, long source, long count)
    {
        if (_cell.Partials is { } partials)
        {
            var mark = _cell.MarkOffset;
            partials.Join(Run, cell + mark, source + mark, _cell.PartialOffset - mark, Cell.Shape.ValueOffset - mark, count, Table.Stride);
        }
        else
        {
            _cell.Reduction.Combine(Run, cell + Cell.Shape.ValueOffset, source + Cell.Shape.ValueOffset, count, Table.Stride);
        }
    }

    /// <summary>Whether something was merged into a cell of a fork, or it may have been the identity.</summary>
    private bool IsMerged(long cell) => _cell.Partials is null || BlockPartials.IsPending(cell + _cell.MarkOffset);

    private void Settle(Run run, DictionaryTable table)
    {
        var first = table.Cell(1);
        _cell.Partials?.Settle(run, first + _cell.MarkOffset, first + _cell.PartialOffset, first + Cell.Shape.ValueOffset, table.Count, table.Stride);
    }

    private IEnumerable<long> CellsInOrder()
    {
        for (long number = 1; number <= Table.Count; number++)
        {
            Memory.LookEvery(Run, number);
            if (IsMerged(Table.Cell(number)))
            {
                yield return Table.Cell(number);
            }
        }

        if (Partitions.Cells == 0)
        {
            yield break;
        }

        var cells = Memory.AllocateOwned(Run, Partitions.Cells, sizeof(long));
        for (var partition = 0; partition < RowStage.Partitions; partition++)
        {
            Memory.Look(Run);
            for (var (at, end) = (Partitions.First(partition), Partitions.End(partition)); at < end; at += Cell.SizeInPartition)
            {
                Memory.Store(cells + ((Memory.Load<long>(at + Cell.OrderOffset) - 1) * sizeof(long)), at);
            }
        }

        for (long i = 0; i < Partitions.Cells; i++)
        {
            Memory.LookEvery(Run, i);
            if (Memory.Load<long>(cells + (i * sizeof(long))) is var cell && IsMerged(cell))
            {
                yield return cell;
            }
        }

        Memory.Free(Run, cells);
    }
}
