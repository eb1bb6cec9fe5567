using Weld.Core.Diagnostics;
using Weld.Core.IR;
using Weld.Core.Types;

namespace Weld.Cli.Output;

/// <summary>One loop of a program, as <c>explain</c> shows it.</summary>
/// <param name="Span">Its place.</param>
/// <param name="Reads">The names of what it visits; <c>range</c> for numbers, <c>…</c> for a value without a name.</param>
/// <param name="Builders">The builders it merges into.</param>
/// <param name="Parent">The number of the loop around it, or null.</param>
internal sealed record LoopReport(SourceSpan Span, Seq<string> Reads, Seq<string> Builders, int? Parent)
{
    /// <summary>Why no loop is vectorised or parallel: code is emitted element by element, on one thread.</summary>
    public const string WhyNot = "scalar backend";

    /// <summary>The loops of a program in order of execution.</summary>
    public static Seq<LoopReport> Of(Expr program)
    {
        var loops = new List<LoopReport>();
        var work = new Stack<(Expr Node, int? Parent, bool IsEntered)>();
        work.Push((program, null, false));
        while (work.TryPop(out var item))
        {
            var children = item.Node.Children;
            var parent = item.Parent;
            if (item.Node is For loop)
            {
                if (!item.IsEntered)
                {
                    work.Push((loop, parent, true));
                    Push(children.SkipLast(1), parent);
                    continue;
                }

                loops.Add(new LoopReport(loop.Span, loop.Iters.Select(Name).ToSeq(), BuildersOf(loop.Builder.Type).ToSeq(), parent));
                Push([loop.Function], loops.Count - 1);
                continue;
            }

            Push(children, parent);
        }

        return loops.ToSeq();

        void Push(IEnumerable<Expr> nodes, int? parent)
        {
            foreach (var node in nodes.Reverse())
            {
                work.Push((node, parent, false));
            }
        }
    }

    private static string Name(Iter iter) => iter.Kind == IterKind.Range ? "range" : iter.Data is Ident ident ? ident.Symbol.Name : "…";

    private static IEnumerable<string> BuildersOf(WeldType type) => type is BuilderType ? [type.ToString()] : type.Parts.SelectMany(BuildersOf);
}
