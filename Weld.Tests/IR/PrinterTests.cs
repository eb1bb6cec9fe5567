using System.Globalization;
using Weld.Core;
using Weld.Core.IR;
using Weld.Core.Operators;
using Weld.Core.Types;
using Weld.Core.Values;
using static Weld.Tests.Syntax.Programs;

namespace Weld.Tests.IR;

public class PrinterTests
{
    [Theory]
    [InlineData("((1) + ((2 * 3)))", "|| 1 + 2 * 3")]
    [InlineData("(1 + 2) * 3", "|| (1 + 2) * 3")]
    [InlineData("1 - (2 - 3)", "|| 1 - (2 - 3)")]
    [InlineData("1 - 2 - 3", "|| 1 - 2 - 3")]
    [InlineData("(1 < 2) == (3 < 4)", "|| 1 < 2 == 3 < 4")]
    [InlineData("(1 == 2) == (3 == 4)", "|| (1 == 2) == (3 == 4)")]
    [InlineData("|x: i32| -(x)", "|x: i32| -x")]
    [InlineData("-(5)", "|| -(5)")]
    [InlineData("-5", "|| -5")]
    [InlineData("- -5", "|| --5")]
    [InlineData("-5u8", "|| -5u8")]
    [InlineData("2 - -5", "|| 2 - -5")]
    [InlineData("|x: {i64,i64}| (-(x.$0)) + (-x.$1)", "|x: {i64,i64}| -x.$0 + -x.$1")]
    [InlineData("|x: bool, y: bool| (x || y) && (x && y || x)", "|x: bool, y: bool| (x || y) && (x && y || x)")]
    [InlineData("let x = 1; let x = x + 1; x", "|| let x = 1; let x_1 = x + 1; x_1")]
    [InlineData("let x_1 = 1; let x = 2; let x = 3; x + x_1", "|| let x_1 = 1; let x = 2; let x_2 = 3; x_2 + x_1")]
    [InlineData("(|x| x)(1) + (|x| x)(2)", "|| (|x| x)(1) + (|x| x)(2)")]
    [InlineData("let compare = 1; compare", "|| let compare_1 = 1; compare_1")]
    [InlineData("let map = 1; map", "|| let map = 1; map")]
    [InlineData("(let x = 1; x) + 2", "|| (let x = 1; x) + 2")]
    [InlineData("|v: vec[u8]| v == \"a\"", "|v: vec[u8]| v == \"a\": vec[u8]")]
    [InlineData("[]: vec[i64]", "|| []: vec[i64]")]
    [InlineData("\"\\x80a\\n\"", "|| \"\\x80a\\n\"")]
    [InlineData("\"\\u{1F600}\\u{200B}\\x00\"", "|| \"😀\\u{200B}\\0\"")]
    [InlineData("@(loopsize: 5, impl: local, size: 10000000000L, num_keys: \"a b\") 1", "|| @(loopsize: 5, impl: local, size: 10000000000L, num_keys: \"a b\") 1")]
    [InlineData("@(size: 1) (1 + 2)", "|| @(size: 1) (1 + 2)")]
    [InlineData("1.0/0.0 + -1.0/0.0 + 0.0/0.0", "|| (1.0 / 0.0) + (-1.0 / 0.0) + (0.0 / 0.0)")]
    [InlineData("1e16 + 1e-7 + 0.1", "|| 10000000000000000.0 + 1E-07 + 0.1")]
    [InlineData("1e16f + 3f", "|| 1E+16f + 3f")]
    [InlineData("|v: vec[i64]| sum(v)", "|v: vec[i64]| result(for(v, merger[i64,+], |b, i, x| merge(b, x)))")]
    [InlineData("for(zip([1], rangeiter(0L, 1L, 1L)), appender[i64], |b, i, x| b)", "|| for(zip([1], rangeiter(0L, 1L, 1L)), appender[i64], |b, i, x| b)")]
    public void Text_is_minimal(string program, string text)
    {
        Prints(program, text);
        RoundTrips(program);
    }

    [Fact]
    public void A_program_is_laid_out_on_lines()
    {
        var program = Checked("|v: vec[i64], limit: i64| let big = filter(v, |x| x > limit && x < 1000000L && x != 77777L); let total = sum(big); {total, len(big), lookup(big, 0L), lookup(big, 1L), lookup(big, 2L), lookup(big, 3L), lookup(big, 4L)}").Program;
        Assert.Equal(
            """
            |v: vec[i64], limit: i64|
                let big = result(
                    for(
                        v,
                        appender[i64],
                        |b, i, x| if((|x_1| x_1 > limit && x_1 < 1000000L && x_1 != 77777L)(x), merge(b, x), b)
                    )
                );
                let total = result(for(big, merger[i64,+], |b, i, x| merge(b, x)));
                {
                    total,
                    len(big),
                    lookup(big, 0L),
                    lookup(big, 1L),
                    lookup(big, 2L),
                    lookup(big, 3L),
                    lookup(big, 4L)
                }
            """.ReplaceLineEndings("\n"),
            Printer.PrintProgram(program));
    }

    [Fact]
    public void Every_scalar_reads_back()
    {
        var random = new Random(1);
        foreach (var kind in ScalarKinds.All)
        {
            for (var i = 0; i < 200; i++)
            {
                var bits = i switch { 0 => 0UL, 1 => ulong.MaxValue, 2 => 1UL << ((kind.Size() * 8) - 1), 3 => (1UL << ((kind.Size() * 8) - 1)) - 1, _ => (ulong)random.NextInt64(long.MinValue, long.MaxValue) };
                var scalar = Scalar.FromBits(kind, bits);
                Assert.Equal(scalar, Assert.IsType<Literal>(Checked(new Literal(scalar).ToString()).Program.Body).Value);
            }
        }
    }

    [Fact]
    public void Every_string_reads_back()
    {
        for (var i = 0; i < 256; i++)
        {
            var literal = new StringLiteral(ScalarType.I8, [(byte)i, (byte)(i ^ 0x80), (byte)'x']);
            Assert.Equal(literal, Checked(literal.ToString()).Program.Body);
        }
    }

    [Fact]
    public void Names_that_are_none_are_replaced()
    {
        static string Named(string name)
        {
            var symbol = new Symbol(name, ScalarType.I64);
            return new Let(symbol, new Literal(Scalar.I64(1)), new Ident(symbol)).ToString();
        }

        Assert.Equal("let len_1 = 1L; len_1", Named("len"));
        Assert.Equal("let _ = 1L; _", Named(""));
        Assert.Equal("let _a_b = 1L; _a_b", Named("a b"));
        Assert.Equal("let _1x = 1L; _1x", Named("1x"));
        var (outer, inner) = (new Symbol("x", ScalarType.I64), new Symbol("x", ScalarType.I64));
        Assert.Equal("x + x_1", new Binary(OperatorTable.Add, new Ident(outer), new Ident(inner)).ToString());
    }

    [Fact]
    public void Numbers_do_not_depend_on_the_culture()
    {
        var before = CultureInfo.CurrentCulture;
        CultureInfo.CurrentCulture = new CultureInfo("") { NumberFormat = new NumberFormatInfo { NumberDecimalSeparator = ",", NegativeSign = "~" } };
        try
        {
            Assert.Equal("-1.5", new Literal(Scalar.F64(-1.5)).ToString());
            Assert.Equal("-7L", new Literal(Scalar.I64(-7)).ToString());
            Assert.Equal(".$1", new Field(new StructLiteral([]), 1).ToString()[2..]);
            RoundTrips("@(size: 5) {-1.5, 1e3f, -128c}");
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }
}
