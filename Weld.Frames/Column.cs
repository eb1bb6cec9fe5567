using Weld.Core.Types;
using Weld.Managed;

namespace Weld.Frames;

/// <summary>A named vector of values of one type.</summary>
public abstract class Column
{
    private protected Column(string name, WeldType elementType)
    {
        ArgumentNullException.ThrowIfNull(name);
        Name = name;
        ElementType = elementType;
    }

    /// <summary>The name, as in a file's header.</summary>
    public string Name { get; }

    /// <summary>The type of the values: the column is a <c>vec</c> of it.</summary>
    public WeldType ElementType { get; }

    /// <summary>How many values there are.</summary>
    public abstract int Length { get; }

    /// <inheritdoc/>
    public override string ToString() => $"{Name}: vec[{ElementType}] of {Length}";
}

/// <summary>A column of numbers or bools.</summary>
/// <typeparam name="T">bool, an integer of 8 to 64 bits, float or double.</typeparam>
public sealed class Column<T> : Column
    where T : unmanaged
{
    /// <summary>Makes a column over values, without a copy.</summary>
    /// <param name="name">The name.</param>
    /// <param name="values">The values.</param>
    public Column(string name, ReadOnlyMemory<T> values)
        : base(name, ScalarOf(typeof(T))) => Values = values;

    /// <summary>The values.</summary>
    public ReadOnlyMemory<T> Values { get; }

    /// <inheritdoc/>
    public override int Length => Values.Length;

    private static ScalarType ScalarOf(Type type) => new(
        type == typeof(bool) ? ScalarKind.Bool
        : type == typeof(sbyte) ? ScalarKind.I8
        : type == typeof(short) ? ScalarKind.I16
        : type == typeof(int) ? ScalarKind.I32
        : type == typeof(long) ? ScalarKind.I64
        : type == typeof(byte) ? ScalarKind.U8
        : type == typeof(ushort) ? ScalarKind.U16
        : type == typeof(uint) ? ScalarKind.U32
        : type == typeof(ulong) ? ScalarKind.U64
        : type == typeof(float) ? ScalarKind.F32
        : type == typeof(double) ? ScalarKind.F64
        : throw new ArgumentException($"expected bool, an integer of 8 to 64 bits, float or double, found {type}"));
}

/// <summary>A column of texts: all their UTF-8 bytes one after the other, and where each text starts and ends.</summary>
public sealed class TextColumn : Column
{
    /// <summary>Makes a column over bytes, without a copy.</summary>
    /// <param name="name">The name.</param>
    /// <param name="bytes">The bytes of all texts.</param>
    /// <param name="offsets">Text i is the bytes from offset i up to, not including, offset i + 1: one offset more than texts, none descending.</param>
    public TextColumn(string name, ReadOnlyMemory<byte> bytes, ReadOnlyMemory<int> offsets)
        : base(name, new VectorType(ScalarType.U8))
    {
        if (offsets.IsEmpty || offsets.Span[0] < 0 || offsets.Span[^1] > bytes.Length)
        {
            throw new ArgumentException($"expected offsets within {bytes.Length} bytes, one more than texts", nameof(offsets));
        }

        var previous = 0;
        foreach (var offset in offsets.Span)
        {
            previous = offset >= previous ? offset : throw new ArgumentException($"expected ascending offsets, found {offset} after {previous}", nameof(offsets));
        }

        Bytes = bytes;
        Offsets = offsets;
        Vectors = new NestedVector<byte>(bytes, offsets);
    }

    /// <summary>The bytes of all texts.</summary>
    public ReadOnlyMemory<byte> Bytes { get; }

    /// <summary>Where each text starts, and at the end where the last one ends.</summary>
    public ReadOnlyMemory<int> Offsets { get; }

    /// <inheritdoc/>
    public override int Length => Offsets.Length - 1;

    /// <summary>The texts as an argument of a program.</summary>
    internal NestedVector<byte> Vectors { get; }

    /// <summary>The UTF-8 bytes of a text.</summary>
    /// <param name="index">0-based.</param>
    public ReadOnlyMemory<byte> this[int index] => Bytes[Offsets.Span[index]..Offsets.Span[index + 1]];
}
