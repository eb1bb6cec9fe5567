using System.Globalization;
using System.Text;
using Weld.Core.Diagnostics;
using Weld.Core.IR;
using Weld.Core.Types;
using Weld.Core.Values;

namespace Weld.Core.Syntax;

internal sealed partial class Lexer
{
    private void Number()
    {
        var start = _at;
        if (Current == '0' && At(1) is 'x' or 'b')
        {
            RadixInteger(start, At(1) == 'x' ? 16 : 2);
            return;
        }

        SkipDigits(char.IsAsciiDigit);
        var isFloat = false;
        if (Current == '.' && char.IsAsciiDigit(At(1)))
        {
            isFloat = true;
            _at++;
            SkipDigits(char.IsAsciiDigit);
        }

        if (Current is 'e' or 'E' && char.IsAsciiDigit(At(At(1) is '+' or '-' ? 2 : 1)))
        {
            isFloat = true;
            _at += At(1) is '+' or '-' ? 2 : 1;
            SkipDigits(char.IsAsciiDigit);
        }

        var digits = _text.AsSpan(start, _at - start);
        var suffix = Suffix();
        if (suffix is "f" or "F" or "f32" or "f64" || (isFloat && suffix == ""))
        {
            Float(start, digits, suffix is "" or "f64" ? ScalarKind.F64 : ScalarKind.F32);
        }
        else if (isFloat || IntegerKind(suffix) is not { } kind)
        {
            Error(CompileCode.Syntax, start, $"expected a suffix of a {(isFloat ? "float (f, F, f32 or f64)" : "number such as L, c, si, u8 or f")}, found '{suffix}'");
            Add(TokenKind.Number, start, Scalar.I32(0));
        }
        else
        {
            Decimal(start, digits, kind);
        }
    }

    /// <summary>Skips digits and the underscores between them.</summary>
    private void SkipDigits(Func<char, bool> isDigit)
    {
        while (isDigit(Current) || Current == '_')
        {
            if (Current == '_' && !(_at > 0 && isDigit(_text[_at - 1]) && isDigit(At(1))))
            {
                _diagnostics.Add(CompileCode.Syntax, new SourceSpan(_at, 1), "expected '_' between two digits only");
            }

            _at++;
        }
    }

    private string Suffix()
    {
        var start = _at;
        while (IsWordPart(Current))
        {
            _at++;
        }

        return _at == start ? "" : _text[start.._at];
    }

    private static ScalarKind? IntegerKind(string suffix) => suffix switch
    {
        "" => ScalarKind.I32,
        "c" or "C" => ScalarKind.I8,
        "si" => ScalarKind.I16,
        "l" or "L" => ScalarKind.I64,
        _ => ScalarKinds.Parse(suffix) is { } kind && kind.IsInteger() ? kind : null,
    };

    private void Decimal(int start, ReadOnlySpan<char> digits, ScalarKind kind)
    {
        var magnitude = Magnitude(digits, 10);
        var bits = (kind.Size() * 8) - (kind.IsSigned() ? 1 : 0);
        var most = ulong.MaxValue >> (64 - bits);
        if (magnitude <= most)
        {
            Add(TokenKind.Number, start, Scalar.Integer(kind, (long)magnitude.Value));
        }
        else if (kind.IsSigned() && magnitude == most + 1)
        {
            Add(TokenKind.NegatedNumber, start, Scalar.Integer(kind, (long)magnitude.Value));
        }
        else
        {
            DoesNotFit(start, kind, most);
        }
    }

    private void RadixInteger(int start, int radix)
    {
        _at += 2;
        var from = _at;
        SkipDigits(radix == 16 ? char.IsAsciiHexDigit : static c => c is '0' or '1');
        var digits = _text.AsSpan(from, _at - from);
        var suffix = Suffix();
        if (digits.IsEmpty || IntegerKind(suffix) is not { } kind)
        {
            Error(CompileCode.Syntax, start, digits.IsEmpty
                ? $"expected {(radix == 16 ? "hexadecimal digits" : "bits")} after '{_text.AsSpan(start, 2)}'"
                : $"expected a suffix of an integer such as L, si or u8, found '{suffix}'");
            Add(TokenKind.Number, start, Scalar.I32(0));
            return;
        }

        var most = ulong.MaxValue >> (64 - (kind.Size() * 8));
        if (Magnitude(digits, (uint)radix) is { } magnitude && magnitude <= most)
        {
            Add(TokenKind.Number, start, Scalar.Integer(kind, (long)magnitude));
        }
        else
        {
            DoesNotFit(start, kind, most);
        }
    }

    private void DoesNotFit(int start, ScalarKind kind, ulong most)
    {
        Error(CompileCode.Literal, start, $"expected an integer of {kind.Name()}, which is at most {most}, found {Excerpt(start)}");
        Add(TokenKind.Number, start, Scalar.Zero(kind));
    }

    private string Excerpt(int start) => _at - start <= 40 ? _text[start.._at] : $"{_text.AsSpan(start, 40)}…";

    /// <summary>The value of digits, or null beyond 64 bits.</summary>
    private static ulong? Magnitude(ReadOnlySpan<char> digits, uint radix)
    {
        var value = 0UL;
        foreach (var c in digits)
        {
            if (c != '_')
            {
                var digit = (uint)(char.IsAsciiDigit(c) ? c - '0' : (c | 0x20) - 'a' + 10);
                if (value > (ulong.MaxValue - digit) / radix)
                {
                    return null;
                }

                value = (value * radix) + digit;
            }
        }

        return value;
    }

    private void Float(int start, ReadOnlySpan<char> digits, ScalarKind kind)
    {
        Span<char> plain = digits.Length <= 256 ? stackalloc char[digits.Length] : new char[digits.Length];
        var length = 0;
        foreach (var c in digits)
        {
            if (c != '_')
            {
                plain[length++] = c;
            }
        }

        var value = kind == ScalarKind.F32
            ? Scalar.F32(float.Parse(plain[..length], NumberStyles.Float, CultureInfo.InvariantCulture))
            : Scalar.F64(double.Parse(plain[..length], NumberStyles.Float, CultureInfo.InvariantCulture));
        if (kind == ScalarKind.F32 ? float.IsInfinity(value.AsSingle) : double.IsInfinity(value.AsDouble))
        {
            Error(CompileCode.Literal, start, $"expected a finite number of {kind.Name()}, found {Excerpt(start)}");
        }

        Add(TokenKind.Number, start, value);
    }

    private void Text()
    {
        var start = _at++;
        var bytes = new List<byte>();
        while (true)
        {
            if (_at >= _text.Length)
            {
                Error(CompileCode.Syntax, start, "expected '\"' at the end of the string, found the end of the program");
                break;
            }

            var c = _text[_at];
            if (c == '"')
            {
                _at++;
                break;
            }

            if (c == '\\')
            {
                Escape(bytes);
            }
            else if (c < 0x80)
            {
                bytes.Add((byte)c);
                _at++;
            }
            else
            {
                Character(bytes);
            }
        }

        Add(TokenKind.Text, start, new Seq<byte>([.. bytes]));
    }

    private void Character(List<byte> bytes)
    {
        var from = _at;
        if (Rune.DecodeFromUtf16(_text.AsSpan(_at), out var rune, out var consumed) == System.Buffers.OperationStatus.Done)
        {
            AddRune(bytes, rune);
            _at += consumed;
        }
        else
        {
            _at++;
            Error(CompileCode.Literal, from, $"expected a character, found half of one: {Shown(_text[from])}");
        }
    }

    private static void AddRune(List<byte> bytes, Rune rune)
    {
        Span<byte> encoded = stackalloc byte[4];
        bytes.AddRange(encoded[..rune.EncodeToUtf8(encoded)]);
    }

    private void Escape(List<byte> bytes)
    {
        var start = _at;
        var c = At(1);
        _at = Math.Min(_text.Length, _at + 2);
        switch (c)
        {
            case 'n': bytes.Add((byte)'\n'); break;
            case 't': bytes.Add((byte)'\t'); break;
            case 'r': bytes.Add((byte)'\r'); break;
            case '0': bytes.Add(0); break;
            case '"' or '\\': bytes.Add((byte)c); break;
            case 'x' when char.IsAsciiHexDigit(Current) && char.IsAsciiHexDigit(At(1)):
                bytes.Add(byte.Parse(_text.AsSpan(_at, 2), NumberStyles.HexNumber, CultureInfo.InvariantCulture));
                _at += 2;
                break;
            case 'x':
                Error(CompileCode.Syntax, start, @"expected two hexadecimal digits after \x");
                break;
            case 'u':
                UnicodeEscape(start, bytes);
                break;
            default:
                Error(CompileCode.Syntax, start, $@"expected an escape (\n \t \r \0 \"" \\ \xHH \u{{H…}}), found '{_text[start.._at]}'");
                break;
        }
    }

    private void UnicodeEscape(int start, List<byte> bytes)
    {
        var from = _at + 1;
        var length = 0;
        while (Current == '{' && length < 8 && char.IsAsciiHexDigit(At(1 + length)))
        {
            length++;
        }

        if (length is > 0 and <= 6 && At(1 + length) == '}')
        {
            _at = from + length + 1;
            if (Rune.TryCreate(int.Parse(_text.AsSpan(from, length), NumberStyles.HexNumber, CultureInfo.InvariantCulture), out var rune))
            {
                AddRune(bytes, rune);
                return;
            }
        }

        Error(CompileCode.Literal, start, @"expected a character as \u{H…}, one to six hexadecimal digits up to 10FFFF without the surrogates");
    }
}
