using Weld.Core.Diagnostics;
using Weld.Core.IR;
using Weld.Core.Types;

namespace Weld.Core.Syntax;

internal sealed partial class Parser
{
    private Expr Loop(int start)
    {
        if (!Expect(TokenKind.LeftParenthesis))
        {
            return new Hole { Span = From(start) };
        }

        var bindings = new List<(Symbol Symbol, Expr Value, SourceSpan Span)>();
        var iters = new Seq<Iter>();
        var first = true;
        var rest = Items(TokenKind.RightParenthesis, () =>
        {
            if (!first)
            {
                return Expression();
            }

            first = false;
            iters = Iterators(bindings);
            return new Hole();
        });
        var span = From(start);
        if (_panic || rest.Count != 3)
        {
            return _panic ? new Hole { Span = span } : Report(CompileCode.Syntax, span, $"expected 3 arguments of for, found {rest.Count}");
        }

        var function = FunctionOf(rest[2], ["b", "i", "x"], "(builder, i64, element)", bindings);
        return function is null ? new Hole { Span = span } : Wrap(bindings, new For(iters, Value(rest[1]), function) { Span = span });
    }

    private Expr SortCall(Token token)
    {
        var bindings = new List<(Symbol Symbol, Expr Value, SourceSpan Span)>();
        return Arguments(token, 2) is [var vector, var f] && FunctionOf(f, ["x", "y"], "(element, element)", bindings) is { } function
            ? Wrap(bindings, new Sort(Value(vector), function) { Span = From(token.Start) })
            : new Hole { Span = From(token.Start) };
    }

    private Expr IterateCall(Token token)
    {
        var bindings = new List<(Symbol Symbol, Expr Value, SourceSpan Span)>();
        return Arguments(token, 2) is [var initial, var f] && FunctionOf(f, ["s"], "(state)", bindings) is { } function
            ? Wrap(bindings, new Iterate(Value(initial), function) { Span = From(token.Start) })
            : new Hole { Span = From(token.Start) };
    }

    /// <summary>
    /// A function in the place where a form needs one. In a macro's body a name there may stand for a function only later: f becomes |names| f(names).
    /// </summary>
    private Lambda? FunctionOf(Expr expr, string[] names, string shape, List<(Symbol Symbol, Expr Value, SourceSpan Span)> bindings)
    {
        switch (Unwrap(expr, bindings))
        {
            case Lambda function when function.Parameters.Count == names.Length:
                return function;
            case Lambda function:
                Report(CompileCode.Type, function.Span, $"expected a function of {Count(names.Length, "parameter")} {shape}, found {function.Parameters.Count}");
                return null;
            case Hole:
                return null;
            case Ident when _inMacro:
                var parameters = names.Select(n => new Symbol(n, TypeVariable.Unknown) { Span = expr.Span }).ToSeq();
                return new Lambda(parameters, new Call(expr, parameters.To(Expr (p) => new Ident(p) { Span = expr.Span })) { Span = expr.Span }) { Span = expr.Span };
            default:
                Report(CompileCode.Type, expr.Span, $"expected a function {shape}, found a value");
                return null;
        }
    }

    /// <summary>The first place of a for: an iterator, or several in a zip.</summary>
    private Seq<Iter> Iterators(List<(Symbol Symbol, Expr Value, SourceSpan Span)> bindings)
    {
        if (!Current.Is("zip"))
        {
            var source = IteratorKind(Current) is null ? Unwrap(Expression(), bindings) : new IteratorArgument([Iterator()]);
            return source is IteratorArgument several ? several.Iters : [new Iter(Value(source))];
        }

        var zip = Take();
        if (!Expect(TokenKind.LeftParenthesis))
        {
            return [];
        }

        var iters = Items(TokenKind.RightParenthesis, Iterator);
        if (iters.Count == 0)
        {
            Report(CompileCode.Syntax, From(zip.Start), "expected a vector or iterator in zip, found none");
        }

        return iters.ToSeq();
    }

    private Iter Iterator()
    {
        var token = Current;
        var kind = IteratorKind(token);
        if (kind is null)
        {
            var source = Expression();
            return source is IteratorArgument { Iters: [var one] } ? one : new Iter(Value(source));
        }

        Take();
        if (!Expect(TokenKind.LeftParenthesis))
        {
            return new Iter(new Hole());
        }

        var x = Items(TokenKind.RightParenthesis, ExpressionValue);
        if (_panic)
        {
            return new Iter(new Hole());
        }

        switch (kind.Value, x.Count)
        {
            case (IterKind.Range, 3):
                return new Iter(IterKind.Range, null, x[0], x[1], x[2]);
            case (IterKind.NDimensional, 6):
                return new Iter(IterKind.NDimensional, x[0], x[1], x[2], x[3], x[4], x[5]);
            case (IterKind.Scalar or IterKind.Simd or IterKind.Fringe, 1):
                return new Iter(kind.Value, x[0]);
            case (IterKind.Scalar, 4):
                return new Iter(IterKind.Scalar, x[0], x[1], x[2], x[3]);
            case (IterKind.Simd or IterKind.Fringe, 4):
                return new Iter(Report(CompileCode.Type, From(token.Start), $"expected {token.Name} of a whole vector, found a start, end and stride"));
            default:
                var expected = kind switch { IterKind.Range => "3 arguments", IterKind.NDimensional => "6 arguments", _ => "1 or 4 arguments" };
                return new Iter(Report(CompileCode.Syntax, From(token.Start), $"expected {expected} of {token.Name}, found {x.Count}"));
        }
    }

    private static IterKind? IteratorKind(Token token) => token.Kind != TokenKind.Keyword ? null : token.Name switch
    {
        "iter" => IterKind.Scalar,
        "simditer" => IterKind.Simd,
        "fringeiter" => IterKind.Fringe,
        "rangeiter" => IterKind.Range,
        "nditer" => IterKind.NDimensional,
        _ => null,
    };

    private Expr ZipValue(int start)
    {
        if (!Expect(TokenKind.LeftParenthesis))
        {
            return new Hole();
        }

        var isPlain = true;
        var iters = Items(TokenKind.RightParenthesis, () =>
        {
            isPlain &= IteratorKind(Current) is null;
            return Iterator();
        });
        return iters.Count == 0 ? _panic ? new Hole() : Report(CompileCode.Syntax, From(start), "expected a vector in zip, found none")
            : isPlain && iters.All(i => i is { Kind: IterKind.Scalar, Start: null }) ? new Zip(iters.ToSeq().To(i => i.Data!))
            : new IteratorArgument(iters.ToSeq());
    }
}
