using Weld.Core.Diagnostics;
using Weld.Core.IR;
using Weld.Core.Values;
using static Weld.Tests.Syntax.Programs;

namespace Weld.Tests.Syntax;

/// <summary>language.md §1.</summary>
public class LexerTests
{
    [Theory]
    [InlineData("23", "i32", "23")]
    [InlineData("1_000_000", "i32", "1000000")]
    [InlineData("23l", "i64", "23")]
    [InlineData("23L", "i64", "23")]
    [InlineData("97c", "i8", "97")]
    [InlineData("97C", "i8", "97")]
    [InlineData("42si", "i16", "42")]
    [InlineData("1i8", "i8", "1")]
    [InlineData("1i16", "i16", "1")]
    [InlineData("1i32", "i32", "1")]
    [InlineData("1i64", "i64", "1")]
    [InlineData("255u8", "u8", "255")]
    [InlineData("65535u16", "u16", "65535")]
    [InlineData("4294967295u32", "u32", "4294967295")]
    [InlineData("18446744073709551615u64", "u64", "18446744073709551615")]
    [InlineData("0x1c", "i32", "28")]
    [InlineData("0xff", "i32", "255")]
    [InlineData("0xFF_FF", "i32", "65535")]
    [InlineData("0xffffffff", "i32", "-1")]
    [InlineData("0x1fL", "i64", "31")]
    [InlineData("0x1fsi", "i16", "31")]
    [InlineData("0xffffsi", "i16", "-1")]
    [InlineData("0xffu8", "u8", "255")]
    [InlineData("0xffi8", "i8", "-1")]
    [InlineData("0xffffffffffffffffl", "i64", "-1")]
    [InlineData("0b111", "i32", "7")]
    [InlineData("0b1111_1111c", "i8", "-1")]
    [InlineData("-128c", "i8", "-128")]
    [InlineData("-2147483648", "i32", "-2147483648")]
    [InlineData("-9223372036854775808L", "i64", "-9223372036854775808")]
    [InlineData("-32768si", "i16", "-32768")]
    [InlineData("23.0", "f64", "23")]
    [InlineData("23e5", "f64", "2300000")]
    [InlineData("1e-5", "f64", "1E-05")]
    [InlineData("1E+5", "f64", "100000")]
    [InlineData("1_0.2_5e1_0", "f64", "102500000000")]
    [InlineData("1.5f", "f32", "1.5")]
    [InlineData("1.5F", "f32", "1.5")]
    [InlineData("2f", "f32", "2")]
    [InlineData("2f32", "f32", "2")]
    [InlineData("2f64", "f64", "2")]
    [InlineData("1e-400", "f64", "0")]
    [InlineData("1e-60f", "f32", "0")]
    [InlineData("-0.0", "f64", "-0")]
    [InlineData("3.4028234e38f", "f32", "3.4028235E+38")]
    [InlineData("true", "bool", "true")]
    [InlineData("false", "bool", "false")]
    [InlineData("1.0 / 0.0", "f64", "Infinity")]
    [InlineData("-1.0f / 0.0f", "f32", "-Infinity")]
    [InlineData("0.0 / 0.0", "f64", "NaN")]
    public void Numbers(string program, string type, string value)
    {
        HasType(program, type);
        Assert.Equal(value, Assert.IsType<Literal>(Checked(program).Program.Body).Value.ToString());
        RoundTrips(program);
    }

    [Theory]
    [InlineData("2147483648", CompileCode.Literal, "at most 2147483647", 1)]
    [InlineData("- 2147483648", CompileCode.Literal, "minus directly before it", 3)]
    [InlineData("- 128c", CompileCode.Literal, "integer of i8", 3)]
    [InlineData("0c-128c", CompileCode.Literal, "integer of i8", 4)]
    [InlineData("-256u8", CompileCode.Literal, "integer of u8, which is at most 255", 2)]
    [InlineData("129c", CompileCode.Literal, "integer of i8, which is at most 127", 1)]
    [InlineData("-129c", CompileCode.Literal, "integer of i8", 2)]
    [InlineData("0x1ffffffff", CompileCode.Literal, "integer of i32", 1)]
    [InlineData("0x100u8", CompileCode.Literal, "integer of u8", 1)]
    [InlineData("99999999999999999999999L", CompileCode.Literal, "integer of i64", 1)]
    [InlineData("1e400", CompileCode.Literal, "finite number of f64, found 1e400", 1)]
    [InlineData("1e39f", CompileCode.Literal, "finite number of f32", 1)]
    [InlineData("1__0", CompileCode.Syntax, "between two digits", 2)]
    [InlineData("1_", CompileCode.Syntax, "between two digits", 2)]
    [InlineData("0x_1", CompileCode.Syntax, "between two digits", 3)]
    [InlineData("0x", CompileCode.Syntax, "hexadecimal digits after '0x'", 1)]
    [InlineData("0b2", CompileCode.Syntax, "bits after '0b'", 1)]
    [InlineData("12abc", CompileCode.Syntax, "found 'abc'", 1)]
    [InlineData("1.5L", CompileCode.Syntax, "suffix of a float", 1)]
    [InlineData("1e", CompileCode.Syntax, "found 'e'", 1)]
    [InlineData("0x1g", CompileCode.Syntax, "found 'g'", 1)]
    [InlineData("\"abc", CompileCode.Syntax, "'\"' at the end of the string", 1)]
    [InlineData("\"a\\qb\"", CompileCode.Syntax, "expected an escape", 3)]
    [InlineData("\"\\xg0\"", CompileCode.Syntax, "two hexadecimal digits", 2)]
    [InlineData("\"\\u{110000}\"", CompileCode.Literal, "up to 10FFFF", 2)]
    [InlineData("\"\\u{D800}\"", CompileCode.Literal, "without the surrogates", 2)]
    [InlineData("\"\\u{}\"", CompileCode.Literal, "one to six", 2)]
    [InlineData("\"\\u12\"", CompileCode.Literal, "one to six", 2)]
    [InlineData("1 + é", CompileCode.Syntax, "found 'é'", 5)]
    [InlineData("x.$", CompileCode.Syntax, "a digit after '$'", 3)]
    public void Bad_literals(string program, CompileCode code, string message, int column)
    {
        var first = ErrorsOf(program).First(d => d.Code == code && d.Message.Contains(message, StringComparison.Ordinal));
        Assert.Equal(column, first.Span.Start + 1);
    }

    [Theory]
    [InlineData("\"\"", new byte[0])]
    [InlineData("\"abc\"", new byte[] { 97, 98, 99 })]
    [InlineData("\"#\"", new byte[] { 35 })]
    [InlineData("\"a\nb\"", new byte[] { 97, 10, 98 })]
    [InlineData("\"\\n\\t\\r\\0\\\"\\\\\"", new byte[] { 10, 9, 13, 0, 34, 92 })]
    [InlineData("\"\\x00\\xff\\x41\"", new byte[] { 0, 255, 65 })]
    [InlineData("\"é\\u{E9}\"", new byte[] { 0xC3, 0xA9, 0xC3, 0xA9 })]
    [InlineData("\"\\u{1F600}\\u{0}\"", new byte[] { 0xF0, 0x9F, 0x98, 0x80, 0 })]
    public void Strings_are_their_bytes(string program, byte[] bytes)
    {
        var literal = Assert.IsType<StringLiteral>(Checked(program).Program.Body);
        Assert.Equal(bytes, literal.Bytes);
        HasType(program, "vec[i8]");
        RoundTrips(program);
    }

    [Theory]
    [InlineData("1 # + \"", "1")]
    [InlineData("# a\n1 + # b\n 2", "1 + 2")]
    [InlineData("\uFEFF1", "1")]
    [InlineData("\t1\r\n", "1")]
    [InlineData("let _x1 = 1; _x1", "let y = 1; y")]
    [InlineData("let map = 1; let sum = 2; let compare = 3; map + sum + compare", "let a = 1; let b = 2; let c = 3; a + b + c")]
    public void Blanks_comments_and_names(string program, string same) => Same(program, same);

    [Fact]
    public void Keywords_are_no_names()
    {
        foreach (var word in Weld.Core.Syntax.Words.Keywords)
        {
            Assert.Contains(ErrorsOf($"let {word} = 1; 2"), d => d.Code == CompileCode.Syntax && d.Message.Contains($"expected a name, found '{word}'", StringComparison.Ordinal));
        }
    }

    [Fact]
    public void Every_operator_function_is_a_keyword() =>
        Assert.All(Weld.Core.Operators.OperatorTable.Unary.Where(o => !o.IsInfix).Select(o => o.Name).Concat(Weld.Core.Operators.OperatorTable.Binary.Where(o => !o.IsInfix).Select(o => o.Name)), name => Assert.Contains(name, Weld.Core.Syntax.Words.Keywords));

    [Theory]
    [InlineData("1 ` 2", 3)]
    [InlineData("`", 1)]
    [InlineData("let a = 1 ` ; a", 11)]
    [InlineData("let a ` = 1; a", 7)]
    [InlineData("|v: vec[i64]| map(v, |x| x ` 1L)", 28)]
    [InlineData("[1, `, 2]", 5)]
    [InlineData("let x = 3 € 4; x + 1", 11)]
    [InlineData("1 + `` 2", 5)]
    [InlineData("$ 1", 1)]
    [InlineData("{1, 2}.$", 8)]
    [InlineData("\\x", 1)]
    public void One_bad_character_is_one_error(string program, int column)
    {
        var error = Assert.Single(ErrorsOf(program));
        Assert.Equal((CompileCode.Syntax, column - 1), (error.Code, error.Span.Start));
    }
}
