using System.Runtime.CompilerServices;
using Weld.Managed.Runtime;

namespace Weld.Managed.Builders;

/// <summary>
/// Rows on their way into a table of many keys, partitioned by the highest bits of their keys' hashes, so that each partition's table will fit the nearest
/// caches. A row is its number, its key and its value. Within a partition rows stand in merge order, in chunks that grow with it.
/// </summary>
/// <param name="shape">What is known of the keys.</param>
/// <param name="valueSize">The bytes of a value.</param>
internal sealed class RowStage(DictionaryShape shape, int valueSize)
{
    /// <summary>How many bits of a hash tell the partition.</summary>
    public const int PartitionBits = 8;

    /// <summary>How many partitions there are.</summary>
    public const int Partitions = 1 << PartitionBits;

    /// <summary>The bytes of what a partition's place in <see cref="Heads"/> tells: where the next row goes, and where there is no more room.</summary>
    public const int HeadSize = 16;

    /// <summary>Where in a row the key is: its words, or its hash and itself.</summary>
    public const int KeyOffset = sizeof(long);

    /// <summary>The bits of a row's number that count rows; those above count blocks, and the highest marks a value that is merged outside of loops.</summary>
    public const int CountBits = 40;

    /// <summary>Marks a row that is merged outside of loops.</summary>
    public const long Apart = long.MinValue;

    /// <summary>More blocks than this are too many for a row's number.</summary>
    public const long MostBlocks = 1 << 22;

    private const long CountMask = (1L << CountBits) - 1;
    private const int ChunkHeader = 24;
    private const int LeastChunk = 512;
    private const int MostChunk = 1 << 13;
    private const int LeastRows = 8;

    /// <summary>Chunks do not begin at the same distance from a page's begin, or their ends would contend for few lines of the nearest cache.</summary>
    private const int Stagger = 64;

    private const long LeastSlab = 1 << 17;
    private const long MostSlab = 1 << 24;

    private readonly List<long> _slabs = [];
    private readonly long[] _first = new long[Partitions];
    private readonly long[] _last = new long[Partitions];
    private readonly int[] _chunkSizes = new int[Partitions];
    private long _free;
    private long _freeEnd;
    private long _slabBytes;

    /// <summary>For each partition where its next row goes, and where there is no more room; 0 while rows do not come here.</summary>
    public long Heads { get; private set; }

    /// <summary>Where in a row the value is.</summary>
    public int ValueOffset { get; } = KeyOffset + KeySize(shape);

    /// <summary>The bytes of a row.</summary>
    public int RowSize { get; } = KeyOffset + KeySize(shape) + Round(valueSize);

    /// <summary>The buffers.</summary>
    public IEnumerable<long> Buffers => [Heads, .. _slabs];

    /// <summary>How many rows were counted by a row's number.</summary>
    public static long CountOf(long number) => number & CountMask;

    /// <summary>The number of a row.</summary>
    /// <param name="block">The block, from the last time that there was no row.</param>
    /// <param name="count">The rows before it.</param>
    public static long Number(long block, long count) => (block << CountBits) | count;

    /// <summary>From now on rows come here.</summary>
    public void Start(Run run)
    {
        if (Heads == 0)
        {
            Heads = Memory.AllocateOwned(run, Partitions, HeadSize);
            Memory.Clear(run, Heads, Partitions * HeadSize);
        }
    }

    /// <summary>Makes room for a row in a partition.</summary>
    public void MoreRoom(Run run, long partition)
    {
        Seal(partition);
        var size = Math.Max(_chunkSizes[partition], LeastChunk);
        _chunkSizes[partition] = Math.Min(2 * size, MostChunk);
        var rows = Math.Max(LeastRows, (size - ChunkHeader) / RowSize);
        var chunk = Take(run, ((ChunkHeader + (rows * (long)RowSize) + Stagger - 1) & -Stagger) | Stagger);
        Memory.Store(chunk, 0L);
        Memory.Store(chunk + 16, 0L);
        Link(partition, chunk, chunk);
        var head = Heads + (partition * HeadSize);
        Memory.Store(head, chunk + ChunkHeader);
        Memory.Store(head + 8, chunk + ChunkHeader + (rows * (long)RowSize));
    }

    /// <summary>The place of another row, whose key is at an address and is there now, too.</summary>
    public long Place(Run run, long key)
    {
        var partition = PartitionOf(key, out var first, out var second);
        var head = Heads + (partition * HeadSize);
        var row = Memory.Load<long>(head);
        if (row == Memory.Load<long>(head + 8))
        {
            MoreRoom(run, partition);
            row = Memory.Load<long>(head);
        }

        Memory.Store(head, row + RowSize);
        Memory.Store(row + KeyOffset, first);
        if (shape.Words is not { } words)
        {
            Memory.Copy(row + KeyOffset + sizeof(long), key, shape.KeySize);
        }
        else if (words.Count > 1)
        {
            Memory.Store(row + KeyOffset + sizeof(long), second);
        }

        return row;
    }

    /// <summary>The partition of a key at an address, and its words, or its hash.</summary>
    public long PartitionOf(long key, out long first, out long second)
    {
        if (shape.Words is { } words)
        {
            (first, second) = words.Read(key);
            return words.HashOf(first, second) >>> (64 - PartitionBits);
        }

        (first, second) = (shape.Key.Hash(key), 0);
        return first >>> (32 - PartitionBits);
    }

    /// <summary>After the last row of all partitions, before they are read.</summary>
    public void Seal()
    {
        for (var partition = 0; partition < Partitions; partition++)
        {
            Seal(partition);
        }
    }

    /// <summary>The rows of a partition, chunk by chunk: the first, what comes after the last, and what is added to their numbers.</summary>
    public IEnumerable<(long Start, long End, long Added)> Chunks(int partition)
    {
        for (var chunk = _first[partition]; chunk != 0; chunk = Memory.Load<long>(chunk))
        {
            yield return (chunk + ChunkHeader, Memory.Load<long>(chunk + 8), Memory.Load<long>(chunk + 16));
        }
    }

    /// <summary>How many rows a partition has.</summary>
    public long CountRows(int partition)
    {
        var bytes = 0L;
        for (var chunk = _first[partition]; chunk != 0; chunk = Memory.Load<long>(chunk))
        {
            bytes += Memory.Load<long>(chunk + 8) - chunk - ChunkHeader;
        }

        return bytes / RowSize;
    }

    /// <summary>Takes over the rows of another, whose buffers are this one's run's already; something is added to their numbers.</summary>
    public void Join(RowStage other, long added)
    {
        Seal();
        other.Seal();
        for (var partition = 0; partition < Partitions; partition++)
        {
            for (var chunk = other._first[partition]; chunk != 0; chunk = Memory.Load<long>(chunk))
            {
                Memory.Store(chunk + 16, Memory.Load<long>(chunk + 16) + added);
            }

            if (other._first[partition] != 0)
            {
                Link(partition, other._first[partition], other._last[partition]);
                Memory.Store(Heads + (partition * HeadSize), 0L);
                Memory.Store(Heads + (partition * HeadSize) + 8, 0L);
            }
        }

        _slabs.AddRange(other._slabs);
        _slabBytes += other._slabBytes;
        other._slabs.Clear();
    }

    /// <summary>Gives the rows' memory back: there are none.</summary>
    public void Clear(Run run)
    {
        foreach (var slab in _slabs)
        {
            Memory.Free(run, slab);
        }

        _slabs.Clear();
        Array.Clear(_first);
        Array.Clear(_last);
        Array.Clear(_chunkSizes);
        (_free, _freeEnd, _slabBytes) = (0, 0, 0);
        if (Heads != 0)
        {
            Memory.Clear(run, Heads, Partitions * HeadSize);
        }
    }

    /// <summary>Gives all memory back.</summary>
    public void Free(Run run)
    {
        Clear(run);
        Memory.Free(run, Heads);
        Heads = 0;
    }

    private static int KeySize(DictionaryShape shape) => shape.Words is { } words ? words.Count * sizeof(long) : sizeof(long) + Round(shape.KeySize);

    private static int Round(int size) => (size + 7) & ~7;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Seal(long partition)
    {
        if (_last[partition] is not 0 and var chunk && Memory.Load<long>(Heads + (partition * HeadSize)) is not 0 and var next)
        {
            Memory.Store(chunk + 8, next);
        }
    }

    private void Link(long partition, long first, long last)
    {
        if (_last[partition] == 0)
        {
            _first[partition] = first;
        }
        else
        {
            Memory.Store(_last[partition], first);
        }

        _last[partition] = last;
    }

    private long Take(Run run, long bytes)
    {
        if (_freeEnd - _free < bytes)
        {
            var slab = Math.Max(bytes, Math.Clamp(_slabBytes / 2, LeastSlab, MostSlab));
            _free = Memory.AllocateOwned(run, slab, 1);
            _freeEnd = _free + slab;
            _slabs.Add(_free);
            _slabBytes += slab;
        }

        _free += bytes;
        return _free - bytes;
    }
}
