using System.Text;
using System.Text.Json;
using Weld.Core.Diagnostics;
using Weld.Managed;

namespace Weld.Cli.Eval;

/// <summary>Where a request failed.</summary>
internal enum Stage
{
    /// <summary>The line, its arguments or its configuration.</summary>
    Request,

    /// <summary>The program's text.</summary>
    Compile,

    /// <summary>The run, or showing its result.</summary>
    Run,
}

/// <summary>The error of an answer.</summary>
/// <param name="Stage">Where the request failed.</param>
/// <param name="Code">Why.</param>
/// <param name="Message">What was expected and what was found.</param>
/// <param name="Place">The 1-based line and column in the program, where known.</param>
internal sealed record Error(Stage Stage, string Code, string Message, (int Line, int Column)? Place = null)
{
    private const string ConfigurationError = nameof(ConfigurationError);

    /// <summary>The error that an exception stands for. What is no error of the request, the program or its run is a defect of Weld.</summary>
    /// <param name="exception">What was thrown.</param>
    /// <param name="stage">Where.</param>
    /// <param name="source">The program's text, if the line has one.</param>
    public static Error Of(Exception exception, Stage stage, SourceText? source) => exception switch
    {
        RequestException e => new(Stage.Request, e.Code, e.Message),
        WeldConfigurationException e => new(Stage.Request, ConfigurationError, e.Message),
        WeldCompileException { Diagnostics: [var first, ..] } => new(Stage.Compile, first.Code.ToString(), first.Message, source?.Locate(first.Span.Start)),
        WeldRuntimeException e => new(Stage.Run, e.Code.ToString(), e.Detail, e.Span.IsNone ? null : source?.Locate(e.Span.Start)),
        OutOfMemoryException or InsufficientExecutionStackException => stage switch
        {
            Stage.Request => new(stage, RequestException.BadRequest, "expected a request that fits in memory, found a larger one"),
            Stage.Compile => new(stage, nameof(CompileCode.Limit), "expected a program that fits in memory, found a larger one"),
            _ => new(stage, nameof(RuntimeCode.OutOfMemory), "expected a result that fits in memory, found a larger one"),
        },
        WeldInternalException e => new(stage, nameof(CompileCode.Internal), e.Message),
        var e => new(stage, nameof(CompileCode.Internal), new WeldInternalException("eval", $"{e.GetType().Name}: {e.Message}", e).Message),
    };

    /// <summary>Writes <c>"error": {"stage", "code", "message", "line", "column"}</c>.</summary>
    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject("error");
        json.WriteString("stage", Stage.ToString().ToLowerInvariant());
        json.WriteString("code", Code);
        json.WriteString("message", Encoding.UTF8.GetBytes(Message));
        if (Place is var (line, column))
        {
            json.WriteNumber("line", line);
            json.WriteNumber("column", column);
        }

        json.WriteEndObject();
    }
}
