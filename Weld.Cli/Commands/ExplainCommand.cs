using System.CommandLine;
using System.Text.Json;
using Weld.Cli.Output;
using Weld.Core.Diagnostics;
using Weld.Core.IR;
using Weld.Managed;
using Weld.Managed.Emit;
using Weld.Managed.Planning;
using Weld.Managed.Runtime;

namespace Weld.Cli.Commands;

/// <summary><c>weld explain FILE</c>: what a program becomes. There is no optimizer yet, so no pass is listed and the program runs as it is written.</summary>
internal static class ExplainCommand
{
    public static Command Create(Terminal terminal)
    {
        var file = ProgramFile.Argument();
        var asJson = new Option<bool>("--json") { Description = "Writes one JSON document." };
        var withCode = new Option<bool>("--code") { Description = "Adds the C# that the emitted code amounts to." };
        var command = new Command("explain", "Shows a program before and after optimisation, each pass, and each loop's plan.") { file, asJson, withCode };
        command.SetAction(line =>
        {
            var source = ProgramFile.Read(line.GetRequiredValue(file), terminal);
            var module = WeldModule.Compile(source, new CompileOptions { Backend = Backend.Compiled });
            DiagnosticWriter.WriteWarnings(terminal, module.Warnings, source);
            var explained = new Explained(
                Printer.PrintProgram(module.Program),
                [.. ((CompiledEngine)module.Engine).Program.Loops.Select(l => l with { Span = module.Translate(l.Span) })],
                line.GetValue(withCode) ? ProgramCompiler.Code(module.Program) : null);
            if (line.GetValue(asJson))
            {
                WriteJson(terminal, explained, source);
            }
            else
            {
                WriteText(terminal.Output, explained, source);
            }

            return WeldCommand.Done;
        });
        return command;
    }

    private static void WriteText(TextWriter output, Explained explained, SourceText source)
    {
        output.WriteLine(explained.Text);
        output.WriteLine("\n# no pass of an optimizer: the program runs as it is written");
        for (var i = 0; i < explained.Loops.Count; i++)
        {
            var plan = explained.Loops[i];
            output.WriteLine($"# loop {i} at {Place(source, plan.Span)}{(plan.Parent is { } parent ? $", in loop {parent}" : "")}: {plan}");
        }

        if (explained.Code is not null)
        {
            output.Write($"\n{explained.Code}");
        }
    }

    private static void WriteJson(Terminal terminal, Explained explained, SourceText source)
    {
        using var json = new Utf8JsonWriter(terminal.OutputBytes, JsonText.Options);
        json.WriteStartObject();
        json.WriteString("before", explained.Text);
        json.WriteString("after", explained.Text);
        json.WriteStartArray("passes");
        json.WriteEndArray();
        json.WriteStartArray("loops");
        foreach (var plan in explained.Loops)
        {
            json.WriteStartObject();
            json.WriteString("span", Place(source, plan.Span));
            WriteStrings(json, "reads", plan.Reads);
            WriteStrings(json, "builders", plan.Builders.Select(b => b.ToString()));
            json.WritePropertyName("parent");
            json.WriteRawValue(plan.Parent?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "null");
            json.WriteBoolean("vector", false);
            json.WriteNumber("lanes", 1);
            json.WriteBoolean("parallel", false);
            json.WriteString("why_not", LoopPlan.ScalarBackend);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        if (explained.Code is not null)
        {
            json.WriteString("code", explained.Code);
        }

        json.WriteEndObject();
        json.Flush();
        terminal.OutputBytes.WriteByte((byte)'\n');
    }

    private static void WriteStrings(Utf8JsonWriter json, string name, IEnumerable<string> values)
    {
        json.WriteStartArray(name);
        foreach (var value in values)
        {
            json.WriteStringValue(value);
        }

        json.WriteEndArray();
    }

    /// <summary>The 1-based line and column; null where the place is unknown.</summary>
    private static string? Place(SourceText source, SourceSpan span) => span.IsNone ? null : source.Locate(span.Start) is var (line, column) ? $"{line}:{column}" : null;

    /// <summary>What a program became.</summary>
    /// <param name="Text">The program.</param>
    /// <param name="Loops">Each loop's plan, in order of execution.</param>
    /// <param name="Code">The C# of the emitted code, if asked for.</param>
    private sealed record Explained(string Text, IReadOnlyList<LoopPlan> Loops, string? Code);
}
