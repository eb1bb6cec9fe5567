using Weld.Core.Diagnostics;
using Weld.Core.IR;
using Weld.Core.Operators;
using Weld.Core.Types;
using Weld.Core.Values;

namespace Weld.Core.Syntax;

internal sealed partial class Parser
{
    /// <summary>An infix operator: its level, loosest 1, and whether it stands once only (<c>== !=</c>, <c>&lt; &gt; &lt;= &gt;=</c>).</summary>
    private readonly record struct Infix(int Level, BinaryOperator? Operator, bool IsSingle = false);

    private static readonly Infix[] Infixes = InfixTable();

    private static Infix[] InfixTable()
    {
        var table = new Infix[(int)TokenKind.ShiftRight + 1];
        table[(int)TokenKind.BarBar] = new Infix(1, null);
        table[(int)TokenKind.AmpersandAmpersand] = new Infix(2, null);
        table[(int)TokenKind.Bar] = new Infix(3, OperatorTable.Or);
        table[(int)TokenKind.Caret] = new Infix(4, OperatorTable.ExclusiveOr);
        table[(int)TokenKind.Ampersand] = new Infix(5, OperatorTable.And);
        table[(int)TokenKind.EqualEqual] = new Infix(6, OperatorTable.Equal, true);
        table[(int)TokenKind.NotEqual] = new Infix(6, OperatorTable.NotEqual, true);
        table[(int)TokenKind.Less] = new Infix(7, OperatorTable.Less, true);
        table[(int)TokenKind.Greater] = new Infix(7, OperatorTable.Greater, true);
        table[(int)TokenKind.LessEqual] = new Infix(7, OperatorTable.LessOrEqual, true);
        table[(int)TokenKind.GreaterEqual] = new Infix(7, OperatorTable.GreaterOrEqual, true);
        table[(int)TokenKind.ShiftLeft] = new Infix(8, OperatorTable.ShiftLeft);
        table[(int)TokenKind.ShiftRight] = new Infix(8, OperatorTable.ShiftRight);
        table[(int)TokenKind.Plus] = new Infix(9, OperatorTable.Add);
        table[(int)TokenKind.Minus] = new Infix(9, OperatorTable.Subtract);
        table[(int)TokenKind.Star] = new Infix(10, OperatorTable.Multiply);
        table[(int)TokenKind.Slash] = new Infix(10, OperatorTable.Divide);
        table[(int)TokenKind.Percent] = new Infix(10, OperatorTable.Remainder);
        return table;
    }

    /// <summary>Any expression; it may turn out a function.</summary>
    private Expr Expression() => _panic ? Unexpected("") : Nested(static p => p.ExpressionHere());

    private Expr ExpressionValue() => Value(Expression());

    private Expr ExpressionHere()
    {
        if (Current.Is("let"))
        {
            return Lets();
        }

        return Current.Kind is TokenKind.Bar or TokenKind.BarBar ? Function() : Operators(1);
    }

    /// <summary>A chain of lets; it does not nest.</summary>
    private Expr Lets()
    {
        var mark = _hidden.Count;
        var bindings = new List<(Symbol Symbol, Expr Value, SourceSpan Span)>();
        for (var links = 0; Current.Is("let");)
        {
            Link(ref links);
            OneLet(bindings);
            if (_panic)
            {
                break;
            }
        }

        Expr body = _panic ? new Hole() : Current.Kind is TokenKind.Bar or TokenKind.BarBar ? Function() : Operators(1);
        Unbind(mark);
        return Wrap(bindings, body);
    }

    private void OneLet(List<(Symbol Symbol, Expr Value, SourceSpan Span)> bindings)
    {
        var start = Take();
        var name = Current;
        Expect(TokenKind.Identifier);
        var type = TryTake(TokenKind.Colon) ? Type() : null;
        Expect(TokenKind.Assign);
        var value = Expression();
        if (!_panic)
        {
            Expect(TokenKind.Semicolon);
        }

        RecoverTo(TokenKind.Semicolon);
        if (name.Kind != TokenKind.Identifier)
        {
            return;
        }

        value = Unwrap(value, bindings);
        if (value is Lambda function)
        {
            if (type is not null)
            {
                Report(CompileCode.Type, function.Span, $"expected {type}, found a function");
            }

            Bind(name.Name, new NamedFunction(function));
            return;
        }

        var symbol = new Symbol(name.Name, type ?? TypeVariable.Unknown) { Span = name.Span };
        bindings.Add((symbol, Value(value), start.Span.To(name.Span)));
        Bind(name.Name, symbol);
    }

    private Expr Function()
    {
        var start = Current.Start;
        var mark = _hidden.Count;
        var parameters = TryTake(TokenKind.BarBar) ? [] : Parameters();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var p in parameters)
        {
            if (!seen.Add(p.Name))
            {
                Report(CompileCode.Name, p.Span, $"expected parameters of different names, found '{p.Name}' twice");
            }

            Bind(p.Name, p);
        }

        // A function's body is no level of its own, but for a function directly in a function.
        var body = Value(_panic || Current.Kind is TokenKind.Bar or TokenKind.BarBar ? Expression() : StackGuard.Run(static p => p.ExpressionHere(), this));
        Unbind(mark);
        return new Lambda(parameters.ToSeq(), body) { Span = From(start) };
    }

    private List<Symbol> Parameters()
    {
        Take();
        return Items(TokenKind.Bar, Parameter);
    }

    private Symbol Parameter()
    {
        var name = Current;
        Expect(TokenKind.Identifier);
        var type = TryTake(TokenKind.Colon) ? Type() : TypeVariable.Unknown;
        return new Symbol(name.Value as string ?? "_", type) { Span = name.Span };
    }

    /// <summary>Operators of at least a level, by precedence climbing; a chain of one level is a loop, not a recursion.</summary>
    private Expr Operators(int level)
    {
        var start = Current.Start;
        var left = Prefix();
        var links = 0;
        while (!_panic && Infixes[(int)Current.Kind] is { Level: > 0 } infix && infix.Level >= level)
        {
            Link(ref links);
            var sign = Take();
            var right = Value(Operators(infix.Level + 1));
            left = Combine(Value(left), sign.Kind, infix.Operator, right) with { Span = From(start) };
            if (infix.IsSingle && !_panic && Infixes[(int)Current.Kind].Level == infix.Level)
            {
                Unexpected($"parentheses, because '{Words.Sign(sign.Kind)}' and {Words.Describe(Current.Kind)} do not chain");
            }
        }

        return left;
    }

    /// <summary>1.0/0.0, -1.0/0.0 and 0.0/0.0 are how the infinities and NaN are written: they are read as constants.</summary>
    private static Expr Combine(Expr left, TokenKind sign, BinaryOperator? op, Expr right) => op switch
    {
        null => new Logical(sign == TokenKind.AmpersandAmpersand, left, right),
        _ when sign == TokenKind.Slash && Quotient(left, right) is { } constant => new Literal(constant),
        _ => new Binary(op, left, right),
    };

    private static Scalar? Quotient(Expr left, Expr right) =>
        (left, right) is (Literal { Value: var x }, Literal { Value: var y }) && x.Kind == y.Kind && x.Kind.IsFloat() && y == Scalar.Zero(x.Kind)
        && Casts.Apply(x, ScalarKind.F64).AsDouble is 1 or -1 or 0 && x != OperatorTable.Negate.Apply(Scalar.Zero(x.Kind))
            ? OperatorTable.Divide.Apply(x, y) : null;

    private Expr Prefix()
    {
        var sign = Current;
        var op = sign.Kind switch
        {
            TokenKind.Minus => OperatorTable.Negate,
            TokenKind.Not => OperatorTable.Not,
            TokenKind.Complement => OperatorTable.Complement,
            _ => null,
        };
        if (op is null || _panic)
        {
            return Ascribed();
        }

        Take();
        if (op == OperatorTable.Negate && Current.Start == sign.End && Negated(sign) is { } number)
        {
            return Ascribed(Postfix(number, sign.Start));
        }

        var operand = Value(Nested(static p => p.Prefix()));
        return new Unary(op, operand) { Span = From(sign.Start) };
    }

    /// <summary>The literal that a minus and the adjacent number are, or null: unsigned numbers are none with a minus.</summary>
    private Literal? Negated(Token sign)
    {
        if (Current is not { Kind: TokenKind.Number or TokenKind.NegatedNumber, Value: Scalar { Kind: var kind } value } || !(kind.IsSigned() || kind.IsFloat()))
        {
            return null;
        }

        Take();
        return new Literal(OperatorTable.Negate.Apply(value)) { Span = From(sign.Start) };
    }

    private Expr Ascribed(Expr? operand = null)
    {
        var start = operand?.Span.Start ?? Current.Start;
        var result = operand ?? Postfix(Primary(), start);
        for (var links = 0; TryTake(TokenKind.Colon);)
        {
            Link(ref links);
            result = new Ascription(Value(result), Type()) { Span = From(start) };
        }

        return result;
    }

    private Expr Postfix(Expr operand, int start)
    {
        for (var links = 0; !_panic;)
        {
            Link(ref links);
            if (TryTake(TokenKind.Dot))
            {
                var index = Current;
                operand = Expect(TokenKind.Field) ? new Field(Value(operand), (int)index.Value!) { Span = From(start) } : operand;
            }
            else if (TryTake(TokenKind.LeftParenthesis))
            {
                var arguments = Items(TokenKind.RightParenthesis, Expression);
                operand = Application(operand, arguments, From(start));
            }
            else
            {
                break;
            }
        }

        return operand;
    }

    private Expr Application(Expr callee, List<Expr> arguments, SourceSpan span)
    {
        var bindings = new List<(Symbol Symbol, Expr Value, SourceSpan Span)>();
        switch (Unwrap(callee, bindings))
        {
            case Lambda function when function.Parameters.Count != arguments.Count:
                return Report(CompileCode.Type, span, $"expected {Count(function.Parameters.Count, "argument")}, found {arguments.Count}");
            case Lambda function:
                return Wrap(bindings, new Apply(function, arguments.Select(Value).ToSeq()) { Span = span });
            case Hole hole:
                return hole;
            case Ident when _inMacro:
                return new Call(callee, arguments.Select(Value).ToSeq()) { Span = span };
            default:
                return Report(CompileCode.Type, callee.Span, "expected a function before '(', found a value");
        }
    }

    private static string Count(int count, string noun) => $"{count} {noun}{(count == 1 ? "" : "s")}";
}
