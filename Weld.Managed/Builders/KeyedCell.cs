using Weld.Core.Types;
using Weld.Managed.Runtime;

namespace Weld.Managed.Builders;

/// <summary>
/// How the cells of a keyed builder lie: the entry, and behind it what the builder keeps of it, and its texts' digests. In a table of a partition there follow the
/// number of the row that the key came with, later that of its entry, and the hash where hashing reads memory.
/// </summary>
internal sealed class KeyedCell
{
    /// <summary>Describes cells.</summary>
    /// <param name="type">The dictionary.</param>
    /// <param name="fresh">What follows the key in a new cell.</param>
    /// <param name="valueSize">The bytes of a value that is merged.</param>
    public KeyedCell(DictionaryType type, byte[] fresh, int valueSize)
    {
        (Shape, ValueSize) = (DictionaryShape.Of(type), valueSize);
        DigestOffset = Round(Shape.ValueOffset + fresh.Length);
        Size = Shape.Key.Texts.Length > 0 ? DigestOffset + (Shape.Key.Texts.Length * TextKey.DigestBytes) : Shape.ValueOffset + fresh.Length;
        OrderOffset = Round(Size);
        HashOffset = OrderOffset + sizeof(long);
        SizeInPartition = Shape.Words is null ? HashOffset + sizeof(long) : HashOffset;
        FreshValue = fresh;
        (Fresh, FreshInPartition) = (Padded(fresh, Size - Shape.ValueOffset), Padded(fresh, SizeInPartition - Shape.ValueOffset));
    }

    public DictionaryShape Shape { get; }

    /// <summary>What follows the key in a cell into which nothing was merged, but for its texts' digests.</summary>
    public byte[] FreshValue { get; }

    /// <summary>What follows the key in a new cell.</summary>
    public byte[] Fresh { get; }

    /// <summary>The same in a partition.</summary>
    public byte[] FreshInPartition { get; }

    /// <summary>The bytes of a cell.</summary>
    public int Size { get; }

    /// <summary>Where in a partition's cell the number of its row or entry is.</summary>
    public int OrderOffset { get; }

    /// <summary>Where in a partition's cell the hash is, where hashing reads memory.</summary>
    public int HashOffset { get; }

    /// <summary>Where the digests of its texts are, two words each.</summary>
    public int DigestOffset { get; }

    /// <summary>The bytes of a partition's cell.</summary>
    public int SizeInPartition { get; }

    /// <summary>The bytes of a value that is merged.</summary>
    public int ValueSize { get; }

    /// <summary>Merges rows from an address up to another into the <see cref="PartitionTable"/> among the builders; the frame is what is added to their numbers.</summary>
    public Lazy<LoopBody> Absorb { get; set; } = null!;

    private static byte[] Padded(byte[] fresh, int size)
    {
        Array.Resize(ref fresh, size);
        return fresh;
    }

    private static int Round(int size) => (size + 7) & ~7;
}

/// <summary>The table of one partition's keys, while rows are merged into it.</summary>
/// <param name="run">The run of the thread that merges.</param>
/// <param name="cell">How its cells lie.</param>
internal sealed class PartitionTable(Run run, KeyedCell cell) : Builder(run)
{
    public RowTable Table { get; } = new(run, cell);

    /// <summary>The block from which rows count theirs.</summary>
    public long Block { get; set; }

    public override IEnumerable<long> Buffers => Table.Buffers;

    private protected override void Moved() => Table.MoveTo(Run);
}
