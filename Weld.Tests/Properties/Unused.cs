using Weld.Core.IR;

namespace Weld.Tests.Properties;

/// <summary>A program without the values that nothing uses: their errors may vanish (language.md §4.14), those of the rest may not. Written plainly, on its own, because it judges the optimizer.</summary>
internal static class Unused
{
    public static Lambda Dropped(Lambda program)
    {
        while (true)
        {
            var used = new HashSet<Symbol>();
            Collect(program, used);
            var next = (Lambda)Drop(program, used);
            if (ReferenceEquals(next, program))
            {
                return program;
            }

            program = next;
        }
    }

    private static void Collect(Expr expr, HashSet<Symbol> used)
    {
        if (expr is Ident i)
        {
            used.Add(i.Symbol);
        }

        foreach (var child in expr.Children)
        {
            Collect(child, used);
        }
    }

    private static Expr Drop(Expr expr, HashSet<Symbol> used) => expr switch
    {
        Let let when !used.Contains(let.Symbol) && MayGo(let.Value) => Drop(let.Body, used),
        _ => expr.Map(e => Drop(e, used)),
    };

    private static bool MayGo(Expr value) => value is not (Assertion or ForeignCall { HasEffects: true }) && value.Children.All(MayGo);
}
