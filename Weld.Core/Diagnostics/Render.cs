using System.Text;
using Weld.Core.IR;

namespace Weld.Core.Diagnostics;

/// <summary>Shows diagnostics with their source line and a caret.</summary>
public static class Render
{
    private const int MaxLine = 160;

    /// <summary>All diagnostics, a blank line between two.</summary>
    /// <param name="diagnostics">The diagnostics.</param>
    /// <param name="source">The text they speak of, or null.</param>
    public static string All(Seq<Diagnostic> diagnostics, SourceText? source) =>
        string.Join("\n\n", diagnostics.Select(d => One(d, source)));

    /// <summary>One diagnostic: <c>name:line:column: Code: message</c>, the line, and a caret under the place.</summary>
    /// <param name="diagnostic">The diagnostic.</param>
    /// <param name="source">The text it speaks of, or null.</param>
    public static string One(Diagnostic diagnostic, SourceText? source)
    {
        if (source is null || diagnostic.Span.IsNone)
        {
            return $"{diagnostic.Code}: {diagnostic.Message}";
        }

        var (line, column) = source.Locate(diagnostic.Span.Start);
        var text = new StringBuilder();
        text.Append(source.Name is null ? "" : $"{source.Name}:").Append($"{line}:{column}: {diagnostic.Code}: {diagnostic.Message}");
        Excerpt(text, source, diagnostic.Span);
        if (!diagnostic.Related.IsNone)
        {
            var (otherLine, otherColumn) = source.Locate(diagnostic.Related.Start);
            text.Append($"\n{otherLine}:{otherColumn}: the other place");
            Excerpt(text, source, diagnostic.Related);
        }

        return text.ToString();
    }

    /// <summary>Why a run failed: <c>name:line:column: Code: message</c>, the line, and a caret under the failing operation where it is known.</summary>
    /// <param name="failure">The failure.</param>
    /// <param name="source">The program's text, or null.</param>
    public static string Failure(WeldRuntimeException failure, SourceText? source)
    {
        ArgumentNullException.ThrowIfNull(failure);
        if (source is null || failure.Span.IsNone)
        {
            return failure.Message;
        }

        var (line, column) = source.Locate(failure.Span.Start);
        var text = new StringBuilder(source.Name is null ? "" : $"{source.Name}:").Append($"{line}:{column}: {failure.Message}");
        Excerpt(text, source, failure.Span);
        return text.ToString();
    }

    private static void Excerpt(StringBuilder text, SourceText source, SourceSpan span)
    {
        var (line, column) = source.Locate(span.Start);
        var full = source.Line(line);
        var from = Math.Min(Math.Max(0, column - 1 - (MaxLine / 2)), full.Length);
        var shown = full[from..Math.Min(full.Length, from + MaxLine)].ToString().Replace('\t', ' ');
        var caret = column - 1 - from;
        var width = Math.Max(1, Math.Min(span.Length, shown.Length - caret));
        text.Append("\n  ").Append(shown).Append("\n  ").Append(' ', Math.Max(0, caret)).Append('^', width);
    }
}
