using Weld.Core.Diagnostics;
using Weld.Core.IR;
using Weld.Core.Syntax;
using Weld.Core.Values;

namespace Weld.Core.Types;

/// <summary>
/// Finds the types that a program leaves out (language.md §7), by unification over the whole program: one walk gives every node a type and unifies what
/// must be equal; what depends on a type that is not known yet waits (<see cref="_waiting"/>) until it is. Variables carry what is known of their type meanwhile, so
/// the tree must be the front end's own. Then <see cref="TypedTree"/> puts the types in.
/// </summary>
internal sealed partial class Inference
{
    private readonly DiagnosticBag _diagnostics;
    private readonly ForeignFunctions _functions;
    private readonly Unifier _types = new();

    /// <summary>The types of the nodes that have one of their own with something unknown in it.</summary>
    private readonly Dictionary<Expr, WeldType> _own = new(ReferenceEqualityComparer.Instance);

    /// <summary>What waits for a type to become known: a place, and a step that says whether it is done.</summary>
    private List<(Expr Place, Func<bool> TryStep)> _waiting = [];

    /// <summary>Elements of string literals: i8 or u8, i8 if nothing says otherwise.</summary>
    private readonly List<(StringLiteral Literal, WeldType Element)> _texts = [];

    private Inference(DiagnosticBag diagnostics, ForeignFunctions functions)
    {
        _diagnostics = diagnostics;
        _functions = functions;
    }

    /// <summary>The program with all types known; null if something is wrong, which is in <paramref name="diagnostics"/>.</summary>
    public static Lambda? Infer(Lambda program, ForeignFunctions functions, DiagnosticBag diagnostics)
    {
        var inference = new Inference(diagnostics, functions);
        foreach (var p in program.Parameters)
        {
            if (!p.Type.IsClosed)
            {
                diagnostics.Add(CompileCode.Type, p.Span.IsNone ? program.Span : p.Span, $"expected a type for the parameter '{p.Name}' of the program, found {(p.Type is TypeVariable ? "none" : p.Type)}");
            }
        }

        inference.Function(program);
        inference.Settle();
        return diagnostics.Count > 0 ? null : new TypedTree(inference._types, inference._own, functions, diagnostics).Build(program);
    }

    private WeldType Of(Expr expr) => StackGuard.Run(static a => a.This.Rule(a.Expr), (This: this, Expr: expr));

    /// <summary>Binds the parameters and gives the body's type.</summary>
    private WeldType Function(Lambda function)
    {
        foreach (var p in function.Parameters)
        {
            Bind(p);
        }

        return Of(function.Body);
    }

    private WeldType Bind(Symbol symbol)
    {
        var type = _types.Instantiate(symbol.Type);
        symbol.Infer(type);
        return type;
    }

    /// <summary>The type that a node writes, with variables for what it leaves out.</summary>
    private WeldType Own(Expr node, WeldType written)
    {
        if (written.IsClosed)
        {
            return written;
        }

        if (!_own.TryGetValue(node, out var type))
        {
            _own[node] = type = _types.Instantiate(written);
        }

        return type;
    }

    private void Expect(WeldType expected, WeldType found, Expr at)
    {
        if (ReferenceEquals(expected, found))
        {
            return;
        }

        try
        {
            if (!_types.Unify(expected, found))
            {
                Mismatch(expected, found, at);
            }
        }
        catch (TypeTooHeavyException e)
        {
            throw new LimitException(at.Span, e.Message);
        }
    }

    /// <summary>Reports the innermost place that shows the difference.</summary>
    private void Mismatch(WeldType expected, WeldType found, Expr at)
    {
        while (at is Let or Ascription)
        {
            at = at is Let l ? l.Body : ((Ascription)at).Operand;
        }

        if (at is VectorLiteral { Elements: [var first, ..] } && _types.Head(expected) is VectorType x && _types.Head(found) is VectorType y)
        {
            Mismatch(x.Element, y.Element, first);
            return;
        }

        if (at is StructLiteral literal && _types.Head(expected) is StructType e && _types.Head(found) is StructType f
            && e.Fields.Count == f.Fields.Count && literal.Fields.Count == e.Fields.Count)
        {
            for (var i = 0; i < e.Fields.Count; i++)
            {
                if (!_types.Unify(e.Fields[i], f.Fields[i]))
                {
                    Mismatch(e.Fields[i], f.Fields[i], literal.Fields[i]);
                    return;
                }
            }
        }

        Report(CompileCode.Type, at, $"expected {Show(expected)}, found {Show(found)}");
    }

    private WeldType Wrong(Expr at, string expected, WeldType found)
    {
        Report(CompileCode.Type, at, $"expected {expected}, found {Show(found)}");
        return _types.Fresh();
    }

    private void Report(CompileCode code, Expr at, string message) => _diagnostics.Add(code, at.Span, message);

    private string Show(WeldType type)
    {
        try
        {
            foreach (var (_, element) in _texts)
            {
                if (_types.Head(element) is TypeVariable v && ReferenceEquals(_types.Head(type) is VectorType { Element: var e } ? _types.Head(e) : null, v))
                {
                    return VectorType.Text.ToString();
                }
            }

            var text = _types.Resolve(type).ToString();
            return text.Length <= 200 ? text : $"{text.AsSpan(0, 200)}…";
        }
        catch (TypeTooHeavyException)
        {
            return "a type that is too heavy to show";
        }
    }

    /// <summary>Runs <paramref name="step"/> with the head of a type once that is known.</summary>
    private void Later(WeldType type, Expr place, Action<WeldType> step) => _waiting.Add((place, () =>
    {
        var known = _types.Head(type);
        if (known is TypeVariable)
        {
            return false;
        }

        step(known);
        return true;
    }));

    /// <summary>Runs what waits until nothing more can run, then lets strings be vec[i8], then once more; what still waits is not inferred.</summary>
    private void Settle()
    {
        RunWaiting();
        foreach (var (literal, element) in _texts)
        {
            var head = _types.Head(element);
            if (head is TypeVariable)
            {
                _types.Unify(element, ScalarType.I8);
            }
            else if (!head.Is(ScalarKind.I8) && !head.Is(ScalarKind.U8))
            {
                Report(CompileCode.Type, literal, $"expected {Show(new VectorType(head))}, found a string, which is vec[i8] or vec[u8]");
            }
        }

        RunWaiting();
        if (_diagnostics.Count == 0)
        {
            foreach (var (place, _) in _waiting)
            {
                Report(CompileCode.Type, place, "expected a known type, found one that nothing determines");
                break;
            }
        }
    }

    private void RunWaiting()
    {
        for (var before = -1; _waiting.Count > 0 && before != _waiting.Count;)
        {
            var list = _waiting;
            _waiting = [];
            before = list.Count;
            foreach (var entry in list)
            {
                if (!entry.TryStep())
                {
                    _waiting.Add(entry);
                }
            }
        }
    }
}
