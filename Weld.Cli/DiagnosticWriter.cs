using Weld.Core.Diagnostics;
using Weld.Core.IR;

namespace Weld.Cli;

/// <summary>Shows diagnostics with source line and caret, on a terminal in colour.</summary>
internal static class DiagnosticWriter
{
    private const string Bold = "\e[1m";
    private const string Red = "\e[1;31m";
    private const string Plain = "\e[0m";

    /// <summary>Writes diagnostics to standard error, a blank line between two.</summary>
    public static void Write(Terminal terminal, Seq<Diagnostic> diagnostics, SourceText? source)
    {
        for (var i = 0; i < diagnostics.Count; i++)
        {
            terminal.Error.Write(i == 0 ? "" : "\n");
            WriteOne(terminal, Render.One(diagnostics[i], source));
        }
    }

    /// <summary>Writes warnings to standard error.</summary>
    public static void WriteWarnings(Terminal terminal, Seq<Diagnostic> warnings, SourceText? source)
    {
        foreach (var warning in warnings)
        {
            WriteOne(terminal, $"warning: {Render.One(warning, source)}");
        }
    }

    /// <summary>Writes the failure of a run, with the failing operation's line where it is known.</summary>
    public static void Write(Terminal terminal, WeldRuntimeException failure, SourceText? source) => WriteOne(terminal, Render.Failure(failure, source));

    private static void WriteOne(Terminal terminal, string text)
    {
        if (!terminal.IsErrorColoured)
        {
            terminal.Error.WriteLine(text);
            return;
        }

        var lines = text.Split('\n');
        for (var i = 0; i < lines.Length; i++)
        {
            var isCaret = lines[i].AsSpan().Trim() is [_, ..] trimmed && !trimmed.ContainsAnyExcept('^');
            terminal.Error.WriteLine(i == 0 ? $"{Bold}{lines[i]}{Plain}" : isCaret ? $"{Red}{lines[i]}{Plain}" : lines[i]);
        }
    }
}
