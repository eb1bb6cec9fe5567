using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Weld.Core.IR;
using Weld.Managed;
using Weld.Managed.Runtime;
using Weld.Tests.Repository;

namespace Weld.Tests.Examples;

/// <summary>What becomes of an example program: how many loops it had, has, and would have by hand; the plan of each; its optimised form.</summary>
internal sealed partial class ExamplePlan
{
    public ExamplePlan(string path)
    {
        var text = Checkout.Read(path);
        var module = WeldModule.Compile(text, new CompileOptions { Backend = Backend.Compiled, VectorWidth = 256 });
        var compiled = ((CompiledEngine)module.Engine).Program;
        Name = Path.GetFileNameWithoutExtension(path);
        Before = Loops(compiled.Optimization!.Before);
        After = Loops(compiled.Optimization.Program);
        if (Comment().Match(text) is { Success: true } comment)
        {
            ByHand = int.Parse(comment.Groups[1].Value, CultureInfo.InvariantCulture);
            WhichByHand = comment.Groups[2].Value.Replace("\n#", "", StringComparison.Ordinal);
        }

        var plan = new StringBuilder();
        for (var i = 0; i < compiled.Loops.Count; i++)
        {
            plan.Append(CultureInfo.InvariantCulture, $"# loop {i}{(compiled.Loops[i].Parent is { } parent ? $", in loop {parent}" : "")}: {compiled.Loops[i]}\n");
        }

        Text = $"# loops: {Before} as written, {After} as run{(ByHand is { } loops ? $", {loops} by hand" : "")}\n{plan}{Printer.PrintProgram(compiled.Optimization.Program)}\n";
    }

    /// <summary>The program's name.</summary>
    public string Name { get; }

    /// <summary>The loops of the program as written, its macros expanded.</summary>
    public int Before { get; }

    /// <summary>The loops that run.</summary>
    public int After { get; }

    /// <summary>The loops that a person would write, as the program's first lines say; null if they say nothing.</summary>
    public int? ByHand { get; }

    /// <summary>Which these are.</summary>
    public string? WhichByHand { get; }

    /// <summary>The approved text.</summary>
    public string Text { get; }

    private static int Loops(Expr expr) => (expr is For ? 1 : 0) + expr.Children.Sum(c => StackGuard.Run(Loops, c));

    [GeneratedRegex(@"^# By hand, (\d+) loops?: ((?:.+\n)+?)(?=#\n)", RegexOptions.Multiline)]
    private static partial Regex Comment();
}
