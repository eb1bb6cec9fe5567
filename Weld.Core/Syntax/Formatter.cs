using Weld.Core.Diagnostics;
using Weld.Core.IR;

namespace Weld.Core.Syntax;

/// <summary>
/// Lays program text out anew: the same program, comments kept, one <c>let</c> a line, what does not fit a line broken at brackets and operators. Blank lines between
/// statements stay, one at most. What it gives, it leaves as it is.
/// </summary>
public sealed class Formatter
{
    private const int Columns = 100;

    private static readonly Dictionary<TokenKind, int> Levels = new()
    {
        [TokenKind.BarBar] = 1, [TokenKind.AmpersandAmpersand] = 2, [TokenKind.Bar] = 3, [TokenKind.Caret] = 4, [TokenKind.Ampersand] = 5,
        [TokenKind.EqualEqual] = 6, [TokenKind.NotEqual] = 6, [TokenKind.Less] = 7, [TokenKind.Greater] = 7, [TokenKind.LessEqual] = 7, [TokenKind.GreaterEqual] = 7,
        [TokenKind.ShiftLeft] = 8, [TokenKind.ShiftRight] = 8, [TokenKind.Plus] = 9, [TokenKind.Minus] = 9, [TokenKind.Star] = 10, [TokenKind.Slash] = 10, [TokenKind.Percent] = 10,
    };

    private readonly string _text;
    private readonly Token[] _tokens;
    private int _at;
    private int _nextComments;

    private Formatter(string text, Token[] tokens)
    {
        _text = text;
        _tokens = tokens;
    }

    private TokenKind Kind => _tokens[_at].Kind;

    private TokenKind Next => _tokens[Math.Min(_at + 1, _tokens.Length - 1)].Kind;

    /// <summary>The program, laid out.</summary>
    /// <param name="source">Its text.</param>
    /// <exception cref="WeldCompileException">It cannot be parsed.</exception>
    public static string Format(SourceText source)
    {
        ArgumentNullException.ThrowIfNull(source);
        var diagnostics = new DiagnosticBag();
        try
        {
            Parser.Parse(source.Text, diagnostics, out _);
        }
        catch (LimitException e)
        {
            diagnostics.Add(CompileCode.Limit, e.Span, e.Message);
        }

        return diagnostics.Count > 0
            ? throw new WeldCompileException(diagnostics.All, source)
            : new Formatter(source.Text, Lexer.Lex(source.Text, diagnostics)).Program().Render(Columns);
    }

    private Layout Program()
    {
        var parts = new List<Layout> { Opening() };
        while (_tokens[_at].Is("type") || _tokens[_at].Is("macro"))
        {
            parts.Add(Declaration());
        }

        parts.Add(Expression());
        parts.Add(Gap("\n"));
        return Layout.Join(parts);
    }

    /// <summary><c>type name = …;</c> or <c>macro name(…) = …;</c>.</summary>
    private Layout Declaration()
    {
        var parts = new List<Layout> { Take(), " ", Operand(), " ", Take(), " ", Expression(), Take() };
        return Layout.Join(Layout.Group(Layout.Join(parts)), Gap(Layout.HardLine, isStatement: true));
    }

    private Layout Expression() => StackGuard.Run(
        static f => f._tokens[f._at].Is("let") ? f.Lets()
            : f.Kind == TokenKind.BarBar || (f.Kind == TokenKind.Bar && !IsWord(f.Next)) ? f.Function()
            : f.Operators(),
        this);

    private Layout Lets()
    {
        var parts = new List<Layout>();
        while (_tokens[_at].Is("let"))
        {
            parts.Add(Layout.Group(Layout.Join(Take(), " ", Operand(), " ", Take(), " ", Expression(), Take())));
            parts.Add(Gap(Layout.HardLine, isStatement: true));
        }

        parts.Add(Expression());
        return Layout.Join(parts);
    }

    private Layout Function()
    {
        var bar = Take();
        var parameters = new List<Layout> { bar };
        if (_tokens[_at - 1].Kind == TokenKind.Bar)
        {
            parameters.Add(Layout.Indented(Layout.Join(Items(TokenKind.Bar))));
            parameters.Add(Gap(Layout.SoftLine));
            parameters.Add(Take());
        }

        return Layout.Group(Layout.Join(Layout.Group(Layout.Join(parameters)), Layout.Indented(Layout.Join(Gap(Layout.Line), Expression()))));
    }

    private Layout Operators()
    {
        var operands = new List<Layout> { Operand() };
        var links = new List<(int Level, Layout Sign)>();
        while (Levels.TryGetValue(Kind, out var level))
        {
            links.Add((level, Layout.Join(Gap(Layout.Line), Take(), " ")));
            operands.Add(Operand());
        }

        return Chain(operands, links, 0, operands.Count);
    }

    /// <summary>The operands of a range; they part at the loosest operators between them.</summary>
    private static Layout Chain(List<Layout> operands, List<(int Level, Layout Sign)> links, int start, int end)
    {
        if (end - start == 1)
        {
            return operands[start];
        }

        var loosest = links.GetRange(start, end - start - 1).Min(l => l.Level);
        var parts = new List<Layout>();
        for (var i = start + 1; i <= end; i++)
        {
            if (i == end || links[i - 1].Level == loosest)
            {
                parts.Add(Chain(operands, links, start, i));
                parts.Add(i == end ? "" : links[i - 1].Sign);
                start = i;
            }
        }

        return Layout.Group(Layout.Indented(Layout.Join(parts)));
    }

    /// <summary>A primary with what stands before and behind it: signs, annotations; fields, calls, types.</summary>
    private Layout Operand()
    {
        var parts = new List<Layout>();
        while (Kind is TokenKind.At or TokenKind.Minus or TokenKind.Not or TokenKind.Complement && !(Kind == TokenKind.Minus && IsWord(Next)))
        {
            parts.Add(Take());
            if (_tokens[_at - 1].Kind == TokenKind.At)
            {
                parts.Add(Brackets());
                parts.Add(" ");
            }
        }

        parts.Add(IsOpen(Kind) ? Brackets() : Take());
        while (true)
        {
            switch (Kind)
            {
                case TokenKind.LeftParenthesis or TokenKind.LeftBracket:
                    parts.Add(Brackets());
                    break;
                case TokenKind.Dot:
                    parts.Add(Take());
                    parts.Add(Take());
                    break;
                case TokenKind.Colon:
                    parts.Add(Take());
                    parts.Add(" ");
                    parts.Add(Operand());
                    break;
                default:
                    return Layout.Join(parts);
            }
        }
    }

    private Layout Brackets()
    {
        var open = Take();
        var isEmpty = IsClose(Kind);
        var items = Layout.Indented(Layout.Join(Items(Closing(_tokens[_at - 1].Kind))));
        return Layout.Group(Layout.Join(open, items, isEmpty ? "" : Gap(Layout.SoftLine), Take()));
    }

    /// <summary>What stands between brackets or bars, and the places for line breaks before it and between its items. A comma at the end goes.</summary>
    private List<Layout> Items(TokenKind close)
    {
        var items = new List<Layout> { Gap(Layout.SoftLine) };
        while (Kind != close && Kind != TokenKind.End)
        {
            items.Add(close == TokenKind.Bar ? Operand() : Expression());
            var comma = Kind == TokenKind.Comma ? Take() : "";
            if (Kind != close && Kind != TokenKind.End)
            {
                items.Add(comma);
                items.Add(Gap(Layout.Line));
            }
        }

        return items;
    }

    private static TokenKind Closing(TokenKind open) => open switch
    {
        TokenKind.LeftParenthesis => TokenKind.RightParenthesis,
        TokenKind.LeftBracket => TokenKind.RightBracket,
        _ => TokenKind.RightBrace,
    };

    private static bool IsOpen(TokenKind kind) => kind is TokenKind.LeftParenthesis or TokenKind.LeftBracket or TokenKind.LeftBrace;

    private static bool IsClose(TokenKind kind) => kind is TokenKind.RightParenthesis or TokenKind.RightBracket or TokenKind.RightBrace;

    /// <summary>Whether an operator before this token stands for itself, as in <c>merger[i64,+]</c>.</summary>
    private static bool IsWord(TokenKind next) => next is TokenKind.RightBracket or TokenKind.RightBrace or TokenKind.Comma;

    /// <summary>The next token, after comments that stand in its way.</summary>
    private Layout Take()
    {
        var parts = new List<Layout>();
        foreach (var comment in Comments(out _))
        {
            parts.Add(comment.IsBehindToken ? " " : "");
            parts.Add(comment.Text);
            parts.Add(Layout.HardLine);
        }

        var token = _tokens[_at];
        _at = Math.Min(_at + 1, _tokens.Length - 1);
        parts.Add(_text.Substring(token.Start, token.Length));
        return parts.Count == 1 ? parts[0] : Layout.Join(parts);
    }

    /// <summary>The comments before the program, and the blank lines among them.</summary>
    private Layout Opening()
    {
        var parts = new List<Layout>();
        var comments = Comments(out var isBlankBefore);
        foreach (var comment in comments)
        {
            parts.Add(comment.IsBlankBefore && parts.Count > 0 ? Layout.HardLine : "");
            parts.Add(comment.Text);
            parts.Add(Layout.HardLine);
        }

        parts.Add(isBlankBefore && parts.Count > 0 ? Layout.HardLine : "");
        return Layout.Join(parts);
    }

    /// <summary>What stands between two tokens: <paramref name="usual"/> if there are no comments, else those and a line break.</summary>
    private Layout Gap(Layout usual, bool isStatement = false)
    {
        var comments = Comments(out var isBlankBefore);
        if (comments.Count == 0)
        {
            return isStatement && isBlankBefore ? Layout.Join("\n", usual) : usual;
        }

        var parts = new List<Layout>();
        foreach (var comment in comments)
        {
            parts.Add(isStatement && comment.IsBlankBefore ? "\n" : "");
            parts.Add(comment.IsBehindToken ? " " : Layout.HardLine);
            parts.Add(comment.Text);
        }

        parts.Add(isStatement && isBlankBefore ? "\n" : "");
        parts.Add(Layout.HardLine);
        return Layout.Join(parts);
    }

    /// <summary>The comments between the last token and the next one, each given once.</summary>
    private List<Comment> Comments(out bool isBlankBefore)
    {
        var comments = new List<Comment>();
        var start = _at == 0 ? 0 : _tokens[_at - 1].End;
        var breaks = 0;
        for (var i = start; _nextComments <= _at && i < _tokens[_at].Start; i++)
        {
            if (_text[i] == '#')
            {
                var end = _text.IndexOf('\n', i) is >= 0 and var e ? e : _text.Length;
                comments.Add(new Comment(_text[i..end].TrimEnd(), breaks > 1, breaks == 0 && _at > 0));
                breaks = 0;
                i = end - 1;
            }
            else if (_text[i] == '\n')
            {
                breaks++;
            }
        }

        _nextComments = _at + 1;
        isBlankBefore = breaks > 1;
        return comments;
    }

    private readonly record struct Comment(string Text, bool IsBlankBefore, bool IsBehindToken);
}
