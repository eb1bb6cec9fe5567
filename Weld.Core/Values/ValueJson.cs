using System.Buffers;
using System.Text;
using System.Text.Json;
using Weld.Core.Diagnostics;
using Weld.Core.IR;
using Weld.Core.Types;

namespace Weld.Core.Values;

/// <summary>Values as JSON (language.md §8.1).</summary>
public static class ValueJson
{
    /// <summary>How deep JSON may nest: the deepest types nest 1,000 levels, and a dictionary takes two brackets a level.</summary>
    public const int MaxDepth = 4_000;

    private const string NotANumber = "NaN";
    private const string PositiveInfinity = "Infinity";
    private const string NegativeInfinity = "-Infinity";

    /// <summary>The value of type <paramref name="type"/> that <paramref name="json"/> is.</summary>
    /// <param name="json">JSON text.</param>
    /// <param name="type">The type of the value.</param>
    /// <exception cref="FormatException">The text is no JSON, or no value of the type; the message says where.</exception>
    public static Value Parse(string json, WeldType type)
    {
        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = MaxDepth });
            return Read(document.RootElement, type);
        }
        catch (JsonException e)
        {
            throw new FormatException($"expected JSON, found text that is none: {e.Message}", e);
        }
    }

    /// <summary>The value of type <paramref name="type"/> that <paramref name="element"/> is.</summary>
    /// <param name="element">Parsed JSON.</param>
    /// <param name="type">The type of the value.</param>
    /// <exception cref="FormatException">It is no value of the type; the message says where.</exception>
    public static Value Read(JsonElement element, WeldType type)
    {
        ArgumentNullException.ThrowIfNull(type);
        return StackGuard.Run(static x => ReadOne(x.element, x.type), (element, type));
    }

    /// <summary>The JSON text of a value.</summary>
    /// <param name="value">The value.</param>
    /// <exception cref="WeldRuntimeException"><c>Unprintable</c>: it holds an unfinished builder.</exception>
    public static string Print(Value value)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { MaxDepth = MaxDepth }))
        {
            Write(writer, value);
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>Writes a value.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="value">The value.</param>
    /// <exception cref="WeldRuntimeException"><c>Unprintable</c>: it holds an unfinished builder.</exception>
    public static void Write(Utf8JsonWriter writer, Value value)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(value);
        StackGuard.Run(
            static x =>
            {
                WriteOne(x.writer, x.value);
                return true;
            },
            (writer, value));
    }

    private static Value ReadOne(JsonElement json, WeldType type) => type switch
    {
        ScalarType s => new ScalarValue(ReadScalar(json, s.Kind)),
        StructType s => ReadStruct(json, s),
        VectorType v => ReadVector(json, v),
        DictionaryType d => ReadDictionary(json, d),
        _ => throw new FormatException($"expected a type that JSON can show, found {type}"),
    };

    private static void WriteOne(Utf8JsonWriter writer, Value value)
    {
        switch (value)
        {
            case ScalarValue s:
                WriteScalar(writer, s.Scalar);
                break;
            case StructValue s:
                WriteArray(writer, s.Fields.Span);
                break;
            case VectorValue v:
                WriteArray(writer, v.Elements.Span);
                break;
            case DictionaryValue d:
                writer.WriteStartArray();
                foreach (var (key, held) in d.Entries.Order(Comparer<KeyValuePair<Value, Value>>.Create((a, b) => ValueOrder.Compare(a.Key, b.Key))))
                {
                    WriteArray(writer, [key, held]);
                }

                writer.WriteEndArray();
                break;
            default:
                throw new WeldRuntimeException(RuntimeCode.Unprintable, $"expected a value that can be shown, found an unfinished {(value as BuilderValue)?.Type}");
        }
    }

    private static void WriteArray(Utf8JsonWriter writer, ReadOnlySpan<Value> values)
    {
        writer.WriteStartArray();
        foreach (var value in values)
        {
            Write(writer, value);
        }

        writer.WriteEndArray();
    }

    private static void WriteScalar(Utf8JsonWriter writer, Scalar value)
    {
        switch (value.Kind)
        {
            case ScalarKind.Bool:
                writer.WriteBooleanValue(value.AsBool);
                break;
            case ScalarKind.U64:
                writer.WriteNumberValue(value.Bits);
                break;
            case ScalarKind.F32 or ScalarKind.F64 when value == Scalar.F32(-0f) || value == Scalar.F64(-0d):
                // Many readers take "-0" for the integer 0.
                writer.WriteRawValue("-0.0");
                break;
            case ScalarKind.F32 when float.IsFinite(value.AsSingle):
                writer.WriteNumberValue(value.AsSingle);
                break;
            case ScalarKind.F64 when double.IsFinite(value.AsDouble):
                writer.WriteNumberValue(value.AsDouble);
                break;
            case ScalarKind.F32 or ScalarKind.F64:
                var number = value.Kind == ScalarKind.F32 ? value.AsSingle : value.AsDouble;
                writer.WriteStringValue(double.IsNaN(number) ? NotANumber : number > 0 ? PositiveInfinity : NegativeInfinity);
                break;
            default:
                writer.WriteNumberValue(value.AsInt64);
                break;
        }
    }

    private static Scalar ReadScalar(JsonElement json, ScalarKind kind) => kind switch
    {
        ScalarKind.Bool => json.ValueKind is JsonValueKind.True or JsonValueKind.False ? Scalar.Bool(json.GetBoolean()) : throw Expected("bool", json),
        ScalarKind.F32 or ScalarKind.F64 => ReadFloat(json, kind),
        ScalarKind.U64 => json.ValueKind == JsonValueKind.Number && json.TryGetUInt64(out var unsigned) ? Scalar.Integer(kind, (long)unsigned) : throw Expected("u64", json),
        _ => json.ValueKind == JsonValueKind.Number && json.TryGetInt64(out var signed) && Scalar.Integer(kind, signed) is var scalar && scalar.AsInt64 == signed
            ? scalar
            : throw Expected(kind.Name(), json),
    };

    private static Scalar ReadFloat(JsonElement json, ScalarKind kind)
    {
        if (json.ValueKind == JsonValueKind.Number)
        {
            return kind == ScalarKind.F32
                ? json.TryGetSingle(out var single) && float.IsFinite(single) ? Scalar.F32(single) : throw Expected("f32", json)
                : json.TryGetDouble(out var number) && double.IsFinite(number) ? Scalar.F64(number) : throw Expected("f64", json);
        }

        var named = json.ValueKind == JsonValueKind.String ? Text(json) switch
        {
            NotANumber => double.NaN,
            PositiveInfinity => double.PositiveInfinity,
            NegativeInfinity => double.NegativeInfinity,
            _ => throw Expected(kind.Name(), json),
        }
        : throw Expected(kind.Name(), json);
        return kind == ScalarKind.F32 ? Scalar.F32((float)named) : Scalar.F64(named);
    }

    private static StructValue ReadStruct(JsonElement json, StructType type)
    {
        var fields = type.Fields;
        if (json.ValueKind != JsonValueKind.Array || json.GetArrayLength() != fields.Count)
        {
            throw Expected($"an array of {fields.Count} fields of {type}", json);
        }

        var values = new Value[fields.Count];
        var i = 0;
        foreach (var element in json.EnumerateArray())
        {
            values[i] = ReadPart(element, fields[i], $".${i}");
            i++;
        }

        return new StructValue(values.ToSeq());
    }

    private static VectorValue ReadVector(JsonElement json, VectorType type)
    {
        if (json.ValueKind == JsonValueKind.String && type.Element is ScalarType { Kind: ScalarKind.I8 or ScalarKind.U8 } bytes)
        {
            return VectorValue.OfBytes(Encoding.UTF8.GetBytes(Text(json)), bytes.Kind);
        }

        if (json.ValueKind != JsonValueKind.Array)
        {
            throw Expected($"an array for {type}", json);
        }

        var elements = new Value[json.GetArrayLength()];
        var i = 0;
        foreach (var element in json.EnumerateArray())
        {
            elements[i] = ReadPart(element, type.Element, i);
            i++;
        }

        return new VectorValue(elements);
    }

    private static DictionaryValue ReadDictionary(JsonElement json, DictionaryType type)
    {
        if (json.ValueKind != JsonValueKind.Array)
        {
            throw Expected($"an array of [key, value] for {type}", json);
        }

        var entries = new List<KeyValuePair<Value, Value>>();
        var index = new Dictionary<Value, int>();
        foreach (var pair in json.EnumerateArray())
        {
            if (pair.ValueKind != JsonValueKind.Array || pair.GetArrayLength() != 2)
            {
                throw At($"[{entries.Count}]", Expected("[key, value]", pair));
            }

            var key = Keys.Normalize(ReadPart(pair[0], type.Key, entries.Count));
            if (!index.TryAdd(key, entries.Count))
            {
                throw At($"[{entries.Count}]", new FormatException($"expected each key once, found {pair[0].GetRawText()} again"));
            }

            entries.Add(new(key, ReadPart(pair[1], type.Value, entries.Count)));
        }

        return new DictionaryValue(entries.ToSeq(), index);
    }

    private static Value ReadPart(JsonElement json, WeldType type, string place)
    {
        try
        {
            return Read(json, type);
        }
        catch (FormatException e)
        {
            throw At(place, e);
        }
    }

    private static Value ReadPart(JsonElement json, WeldType type, int index)
    {
        try
        {
            return Read(json, type);
        }
        catch (FormatException e)
        {
            throw At($"[{index}]", e);
        }
    }

    /// <summary>The string; a lone surrogate becomes an error instead of a defect of the reader.</summary>
    private static string Text(JsonElement json)
    {
        try
        {
            return json.GetString()!;
        }
        catch (InvalidOperationException e)
        {
            throw new FormatException("expected a string of whole characters, found half a surrogate pair", e);
        }
    }

    private static FormatException Expected(string expected, JsonElement found)
    {
        const int shown = 40;
        var text = found.GetRawText();
        return new FormatException($"expected {expected}, found {(text.Length <= shown ? text : $"{text[..shown]}…")}");
    }

    /// <summary>The error with its place before it: <c>[2].$1: expected …</c>.</summary>
    private static FormatException At(string place, FormatException e) =>
        new(e.Message.StartsWith("expected", StringComparison.Ordinal) ? $"{place}: {e.Message}" : $"{place}{e.Message}", e.InnerException);
}
