using Weld.Managed.Runtime;

namespace Weld.Managed.Builders;

/// <summary>
/// Rows on their way into a table of many keys, partitioned by the highest bits of their keys' hashes, so that each partition's table will fit the nearest
/// caches. A row is its number, its key and its value. Within a partition rows stand in merge order, in chunks that grow with it. Rows that other threads have staged
/// are taken over as they are, without a look at them.
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

    /// <summary>Where in a row the key is: its words; a text's digest, and the text; or its hash, and itself.</summary>
    public const int KeyOffset = sizeof(long);

    /// <summary>Where in a row a text is.</summary>
    public const int TextOffset = KeyOffset + TextKey.DigestBytes;

    /// <summary>The bits of a row's number that count rows; those above count blocks, and the highest marks a value that is merged outside of loops.</summary>
    public const int CountBits = 40;

    /// <summary>Marks a row that is merged outside of loops.</summary>
    public const long Apart = long.MinValue;

    /// <summary>More blocks than this are too many for a row's number.</summary>
    public const long MostBlocks = 1 << 22;

    private const long CountMask = (1L << CountBits) - 1;
    private const int ChunkHeader = 16;
    private const int LeastChunk = 512;
    private const int MostChunk = 1 << 13;
    private const int LeastRows = 8;

    /// <summary>Chunks do not begin at the same distance from a page's begin, or their ends would contend for few lines of the nearest cache.</summary>
    private const int Stagger = 64;

    private const int LinesAhead = 3;

    private const long LeastSlab = 1 << 17;
    private const long MostSlab = 1 << 24;

    private readonly List<long> _slabs = [];
    private readonly List<Part> _parts = [];
    private readonly int[] _chunkSizes = new int[Partitions];

    /// <summary>How many rows there is room for in each partition's chunks, those of others included.</summary>
    private readonly long[] _rooms = new long[Partitions];
    private long[] _first = new long[Partitions];
    private long[] _last = new long[Partitions];
    private int _leastChunk = LeastChunk;
    private long _leastSlab = LeastSlab;
    private bool _hasRows;
    private RowStage? _origin;
    private long _free;
    private long _freeEnd;
    private long _slabBytes;

    /// <summary>Whether rows of forks come here from now on, since those of one do.</summary>
    public volatile bool IsWanted;

    /// <summary>For each partition where its next row goes, and where there is no more room; 0 while rows do not come here.</summary>
    public long Heads { get; private set; }

    /// <summary>Where in a row the value is.</summary>
    public int ValueOffset { get; } = KeyOffset + KeySize(shape);

    /// <summary>The bytes of a row.</summary>
    public int RowSize { get; } = KeyOffset + KeySize(shape) + Round(valueSize);

    /// <summary>The buffers.</summary>
    public IEnumerable<long> Buffers => [Heads, .. _parts.Select(p => p.Heads), .. _slabs];

    /// <summary>How many rows were counted by a row's number.</summary>
    public static long CountOf(long number) => number & CountMask;

    /// <summary>The number of a row.</summary>
    /// <param name="block">The block, from the last time that there was no row.</param>
    /// <param name="count">The rows before it.</param>
    public static long Number(long block, long count) => (block << CountBits) | count;

    /// <summary>Whose fork's this is: that is told when rows come here.</summary>
    public void Follow(RowStage origin) => _origin = origin;

    /// <summary>From now on rows come here.</summary>
    /// <param name="run">The run.</param>
    /// <param name="expected">About so many; 0 where it is not known.</param>
    public void Start(Run run, long expected = 0)
    {
        if (Heads != 0)
        {
            return;
        }

        if (_origin is { } origin)
        {
            origin.IsWanted = true;
        }

        Heads = Memory.AllocateOwned(run, Partitions, HeadSize);
        Memory.Clear(run, Heads, Partitions * HeadSize);
        expected += expected / 8;
        _leastChunk = (int)Math.Clamp(ChunkHeader + (expected / Partitions * RowSize), LeastChunk, MostChunk);
        _leastSlab = Math.Clamp(expected * RowSize, LeastSlab, MostSlab);
    }

    /// <summary>Makes room for a row in a partition.</summary>
    public void MoreRoom(Run run, long partition)
    {
        var head = Heads + (partition * HeadSize);
        if (_last[partition] is not 0 and var last)
        {
            Memory.Store(last + sizeof(long), Memory.Load<long>(head));
        }

        var size = Math.Max(_chunkSizes[partition], _leastChunk);
        _chunkSizes[partition] = Math.Min(2 * size, MostChunk);
        var rows = Math.Max(LeastRows, (size - ChunkHeader) / RowSize);
        var chunk = Take(run, ((ChunkHeader + (rows * (long)RowSize) + Stagger - 1) & -Stagger) | Stagger);
        Memory.Store(chunk, 0L);
        Link(partition, chunk);
        _rooms[partition] += rows - RoomLeft(partition);
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
        if (shape.Words is { } words)
        {
            Memory.Store(row + KeyOffset, first);
            if (words.Count > 1)
            {
                Memory.Store(row + KeyOffset + sizeof(long), second);
            }
        }
        else if (shape.Key.IsText)
        {
            var (begin, end) = shape.Key.Digest(key);
            Memory.Store(row + KeyOffset, begin);
            Memory.Store(row + KeyOffset + sizeof(long), end);
            Memory.Copy(row + TextOffset, key, shape.KeySize);
        }
        else
        {
            Memory.Store(row + KeyOffset, first);
            Memory.Copy(row + KeyOffset + sizeof(long), key, shape.KeySize);
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
        return PartitionOfHash(first);
    }

    /// <summary>The partition of a key that is compared in memory and has this hash.</summary>
    public static long PartitionOfHash(long hash) => hash >>> (32 - PartitionBits);

    /// <summary>The rows of a partition, chunk by chunk: the first, what comes after the last, and what is added to their numbers.</summary>
    public IEnumerable<(long Start, long End, long Added)> Chunks(int partition)
    {
        var last = new Part(_first, _last, Heads, 0);
        for (var i = 0; i <= _parts.Count; i++)
        {
            var part = i < _parts.Count ? _parts[i] : last;
            Prefetch(i + 1 < _parts.Count ? _parts[i + 1] : last, partition);
            for (long chunk = part.First[partition], next; chunk != 0; chunk = next)
            {
                next = Memory.Load<long>(chunk);
                Memory.Prefetch(next);
                var end = chunk == part.Last[partition] ? part.Heads + (partition * HeadSize) : chunk + sizeof(long);
                yield return (chunk + ChunkHeader, Memory.Load<long>(end), part.Added);
            }
        }
    }

    /// <summary>How many rows a partition has.</summary>
    public long CountRows(int partition) => _rooms[partition] - RoomLeft(partition);

    /// <summary>Takes over the rows of another, whose buffers are this one's run's already; something is added to their numbers.</summary>
    public void Join(Run run, RowStage other, long added)
    {
        for (var partition = 0; partition < Partitions; partition++)
        {
            _rooms[partition] += other.CountRows(partition);
        }

        if (_hasRows)
        {
            for (var partition = 0; partition < Partitions; partition++)
            {
                _rooms[partition] -= RoomLeft(partition);
            }

            var heads = Memory.AllocateOwned(run, Partitions, HeadSize);
            Memory.CopyLong(run, heads, Heads, Partitions * HeadSize);
            Memory.Clear(run, Heads, Partitions * HeadSize);
            _parts.Add(new Part(_first, _last, heads, 0));
            (_first, _last, _hasRows) = (new long[Partitions], new long[Partitions], false);
        }

        _parts.AddRange(other._parts.Select(p => p with { Added = p.Added + added }));
        if (other._hasRows)
        {
            _parts.Add(new Part(other._first, other._last, other.Heads, added));
            (other._first, other._last, other.Heads, other._hasRows) = (new long[Partitions], new long[Partitions], 0, false);
        }

        _slabs.AddRange(other._slabs);
        _slabBytes += other._slabBytes;
        other._slabs.Clear();
        other._parts.Clear();
    }

    /// <summary>Gives the rows' memory back: there are none.</summary>
    public void Clear(Run run)
    {
        foreach (var slab in _slabs)
        {
            Memory.Free(run, slab);
        }

        foreach (var part in _parts)
        {
            Memory.Free(run, part.Heads);
        }

        _slabs.Clear();
        _parts.Clear();
        _hasRows = false;
        Array.Clear(_first);
        Array.Clear(_last);
        Array.Clear(_chunkSizes);
        Array.Clear(_rooms);
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

    private static int KeySize(DictionaryShape shape) =>
        shape.Words is { } words ? words.Count * sizeof(long) : (shape.Key.IsText ? TextOffset - KeyOffset : sizeof(long)) + Round(shape.KeySize);

    private static int Round(int size) => (size + 7) & ~7;

    private void Link(long partition, long chunk)
    {
        if (_last[partition] == 0)
        {
            _first[partition] = chunk;
        }
        else
        {
            Memory.Store(_last[partition], chunk);
        }

        (_last[partition], _hasRows) = (chunk, true);
    }

    /// <summary>How many rows more the last chunk of a partition takes.</summary>
    private long RoomLeft(long partition)
    {
        var head = Heads + (partition * HeadSize);
        return Heads == 0 ? 0 : (Memory.Load<long>(head + sizeof(long)) - Memory.Load<long>(head)) / RowSize;
    }

    // The lines at which a part's rows of a partition begin are nowhere near.
    private static void Prefetch(Part part, int partition)
    {
        for (var line = 0; line < Block64.Size * LinesAhead; line += Block64.Size)
        {
            Memory.Prefetch(part.First[partition] + line);
        }
    }

    private long Take(Run run, long bytes)
    {
        if (_freeEnd - _free < bytes)
        {
            var slab = Math.Max(bytes, Math.Clamp(_slabBytes / 2, _leastSlab, MostSlab));
            _free = Memory.AllocateOwned(run, slab, 1);
            _freeEnd = _free + slab;
            _slabs.Add(_free);
            _slabBytes += slab;
        }

        _free += bytes;
        return _free - bytes;
    }

    /// <summary>Rows that a thread has staged: each partition's first chunk and last one, and where the rows of the last one end.</summary>
    private sealed record Part(long[] First, long[] Last, long Heads, long Added);
}
