using Weld.Core.Types;
using Weld.Core.Values;
using Weld.Frames;
using Weld.Managed;

namespace Weld.Cli.Inputs;

/// <summary>What a parameter is given.</summary>
/// <param name="Argument">What the host's door takes for it.</param>
/// <param name="Rows">How many elements it has, 0 if it is no vector.</param>
internal sealed record Input(object Argument, long Rows)
{
    /// <summary>A value written on the command line.</summary>
    public static Input Literal(Value value) => new(value, value is VectorValue v ? v.Count : 0);

    /// <summary>A column, whose values have the type that the parameter's elements have.</summary>
    public static Input Column(Column column) => new(
        column switch
        {
            TextColumn c => new NestedVector<byte>(c.Bytes, c.Offsets),
            Column<bool> c => c.Values,
            Column<sbyte> c => c.Values,
            Column<short> c => c.Values,
            Column<int> c => c.Values,
            Column<long> c => c.Values,
            Column<byte> c => c.Values,
            Column<ushort> c => c.Values,
            Column<uint> c => c.Values,
            Column<ulong> c => c.Values,
            Column<float> c => c.Values,
            Column<double> c => c.Values,
            _ => throw new ArgumentException($"expected a column of text or scalars, found {column}", nameof(column)),
        },
        column.Length);

    /// <summary>The rows of a matrix, for a vector of vectors.</summary>
    /// <param name="values">All values, row after row, of the type that the parameter's rows hold.</param>
    /// <param name="rowCount">How many rows there are.</param>
    public static Input Matrix(Column values, int rowCount)
    {
        var offsets = new int[rowCount + 1];
        for (var i = 1; i <= rowCount; i++)
        {
            offsets[i] = (int)((long)values.Length / rowCount * i);
        }

        return new(
            Column(values).Argument switch
            {
                ReadOnlyMemory<bool> m => new NestedVector<bool>(m, offsets),
                ReadOnlyMemory<sbyte> m => new NestedVector<sbyte>(m, offsets),
                ReadOnlyMemory<short> m => new NestedVector<short>(m, offsets),
                ReadOnlyMemory<int> m => new NestedVector<int>(m, offsets),
                ReadOnlyMemory<long> m => new NestedVector<long>(m, offsets),
                ReadOnlyMemory<byte> m => new NestedVector<byte>(m, offsets),
                ReadOnlyMemory<ushort> m => new NestedVector<ushort>(m, offsets),
                ReadOnlyMemory<uint> m => new NestedVector<uint>(m, offsets),
                ReadOnlyMemory<ulong> m => new NestedVector<ulong>(m, offsets),
                ReadOnlyMemory<float> m => new NestedVector<float>(m, offsets),
                var m => new NestedVector<double>((ReadOnlyMemory<double>)m, offsets),
            },
            rowCount);
    }
}
