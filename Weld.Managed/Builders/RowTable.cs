using System.Runtime.CompilerServices;
using Weld.Managed.Layout;
using Weld.Managed.Runtime;

namespace Weld.Managed.Builders;

/// <summary>
/// A partition's table, into which staged rows are merged. A text's cell has the text's digest, which stands for one of up to 16 bytes: the texts themselves are
/// all over memory, and each would cost a miss.
/// </summary>
/// <param name="run">The run of the thread that merges.</param>
/// <param name="cell">How its cells lie.</param>
internal sealed class RowTable(Run run, KeyedCell cell) : DictionaryTable(run, cell.Shape, cell.FreshInPartition, stage: null)
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
        Memory.Store(place + cell.OrderOffset, number);
        AddLast(Shape.Words, first, second);
    }

    /// <summary>The number of the cell of a key in memory with this hash, which is added with its row's number if it is new.</summary>
    /// <param name="hashed">The hash, and behind it the key.</param>
    /// <param name="number">The row's number.</param>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public long FindOrAddRow(long hashed, long number)
    {
        var (key, hash) = (hashed + sizeof(long), (uint)Memory.Load<long>(hashed));
        if (!Shape.Key.IsText)
        {
            var found = Find(key, hash);
            return found != 0 ? found : Add(key, hash, number, 0, 0);
        }

        var (first, last) = Shape.Key.Digest(key);
        for (var slot = hash & Mask; Mask != 0 && Memory.Load<uint>(Slots + (slot * sizeof(uint))) is not 0 and var known; slot = (slot + 1) & Mask)
        {
            if (IsText(Cell(known), key, first, last))
            {
                return known;
            }
        }

        return Add(key, hash, number, first, last);
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
                AddLast((uint)Memory.Load<long>(place + cell.HashOffset));
            }
        }
    }

    private long Add(long key, uint hash, long number, ulong first, ulong last)
    {
        var place = NewCell();
        Memory.Copy(place, key, Shape.KeySize);
        Memory.Store(place + cell.OrderOffset, number);
        cell.SetHash(place, hash, first, last);
        AddLast(hash);
        return Count;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool IsText(long place, long key, ulong first, ulong last) =>
        Memory.Load<ulong>(place + cell.DigestOffset) == first
        && Memory.Load<ulong>(place + cell.DigestOffset + sizeof(ulong)) == last
        && Memory.Load<long>(place + MemoryLayout.LengthOffset) == Memory.Load<long>(key + MemoryLayout.LengthOffset)
        && (Shape.Key.IsDigest(key) || Shape.Key.Equal(place, key));
}
