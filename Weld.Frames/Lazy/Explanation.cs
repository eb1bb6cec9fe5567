using System.Text;
using Weld.Core;
using Weld.Core.IR;
using Weld.Core.Optimizer;
using Weld.Managed.Emit;

namespace Weld.Frames;

/// <summary>Says in text what computing some values means.</summary>
internal static class Explanation
{
    /// <summary>The program as the graph gives it, the passes that change it, what they make of it, and how each loop of that runs.</summary>
    public static string Of(ReadOnlySpan<LazyValue> values, CollectOptions options)
    {
        var program = LazyProgram.Of(values);
        var before = FrontEnd.Check(program.ToFunction(), options.Compile.Functions).Program;
        var optimization = ProgramOptimizer.Optimize(before, options.Compile.Passes is { } names ? Pipeline.Of(names) : null);
        var passes = optimization.Runs.Where(r => r.Changed).Select(r => r.Pass.Name).Distinct().ToArray();
        var text = new StringBuilder($"{Printer.PrintProgram(before)}\n\n");
        text.Append(passes.Length == 0 ? "# no pass changes it\n" : $"# after {string.Join(", ", passes)}:\n{Printer.PrintProgram(optimization.Program)}\n\n");

        // Nothing is from the cache, where a program may have the names of another graph.
        var loops = ProgramCompiler.Compile(optimization.Program, options.Compile.ExpressionCompiler, [.. options.Compile.Functions.All.Select(f => f.Name)]).Loops;
        for (var i = 0; i < loops.Count; i++)
        {
            var step = program.StepAt(loops[i].Span);
            text.Append($"# loop {i}{(loops[i].Parent is { } parent ? $", in loop {parent}" : "")}{(step is null ? "" : $", {step}")}: {loops[i]}\n");
        }

        return text.ToString();
    }
}
