using Weld.Core.Diagnostics;
using Weld.Core.IR;
using Weld.Core.Operators;
using Weld.Core.Types;
using Weld.Core.Values;

namespace Weld.Core.Syntax;

internal sealed partial class Parser
{
    private Expr Primary()
    {
        var token = Current;
        if (_panic)
        {
            return Unexpected("");
        }

        switch (token.Kind)
        {
            case TokenKind.Number:
                Take();
                return new Literal((Scalar)token.Value!) { Span = token.Span };
            case TokenKind.NegatedNumber:
                Take();
                var least = (Scalar)token.Value!;
                return Report(CompileCode.Literal, token.Span, $"expected an integer of {least.Kind.Name()}, which is at most {~least.AsInt64} (the least one has its minus directly before it), found one more");
            case TokenKind.Text:
                Take();
                return new StringLiteral(TypeVariable.Unknown, (Seq<byte>)token.Value!) { Span = token.Span };
            case TokenKind.Identifier:
                Take();
                return Named(token);
            case TokenKind.LeftParenthesis:
                return Parenthesised();
            case TokenKind.LeftBracket:
                Take();
                return new VectorLiteral(TypeVariable.Unknown, Items(TokenKind.RightBracket, ExpressionValue).ToSeq()) { Span = From(token.Start) };
            case TokenKind.LeftBrace:
                Take();
                return new StructLiteral(Items(TokenKind.RightBrace, ExpressionValue).ToSeq()) { Span = From(token.Start) };
            case TokenKind.At:
                return Annotated();
            case TokenKind.Keyword:
                return Keyword(token);
            default:
                return Unexpected("an expression");
        }
    }

    private Expr Parenthesised()
    {
        Take();
        var inner = Expression();
        if (!_panic)
        {
            Expect(TokenKind.RightParenthesis);
        }

        if (_panic)
        {
            RecoverTo(TokenKind.RightParenthesis);
            TryTake(TokenKind.RightParenthesis);
        }

        return inner;
    }

    private Expr Named(Token name)
    {
        switch (_scope.GetValueOrDefault(name.Name))
        {
            case Symbol symbol:
                return new Ident(symbol) { Span = name.Span };
            case NamedFunction function:
                return function.Take(_budget);
        }

        if (name.Name == "compare" && At(TokenKind.LeftParenthesis))
        {
            var operands = Operands(name, 2);
            return operands is [var left, var right] ? new Compare(left, right) { Span = From(name.Start) } : new Hole { Span = From(name.Start) };
        }

        return FindMacro(name.Name) is { } macro ? Expansion(macro, name)
            : _skipped.Contains(name.Name) ? new Hole { Span = name.Span }
            : Report(CompileCode.Name, name.Span, $"expected a name in scope, found '{name.Name}', which is not defined");
    }

    private Expr Keyword(Token token)
    {
        var word = token.Name;
        Expr node;
        switch (word)
        {
            case "true" or "false":
                Take();
                return new Literal(Scalar.Bool(word == "true")) { Span = token.Span };
            case "if" or "select" or "slice" or "lookup" or "optlookup" or "keyexists" or "len" or "tovec" or "merge" or "result"
                or "broadcast" or "assert" or "serialize":
                Take();
                node = Form(token);
                break;
            case "zip":
                Take();
                node = ZipValue(token.Start);
                break;
            case "for":
                Take();
                return Loop(token.Start);
            case "sort":
                Take();
                return SortCall(token);
            case "iterate":
                Take();
                return IterateCall(token);
            case "deserialize":
                Take();
                Expect(TokenKind.LeftBracket);
                var type = Type();
                TryTake(TokenKind.Comma);
                Expect(TokenKind.RightBracket);
                node = Operands(token, 1) is [var bytes] ? new Deserialize(type, bytes) : new Hole();
                break;
            case "cudf":
                Take();
                node = ForeignCallHere();
                break;
            case "appender" or "merger" or "dictmerger" or "groupmerger" or "vecmerger":
                Take();
                node = Builder(token);
                break;
            case "let":
                return Unexpected("an operand (a let needs parentheses here)");
            default:
                if (ScalarKinds.Parse(word) is { } kind)
                {
                    Take();
                    node = Operands(token, 1) is [var x] ? new Cast(kind, x) : new Hole();
                }
                else if (OperatorTable.FindUnary(word) is { IsInfix: false } unary)
                {
                    Take();
                    node = Operands(token, 1) is [var x] ? new Unary(unary, x) : new Hole();
                }
                else if (OperatorTable.FindBinary(word) is { IsInfix: false } binary)
                {
                    Take();
                    node = Operands(token, 2) is [var x, var y] ? new Binary(binary, x, y) : new Hole();
                }
                else if (word is "iter" or "simditer" or "fringeiter" or "rangeiter" or "nditer")
                {
                    return new IteratorArgument([Iterator()]) { Span = From(token.Start) };
                }
                else
                {
                    return Unexpected("an expression");
                }

                break;
        }

        return node with { Span = From(token.Start) };
    }

    /// <summary>The forms that are calls with a fixed number of values.</summary>
    private Expr Form(Token token)
    {
        var count = token.Name switch
        {
            "if" or "select" or "slice" => 3,
            "lookup" or "optlookup" or "keyexists" or "merge" => 2,
            _ => 1,
        };
        if (Operands(token, count) is not { } x)
        {
            return new Hole();
        }

        return token.Name switch
        {
            "if" => new If(x[0], x[1], x[2]),
            "select" => new Select(x[0], x[1], x[2]),
            "slice" => new Slice(x[0], x[1], x[2]),
            "lookup" => new Lookup(x[0], x[1]),
            "optlookup" => new OptLookup(x[0], x[1]),
            "keyexists" => new KeyExists(x[0], x[1]),
            "merge" => new Merge(x[0], x[1]),
            "len" => new Length(x[0]),
            "tovec" => new ToVector(x[0]),
            "result" => new Result(x[0]),
            "broadcast" => new Broadcast(x[0]),
            "assert" => new Assertion(x[0]),
            _ => new Serialize(x[0]),
        };
    }

    /// <summary>Values in parentheses, as many as the form takes; null if not.</summary>
    private List<Expr>? Operands(Token form, int count)
    {
        var operands = Arguments(form, count);
        for (var i = 0; i < operands?.Count; i++)
        {
            operands[i] = Value(operands[i]);
        }

        return operands;
    }

    /// <summary>Expressions in parentheses, functions among them, as many as the form takes; null if not.</summary>
    private List<Expr>? Arguments(Token form, int count)
    {
        if (!Expect(TokenKind.LeftParenthesis))
        {
            return null;
        }

        var items = Items(TokenKind.RightParenthesis, Expression);
        if (items.Count == count || _panic)
        {
            return _panic ? null : items;
        }

        Report(CompileCode.Syntax, From(form.Start), $"expected {Count(count, "argument")} of {form.Name}, found {items.Count}");
        return null;
    }

    private Expr ForeignCallHere()
    {
        Expect(TokenKind.LeftBracket);
        var name = Current;
        Expect(TokenKind.Identifier);
        Expect(TokenKind.Comma);
        var type = Type();
        TryTake(TokenKind.Comma);
        Expect(TokenKind.RightBracket);
        if (!Expect(TokenKind.LeftParenthesis))
        {
            return new Hole();
        }

        var arguments = Items(TokenKind.RightParenthesis, ExpressionValue).ToSeq();
        return new ForeignCall(name.Value as string ?? "", type, arguments);
    }

    private Expr Builder(Token token)
    {
        WeldType type = token.Name == "appender" && !At(TokenKind.LeftBracket) ? new AppenderType(TypeVariable.Unknown) : Constructed(token.Name);
        Expr? argument = null;
        if (TryTake(TokenKind.LeftParenthesis))
        {
            var items = Items(TokenKind.RightParenthesis, ExpressionValue);
            if (items.Count != 1 && !_panic)
            {
                Report(CompileCode.Syntax, From(token.Start), $"expected 1 argument of {token.Name}, found {items.Count}");
            }

            argument = items.Count > 0 ? items[0] : new Hole();
        }
        else if (token.Name == "vecmerger")
        {
            Unexpected("'(' and the vector that the vecmerger starts from");
        }

        return new NewBuilder((BuilderType)type, argument);
    }
}
