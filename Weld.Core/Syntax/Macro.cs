using Weld.Core.Diagnostics;
using Weld.Core.IR;

namespace Weld.Core.Syntax;

/// <summary>A macro: its parameters are symbols that its body mentions freely, so that no name can be captured.</summary>
internal sealed class Macro(string name, int at, bool isStandard)
{
    /// <summary>The deepest nesting of macros in the bodies of macros.</summary>
    public const int MostDepth = 30;

    public string Name { get; } = name;

    /// <summary>The index of the token <c>macro</c>.</summary>
    public int At { get; } = at;

    public bool IsStandard { get; } = isStandard;

    /// <summary>The index of the token after the body.</summary>
    public int End { get; set; }

    public MacroState State { get; set; }

    public Seq<Symbol> Parameters { get; set; }

    public Expr Body { get; set; } = new Hole();

    /// <summary>1, or one more than the deepest macro in the body.</summary>
    public int Depth { get; set; } = 1;

    /// <summary>The parameters that the body evaluates exactly once wherever it is used: those mentioned once, and that outside functions and lazy branches.</summary>
    public HashSet<Symbol> Once { get; } = [];
}

internal enum MacroState
{
    Found,
    BeingParsed,
    Parsed,
}

/// <summary>Finds the parameters of a macro that may be replaced by an argument without evaluating it more or less often than once.</summary>
internal sealed class MacroUses(Macro macro)
{
    private readonly HashSet<Symbol> _unsafe = [];
    private int _lazy;

    public static void Find(Macro macro)
    {
        var uses = new MacroUses(macro);
        uses.Visit(macro.Body);
        macro.Once.ExceptWith(uses._unsafe);
    }

    private void Visit(Expr expr) => StackGuard.Run(static a => a.Uses.Step(a.Expr), (Uses: this, Expr: expr));

    private bool Step(Expr expr)
    {
        switch (expr)
        {
            case Ident i:
                if (_lazy > 0 || !macro.Once.Add(i.Symbol))
                {
                    _unsafe.Add(i.Symbol);
                }

                break;
            case If f:
                Visit(f.Condition);
                Lazily(f.Then);
                Lazily(f.Else);
                break;
            case Logical l:
                Visit(l.Left);
                Lazily(l.Right);
                break;
            case Lambda f:
                Lazily(f.Body);
                break;
            default:
                foreach (var child in expr.Children)
                {
                    Visit(child);
                }

                break;
        }

        return true;
    }

    private void Lazily(Expr expr)
    {
        _lazy++;
        Visit(expr);
        _lazy--;
    }
}
