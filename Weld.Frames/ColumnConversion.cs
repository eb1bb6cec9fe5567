using System.Numerics;
using Weld.Core.Types;

namespace Weld.Frames;

/// <summary>Turns columns of one scalar type into another where every value has its counterpart.</summary>
public static class ColumnConversion
{
    /// <summary>
    /// The same values as <paramref name="kind"/>. Integers keep their value or fail; a float becomes an integer only if it is whole and in range; what becomes a float is rounded; a bool is 0 or 1.
    /// </summary>
    /// <param name="column">A column of scalars.</param>
    /// <param name="kind">The type wanted.</param>
    /// <returns>The column itself where it has the type already.</returns>
    /// <exception cref="InvalidCastException">A value has no counterpart; the message gives its place, what was expected and what was found.</exception>
    public static Column ConvertTo(this Column column, ScalarKind kind)
    {
        ArgumentNullException.ThrowIfNull(column);
        return column switch
        {
            _ when column.ElementType is ScalarType s && s.Kind == kind => column,
            Column<bool> c => From(new Column<byte>(c.Name, Bytes(c)), kind),
            Column<sbyte> c => From(c, kind),
            Column<short> c => From(c, kind),
            Column<int> c => From(c, kind),
            Column<long> c => From(c, kind),
            Column<byte> c => From(c, kind),
            Column<ushort> c => From(c, kind),
            Column<uint> c => From(c, kind),
            Column<ulong> c => From(c, kind),
            Column<float> c => From(c, kind),
            Column<double> c => From(c, kind),
            _ => throw new InvalidCastException($"expected {kind.Name()} for column {column.Name}, found {column.ElementType}"),
        };
    }

    private static Column From<T>(Column<T> column, ScalarKind kind)
        where T : unmanaged, INumber<T> => kind switch
        {
            ScalarKind.Bool => Bools(column),
            ScalarKind.I8 => To<T, sbyte>(column, kind),
            ScalarKind.I16 => To<T, short>(column, kind),
            ScalarKind.I32 => To<T, int>(column, kind),
            ScalarKind.I64 => To<T, long>(column, kind),
            ScalarKind.U8 => To<T, byte>(column, kind),
            ScalarKind.U16 => To<T, ushort>(column, kind),
            ScalarKind.U32 => To<T, uint>(column, kind),
            ScalarKind.U64 => To<T, ulong>(column, kind),
            ScalarKind.F32 => To<T, float>(column, kind),
            _ => To<T, double>(column, kind),
        };

    private static Column<TTo> To<TFrom, TTo>(Column<TFrom> column, ScalarKind kind)
        where TFrom : unmanaged, INumber<TFrom>
        where TTo : unmanaged, INumber<TTo>
    {
        var source = column.Values.Span;
        var result = new TTo[source.Length];
        for (var i = 0; i < source.Length; i++)
        {
            try
            {
                result[i] = kind.IsFloat() || TFrom.IsInteger(source[i]) ? TTo.CreateChecked(source[i]) : throw Error(column, i, kind, source[i]);
            }
            catch (OverflowException)
            {
                throw Error(column, i, kind, source[i]);
            }
        }

        return new Column<TTo>(column.Name, result);
    }

    private static Column<bool> Bools<T>(Column<T> column)
        where T : unmanaged, INumber<T>
    {
        var source = column.Values.Span;
        var result = new bool[source.Length];
        for (var i = 0; i < source.Length; i++)
        {
            result[i] = source[i] == T.One || (source[i] == T.Zero ? false : throw Error(column, i, ScalarKind.Bool, source[i]));
        }

        return new Column<bool>(column.Name, result);
    }

    private static byte[] Bytes(Column<bool> column)
    {
        var result = new byte[column.Length];
        for (var i = 0; i < result.Length; i++)
        {
            result[i] = column.Values.Span[i] ? (byte)1 : (byte)0;
        }

        return result;
    }

    private static InvalidCastException Error<T>(Column<T> column, int index, ScalarKind kind, T value)
        where T : unmanaged, INumber<T> =>
        new(FormattableString.Invariant($"value {index} of column {column.Name}: expected {kind.Name()}, found {value}"));
}
