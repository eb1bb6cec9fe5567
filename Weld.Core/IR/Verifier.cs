using System.Runtime.InteropServices;
using Weld.Core.Diagnostics;
using Weld.Core.Syntax;
using Weld.Core.Types;

namespace Weld.Core.IR;

/// <summary>A place where a program breaks an invariant of <see cref="Verifier"/>.</summary>
/// <param name="Invariant">Its number in the list.</param>
/// <param name="Node">The node at fault.</param>
/// <param name="Message">What was expected and what was found.</param>
public sealed record Violation(int Invariant, Expr Node, string Message)
{
    /// <inheritdoc/>
    public override string ToString() => $"invariant {Invariant}: {Message} in {Node}";
}

/// <summary>
/// Checks what holds for every program between front end and backend:
/// <list type="number">
/// <item>The type of every node follows from its children: <see cref="Expr.Type"/> gives one.</item>
/// <item>Every variable is bound in one place.</item>
/// <item>Every variable that is used is in scope: the program is closed.</item>
/// <item>A lambda is the whole program, or the function of a for, sort, iterate or apply; it stands nowhere else.</item>
/// <item>Nothing is left to infer, and no node of the parser is left.</item>
/// <item>Types are well formed: keys are hashable, reductions are defined, no builder is inside a vector, dictionary or builder, no simd inside a type
/// (but the struct that zipped simditers give), and none weighs more than 10,000 nodes.</item>
/// <item>A for has at least one iterator, all of one zip scalar, all simd, or all fringe; each has the operands of its kind.</item>
/// <item>Parameters and result of the program hold no function and no simd.</item>
/// <item>Builders are linear, and simd loops keep to their rules (<see cref="Linearity"/>).</item>
/// </list>
/// </summary>
public static class Verifier
{
    /// <summary>The invariants that a program violates; none if it is sound.</summary>
    /// <param name="program">A program after the front end.</param>
    public static Seq<Violation> Verify(Lambda program)
    {
        ArgumentNullException.ThrowIfNull(program);
        var walk = new VerifierWalk();
        walk.Program(program);
        if (walk.Violations.Count == 0)
        {
            var diagnostics = new DiagnosticBag();
            Linearity.Check(program, diagnostics);
            foreach (var d in diagnostics.All)
            {
                walk.Violations.Add(new Violation(9, program, d.Message));
            }
        }

        return walk.Violations.ToSeq();
    }
}

internal sealed class VerifierWalk
{
    /// <summary>The variables that are bound so far, and whether each is in scope.</summary>
    private readonly Dictionary<Symbol, bool> _bound = new(ReferenceEqualityComparer.Instance);
    private readonly HashSet<WeldType> _sound = new(ReferenceEqualityComparer.Instance);
    private readonly WellFormed _wellFormed = new();
    private readonly Func<Expr, bool> _visit;

    public VerifierWalk()
    {
        Func<Expr, bool> step = Step;
        _visit = expr => StackGuard.Run(step, expr);
    }

    public List<Violation> Violations { get; } = [];

    public void Program(Lambda program)
    {
        Function(program);
        if (Violations.Count > 0)
        {
            return;
        }

        foreach (var p in program.Parameters.Span)
        {
            Boundary(p.Type, program);
        }

        Boundary(program.Body.Type, program);
    }

    private void Boundary(WeldType type, Lambda program)
    {
        if (type.ContainsSimd || type is FunctionType)
        {
            Add(8, program, $"expected no simd and no function in a program's parameters and result, found {type}");
        }
    }

    private void Function(Lambda f)
    {
        foreach (var p in f.Parameters.Span)
        {
            Bind(p, f);
        }

        _visit(f.Body);
        foreach (var p in f.Parameters.Span)
        {
            _bound[p] = false;
        }
    }

    private bool Step(Expr expr)
    {
        switch (expr)
        {
            case Literal:
                return true;
            case Ident i:
                if (!_bound.TryGetValue(i.Symbol, out var isInScope) || !isInScope)
                {
                    Add(3, i, $"expected a variable in scope, found '{i.Symbol.Name}'");
                }

                return true;
            case Binary b:
                _visit(b.Left);
                _visit(b.Right);
                break;
            case Let first:
                Expr body = first;
                for (; body is Let l; body = l.Body)
                {
                    _visit(l.Value);
                    Bind(l.Symbol, l);
                }

                _visit(body);
                for (body = first; body is Let l; body = l.Body)
                {
                    _bound[l.Symbol] = false;
                }

                break;
            case Lambda f:
                Add(4, f, "expected a value, found a function");
                return true;
            case Apply a:
                Each(a.Arguments);
                Function(a.Function);
                break;
            case Sort s:
                _visit(s.Vector);
                Function(s.Comparator);
                break;
            case Iterate i:
                _visit(i.Initial);
                Function(i.Function);
                break;
            case For f:
                Loop(f);
                break;
            case Hole or Ascription or Call or IteratorArgument:
                Add(5, expr, $"expected no {expr.GetType().Name} after the front end");
                return true;
            default:
                Each(expr.Children);
                break;
        }

        Typed(expr);
        return true;
    }

    private void Each(Seq<Expr> nodes)
    {
        foreach (var node in nodes.Span)
        {
            _visit(node);
        }
    }

    private void Loop(For f)
    {
        foreach (var i in f.Iters.Span)
        {
            Each(i.Operands);
            if (!i.IsWellFormed)
            {
                Add(7, f, $"expected the operands of an iterator of kind {i.Kind}, found others");
            }
        }

        if (f.Iters.Count == 0 || f.Iters.Any(i => i.Kind != f.Iters[0].Kind && (i.IsChunked || f.Iters[0].IsChunked)))
        {
            Add(7, f, "expected one iterator, or several of one kind");
        }

        _visit(f.Builder);
        Function(f.Function);
    }

    private void Typed(Expr expr)
    {
        // What stands below a violation is reported there.
        if (Violations.Count > 0)
        {
            return;
        }

        try
        {
            Sound(expr.Type, expr);
            if (expr is NewBuilder or StructLiteral && expr.Type.ContainsSimd)
            {
                Add(6, expr, $"expected no simd inside another type, found {expr.Type}");
            }
        }
        catch (IllTypedException e)
        {
            Add(1, e.Node, e.Message);
        }
    }

    private void Bind(Symbol symbol, Expr binder)
    {
        ref var isInScope = ref CollectionsMarshal.GetValueRefOrAddDefault(_bound, symbol, out var isBound);
        if (isBound)
        {
            Add(2, binder, $"expected '{symbol.Name}' to be bound once, found it bound again");
        }

        isInScope = true;
        Sound(symbol.Type, binder);
    }

    private void Sound(WeldType type, Expr at)
    {
        if (type is ScalarType || !_sound.Add(type))
        {
            return;
        }

        if (!type.IsClosed)
        {
            Add(5, at, $"expected a known type, found {type}");
        }
        else if (type.Weight > WeldType.MostWeight)
        {
            Add(6, at, $"expected a type of at most {WeldType.MostWeight:N0} nodes, found a heavier one");
        }
        else if (_wellFormed.Violation(type) is { } violation)
        {
            Add(6, at, violation);
        }
    }

    private void Add(int invariant, Expr node, string message) => Violations.Add(new Violation(invariant, node, message));
}
