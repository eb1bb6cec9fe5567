using Weld.Core.Diagnostics;
using Weld.Core.IR;
using Weld.Core.Syntax;

namespace Weld.Core.Types;

/// <summary>Builds a tree anew with the types that inference found. Each node checks itself; one that does not fit is reported, and those above it are not.</summary>
internal sealed class TypedTree
{
    private readonly Unifier _types;
    private readonly Dictionary<Symbol, WeldType> _symbolTypes;
    private readonly Dictionary<Expr, WeldType> _own;
    private readonly DiagnosticBag _diagnostics;
    private readonly Dictionary<Symbol, Symbol> _symbols = new(ReferenceEqualityComparer.Instance);
    private readonly HashSet<TypeVariable> _unknown = [];
    private readonly HashSet<WeldType> _wellFormed = new(ReferenceEqualityComparer.Instance);
    private readonly Func<Expr, Expr> _build;
    private bool _failed;

    public TypedTree(Unifier types, Dictionary<Symbol, WeldType> symbolTypes, Dictionary<Expr, WeldType> own, DiagnosticBag diagnostics)
    {
        _types = types;
        _symbolTypes = symbolTypes;
        _own = own;
        _diagnostics = diagnostics;
        _build = Node;
    }

    /// <summary>The typed program, or null if something does not fit.</summary>
    public Lambda? Build(Lambda program)
    {
        var built = Node(program);
        if (_diagnostics.Count == 0 && built is Lambda typed)
        {
            foreach (var part in (WeldType[])[.. ((FunctionType)typed.Type).Parameters, typed.Body.Type])
            {
                if (part.ContainsSimd)
                {
                    _diagnostics.Add(CompileCode.Type, typed.Span, $"expected parameters and a result without simd, found {part}");
                }
            }
        }

        return _diagnostics.Count == 0 ? built as Lambda : null;
    }

    private Expr Node(Expr expr) => StackGuard.Run(static a => a.This.Step(a.Expr), (This: this, Expr: expr));

    private Expr Step(Expr expr)
    {
        // A child that failed is a Hole: then this node fails too, silently.
        var outer = _failed;
        _failed = false;
        var built = Rebuilt(expr);
        if (!_failed && built is not Lambda)
        {
            Check(built);
        }

        var failed = _failed;
        _failed |= outer;
        return failed && built is not Lambda ? new Hole { Span = expr.Span } : built;
    }

    private Expr Rebuilt(Expr expr)
    {
        switch (expr)
        {
            case Ident i:
                return _symbols.TryGetValue(i.Symbol, out var symbol) ? i with { Symbol = symbol } : i;
            case Ascription a:
                return Node(a.Operand);
            case Let l:
                var value = Node(l.Value);
                return l with { Symbol = Fresh(l.Symbol, l), Value = value, Body = Node(l.Body) };
            case Lambda f:
                return f with { Parameters = f.Parameters.To(p => Fresh(p, f)), Body = Node(f.Body) };
            case VectorLiteral v:
                return v with { Element = Own(v, v.Element), Elements = v.Elements.Map(_build) };
            case StringLiteral s:
                return s with { Element = Own(s, s.Element) };
            case NewBuilder n:
                return n with { BuilderType = (BuilderType)Own(n, n.BuilderType), Argument = n.Argument is null ? null : Node(n.Argument) };
            case Deserialize d:
                return d with { ResultType = Own(d, d.ResultType), Operand = Node(d.Operand) };
            case ForeignCall c:
                return c with { ResultType = Own(c, c.ResultType), Arguments = c.Arguments.Map(_build) };
            case For f:
                var (iters, builder) = (f.Iters.Map(i => i.Map(_build)), Node(f.Builder));
                return f with { Iters = iters, Builder = builder, Function = Node(f.Function) as Lambda ?? f.Function };
            default:
                return expr.Map(_build);
        }
    }

    private void Check(Expr built)
    {
        try
        {
            var type = built.Type;
            if (built is StructLiteral && type.ContainsSimd)
            {
                Fail(CompileCode.Type, built.Span, $"expected fields that are not simd, found {type}");
            }
            else if (type is not ScalarType && _wellFormed.Add(type) && WellFormed.Violation(type) is { } violation)
            {
                Fail(CompileCode.Type, built.Span, violation);
            }
        }
        catch (IllTypedException e)
        {
            Fail(CompileCode.Type, e.Node.Span.IsNone ? built.Span : e.Node.Span, e.Message);
        }
    }

    private void Fail(CompileCode code, SourceSpan span, string message)
    {
        _failed = true;
        _diagnostics.Add(code, span, message);
    }

    private Symbol Fresh(Symbol symbol, Expr binder)
    {
        var span = symbol.Span.IsNone ? binder.Span : symbol.Span;
        var type = Closed(_symbolTypes[symbol], span, $"the type of '{symbol.Name}'");
        return _symbols[symbol] = new Symbol(symbol.Name, type) { Span = symbol.Span };
    }

    private WeldType Own(Expr node, WeldType written) =>
        Closed(written.IsClosed ? written : _own[node], node.Span, node is VectorLiteral ? "the element type of the vector" : "the type");

    private WeldType Closed(WeldType type, SourceSpan span, string what)
    {
        try
        {
            type = _types.Resolve(type);
        }
        catch (TypeTooHeavyException e)
        {
            throw new LimitException(span, e.Message);
        }

        if (type.Weight > WeldType.MostWeight)
        {
            throw new LimitException(span, new TypeTooHeavyException().Message);
        }

        if (!type.IsClosed)
        {
            if (Unknown(type))
            {
                Fail(CompileCode.Type, span, $"expected {what} to be inferred, found {type}");
            }

            _failed = true;
        }
        else if (_wellFormed.Add(type) && WellFormed.Violation(type) is { } violation)
        {
            Fail(CompileCode.Type, span, violation);
        }

        return type;
    }

    /// <summary>Whether the type has an unknown that has not been reported.</summary>
    private bool Unknown(WeldType type)
    {
        var isNew = type is TypeVariable v && _unknown.Add(v);
        foreach (var part in type.Parts)
        {
            isNew |= Unknown(part);
        }

        return isNew;
    }
}
