using System.CommandLine;
using System.Globalization;
using Weld.Cli.Output;
using Weld.Core.Diagnostics;
using Weld.Core.IR;
using Weld.Core.Optimizer;
using Weld.Managed;
using Weld.Managed.Emit;
using Weld.Managed.Planning;
using Weld.Managed.Runtime;

namespace Weld.Cli.Commands;

/// <summary><c>weld explain FILE</c>: what a program becomes.</summary>
internal static class ExplainCommand
{
    public static Command Create(Terminal terminal)
    {
        var file = ProgramFile.Argument();
        var asJson = new Option<bool>("--json") { Description = "Writes one JSON document." };
        var withPasses = new Option<bool>("--passes") { Description = "Adds the program after each pass that changed it." };
        var withCode = new Option<bool>("--code") { Description = "Adds the C# that the emitted code amounts to." };
        var withMachineCode = new Option<bool>("--asm") { Description = "Adds the machine code of each function, where the runtime gives it." };
        var configuration = new Option<string[]>("--conf") { Description = "A configuration key, such as weld.optimization.passes.", HelpName = "KEY=VALUE", DefaultValueFactory = _ => [] };
        var command = new Command("explain", "Shows a program before and after optimisation, each pass, and each loop's plan.") { file, asJson, withPasses, withCode, withMachineCode, configuration };
        command.SetAction(line =>
        {
            var settings = line.GetRequiredValue(configuration);
            var options = WeldConfiguration.Parse(Settings.Of(settings, null)).Compile;
            var source = ProgramFile.Read(line.GetRequiredValue(file), terminal);
            var module = WeldModule.Compile(source, options with { Backend = Backend.Compiled });
            DiagnosticWriter.WriteWarnings(terminal, module.Warnings, source);
            var compiled = ((CompiledEngine)module.Engine).Program;
            var explained = new Explained(
                module.Program,
                compiled.Program,
                compiled.Optimization!.Runs,
                line.GetValue(withPasses),
                [.. compiled.Loops.Select(l => l with { Span = module.Translate(l.Span) })],
                line.GetValue(withCode) ? ProgramCompiler.Code(compiled.Program, vectorBits: options.VectorWidth) : null,
                line.GetValue(withMachineCode) ? MachineCode.Of(source, settings) : null,
                span => Place(source, span));
            if (line.GetValue(asJson))
            {
                ExplainJson.Write(terminal, explained);
            }
            else
            {
                WriteText(terminal.Output, explained);
            }

            return WeldCommand.Done;
        });
        return command;
    }

    private static void WriteText(TextWriter output, Explained explained)
    {
        output.WriteLine($"# before\n{Printer.PrintProgram(explained.Before)}\n");
        output.WriteLine($"# after\n{Printer.PrintProgram(explained.After)}\n");
        foreach (var run in explained.Passes)
        {
            var rounds = run.Changed ? $"changed in {run.Rounds} round{(run.Rounds == 1 ? "" : "s")}" : "unchanged";
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"# pass {run.Pass.Name}: {rounds}, {run.Time.TotalMilliseconds:0.000} ms"));
            if (run.Changed && explained.WithPasses)
            {
                output.WriteLine($"{Printer.PrintProgram(run.Program)}\n");
            }
        }

        output.WriteLine($"# loops: {LoopPlan.Count(explained.Before)} before, {explained.Loops.Count} after");
        for (var i = 0; i < explained.Loops.Count; i++)
        {
            var plan = explained.Loops[i];
            output.WriteLine($"# loop {i} at {explained.Place(plan.Span) ?? "no place"}{(plan.Parent is { } parent ? $", in loop {parent}" : "")}: {plan}");
        }

        if (explained.Code is not null)
        {
            output.Write($"\n{explained.Code}");
        }

        if (explained.MachineCode is not null)
        {
            output.Write($"\n{explained.MachineCode}");
        }
    }

    /// <summary>The 1-based line and column; null where the place is unknown.</summary>
    private static string? Place(SourceText source, SourceSpan span) => span.IsNone ? null : source.Locate(span.Start) is var (line, column) ? $"{line}:{column}" : null;
}

/// <summary>What a program became.</summary>
/// <param name="Before">The program as the front end gave it.</param>
/// <param name="After">The program that was compiled.</param>
/// <param name="Passes">What each pass did, in order.</param>
/// <param name="WithPasses">Whether the program after each pass is asked for.</param>
/// <param name="Loops">Each loop's plan, in order of execution.</param>
/// <param name="Code">The C# of the emitted code, if asked for.</param>
/// <param name="MachineCode">The machine code of its functions, if asked for.</param>
/// <param name="Place">The line and column of a place.</param>
internal sealed record Explained(
    Lambda Before, Lambda After, Seq<PassRun> Passes, bool WithPasses, IReadOnlyList<LoopPlan> Loops, string? Code, string? MachineCode, Func<SourceSpan, string?> Place);
