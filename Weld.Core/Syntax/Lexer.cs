using System.Runtime.InteropServices;
using Weld.Core.Diagnostics;

namespace Weld.Core.Syntax;

/// <summary>Cuts program text into tokens (language.md §1); what is no token is reported and skipped.</summary>
internal sealed partial class Lexer
{
    private static readonly Dictionary<string, string> Known = Words.Keywords.Concat(Words.StandardMacros).ToDictionary(w => w);
    private static readonly Dictionary<string, string>.AlternateLookup<ReadOnlySpan<char>> KnownBySpan = Known.GetAlternateLookup<ReadOnlySpan<char>>();

    private readonly string _text;
    private readonly DiagnosticBag _diagnostics;
    private Token[] _tokens;
    private int _count;
    private readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> _names;
    private int _at;

    private Lexer(string text, DiagnosticBag diagnostics)
    {
        _text = text;
        _diagnostics = diagnostics;
        _tokens = new Token[Math.Min(1 << 16, (text.Length / 2) + 4)];
        _names = new HashSet<string>(StringComparer.Ordinal).GetAlternateLookup<ReadOnlySpan<char>>();
    }

    private char Current => At(0);

    /// <summary>The tokens of a text, the last of kind <see cref="TokenKind.End"/>.</summary>
    public static Token[] Lex(string text, DiagnosticBag diagnostics)
    {
        var lexer = new Lexer(text, diagnostics);
        lexer.All();
        return lexer._tokens;
    }

    private char At(int offset) => (uint)(_at + offset) < (uint)_text.Length ? _text[_at + offset] : '\0';

    private void All()
    {
        while (true)
        {
            SkipBlank();
            if (_at == _text.Length)
            {
                Add(TokenKind.End, _at);
                Array.Resize(ref _tokens, _count);
                return;
            }

            var c = _text[_at];
            if (char.IsAsciiLetter(c) || c == '_')
            {
                Word();
            }
            else if (char.IsAsciiDigit(c))
            {
                Number();
            }
            else if (c == '"')
            {
                Text();
            }
            else if (c == '$')
            {
                Field();
            }
            else
            {
                Sign(c);
            }
        }
    }

    private void SkipBlank()
    {
        while (_at < _text.Length)
        {
            var c = _text[_at];
            if (c is ' ' or '\n' or '\r' or '\t' or '\f' or '\v' || (c == '\uFEFF' && _at == 0))
            {
                _at++;
            }
            else if (c == '#')
            {
                var end = _text.IndexOf('\n', _at);
                _at = end < 0 ? _text.Length : end;
            }
            else
            {
                return;
            }
        }
    }

    private static bool IsWordPart(char c) => char.IsAsciiLetterOrDigit(c) || c == '_';

    private void Word()
    {
        var start = _at;
        while (IsWordPart(Current))
        {
            _at++;
        }

        var word = _text.AsSpan(start, _at - start);
        if (KnownBySpan.TryGetValue(word, out var known))
        {
            Add(Words.Keywords.Contains(known) ? TokenKind.Keyword : TokenKind.Identifier, start, known);
            return;
        }

        if (!_names.TryGetValue(word, out var name))
        {
            name = word.ToString();
            _names.Set.Add(name);
        }

        Add(TokenKind.Identifier, start, name);
    }

    private void Field()
    {
        var start = _at++;
        var index = 0L;
        while (char.IsAsciiDigit(Current))
        {
            index = Math.Min(int.MaxValue, (index * 10) + (Current - '0'));
            _at++;
        }

        if (_at == start + 1)
        {
            Error(CompileCode.Syntax, start, "expected a digit after '$'");
            Add(TokenKind.Bad, start);
            return;
        }

        Add(TokenKind.Field, start, (int)index);
    }

    private void Sign(char c)
    {
        var next = At(1);
        var (kind, length) = c switch
        {
            '(' => (TokenKind.LeftParenthesis, 1),
            ')' => (TokenKind.RightParenthesis, 1),
            '[' => (TokenKind.LeftBracket, 1),
            ']' => (TokenKind.RightBracket, 1),
            '{' => (TokenKind.LeftBrace, 1),
            '}' => (TokenKind.RightBrace, 1),
            ',' => (TokenKind.Comma, 1),
            ';' => (TokenKind.Semicolon, 1),
            ':' => (TokenKind.Colon, 1),
            '.' => (TokenKind.Dot, 1),
            '@' => (TokenKind.At, 1),
            '?' => (TokenKind.Question, 1),
            '=' => next == '=' ? (TokenKind.EqualEqual, 2) : (TokenKind.Assign, 1),
            '!' => next == '=' ? (TokenKind.NotEqual, 2) : (TokenKind.Not, 1),
            '~' => (TokenKind.Complement, 1),
            '+' => (TokenKind.Plus, 1),
            '-' => (TokenKind.Minus, 1),
            '*' => (TokenKind.Star, 1),
            '/' => (TokenKind.Slash, 1),
            '%' => (TokenKind.Percent, 1),
            '|' => next == '|' ? (TokenKind.BarBar, 2) : (TokenKind.Bar, 1),
            '&' => next == '&' ? (TokenKind.AmpersandAmpersand, 2) : (TokenKind.Ampersand, 1),
            '^' => (TokenKind.Caret, 1),
            '<' => next == '=' ? (TokenKind.LessEqual, 2) : next == '<' ? (TokenKind.ShiftLeft, 2) : (TokenKind.Less, 1),
            '>' => next == '=' ? (TokenKind.GreaterEqual, 2) : next == '>' ? (TokenKind.ShiftRight, 2) : (TokenKind.Greater, 1),
            _ => (TokenKind.End, 0),
        };
        var start = _at;
        if (length > 0)
        {
            _at += length;
            Add(kind, start);
            return;
        }

        while (_at < _text.Length && (_text[_at] > '~' || _text[_at] == c))
        {
            _at++;
        }

        Error(CompileCode.Syntax, start, $"expected a letter, digit or sign of the language, found '{Shown(c)}'");
        Add(TokenKind.Bad, start);
    }

    private static string Shown(char c) => c is > ' ' and not '\u007f' && !char.IsSurrogate(c) && !char.IsControl(c) ? c.ToString() : $"\\u{{{(int)c:X}}}";

    private void Add(TokenKind kind, int start, object? value = null)
    {
        if (_count == _tokens.Length)
        {
            Array.Resize(ref _tokens, _count * 2);
        }

        _tokens[_count++] = new Token(kind, start, _at - start, value);
    }

    private void Error(CompileCode code, int start, string message) => _diagnostics.Add(code, new SourceSpan(start, Math.Max(1, _at - start)), message);
}
