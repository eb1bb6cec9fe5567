using System.Numerics;
using Weld.Managed.Runtime;

namespace Weld.Managed.Builders;

/// <summary>
/// A bit for each row with which a key came: the number of the key's entry is that of the bits up to its own, after the entries of before. Beside each word of
/// bits stands how many were before it, since both are asked for at once.
/// </summary>
internal sealed class FirstRows : IDisposable
{
    private const int Bits = 64;
    private const int WordSize = 2 * sizeof(long);

    private readonly Run _run;
    private readonly long _count;
    private readonly long _words;
    private readonly bool _isShared;
    private readonly long _known;

    public FirstRows(Run run, long rows, long known)
    {
        (_run, _count, _known, _isShared) = (run, (rows / Bits) + 1, known, run.Threads > 1);
        _words = Memory.AllocateOwned(run, _count, WordSize);
        Memory.Clear(run, _words, _count * WordSize);
    }

    /// <summary>A key came with the row of this number. Called by several threads.</summary>
    public void Mark(long number)
    {
        var word = WordOf(number, out var bit);
        if (_isShared)
        {
            Memory.InterlockedOr(word, bit);
        }
        else
        {
            Memory.Store(word, Memory.Load<ulong>(word) | bit);
        }
    }

    /// <summary>Counts, after all were marked.</summary>
    /// <returns>How many entries there are.</returns>
    public long Sum()
    {
        var count = _known;
        for (long i = 0; i < _count; i++)
        {
            Memory.LookEvery(_run, i);
            var word = _words + (i * WordSize);
            Memory.Store(word + sizeof(long), count);
            count += BitOperations.PopCount(Memory.Load<ulong>(word));
        }

        return count;
    }

    /// <summary>The number, from 1, of the entry of a key that came with a row.</summary>
    public long NumberOf(long number)
    {
        var word = WordOf(number, out var bit);
        return Memory.Load<long>(word + sizeof(long)) + BitOperations.PopCount(Memory.Load<ulong>(word) & (bit - 1)) + 1;
    }

    public void Dispose() => Memory.Free(_run, _words);

    private long WordOf(long number, out ulong bit)
    {
        var row = RowStage.CountOf(number);
        bit = 1UL << (int)(row % Bits);
        return _words + (row / Bits * WordSize);
    }
}
