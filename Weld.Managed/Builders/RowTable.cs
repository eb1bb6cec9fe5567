using System.Runtime.CompilerServices;
using Weld.Managed.Layout;
using Weld.Managed.Runtime;

namespace Weld.Managed.Builders;

/// <summary>
/// A partition's table, into which staged rows are merged. Rows and cells have texts' digests, which stand for those of up to 16 bytes: the texts themselves are
/// all over memory, and each would cost a miss.
/// </summary>
/// <param name="run">The run of the thread that merges.</param>
/// <param name="cell">How its cells lie.</param>
internal sealed class RowTable(Run run, KeyedCell cell) : DictionaryTable(run, cell, cell.FreshInPartition, stage: null)
{
    /// <summary>How many cells there may be in all before a key must be added by <see cref="AddRow"/>; 0 while there is no hash table.</summary>
    public long Room => Extent > 0 ? 0 : Math.Min(Capacity, MostUsed);

    /// <summary>Counts cells and slots that compiled code has written.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public void TakeAdded(long count, long least, long greatest) => (Count, Least, Greatest) = (count, least, greatest);

    /// <summary>Adds a key that is not in the table, with its row's number.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public void AddRow(long first, long second, long number)
    {
        var place = NewCell();
        Shape.Words!.Write(place, first, second);
        Memory.Store(place + Layout.OrderOffset, number);
        AddLast(Shape.Words, first, second);
    }

    /// <summary>The number of the cell of a staged row's key that is compared in memory, which is added with the row's number if it is new.</summary>
    /// <param name="row">The row.</param>
    /// <param name="number">Its number.</param>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public long FindOrAddRow(long row, long number)
    {
        var (first, second) = (Memory.Load<long>(row + RowStage.KeyOffset), Memory.Load<long>(row + RowStage.KeyOffset + sizeof(long)));
        if (!Shape.Key.IsText)
        {
            var key = row + RowStage.KeyOffset + sizeof(long);
            var known = Find(key, (uint)first);
            return known != 0 ? known : Add(NewKey(key), first, number);
        }

        var (data, length) = (Memory.Load<long>(row + RowStage.TextOffset), Memory.Load<long>(row + RowStage.TextOffset + MemoryLayout.LengthOffset));
        var hash = TextKey.Hash(length * Shape.Key.ElementSize, first, second);
        var found = FindText(data, length, hash, first, second);
        return found != 0 ? found : Add(NewText(data, length, first, second), hash, number);
    }

    /// <summary>Begins with cells that were in such a table before.</summary>
    public void Load(long cells, long count)
    {
        Count = 0;
        ClearIndex();
        for (long i = 0; i < count; i++)
        {
            Memory.LookEvery(Run, i);
            var place = NewCell();
            Memory.CopyCell(place, cells + (i * Stride), Stride);
            if (Shape.Words is { } words)
            {
                var (first, second) = words.Read(place);
                AddLast(words, first, second);
            }
            else
            {
                AddLast((uint)Memory.Load<long>(place + Layout.HashOffset));
            }
        }
    }

    private long NewKey(long key)
    {
        var place = NewCell();
        Memory.Copy(place, key, Shape.KeySize);
        return place;
    }

    private long Add(long place, long hash, long number)
    {
        Memory.Store(place + Layout.OrderOffset, number);
        Memory.Store(place + Layout.HashOffset, hash);
        AddLast((uint)hash);
        return Count;
    }
}
