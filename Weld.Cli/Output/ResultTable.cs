using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Unicode;
using Spectre.Console;
using Weld.Core.IR;
using Weld.Core.Types;
using Weld.Core.Values;
using Weld.Managed;

namespace Weld.Cli.Output;

/// <summary>
/// Shows a result to a person: a vector of structs and a dictionary as a table, anything else as a value. Vectors of bytes that are text are shown as text,
/// floats with six digits.
/// </summary>
/// <param name="terminal">Where to.</param>
/// <param name="titles">Names of the fields, in order; a field without one is titled as programs write it, <c>$0</c>.</param>
/// <param name="head">How many rows or elements are shown.</param>
internal sealed class ResultTable(Terminal terminal, Seq<string> titles, int head)
{
    private const int ShortFloat = 8;

    /// <summary>Shows a value.</summary>
    public void Show(WeldView value)
    {
        switch (value.Type)
        {
            case VectorType { Element: StructType { Fields.Count: > 0 } row }:
                Rows(value.Length, row.Fields, i => Cells(value[i]), titles);
                break;
            case DictionaryType d:
                Rows(
                    value.Length,
                    [.. Columns(d.Key), .. Columns(d.Value)],
                    i => [.. Cells(value[i][0]), .. Cells(value[i][1])],
                    titles.Count > 0 ? titles : [.. Names("key", d.Key), .. Names("value", d.Value)]);
                break;
            default:
                terminal.Output.WriteLine(Text(value));
                break;
        }
    }

    private static bool IsRow(WeldType type) => type is StructType { Fields.Count: > 0 };

    private static Seq<WeldType> Columns(WeldType type) => IsRow(type) ? type.Parts : [type];

    private static Seq<string> Names(string name, WeldType type) => IsRow(type) ? Enumerable.Range(0, type.Parts.Count).Select(i => $"{name}.${i}").ToSeq() : [name];

    private IEnumerable<string> Cells(WeldView value)
    {
        if (!IsRow(value.Type))
        {
            yield return Text(value);
            yield break;
        }

        for (var i = 0; i < value.Type.Parts.Count; i++)
        {
            yield return Text(value[i]);
        }
    }

    private void Rows(long count, Seq<WeldType> types, Func<long, IEnumerable<string>> cells, Seq<string> names)
    {
        var table = new Table { Border = TableBorder.Rounded };
        for (var i = 0; i < types.Count; i++)
        {
            var title = new Text(i < names.Count ? names[i] : $"${i}");
            table.AddColumn(new TableColumn(title) { Alignment = types[i] is ScalarType ? Justify.Right : Justify.Left }.NoWrap());
        }

        var shown = Math.Min(count, head);
        for (var i = 0L; i < shown; i++)
        {
            table.AddRow(cells(i).Select(c => new Text(c)));
        }

        terminal.Tables.Write(table);
        if (shown < count)
        {
            terminal.Error.WriteLine($"{shown} of {count} rows; --head N shows more");
        }
    }

    private string Text(WeldView value)
    {
        var text = new StringBuilder();
        Append(text, value);
        return text.ToString();
    }

    private void Append(StringBuilder text, WeldView value)
    {
        switch (value.Type)
        {
            case ScalarType:
                text.Append(Number(((ScalarValue)value.ToValue()).Scalar));
                break;
            case VectorType when Characters(value) is { } characters:
                text.Append(characters);
                break;
            case VectorType:
                AppendList(text, '[', value, Append, ']');
                break;
            case StructType:
                AppendList(text, '{', value, Append, '}');
                break;
            default:
                AppendList(
                    text,
                    '{',
                    value,
                    (t, entry) =>
                    {
                        Append(t, entry[0]);
                        t.Append(": ");
                        Append(t, entry[1]);
                    },
                    '}');
                break;
        }
    }

    private void AppendList(StringBuilder text, char open, WeldView values, Action<StringBuilder, WeldView> append, char close)
    {
        text.Append(open);
        for (var i = 0L; i < Math.Min(values.Length, head); i++)
        {
            text.Append(i == 0 ? "" : ", ");
            append(text, values[i]);
        }

        text.Append(values.Length > head ? $", … {values.Length - head} more" : "").Append(close);
    }

    private static string Number(Scalar scalar) => scalar.Kind switch
    {
        ScalarKind.F32 => Float(scalar.AsSingle, scalar.ToString()),
        ScalarKind.F64 => Float(scalar.AsDouble, scalar.ToString()),
        _ => scalar.ToString(),
    };

    /// <summary>Six significant digits, unless the shortest exact text is as short.</summary>
    private static string Float(double value, string exact) => exact.Length <= ShortFloat ? exact : value.ToString("G6", CultureInfo.InvariantCulture);

    /// <summary>The text that a vector of bytes holds, or null if it is no text.</summary>
    private static string? Characters(WeldView value)
    {
        if (value.Length is 0 or > int.MaxValue)
        {
            return null;
        }

        var bytes = value.Type switch
        {
            VectorType { Element: ScalarType { Kind: ScalarKind.U8 } } => value.AsSpan<byte>(),
            VectorType { Element: ScalarType { Kind: ScalarKind.I8 } } => MemoryMarshal.AsBytes(value.AsSpan<sbyte>()),
            _ => default,
        };
        return !bytes.IsEmpty && Utf8.IsValid(bytes) && Encoding.UTF8.GetString(bytes) is var text && !text.Any(char.IsControl) ? text : null;
    }
}
