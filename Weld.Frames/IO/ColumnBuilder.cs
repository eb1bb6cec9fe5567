using System.Text;
using Weld.Core.Types;

namespace Weld.Frames.IO;

/// <summary>Collects the fields of one column.</summary>
/// <param name="name">The column's name.</param>
internal abstract class ColumnBuilder(string name)
{
    private const int LongestShown = 40;

    /// <summary>The column's name.</summary>
    public string Name { get; } = name;

    /// <summary>Takes one more field.</summary>
    /// <param name="text">The field.</param>
    /// <returns>What was expected and found, or null if the field is a value.</returns>
    public abstract string? Add(ReadOnlySpan<byte> text);

    /// <summary>The column of all fields.</summary>
    public abstract Column Build();

    /// <summary>A builder of values of a type.</summary>
    /// <param name="name">The column's name.</param>
    /// <param name="elementType">A scalar, <c>vec[u8]</c> or <c>vec[i8]</c>.</param>
    public static ColumnBuilder Of(string name, WeldType elementType) => elementType switch
    {
        ScalarType { Kind: ScalarKind.Bool } => new ScalarColumnBuilder<bool>(name, elementType, FieldParsers.Bool),
        ScalarType { Kind: ScalarKind.I8 } => new ScalarColumnBuilder<sbyte>(name, elementType, FieldParsers.Integer),
        ScalarType { Kind: ScalarKind.I16 } => new ScalarColumnBuilder<short>(name, elementType, FieldParsers.Integer),
        ScalarType { Kind: ScalarKind.I32 } => new ScalarColumnBuilder<int>(name, elementType, FieldParsers.Integer),
        ScalarType { Kind: ScalarKind.I64 } => new ScalarColumnBuilder<long>(name, elementType, FieldParsers.Integer),
        ScalarType { Kind: ScalarKind.U8 } => new ScalarColumnBuilder<byte>(name, elementType, FieldParsers.Integer),
        ScalarType { Kind: ScalarKind.U16 } => new ScalarColumnBuilder<ushort>(name, elementType, FieldParsers.Integer),
        ScalarType { Kind: ScalarKind.U32 } => new ScalarColumnBuilder<uint>(name, elementType, FieldParsers.Integer),
        ScalarType { Kind: ScalarKind.U64 } => new ScalarColumnBuilder<ulong>(name, elementType, FieldParsers.Integer),
        ScalarType { Kind: ScalarKind.F32 } => new ScalarColumnBuilder<float>(name, elementType, FieldParsers.Float),
        ScalarType { Kind: ScalarKind.F64 } => new ScalarColumnBuilder<double>(name, elementType, FieldParsers.Float),
        VectorType { Element: ScalarType { Kind: ScalarKind.I8 or ScalarKind.U8 } } => new TextColumnBuilder(name),
        _ => throw new ArgumentException($"column {name}: expected a scalar, vec[u8] or vec[i8] as the type of a column's values, found {elementType}", nameof(elementType)),
    };

    /// <summary>A field's text for a message.</summary>
    protected static string Show(ReadOnlySpan<byte> text) =>
        text.IsEmpty ? "an empty field" : $"'{Encoding.UTF8.GetString(text[..Math.Min(text.Length, LongestShown)])}{(text.Length > LongestShown ? "…" : "")}'";

    private sealed class ScalarColumnBuilder<T>(string name, WeldType type, FieldParser<T> parse) : ColumnBuilder(name)
        where T : unmanaged
    {
        private T[] _values = new T[256];
        private int _count;

        public override string? Add(ReadOnlySpan<byte> text)
        {
            if (_count == _values.Length)
            {
                Array.Resize(ref _values, Larger(_count, 1));
            }

            return parse(text, out _values[_count++]) ? null : $"expected {type} for column {Name}, found {Show(text)}";
        }

        public override Column Build() => new Column<T>(Name, _values.AsMemory(0, _count));
    }

    private sealed class TextColumnBuilder(string name) : ColumnBuilder(name)
    {
        private byte[] _bytes = new byte[1024];
        private int[] _offsets = new int[256];
        private int _count;

        public override string? Add(ReadOnlySpan<byte> text)
        {
            var start = _offsets[_count];
            if (text.Length > Array.MaxLength - start)
            {
                return $"expected at most {Array.MaxLength} bytes of text in column {Name}, found more";
            }

            if (start + text.Length > _bytes.Length)
            {
                Array.Resize(ref _bytes, Larger(start, text.Length));
            }

            if (_count + 1 == _offsets.Length)
            {
                Array.Resize(ref _offsets, Larger(_count + 1, 1));
            }

            text.CopyTo(_bytes.AsSpan(start));
            _offsets[++_count] = start + text.Length;
            return null;
        }

        public override Column Build() => new TextColumn(Name, _bytes.AsMemory(0, _offsets[_count]), _offsets.AsMemory(0, _count + 1));
    }

    private static int Larger(int count, int more) => (int)Math.Min(Array.MaxLength, Math.Max(2L * count, (long)count + more));
}
