using System.Runtime.CompilerServices;
using Weld.Core.Diagnostics;
using Weld.Core.IR;
using Weld.Core.Types;

namespace Weld.Core.Syntax;

/// <summary>
/// Recursive descent over the tokens (language.md §2). Names are resolved, macros and let-bound functions expanded while parsing, so the tree has
/// no names but symbols; types that the program leaves out are <see cref="TypeVariable.Unknown"/>. After an error the parser skips to the next comma,
/// semicolon or closing bracket at its level and goes on, silently until then.
/// </summary>
internal sealed partial class Parser
{
    private const int MostNesting = 1_000;

    /// <summary>The most lets, operators of one level, or postfixes in a row.</summary>
    private const int MostLinks = 100_000;

    private readonly Token[] _tokens;
    private readonly DiagnosticBag _diagnostics;
    private readonly NodeBudget _budget = new();
    private readonly List<Diagnostic> _warnings = [];
    private int _at;
    private int _nesting;
    private bool _panic;

    private Parser(Token[] tokens, DiagnosticBag diagnostics)
    {
        _tokens = tokens;
        _diagnostics = diagnostics;
    }

    private ref readonly Token Current => ref _tokens[_at];

    private Token Previous => _tokens[Math.Max(0, _at - 1)];

    /// <summary>The tree of a program, always a <see cref="Lambda"/>; whatever is wrong is in <paramref name="diagnostics"/>.</summary>
    /// <exception cref="LimitException">The program is beyond a limit.</exception>
    internal static Lambda Parse(string text, DiagnosticBag diagnostics, out Seq<Diagnostic> warnings)
    {
        var parser = new Parser(Lexer.Lex(text, diagnostics), diagnostics);
        parser.FindMacros();
        var program = StackGuard.Run(static p => p.Program(), parser);
        warnings = parser._warnings.ToSeq();
        return program;
    }

    private Lambda Program()
    {
        while (!_panic && (Current.Is("type") || Current.Is("macro")))
        {
            if (Current.Is("type"))
            {
                TypeAlias();
            }
            else
            {
                MacroDeclaration();
            }

            RecoverTo(TokenKind.Semicolon);
        }

        var body = ExpressionHere();
        if (!_panic && Current.Kind != TokenKind.End)
        {
            Unexpected("an operator or the end of the program");
        }

        var bindings = new List<(Symbol Symbol, Expr Value, SourceSpan Span)>();
        return Unwrap(body, bindings) is Lambda function
            ? function with { Body = Wrap(bindings, function.Body) }
            : new Lambda([], Value(body)) { Span = body.Span };
    }

    private bool At(TokenKind kind) => Current.Kind == kind;

    private Token Take()
    {
        var token = Current;
        if (token.Kind != TokenKind.End)
        {
            _at++;
        }

        return token;
    }

    private bool TryTake(TokenKind kind)
    {
        if (_panic || !At(kind))
        {
            return false;
        }

        _at++;
        return true;
    }

    private bool Expect(TokenKind kind)
    {
        if (TryTake(kind))
        {
            return true;
        }

        Unexpected(Words.Describe(kind));
        return false;
    }

    /// <summary>Reports the current token, unless the lexer has, and says nothing more until the next <see cref="RecoverTo"/>.</summary>
    private Expr Unexpected(string expected)
    {
        if (!_panic && !At(TokenKind.Bad))
        {
            Report(CompileCode.Syntax, Current.Span, $"expected {expected}, found {Shown(Current)}");
        }

        _panic = true;

        return new Hole { Span = Current.Span };
    }

    private Hole Report(CompileCode code, SourceSpan span, string message, SourceSpan related = default)
    {
        _diagnostics.Add(code, span, message, related);
        return new Hole { Span = span };
    }

    private static string Shown(Token token) => token.Kind switch
    {
        TokenKind.Identifier or TokenKind.Keyword => $"'{token.Name}'",
        TokenKind.Field => $"'${token.Value}'",
        TokenKind.Number => $"{token.Value}",
        _ => Words.Describe(token.Kind),
    };

    /// <summary>After an error, skips to <paramref name="separator"/>, or to a semicolon or what closes the brackets around this place. At the separator parsing goes on; the token is not taken.</summary>
    private void RecoverTo(TokenKind separator)
    {
        if (!_panic)
        {
            return;
        }

        for (var depth = 0; !At(TokenKind.End); _at++)
        {
            var kind = Current.Kind;
            if (depth == 0 && (kind == separator || kind is TokenKind.Semicolon or TokenKind.RightParenthesis or TokenKind.RightBracket or TokenKind.RightBrace))
            {
                _panic = kind != separator;
                break;
            }

            if (kind == TokenKind.Identifier)
            {
                _skipped.Add(Current.Name);
            }

            depth += kind is TokenKind.LeftParenthesis or TokenKind.LeftBracket or TokenKind.LeftBrace ? 1
                : kind is TokenKind.RightParenthesis or TokenKind.RightBracket or TokenKind.RightBrace ? -1 : 0;
        }

        if (separator == TokenKind.Semicolon)
        {
            TryTake(TokenKind.Semicolon);
        }
    }

    /// <summary>Items between commas up to <paramref name="close"/>, which is taken; a trailing comma is legal.</summary>
    private List<T> Items<T>(TokenKind close, Func<T> item)
    {
        var items = new List<T>();
        while (!_panic && !At(close))
        {
            items.Add(item());
            if (_panic)
            {
                RecoverTo(TokenKind.Comma);
                if (_panic && At(close))
                {
                    _panic = false;
                }
            }

            if (!TryTake(TokenKind.Comma))
            {
                break;
            }
        }

        if (!TryTake(close))
        {
            Unexpected($"',' or {Words.Describe(close)}");
        }

        return items;
    }

    /// <summary>One level deeper: the stack is guarded and the nesting bounded.</summary>
    private T Nested<T>(Func<Parser, T> f)
    {
        if (++_nesting > MostNesting)
        {
            throw new LimitException(Current.Span, $"expected at most {MostNesting:N0} levels of nesting, found more");
        }

        var result = RuntimeHelpers.TryEnsureSufficientExecutionStack() ? f(this) : StackGuard.Run(f, this);
        _nesting--;
        return result;
    }

    /// <summary>Counts the links of a chain, which is a loop and no recursion, but makes a deep tree.</summary>
    private void Link(ref int links)
    {
        if (++links > MostLinks)
        {
            throw new LimitException(Current.Span, $"expected chains of at most {MostLinks:N0} links, found a longer one");
        }
    }

    private SourceSpan From(int start) => new(start, Math.Max(0, Previous.End - start));
}
