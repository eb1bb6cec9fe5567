using Weld.Core.Diagnostics;

namespace Weld.Core.Syntax;

/// <summary>What a token is.</summary>
internal enum TokenKind : byte
{
    End,

    /// <summary>What is no word or sign of the language; the lexer has reported it.</summary>
    Bad,

    Identifier,
    Keyword,

    /// <summary>A scalar literal; the value is a <see cref="Values.Scalar"/>.</summary>
    Number,

    /// <summary>An integer literal one above its signed type's maximum: legal only with an adjacent prefix minus. The value is the type's minimum.</summary>
    NegatedNumber,

    /// <summary>A string literal; the value is its bytes.</summary>
    Text,

    /// <summary><c>$n</c>; the value is n.</summary>
    Field,

    LeftParenthesis,
    RightParenthesis,
    LeftBracket,
    RightBracket,
    LeftBrace,
    RightBrace,
    Comma,
    Semicolon,
    Colon,
    Dot,
    At,
    Question,
    Assign,
    Not,
    Complement,
    Plus,
    Minus,
    Star,
    Slash,
    Percent,
    Bar,
    BarBar,
    Ampersand,
    AmpersandAmpersand,
    Caret,
    EqualEqual,
    NotEqual,
    Less,
    Greater,
    LessEqual,
    GreaterEqual,
    ShiftLeft,
    ShiftRight,
}

/// <summary>A word of the language, its place, and its value where it has one: the name, keyword, scalar, bytes or field number.</summary>
internal readonly record struct Token(TokenKind Kind, int Start, int Length, object? Value = null)
{
    public int End => Start + Length;

    public SourceSpan Span => new(Start, Length);

    public string Name => (string)Value!;

    public bool Is(string keyword) => Kind == TokenKind.Keyword && Name == keyword;
}

/// <summary>The fixed words and signs of the language.</summary>
internal static class Words
{
    private static readonly string[] Signs =
    [
        "(", ")", "[", "]", "{", "}", ",", ";", ":", ".", "@", "?", "=", "!", "~", "+", "-", "*", "/", "%", "|", "||", "&", "&&", "^",
        "==", "!=", "<", ">", "<=", ">=", "<<", ">>",
    ];

    /// <summary>The names that no variable can have (language.md §1).</summary>
    public static IReadOnlySet<string> Keywords { get; } = new HashSet<string>(StringComparer.Ordinal)
    {
        "if", "for", "zip", "len", "lookup", "optlookup", "keyexists", "slice", "sort", "simd", "select", "assert", "broadcast", "serialize",
        "deserialize", "iterate", "cudf", "simditer", "fringeiter", "rangeiter", "nditer", "iter", "merge", "result", "let", "true", "false",
        "macro", "type", "bool", "i8", "i16", "i32", "i64", "u8", "u16", "u32", "u64", "f32", "f64", "vec", "dict", "appender", "merger",
        "vecmerger", "dictmerger", "groupmerger", "tovec", "min", "max", "pow", "atan2", "exp", "log", "sqrt", "sin", "cos", "tan", "asin", "acos",
        "atan", "sinh", "cosh", "tanh", "erf", "abs", "floor", "ceil", "round", "trunc", "log2", "log10", "log1p", "expm1", "exp2", "cbrt", "sign", "isnan",
    };

    /// <summary>The names that are macros unless a variable hides them.</summary>
    public static IReadOnlySet<string> StandardMacros { get; } = new HashSet<string>(StringComparer.Ordinal) { "map", "filter", "flatten", "sum", "compare" };

    /// <summary>How a sign is written.</summary>
    public static string Sign(TokenKind kind) => Signs[kind - TokenKind.LeftParenthesis];

    /// <summary>A kind of token as messages name it.</summary>
    public static string Describe(TokenKind kind) => kind switch
    {
        TokenKind.End => "the end of the program",
        TokenKind.Bad => "what is no word of the language",
        TokenKind.Identifier => "a name",
        TokenKind.Keyword => "a keyword",
        TokenKind.Number or TokenKind.NegatedNumber => "a number",
        TokenKind.Text => "a string",
        TokenKind.Field => "a field such as $0",
        _ => $"'{Sign(kind)}'",
    };
}
