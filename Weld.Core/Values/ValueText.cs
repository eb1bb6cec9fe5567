using System.Text;
using Weld.Core.Types;

namespace Weld.Core.Values;

/// <summary>Values as program-like text, for people and debuggers.</summary>
internal static class ValueText
{
    private const int MaxElements = 100;

    /// <summary>The text of a value.</summary>
    public static string Print(Value value)
    {
        var text = new StringBuilder();
        Append(text, value);
        return text.ToString();
    }

    private static void Append(StringBuilder text, Value value)
    {
        switch (value)
        {
            case ScalarValue { Scalar: var scalar }:
                text.Append(Literal(scalar));
                break;
            case StructValue { Fields: var fields }:
                AppendList(text, '{', fields.Span, '}');
                break;
            case VectorValue { Elements: var elements }:
                AppendList(text, '[', elements.Span, ']');
                break;
            case DictionaryValue { Entries: var entries }:
                text.Append("dict(");
                for (var i = 0; i < Math.Min(entries.Count, MaxElements); i++)
                {
                    text.Append(i == 0 ? "" : ", ");
                    Append(text, entries[i].Key);
                    text.Append(": ");
                    Append(text, entries[i].Value);
                }

                text.Append(Rest(entries.Count)).Append(')');
                break;
            case BuilderValue builder:
                text.Append(builder.Type);
                break;
        }
    }

    private static void AppendList(StringBuilder text, char open, ReadOnlySpan<Value> values, char close)
    {
        text.Append(open);
        for (var i = 0; i < Math.Min(values.Length, MaxElements); i++)
        {
            text.Append(i == 0 ? "" : ", ");
            Append(text, values[i]);
        }

        text.Append(Rest(values.Length)).Append(close);
    }

    private static string Rest(int count) => count > MaxElements ? $", … {count - MaxElements} more" : "";

    /// <summary>A scalar as a literal of its type; floats always look like floats.</summary>
    private static string Literal(Scalar value) => value.Kind switch
    {
        ScalarKind.Bool or ScalarKind.I32 => value.ToString(),
        ScalarKind.I64 => $"{value}L",
        ScalarKind.F32 => $"{value}f",
        ScalarKind.F64 => value.ToString() is var text && text.AsSpan().ContainsAnyExcept("-0123456789") ? text : $"{text}.0",
        _ => $"{value}{value.Kind.Name()}",
    };
}
