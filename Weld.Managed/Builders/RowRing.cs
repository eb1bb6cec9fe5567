using Weld.Managed.Runtime;

namespace Weld.Managed.Builders;

/// <summary>
/// Rows on their way into a table that is larger than the nearest caches: each waits for a few others, while its slot and then its cell come near, and is
/// merged after them, in order. A row is the number of its slot, the words of its key, and its value.
/// </summary>
/// <param name="words">The words of a key.</param>
/// <param name="valueSize">The bytes of a value.</param>
internal sealed class RowRing(int words, int valueSize)
{
    /// <summary>The rows that wait; a power of two.</summary>
    public const int Rows = 32;

    /// <summary>A table of fewer keys is near enough.</summary>
    public const long LeastKeys = 1 << 15;

    /// <summary>Where the words are.</summary>
    public const int WordsOffset = sizeof(long);

    /// <summary>Where the value is.</summary>
    public int ValueOffset { get; } = WordsOffset + (sizeof(long) * words);

    /// <summary>The bytes of a row.</summary>
    public int RowSize { get; } = WordsOffset + (sizeof(long) * words) + ((valueSize + 7) & ~7);

    /// <summary>The first row; 0 until there are many keys.</summary>
    public long Address { get; private set; }

    /// <summary>How many rows came.</summary>
    public long Position { get; set; }

    /// <summary>The rows that wait, oldest first.</summary>
    public IEnumerable<long> Waiting
    {
        get
        {
            for (var at = Math.Max(0, Position - Rows); at < Position; at++)
            {
                yield return Address + ((at & (Rows - 1)) * RowSize);
            }
        }
    }

    /// <summary>Begins, with no row.</summary>
    public void Start(Run run)
    {
        Address = Memory.AllocateOwned(run, Rows, RowSize);
        ForgetSlots();
    }

    /// <summary>After the last row was taken.</summary>
    public void Clear()
    {
        Position = 0;
        ForgetSlots();
    }

    /// <summary>After the slots have moved: rows that wait have none, and are merely not fetched ahead.</summary>
    public void ForgetSlots()
    {
        for (var row = 0; row < Rows && Address != 0; row++)
        {
            Memory.Store(Address + (row * RowSize), 0L);
        }
    }

    /// <summary>Gives the memory back.</summary>
    public void Free(Run run)
    {
        Memory.Free(run, Address);
        (Address, Position) = (0, 0);
    }
}
