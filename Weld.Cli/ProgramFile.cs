using System.CommandLine;
using System.Text;
using Weld.Core;
using Weld.Core.Diagnostics;
using Weld.Core.IR;

namespace Weld.Cli;

/// <summary>The FILE of a command line: a program's text and what its comments say.</summary>
internal static class ProgramFile
{
    public const string StandardInput = "-";
    private const string ColumnsComment = "columns:";
    private const int MostText = 16 << 20;

    /// <summary>The argument FILE.</summary>
    public static Argument<string> Argument() => new("FILE") { Description = "The program; - reads standard input." };

    /// <summary>Reads a program's text. Of a text beyond the language's limit only so much is read as shows that.</summary>
    /// <exception cref="CommandLineException">There is no such file.</exception>
    public static SourceText Read(string path, Terminal terminal)
    {
        try
        {
            using var stream = path == StandardInput ? terminal.Input : new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
            using var reader = new StreamReader(stream, new UTF8Encoding(false));
            var text = new StringBuilder();
            var buffer = new char[1 << 16];
            for (int read; text.Length <= MostText && (read = reader.Read(buffer)) > 0;)
            {
                text.Append(buffer, 0, read);
            }

            return new SourceText(text.ToString(), path == StandardInput ? "(standard input)" : path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new CommandLineException($"{path}: cannot be read: {e.Message}");
        }
    }

    /// <summary>Reads and checks a program; its warnings go to standard error.</summary>
    /// <exception cref="CommandLineException">There is no such file.</exception>
    /// <exception cref="WeldCompileException">It does not compile.</exception>
    public static CheckedProgram Check(string path, Terminal terminal)
    {
        var program = FrontEnd.Check(Read(path, terminal));
        DiagnosticWriter.WriteWarnings(terminal, program.Warnings, program.Source);
        return program;
    }

    /// <summary>The names that the comment line <c># columns: a, b</c> before the program gives to the fields of its result.</summary>
    public static Seq<string> Columns(SourceText source)
    {
        foreach (var line in source.Text.Split('\n').Select(l => l.Trim()).TakeWhile(l => l.Length == 0 || l[0] == '#'))
        {
            if (line.TrimStart('#', ' ') is var comment && comment.StartsWith(ColumnsComment, StringComparison.Ordinal))
            {
                return Names(comment[ColumnsComment.Length..]);
            }
        }

        return [];
    }

    /// <summary>The names of a list with commas.</summary>
    public static Seq<string> Names(string list) => list.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).ToSeq();
}
