using System.Text.Encodings.Web;
using System.Text.Json;

namespace Weld.Cli.Output;

/// <summary>How the command writes JSON: on one line, text as it is wherever JSON allows.</summary>
internal static class JsonText
{
    /// <summary>For every writer of the command.</summary>
    public static JsonWriterOptions Options { get; } = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, MaxDepth = 1_000_000 };
}
