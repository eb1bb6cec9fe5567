using Weld.Core.Diagnostics;
using Weld.Core.IR;
using Weld.Core.Operators;
using Weld.Core.Types;

namespace Weld.Core.Syntax;

internal sealed partial class Parser
{
    private readonly Dictionary<string, WeldType> _aliases = new(StringComparer.Ordinal);

    private void TypeAlias()
    {
        Take();
        var name = Current;
        if (!Expect(TokenKind.Identifier) || !Expect(TokenKind.Assign))
        {
            return;
        }

        var type = Type();
        Expect(TokenKind.Semicolon);
        if (type.Weight > WeldType.MostWeight)
        {
            throw new LimitException(name.Span, $"expected a type of at most {WeldType.MostWeight:N0} nodes, found '{name.Name}'");
        }

        if (!_aliases.TryAdd(name.Name, type))
        {
            Report(CompileCode.Name, name.Span, $"expected a new name for the type, found '{name.Name}', which is defined already");
        }
    }

    private WeldType Type() => Nested(static p => p.TypeHere());

    private WeldType TypeHere()
    {
        var token = Current;
        switch (token.Kind)
        {
            case TokenKind.Question when !_panic:
                Take();
                return TypeVariable.Unknown;
            case TokenKind.LeftBrace when !_panic:
                Take();
                return new StructType(Items(TokenKind.RightBrace, Type).ToSeq());
            case TokenKind.Identifier when !_panic:
                Take();
                if (!_aliases.TryGetValue(token.Name, out var alias))
                {
                    Report(CompileCode.Name, token.Span, $"expected a type, found '{token.Name}', which is not defined");
                }

                return alias ?? TypeVariable.Unknown;
            case TokenKind.Keyword when !_panic && ScalarKinds.Parse(token.Name) is { } kind:
                Take();
                return ScalarType.Of(kind);
            case TokenKind.Keyword when !_panic && token.Name is "vec" or "simd" or "dict" or "appender" or "merger" or "dictmerger" or "groupmerger" or "vecmerger":
                Take();
                return Constructed(token.Name);
            default:
                Unexpected("a type");
                return TypeVariable.Unknown;
        }
    }

    /// <summary>The bracketed part of a type that has one.</summary>
    private WeldType Constructed(string name)
    {
        Expect(TokenKind.LeftBracket);
        var first = Type();
        WeldType type;
        switch (name)
        {
            case "vec": type = new VectorType(first); break;
            case "simd": type = new SimdType(first); break;
            case "appender": type = new AppenderType(first); break;
            case "dict": type = new DictionaryType(first, SecondType()); break;
            case "groupmerger": type = new GroupMergerType(first, SecondType()); break;
            case "merger": type = new MergerType(first, SecondOperator()); break;
            case "vecmerger": type = new VecMergerType(first, SecondOperator()); break;
            default: type = new DictMergerType(first, SecondType(), SecondOperator()); break;
        }

        TryTake(TokenKind.Comma);
        Expect(TokenKind.RightBracket);
        return type;
    }

    private WeldType SecondType()
    {
        Expect(TokenKind.Comma);
        return Type();
    }

    private MergeOperator SecondOperator()
    {
        Expect(TokenKind.Comma);
        return Nested(static p => p.Operator());
    }

    private MergeOperator Operator()
    {
        if (TryTake(TokenKind.LeftBrace))
        {
            return new StructOperator(Items(TokenKind.RightBrace, () => Nested(static p => p.Operator())).ToSeq());
        }

        var name = Current.Kind switch
        {
            TokenKind.Plus or TokenKind.Star or TokenKind.Ampersand or TokenKind.Bar or TokenKind.Caret => Words.Sign(Current.Kind),
            TokenKind.Keyword => Current.Name,
            _ => "",
        };
        if (!_panic && OperatorTable.FindBinary(name) is { Reduces: true } op)
        {
            Take();
            return new SingleOperator(op);
        }

        Unexpected("an operator (+ * min max & | ^, or a struct of such)");
        return new SingleOperator(OperatorTable.Add);
    }
}
