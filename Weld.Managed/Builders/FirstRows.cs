using System.Numerics;
using Weld.Managed.Runtime;

namespace Weld.Managed.Builders;

/// <summary>
/// A bit for each row with which a key came: the number of the key's entry is that of the bits up to its own, after the entries of before. Each thread marks rows in
/// bits of its own: they would wait for each other's lines. Beside each word of all bits stands how many were before it, since both are asked for at once.
/// </summary>
/// <param name="run">The run.</param>
/// <param name="rows">What the rows' numbers count up to.</param>
/// <param name="known">The entries of before.</param>
internal sealed class FirstRows(Run run, long rows, long known) : IDisposable
{
    private const int Bits = 64;
    private const int WordSize = 2 * sizeof(long);

    private readonly long _count = (rows / Bits) + 1;
    private readonly Dictionary<Run, long> _marks = new(ReferenceEqualityComparer.Instance);
    private long _words;

    /// <summary>The bits in which a thread marks rows, which are its run's until all have.</summary>
    public long MarksOf(Run worker)
    {
        lock (_marks)
        {
            if (_marks.TryGetValue(worker, out var own))
            {
                return own;
            }
        }

        var marks = Memory.AllocateOwned(worker, _count, sizeof(long));
        Memory.Clear(worker, marks, _count * sizeof(long));
        lock (_marks)
        {
            _marks.Add(worker, marks);
        }

        return marks;
    }

    /// <summary>A key came with the row of this number.</summary>
    public static void Mark(long marks, long number)
    {
        var row = RowStage.CountOf(number);
        var word = marks + (row / Bits * sizeof(long));
        Memory.Store(word, Memory.Load<ulong>(word) | (1UL << (int)(row % Bits)));
    }

    /// <summary>Counts, after all were marked.</summary>
    /// <returns>How many entries there are.</returns>
    public long Sum()
    {
        _words = Memory.AllocateOwned(run, _count, WordSize);
        var (marks, count) = (_marks.Values.ToArray(), known);
        for (long i = 0; i < _count; i++)
        {
            Memory.LookEvery(run, i);
            var bits = 0UL;
            foreach (var some in marks)
            {
                bits |= Memory.Load<ulong>(some + (i * sizeof(long)));
            }

            var word = _words + (i * WordSize);
            Memory.Store(word, bits);
            Memory.Store(word + sizeof(long), count);
            count += BitOperations.PopCount(bits);
        }

        foreach (var some in marks)
        {
            Memory.Free(run, some);
        }

        _marks.Clear();
        return count;
    }

    /// <summary>The number, from 1, of the entry of a key that came with a row.</summary>
    public long NumberOf(long number)
    {
        var row = RowStage.CountOf(number);
        var word = _words + (row / Bits * WordSize);
        return Memory.Load<long>(word + sizeof(long)) + BitOperations.PopCount(Memory.Load<ulong>(word) & ((1UL << (int)(row % Bits)) - 1)) + 1;
    }

    public void Dispose() => Memory.Free(run, _words);
}
