using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Weld.Cli.Output;
using Weld.Core.Diagnostics;
using Weld.Core.IR;
using Weld.Core.Values;
using Weld.Managed;

namespace Weld.Cli.Eval;

/// <summary>Answers requests of <c>weld eval</c>: one JSON object in, one out, whatever the line holds.</summary>
internal static class Answerer
{
    /// <summary>What a run may take unless its request says otherwise: a quarter of the machine, since the answer must fit beside the result.</summary>
    private static readonly WeldConfiguration Defaults = new() { Run = new RunOptions { MemoryLimit = Math.Max(1 << 20, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 4) } };

    private static ReadOnlySpan<byte> NoId => "null"u8;

    /// <summary>Writes the answer to a line.</summary>
    /// <param name="line">A request in JSON, or anything else.</param>
    /// <param name="answer">Where the answer goes; it is cleared first.</param>
    public static void Answer(ReadOnlyMemory<byte> line, ArrayBufferWriter<byte> answer)
    {
        ReadOnlyMemory<byte> id = NoId.ToArray();
        SourceText? source = null;
        var stage = Stage.Request;
        try
        {
            using var document = Parse(line);
            id = Id(document.RootElement);
            var request = Request.Read(document.RootElement);
            var configuration = request.Configuration.Aggregate(Defaults, (c, setting) => c.With(setting.Key, setting.Value));
            source = new SourceText(request.Program);
            stage = Stage.Compile;
            var module = WeldModule.Compile(source, configuration.Compile);
            stage = Stage.Request;
            var arguments = request.Bind(module.Parameters);
            stage = Stage.Run;
            using var result = module.Run(configuration.Run, [.. arguments]);
            Write(answer, id.Span, json =>
            {
                json.WriteString("type", result.Type.ToString());
                json.WritePropertyName("value");
                ResultJson.Write(json, result.Root);
                WriteWarnings(json, module.Warnings, source);
            });
        }
        catch (Exception e)
        {
            var error = Error.Of(e, stage, source);
            Write(answer, id.Span, error.Write);
        }
    }

    /// <summary>Writes the answer to a line beyond the limit.</summary>
    public static void AnswerTooLong(int limit, ArrayBufferWriter<byte> answer) =>
        Write(answer, NoId, new Error(Stage.Request, RequestException.BadRequest, $"expected a line of at most {limit} bytes, found a longer one").Write);

    private static JsonDocument Parse(ReadOnlyMemory<byte> line)
    {
        if (!Utf8.IsValid(line.Span))
        {
            throw new RequestException(RequestException.BadRequest, "expected UTF-8, found other bytes");
        }

        try
        {
            return JsonDocument.Parse(line, new JsonDocumentOptions { MaxDepth = ValueJson.MaxDepth });
        }
        catch (JsonException e)
        {
            throw new RequestException(RequestException.BadRequest, $"expected one JSON object, found text that is none: {e.Message}");
        }
    }

    /// <summary>The id as written.</summary>
    private static byte[] Id(JsonElement request) =>
        request.ValueKind == JsonValueKind.Object && Request.Member(request, "id") is { } id ? JsonMarshal.GetRawUtf8Value(id).ToArray() : NoId.ToArray();

    private static void WriteWarnings(Utf8JsonWriter json, Seq<Diagnostic> warnings, SourceText source)
    {
        if (warnings.Count == 0)
        {
            return;
        }

        json.WriteStartArray("warnings");
        foreach (var warning in warnings)
        {
            var (line, column) = source.Locate(warning.Span.Start);
            json.WriteStringValue(Encoding.UTF8.GetBytes($"{line}:{column}: {warning.Message}"));
        }

        json.WriteEndArray();
    }

    private static void Write(ArrayBufferWriter<byte> answer, ReadOnlySpan<byte> id, Action<Utf8JsonWriter> members)
    {
        answer.ResetWrittenCount();
        using var json = new Utf8JsonWriter(answer, JsonText.Options);
        json.WriteStartObject();
        json.WritePropertyName("id");
        json.WriteRawValue(id, skipInputValidation: true);
        members(json);
        json.WriteEndObject();
        json.Flush();
    }
}
