using Weld.Core.IR;

namespace Weld.Core.Optimizer.Fusion;

/// <summary>Puts the values of a stage in the place of what a loop's function calls its elements.</summary>
/// <param name="element">The function's element; a struct where the loop visits several sources.</param>
/// <param name="values">The value for each source.</param>
internal sealed class ElementNames(Symbol element, Expr[] values)
{
    private readonly Dictionary<Symbol, Expr> _values = new(ReferenceEqualityComparer.Instance);
    private Func<Expr, Expr>? _in;

    /// <summary>What stands for a variable of the function.</summary>
    public Expr this[Symbol symbol]
    {
        set => _values[symbol] = value;
    }

    /// <summary>The tree over the stage's values.</summary>
    public Expr In(Expr expr) => (_in ??= StackGuard.Guarded<Expr>(Step))(expr);

    private Expr Step(Expr expr) => expr switch
    {
        Field { Operand: Ident i } f when i.Symbol == element && values.Length > 1 => values[f.Index],
        Ident i when i.Symbol == element => values.Length == 1 ? values[0] : new StructLiteral([.. values]) { Span = expr.Span },
        Ident i => _values.GetValueOrDefault(i.Symbol, expr),
        _ => expr.Map(_in!),
    };
}
