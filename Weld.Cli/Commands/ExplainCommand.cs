using System.CommandLine;
using System.Text.Json;
using Weld.Cli.Output;
using Weld.Core;
using Weld.Core.Diagnostics;
using Weld.Core.IR;

namespace Weld.Cli.Commands;

/// <summary><c>weld explain FILE</c>: what a program becomes.</summary>
internal static class ExplainCommand
{
    public static Command Create(Terminal terminal)
    {
        var file = ProgramFile.Argument();
        var asJson = new Option<bool>("--json") { Description = "Writes one JSON document." };
        var command = new Command("explain", "Shows a program as it is checked and as it runs, and each of its loops.") { file, asJson };
        command.SetAction(line =>
        {
            var program = ProgramFile.Check(line.GetRequiredValue(file), terminal);
            if (line.GetValue(asJson))
            {
                WriteJson(terminal, program);
            }
            else
            {
                WriteText(terminal, program);
            }

            return WeldCommand.Done;
        });
        return command;
    }

    private static void WriteText(Terminal terminal, CheckedProgram program)
    {
        terminal.Output.WriteLine("# before and after optimisation, which has no pass yet");
        terminal.Output.WriteLine(Printer.PrintProgram(program.Program));
        var loops = LoopReport.Of(program.Program);
        for (var i = 0; i < loops.Count; i++)
        {
            var inside = loops[i].Parent is { } parent ? $" in loop {parent}" : "";
            terminal.Output.WriteLine(
                $"# loop {i}{inside}, {Place(program.Source!, loops[i].Span)}: reads {string.Join(", ", loops[i].Reads)}; builds {string.Join(", ", loops[i].Builders)}; scalar, one thread ({LoopReport.WhyNot})");
        }
    }

    private static void WriteJson(Terminal terminal, CheckedProgram program)
    {
        var text = Printer.PrintProgram(program.Program);
        using var json = new Utf8JsonWriter(terminal.OutputBytes, JsonText.Options);
        json.WriteStartObject();
        json.WriteString("before", text);
        json.WriteString("after", text);
        json.WriteStartArray("passes");
        json.WriteEndArray();
        json.WriteStartArray("loops");
        foreach (var loop in LoopReport.Of(program.Program))
        {
            json.WriteStartObject();
            json.WriteString("span", Place(program.Source!, loop.Span));
            Strings(json, "reads", loop.Reads);
            Strings(json, "builders", loop.Builders);
            if (loop.Parent is { } parent)
            {
                json.WriteNumber("parent", parent);
            }
            else
            {
                json.WriteNull("parent");
            }

            json.WriteBoolean("vector", false);
            json.WriteNumber("lanes", 1);
            json.WriteBoolean("parallel", false);
            json.WriteString("why_not", LoopReport.WhyNot);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.Flush();
        terminal.OutputBytes.WriteByte((byte)'\n');
    }

    private static void Strings(Utf8JsonWriter json, string name, Seq<string> values)
    {
        json.WriteStartArray(name);
        foreach (var value in values)
        {
            json.WriteStringValue(value);
        }

        json.WriteEndArray();
    }

    private static string? Place(SourceText source, SourceSpan span) => span.IsNone ? null : source.Locate(span.Start) is var (line, column) ? $"{line}:{column}" : null;
}
