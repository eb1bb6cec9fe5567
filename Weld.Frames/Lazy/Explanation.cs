using System.Text;
using Weld.Core;
using Weld.Core.Diagnostics;
using Weld.Core.IR;
using Weld.Core.Optimizer;
using Weld.Managed.Emit;

namespace Weld.Frames;

/// <summary>Says in text what computing some values means.</summary>
internal static class Explanation
{
    /// <summary>A loop shows so many of its steps.</summary>
    private const int MostSteps = 30;

    /// <summary>The program as the graph gives it, the passes that change it, what they make of it, and of each loop of that how it runs and which steps it does.</summary>
    public static string Of(ReadOnlySpan<LazyValue> values, CollectOptions options)
    {
        var program = LazyProgram.Of(values);
        var before = FrontEnd.Check(program.ToFunction(), options.Compile.Functions).Program;
        var optimization = ProgramOptimizer.Optimize(before, options.Compile.Passes is { } names ? Pipeline.Of(names) : null);
        var passes = optimization.Runs.Where(r => r.Changed).Select(r => r.Pass.Name).Distinct().ToArray();
        var text = new StringBuilder($"{Printer.PrintProgram(before)}\n\n");
        text.Append(passes.Length == 0 ? "# no pass changes it\n" : $"# after {string.Join(", ", passes)}:\n{Printer.PrintProgram(optimization.Program)}\n\n");

        // Nothing is from the cache, where a program may have the names of another graph.
        var plans = ProgramCompiler.Compile(optimization.Program, options.Compile.ExpressionCompiler, [.. options.Compile.Functions.All.Select(f => f.Name)], options.Compile.VectorWidth).Loops;
        var loops = new LoopsByPlace(optimization.Program);
        for (var i = 0; i < plans.Count; i++)
        {
            text.Append($"# loop {i}{(plans[i].Parent is { } parent ? $", in loop {parent}" : "")}: {plans[i]}\n");
            var steps = loops.Take(plans[i].Span).Select(place => program.StepAt(place)).OfType<LazyValue>().ToArray();
            if (steps.Length > 0)
            {
                text.Append($"#   {string.Join(", ", steps.Take(MostSteps))}{(steps.Length > MostSteps ? $", and {steps.Length - MostSteps} more" : "")}\n");
            }
        }

        return text.ToString();
    }

    /// <summary>The loops of a program, whose places are the steps that they come from; so are those of what fusion brought into them.</summary>
    private sealed class LoopsByPlace
    {
        private readonly Dictionary<SourceSpan, Queue<For>> _loops = [];

        public LoopsByPlace(Expr program) => Visit(program, new HashSet<Expr>(ReferenceEqualityComparer.Instance), e =>
        {
            if (e is For loop)
            {
                if (!_loops.TryGetValue(loop.Span, out var at))
                {
                    _loops.Add(loop.Span, at = new Queue<For>());
                }

                at.Enqueue(loop);
            }
        });

        /// <summary>The places of everything in the next loop at a place, in order.</summary>
        public IEnumerable<SourceSpan> Take(SourceSpan place)
        {
            var places = new HashSet<SourceSpan>();
            if (_loops.TryGetValue(place, out var at) && at.TryDequeue(out var loop))
            {
                Visit(loop, new HashSet<Expr>(ReferenceEqualityComparer.Instance), e => places.Add(e.Span));
            }

            return places.OrderBy(p => p.Start);
        }

        private static bool Visit(Expr expr, HashSet<Expr> seen, Action<Expr> action) => StackGuard.Run(
            static a =>
            {
                if (a.Seen.Add(a.Expr))
                {
                    a.Action(a.Expr);
                    foreach (var child in a.Expr.Children.Span)
                    {
                        Visit(child, a.Seen, a.Action);
                    }
                }

                return true;
            },
            (Expr: expr, Seen: seen, Action: action));
    }
}
