using System.Diagnostics;
using System.Runtime.CompilerServices;
using Weld.Managed.Runtime;

namespace Weld.Managed.Builders;

/// <summary>
/// A table from keys to cells. Once there are many keys, rows are staged (<see cref="RowStage"/>) and merged later, partition by partition
/// (<see cref="Builders.Partitions"/>); the cells of before are the first ones then. On several threads each range of a loop has a builder of its own, which begins
/// with the keys that are known, so that its cells are joined by their numbers; those that stage are joined by taking over their rows.
/// </summary>
internal abstract class KeyedBuilder : Builder
{
    /// <summary>A table of more keys than this, whose rows are not staged, is not forked: joining many costs more than merging them.</summary>
    private const long MostForked = 1 << 14;

    /// <summary>A fork that has met so many keys that were not known stages its rows, and so do those that begin later.</summary>
    private const long MostNewKeys = 1 << 13;

    /// <summary>The keys that forks begin with, and those that earlier ones began with: they do not change, since forks read them at any time.</summary>
    private readonly List<DictionaryTable> _keys = [];

    private DictionaryTable? _forkKeys;

    /// <summary>How many rows the last fork has staged.</summary>
    private long _forkRows;

    private protected KeyedBuilder(Run run, KeyedCell cell)
        : base(run)
    {
        Cell = cell;
        Stage = new RowStage(cell.Shape, cell.ValueSize);
        Table = new DictionaryTable(run, cell, cell.Fresh, Stage);
        Partitions = new Partitions(cell);
    }

    /// <summary>The keys as long as rows are not staged.</summary>
    public DictionaryTable Table { get; }

    /// <summary>The rows, once there are many keys.</summary>
    public RowStage Stage { get; }

    /// <summary>The number of the next row that is staged.</summary>
    public long Position { get; set; }

    /// <summary>The number of the current block.</summary>
    public long Block { get; private set; }

    public override string Storage => Stage.Heads != 0 || Partitions.Cells > 0 ? $"{RowStage.Partitions} partitions" : Table.Storage;

    public override IEnumerable<long> Buffers => [.. Table.Buffers, .. Stage.Buffers, .. Partitions.Buffers];

    private protected KeyedCell Cell { get; }

    private protected Partitions Partitions { get; }

    /// <summary>The block from which staged rows count theirs.</summary>
    private protected long FirstBlock { get; private set; }

    /// <summary>How many rows are staged.</summary>
    private protected long Staged => RowStage.CountOf(Position);

    /// <summary>How many of a fork's cells have the numbers that they have in the builder which it is joined to.</summary>
    private protected long Known { get; private set; }

    private long RelativeBlock => Block - FirstBlock;

    /// <summary>Begins a block.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public void BeginBlock()
    {
        if (RelativeBlock >= RowStage.MostBlocks)
        {
            Absorb();
        }

        Block++;
        Position = RowStage.Number(RelativeBlock, Staged);
    }

    /// <summary>Makes room for a row in a partition.</summary>
    /// <param name="partition">The partition.</param>
    /// <param name="position">The number of the next row.</param>
    /// <returns>The same, or what it is now.</returns>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public long MoreRoom(long partition, long position)
    {
        Position = position;
        if (IsFull)
        {
            Absorb();
        }

        Stage.MoreRoom(Run, partition);
        return Position;
    }

    public override bool CanFork => Stage.Heads != 0 || Table.Count <= MostForked;

    public override long ForkCells => Stage.Heads != 0 ? 0 : Table.Count;

    public override void Prepare(long done) => KeepKeys();

    /// <summary>A fork has a table of its own as far as there are few keys, and stages its rows where this one does.</summary>
    public override Builder Fork(Run worker, long iterations)
    {
        var fork = NewFork(worker);
        fork.Stage.Follow(Stage);
        if (Stage.IsWanted || Stage.Heads != 0)
        {
            fork.Stage.Start(worker, Volatile.Read(ref _forkRows));
        }
        else if (Volatile.Read(ref _forkKeys) is { } keys)
        {
            fork.Table.TakeKeysOf(keys, isFresh: true);
            fork.Known = keys.Count;
        }

        fork.Table.MostKeys = Math.Max(MostForked, fork.Known + MostNewKeys);
        return fork;
    }

    public override void Join(Builder part)
    {
        var fork = (KeyedBuilder)part;
        if (Stage.Heads == 0 && fork.Stage.Heads == 0)
        {
            JoinCells(fork);
            KeepKeys();
        }
        else
        {
            Stage.Start(Run);
            Stage.IsWanted = true;
            JoinRows(fork);
        }

        fork.Table.Free();
    }

    public override void Settle()
    {
        (Stage.IsWanted, _forkRows, _forkKeys) = (false, 0, null);
        _keys.ForEach(static k => k.Free());
        _keys.Clear();
    }

    /// <summary>The finished dictionary; the builder is not used again.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public long Finish(DictionaryUse use)
    {
        if (Record is not { } record)
        {
            return ToDictionary(use);
        }

        var (begun, known) = (Stopwatch.GetTimestamp(), Rows);
        var dictionary = ToDictionary(use);
        record.EndResult(begun, Found(dictionary, known), RowSize);
        return dictionary;
    }

    private protected abstract long ToDictionary(DictionaryUse use);

    /// <summary>How many rows show only in the finished dictionary.</summary>
    private protected virtual long Found(long dictionary, long known) => 0;

    /// <summary>Whether the staged rows should be merged before there are more.</summary>
    private protected abstract bool IsFull { get; }

    private protected abstract KeyedBuilder NewFork(Run worker);

    /// <summary>Merges a fork's cells into this one's table.</summary>
    private protected abstract void JoinCells(KeyedBuilder fork);

    /// <summary>Stages what a fork has in its cells: each merge as a row with <see cref="Stand"/>.</summary>
    private protected abstract void StageCells(KeyedBuilder fork, long block);

    /// <summary>The place of the value of another row.</summary>
    private protected long Stand(long key, long block)
    {
        var row = Stage.Place(Run, key);
        Memory.Store(row, RowStage.Number(block, Staged));
        Position++;
        return row + Stage.ValueOffset;
    }

    /// <summary>Merges the staged rows.</summary>
    private protected void Absorb()
    {
        TakeTable();
        Partitions.Absorb(Run, Stage, Staged, FirstBlock);
        Stage.Clear(Run);
        FirstBlock = Block;
        Position = 0;
    }

    /// <summary>Merges the staged rows as the last ones.</summary>
    /// <returns>The dictionary.</returns>
    private protected long FinishStaged(Action<Run, DictionaryTable, int> finish, DictionaryUse use)
    {
        TakeTable();
        var dictionary = Partitions.Finish(Run, Stage, Staged, FirstBlock, finish, use);
        Stage.Free(Run);
        return dictionary;
    }

    /// <summary>Makes the table's cells those of the partitions.</summary>
    private protected void TakeTable()
    {
        if (Table.Count > 0)
        {
            Partitions.Take(Run, Table, Stage);
        }
    }

    private protected override void Moved() => Table.MoveTo(Run);

    // Again whenever there are twice as many.
    private void KeepKeys()
    {
        if (Stage.Heads == 0 && Table.Count > 2 * (_forkKeys?.Count ?? 0) && Table.Count <= MostForked)
        {
            var keys = new DictionaryTable(Run, Cell, Cell.Fresh, stage: null);
            keys.TakeKeysOf(Table, isFresh: false);
            _keys.Add(keys);
            Volatile.Write(ref _forkKeys, keys);
        }
    }

    // The fork's blocks follow those of this one, and its cells come before its rows.
    private void JoinRows(KeyedBuilder fork)
    {
        if (RelativeBlock + fork.Block >= RowStage.MostBlocks || IsFull)
        {
            Absorb();
        }

        StageCells(fork, RelativeBlock + 1);
        if (fork.Stage.Heads != 0)
        {
            Stage.Join(Run, fork.Stage, RowStage.Number(RelativeBlock + fork.FirstBlock, Staged));
            Volatile.Write(ref _forkRows, fork.Staged);
            fork.Stage.Free(Run);
        }

        fork.Partitions.Free(Run);

        Block += fork.Block;
        Position = RowStage.Number(RelativeBlock, Staged + fork.Staged);
    }
}
