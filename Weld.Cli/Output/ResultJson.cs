using System.Runtime.CompilerServices;
using System.Text.Json;
using Weld.Core.Types;
using Weld.Core.Values;
using Weld.Managed;

namespace Weld.Cli.Output;

/// <summary>Results as JSON (language.md §8.1), read where they lie: a large one never becomes a tree of values.</summary>
internal static class ResultJson
{
    private const long LongestShown = 1_000;

    /// <summary>Writes a value.</summary>
    /// <exception cref="Weld.Core.Diagnostics.WeldRuntimeException"><c>Unprintable</c>: it holds an unfinished builder.</exception>
    public static void Write(Utf8JsonWriter json, WeldView value)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        if (value.Type is not (VectorType or StructType))
        {
            ValueJson.Write(json, value.ToValue());
            return;
        }

        json.WriteStartArray();
        for (var i = 0L; i < value.Length; i++)
        {
            Write(json, value[i]);
        }

        json.WriteEndArray();
    }

    /// <summary>
    /// Writes <c>"value": …</c>, or for a value of more than 1,000 elements <c>"summary": {"count", "first", "last", "sum"}</c>: the number of elements, entries or fields, the first and
    /// the last of them, and the sum of all numbers within in f64.
    /// </summary>
    /// <exception cref="Weld.Core.Diagnostics.WeldRuntimeException"><c>Unprintable</c>: it holds an unfinished builder.</exception>
    public static void WriteSummary(Utf8JsonWriter json, WeldView value)
    {
        if (Elements(value) <= LongestShown)
        {
            json.WritePropertyName("value");
            Write(json, value);
            return;
        }

        json.WriteStartObject("summary");
        json.WriteNumber("count", value.Length);
        WritePart(json, "first", value[0]);
        WritePart(json, "last", value[value.Length - 1]);
        json.WritePropertyName("sum");
        ValueJson.Write(json, new ScalarValue(Scalar.F64(Sum(value))));
        json.WriteEndObject();
    }

    private static void WritePart(Utf8JsonWriter json, string name, WeldView value)
    {
        json.WritePropertyName(name);
        if (Elements(value) <= LongestShown)
        {
            Write(json, value);
            return;
        }

        json.WriteStartObject();
        WriteSummary(json, value);
        json.WriteEndObject();
    }

    /// <summary>How many elements of vectors and entries of dictionaries a value holds at all depths; counting ends beyond the limit.</summary>
    private static long Elements(WeldView value)
    {
        if (!HoldsElements(value.Type))
        {
            return 0;
        }

        var count = value.Type is StructType ? 0 : value.Length;
        for (var i = 0L; value.Type.Parts.Any(HoldsElements) && count <= LongestShown && i < value.Length; i++)
        {
            count += Elements(value[i]);
        }

        return count;
    }

    private static bool HoldsElements(WeldType type) => type is VectorType or DictionaryType || (type is StructType && type.Parts.Any(HoldsElements));

    private static double Sum(WeldView value)
    {
        switch (value.Type)
        {
            case ScalarType:
                return Number(((ScalarValue)value.ToValue()).Scalar);
            case VectorType or StructType or DictionaryType:
                var sum = 0.0;
                for (var i = 0L; i < value.Length; i++)
                {
                    sum += Sum(value[i]);
                }

                return sum;
            default:
                return 0;
        }
    }

    private static double Number(Scalar scalar) => scalar.Kind switch
    {
        ScalarKind.Bool => 0,
        ScalarKind.F32 => scalar.AsSingle,
        ScalarKind.F64 => scalar.AsDouble,
        ScalarKind.U64 => scalar.Bits,
        _ => scalar.AsInt64,
    };
}
