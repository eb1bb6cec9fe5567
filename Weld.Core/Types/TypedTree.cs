using Weld.Core.Diagnostics;
using Weld.Core.IR;
using Weld.Core.Syntax;
using Weld.Core.Values;

namespace Weld.Core.Types;

/// <summary>Puts the types that inference found into a tree. Each node checks itself; one that does not fit is reported, and those above it are not.</summary>
internal sealed class TypedTree
{
    private readonly Unifier _types;
    private readonly Dictionary<Expr, WeldType> _own;
    private readonly ForeignFunctions _functions;
    private readonly DiagnosticBag _diagnostics;
    private readonly HashSet<TypeVariable> _unknown = [];
    private readonly WellFormed _wellFormed = new();
    private readonly Func<Expr, Expr> _build;
    private bool _failed;

    public TypedTree(Unifier types, Dictionary<Expr, WeldType> own, ForeignFunctions functions, DiagnosticBag diagnostics)
    {
        _types = types;
        _own = own;
        _functions = functions;
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
        var built = expr is Let let ? LetChain(let) : Checked(expr, Rebuilt(expr));
        _failed |= outer;
        return built;
    }

    private Expr Checked(Expr expr, Expr built)
    {
        if (built is Lambda)
        {
            return built;
        }

        if (!_failed)
        {
            Check(built);
        }

        return _failed ? new Hole { Span = expr.Span } : built;
    }

    private Expr LetChain(Let first)
    {
        var chain = new List<(Let Let, Expr Value)>();
        Expr expr = first;
        for (; expr is Let let; expr = let.Body)
        {
            var value = Node(let.Value);
            Resolve(let.Symbol, let);
            chain.Add((let, value));
        }

        var body = Node(expr);
        for (var i = chain.Count - 1; i >= 0; i--)
        {
            var (let, value) = chain[i];
            body = Checked(let, ReferenceEquals(value, let.Value) && ReferenceEquals(body, let.Body) ? let : let with { Value = value, Body = body });
        }

        return body;
    }

    private Expr Rebuilt(Expr expr)
    {
        switch (expr)
        {
            case Literal or Ident:
                return expr;
            case Ascription a:
                return Node(a.Operand);
            case Lambda f:
                foreach (var p in f.Parameters.Span)
                {
                    Resolve(p, f);
                }

                return f.Map(_build);
            case VectorLiteral v:
                return v with { Element = Own(v, v.Element), Elements = v.Elements.Map(_build) };
            case StringLiteral s:
                return s with { Element = Own(s, s.Element) };
            case NewBuilder n:
                return n with { BuilderType = (BuilderType)Own(n, n.BuilderType), Argument = n.Argument is null ? null : Node(n.Argument) };
            case Deserialize d:
                return d with { ResultType = Own(d, d.ResultType), Operand = Node(d.Operand) };
            case ForeignCall c:
                return c with { ResultType = Own(c, c.ResultType), Arguments = c.Arguments.Map(_build), HasEffects = _functions.Find(c.Name) is not { HasEffects: false } };
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
            else if (_wellFormed.Violation(type) is { } violation)
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

    private void Resolve(Symbol symbol, Expr binder) =>
        symbol.Infer(Closed(symbol.Type, symbol.Span.IsNone ? binder.Span : symbol.Span, $"the type of '{symbol.Name}'"));

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
        else if (_wellFormed.Violation(type) is { } violation)
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
