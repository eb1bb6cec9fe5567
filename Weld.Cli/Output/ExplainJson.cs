using System.Text.Json;
using Weld.Cli.Commands;
using Weld.Core.IR;
using Weld.Core.Optimizer;
using Weld.Managed.Planning;

namespace Weld.Cli.Output;

/// <summary>The JSON of <c>weld explain</c> (docs/cli.md).</summary>
internal static class ExplainJson
{
    public static void Write(Terminal terminal, Explained explained)
    {
        using var json = new Utf8JsonWriter(terminal.OutputBytes, JsonText.Options);
        json.WriteStartObject();
        json.WriteString("before", Printer.PrintProgram(explained.Before));
        json.WriteString("after", Printer.PrintProgram(explained.After));
        json.WriteStartArray("passes");
        foreach (var run in explained.Passes)
        {
            WritePass(json, run, explained.WithPasses);
        }

        json.WriteEndArray();
        json.WriteNumber("loops_before", LoopPlan.Count(explained.Before));
        json.WriteStartArray("loops");
        foreach (var plan in explained.Loops)
        {
            WriteLoop(json, plan, explained.Place(plan.Span));
        }

        json.WriteEndArray();
        if (explained.Code is not null)
        {
            json.WriteString("code", explained.Code);
        }

        if (explained.MachineCode is not null)
        {
            json.WriteString("asm", explained.MachineCode);
        }

        json.WriteEndObject();
        json.Flush();
        terminal.OutputBytes.WriteByte((byte)'\n');
    }

    private static void WritePass(Utf8JsonWriter json, PassRun run, bool withProgram)
    {
        json.WriteStartObject();
        json.WriteString("name", run.Pass.Name);
        json.WriteBoolean("changed", run.Changed);
        json.WriteNumber("rounds", run.Rounds);
        json.WriteNumber("ms", Math.Round(run.Time.TotalMilliseconds, 4));
        if (withProgram && run.Changed)
        {
            json.WriteString("program", Printer.PrintProgram(run.Program));
        }

        json.WriteEndObject();
    }

    private static void WriteLoop(Utf8JsonWriter json, LoopPlan plan, string? place)
    {
        json.WriteStartObject();
        json.WriteString("span", place);
        WriteStrings(json, "reads", plan.Reads);
        WriteStrings(json, "builders", plan.Builders.Select(b => b.ToString()));
        WriteStrings(json, "grows", plan.Grows.Select(t => t.ToString()));
        WriteStrings(json, "allocates", plan.Allocates.Select(t => t.ToString()));
        if (plan.Parent is { } parent)
        {
            json.WriteNumber("parent", parent);
        }
        else
        {
            json.WriteNull("parent");
        }

        json.WriteBoolean("vector", plan.Vector is not null);
        json.WriteNumber("lanes", plan.Vector?.Lanes ?? 1);
        json.WriteBoolean("parallel", plan.WhySerial is null);
        json.WriteNumber("grain", plan.Shape.Grain);
        json.WriteString("why_serial", plan.WhySerial?.Name());
        json.WriteString("why_not", plan.Reason);
        json.WriteEndObject();
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
}
