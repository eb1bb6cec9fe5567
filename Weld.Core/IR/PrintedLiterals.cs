using System.Globalization;
using System.Text;
using Weld.Core.Types;

namespace Weld.Core.IR;

/// <summary>Constants as program text.</summary>
internal static class PrintedLiterals
{
    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    /// <summary>A scalar with the suffix of its type. The infinities and NaN are quotients, which the parser reads as constants.</summary>
    public static string Scalar(Values.Scalar value) => value.Kind switch
    {
        ScalarKind.F32 => Float(value.AsSingle, value.AsSingle.ToString("R", CultureInfo.InvariantCulture), "f"),
        ScalarKind.F64 => Float(value.AsDouble, value.AsDouble.ToString("R", CultureInfo.InvariantCulture), ""),
        ScalarKind.I8 => $"{value}c",
        ScalarKind.I16 => $"{value}si",
        ScalarKind.I64 => $"{value}L",
        ScalarKind.U8 or ScalarKind.U16 or ScalarKind.U32 or ScalarKind.U64 => $"{value}{value.Kind.Name()}",
        _ => value.ToString(),
    };

    /// <summary>Whether a minus directly before the literal would be read as part of it.</summary>
    public static bool IsFolded(Values.Scalar value) => (value.Kind.IsSigned() || value.Kind.IsFloat()) && char.IsAsciiDigit(Scalar(value)[0]);

    private static string Float(double value, string digits, string suffix) =>
        double.IsNaN(value) ? $"(0.0{suffix} / 0.0{suffix})"
        : double.IsInfinity(value) ? $"({(value < 0 ? "-" : "")}1.0{suffix} / 0.0{suffix})"
        : digits.AsSpan().IndexOfAny('.', 'E') >= 0 || suffix == "f" ? $"{digits}{suffix}"
        : $"{digits}.0";

    /// <summary>Bytes as a string literal.</summary>
    public static string Text(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder("\"");
        string? decoded = null;
        try
        {
            decoded = Strict.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            foreach (var b in bytes)
            {
                Append(text, b < 0x80 ? (char)b : '\0', b);
            }
        }

        foreach (var rune in (decoded ?? "").EnumerateRunes())
        {
            if (rune.IsAscii)
            {
                Append(text, (char)rune.Value, (byte)rune.Value);
            }
            else if (Rune.IsControl(rune) || Rune.GetUnicodeCategory(rune) is UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.OtherNotAssigned)
            {
                text.Append(CultureInfo.InvariantCulture, $"\\u{{{rune.Value:X}}}");
            }
            else
            {
                text.Append(rune);
            }
        }

        return text.Append('"').ToString();
    }

    private static void Append(StringBuilder text, char c, byte b) => _ = c switch
    {
        '"' or '\\' => text.Append('\\').Append(c),
        '\n' => text.Append("\\n"),
        '\t' => text.Append("\\t"),
        '\r' => text.Append("\\r"),
        >= ' ' and <= '~' => text.Append(c),
        _ when b == 0 => text.Append("\\0"),
        _ => text.Append(CultureInfo.InvariantCulture, $"\\x{b:x2}"),
    };
}
