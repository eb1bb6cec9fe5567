using System.Globalization;
using System.Numerics;
using System.Text;

namespace Weld.Frames.IO;

/// <summary>Reads a number or bool from the bytes of a field.</summary>
/// <typeparam name="T">What is read.</typeparam>
/// <param name="text">The whole field.</param>
/// <param name="value">What it says.</param>
/// <returns>Whether it says one.</returns>
internal delegate bool FieldParser<T>(ReadOnlySpan<byte> text, out T value);

/// <summary>The parsers. Spaces around a value are ignored; an empty field is no value.</summary>
internal static class FieldParsers
{
    /// <summary>A whole number in range; <c>7.0</c> and <c>1e3</c> are whole too.</summary>
    public static bool Integer<T>(ReadOnlySpan<byte> text, out T value)
        where T : unmanaged, IBinaryInteger<T> =>
        T.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out value)
        || (text.IndexOfAny("."u8[0], "e"u8[0], "E"u8[0]) >= 0 && Whole(text, out value));

    /// <summary>A decimal number, <c>nan</c>, or <c>inf</c> or <c>infinity</c> with or without a sign, in any case.</summary>
    public static bool Float<T>(ReadOnlySpan<byte> text, out T value)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        T.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value) || Named(text, out value);

    /// <summary><c>true</c> or <c>false</c> in any case, 1 or 0.</summary>
    public static bool Bool(ReadOnlySpan<byte> text, out bool value)
    {
        text = text.Trim((byte)' ');
        value = text is [(byte)'1'] || Ascii.EqualsIgnoreCase(text, "true"u8);
        return value || text is [(byte)'0'] || Ascii.EqualsIgnoreCase(text, "false"u8);
    }

    private static bool Whole<T>(ReadOnlySpan<byte> text, out T value)
        where T : unmanaged, IBinaryInteger<T>
    {
        value = default;
        if (!decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) || decimal.Truncate(number) != number)
        {
            return false;
        }

        try
        {
            value = T.CreateChecked(number);
            return true;
        }
        catch (OverflowException)
        {
            return false;
        }
    }

    private static bool Named<T>(ReadOnlySpan<byte> text, out T value)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        text = text.Trim((byte)' ');
        var unsigned = text is [(byte)'-' or (byte)'+', ..] ? text[1..] : text;
        value = text is [(byte)'-', ..] ? T.NegativeInfinity : T.PositiveInfinity;
        return Ascii.EqualsIgnoreCase(unsigned, "inf"u8);
    }
}
