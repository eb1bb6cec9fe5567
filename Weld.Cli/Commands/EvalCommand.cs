using System.Buffers;
using System.CommandLine;
using Weld.Cli.Eval;

namespace Weld.Cli.Commands;

/// <summary><c>weld eval</c>: one request in JSON per line in, one answer per line out, in order (language.md §8.1).</summary>
internal static class EvalCommand
{
    /// <summary>The longest line in bytes. What a line holds takes some thirty times its length as values, so a longer one could exhaust the machine.</summary>
    public const int LongestLine = 64 << 20;

    private const int KeptAnswer = 1 << 20;

    public static Command Create(Terminal terminal)
    {
        var command = new Command("eval", "Answers requests: one JSON object per line in, one per line out.");
        command.SetAction(_ =>
        {
            Answer(terminal.Input, terminal.OutputBytes, LongestLine);
            return WeldCommand.Done;
        });
        return command;
    }

    /// <summary>Answers each line of a stream before it reads the next; blank lines are skipped.</summary>
    internal static void Answer(Stream input, Stream output, int longestLine)
    {
        var lines = new LineReader(input, longestLine);
        var answer = new ArrayBufferWriter<byte>();
        for (var isFirst = true; lines.Read(); isFirst = false)
        {
            var line = isFirst && lines.Line.Span.StartsWith("\uFEFF"u8) ? lines.Line[3..] : lines.Line;
            if (lines.IsTooLong)
            {
                Answerer.AnswerTooLong(longestLine, answer);
            }
            else if (line.Span.ContainsAnyExcept((byte)' ', (byte)'\t', (byte)'\r'))
            {
                Answerer.Answer(line, answer);
            }
            else
            {
                continue;
            }

            answer.Write("\n"u8);
            output.Write(answer.WrittenSpan);
            output.Flush();
            if (answer.Capacity > KeptAnswer)
            {
                answer = new ArrayBufferWriter<byte>();
            }
        }
    }
}
