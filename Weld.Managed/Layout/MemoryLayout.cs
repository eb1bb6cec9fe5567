using System.Collections.Concurrent;
using Weld.Core.IR;
using Weld.Core.Types;

namespace Weld.Managed.Layout;

/// <summary>
/// How values of a type lie in memory. Scalars have their size and alignment; a struct is C's (natural alignment and padding; <c>{}</c> takes one byte);
/// a vector is a pointer and an i64 length; a dictionary is a pointer to a <see cref="Runtime.DictionaryHeader"/>, null when empty; a builder is an i64 handle
/// into the run's table of builders; simd, which never is in memory, is given its scalar's place where a loop captures it.
/// </summary>
internal sealed class MemoryLayout
{
    private static readonly ConcurrentDictionary<WeldType, MemoryLayout> Known = new();

    /// <summary>Levels that a recursion over values may go down without looking at the stack.</summary>
    private const int DeepFrom = 64;

    private readonly int _depth;

    private MemoryLayout(WeldType type, int size, int alignment, Seq<MemoryLayout> parts, Seq<int> offsets)
    {
        Type = type;
        Size = size;
        Alignment = alignment;
        Parts = parts;
        Offsets = offsets;
        HoldsPointers = type is VectorType or DictionaryType || (type is StructType && parts.Any(p => p.HoldsPointers));
        HoldsBuilders = type is BuilderType || parts.Any(p => p.HoldsBuilders);
        IsDeep = (_depth = 1 + parts.Select(p => p._depth).DefaultIfEmpty().Max()) > DeepFrom;
        WireSize = type switch
        {
            ScalarType => size,
            StructType => parts.Sum(p => p.WireSize),
            _ => sizeof(long),
        };
        IsWire = type is ScalarType { Kind: var kind } ? kind != ScalarKind.Bool && !kind.IsFloat() : type is StructType && parts.All(p => p.IsWire) && WireSize == size;
    }

    /// <summary>The offset of a vector's length after its pointer.</summary>
    public const int LengthOffset = 8;

    /// <summary>The type laid out.</summary>
    public WeldType Type { get; }

    /// <summary>Bytes of a value, and the distance between the elements of a vector.</summary>
    public int Size { get; }

    /// <summary>A power of two, at most 8.</summary>
    public int Alignment { get; }

    /// <summary>Of a struct its fields; of a vector its element; of a dictionary its {key, value} entry.</summary>
    public Seq<MemoryLayout> Parts { get; }

    /// <summary>Of a struct, where each field starts.</summary>
    public Seq<int> Offsets { get; }

    /// <summary>Whether the bytes of a value hold an address.</summary>
    public bool HoldsPointers { get; }

    /// <summary>Whether the bytes of a value hold a builder's handle.</summary>
    public bool HoldsBuilders { get; }

    /// <summary>Whether a recursion over the fields of a value must look at the stack.</summary>
    public bool IsDeep { get; }

    /// <summary>The fewest bytes of a serialized value (language.md §4.12).</summary>
    public int WireSize { get; }

    /// <summary>Whether the bytes of a value are its serialized bytes and any bytes are a value: integers and structs of such without padding.</summary>
    public bool IsWire { get; }

    /// <summary>The layout of a type.</summary>
    /// <param name="type">Any type of a value.</param>
    public static MemoryLayout Of(WeldType type) => Known.GetOrAdd(type, static t => StackGuard.Run(Make, t));

    private static MemoryLayout Make(WeldType type) => type switch
    {
        ScalarType s => new(type, s.Kind.Size(), s.Kind.Size(), [], []),
        SimdType s => new(type, Of(s.Element).Size, Of(s.Element).Alignment, [], []),
        VectorType v => new(type, 16, 8, [Of(v.Element)], []),
        DictionaryType d => new(type, 8, 8, [Of(new StructType([d.Key, d.Value]))], []),
        BuilderType => new(type, 8, 8, [], []),
        StructType s => Struct(s),
        _ => throw new ArgumentException($"expected the type of a value, found {type}", nameof(type)),
    };

    private static MemoryLayout Struct(StructType type)
    {
        var parts = type.Fields.To(Of);
        var offsets = new int[parts.Count];
        var (end, alignment) = (0, 1);
        for (var i = 0; i < parts.Count; i++)
        {
            offsets[i] = Align(end, parts[i].Alignment);
            end = checked(offsets[i] + parts[i].Size);
            alignment = Math.Max(alignment, parts[i].Alignment);
        }

        return new(type, Math.Max(1, Align(end, alignment)), alignment, parts, offsets.ToSeq());
    }

    private static int Align(int offset, int alignment) => checked(offset + alignment - 1) & -alignment;
}
