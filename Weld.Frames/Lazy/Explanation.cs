using System.Text;
using Weld.Core.IR;
using Weld.Managed.Runtime;

namespace Weld.Frames;

/// <summary>Says in text what computing some values means.</summary>
internal static class Explanation
{
    /// <summary>The program as the graph gives it, and each loop that runs.</summary>
    public static string Of(ReadOnlySpan<LazyValue> values, CollectOptions options)
    {
        var program = LazyProgram.Of(values);
        var module = program.Compile(options.Compile);
        var text = new StringBuilder($"{Printer.PrintProgram(module.Program)}\n");
        if (module.Engine is not CompiledEngine { Program: var compiled })
        {
            return text.Append("\n# the interpreter runs it\n").ToString();
        }

        text.Append('\n');
        for (var i = 0; i < compiled.Loops.Count; i++)
        {
            var plan = compiled.Loops[i];
            var step = program.StepAt(module.Translate(plan.Span));
            text.Append($"# loop {i}{(plan.Parent is { } parent ? $", in loop {parent}" : "")}{(step is null ? "" : $", {step}")}: {plan}\n");
        }

        return text.ToString();
    }
}
