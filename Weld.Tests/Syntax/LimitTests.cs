using System.Text;
using Weld.Core;
using Weld.Core.Diagnostics;
using Weld.Core.IR;
using static Weld.Tests.Syntax.Programs;

namespace Weld.Tests.Syntax;

/// <summary>language.md §8: what is too deep, too long or too large is <c>Limit</c>; chains are not deep.</summary>
public class LimitTests
{
    private static string Repeat(string text, int count) => new StringBuilder().Insert(0, text, count).ToString();

    private static void IsLimit(string program)
    {
        var diagnostics = ErrorsOf(program);
        Assert.Contains(diagnostics, d => d.Code == CompileCode.Limit);
    }

    [Theory]
    [InlineData("(", "1", ")")]
    [InlineData("[", "1", "]")]
    [InlineData("{", "1", "}")]
    [InlineData("-", "1 ", "")]
    [InlineData("!", "true", "")]
    [InlineData("i64(", "1", ")")]
    [InlineData("if(true, ", "1", ", 1)")]
    [InlineData("let x = (", "1", "); x")]
    [InlineData("(|x| ", "1", ")(1)")]
    [InlineData("map([1], |x| ", "x", ")")]
    [InlineData("sum(map(", "[1]", ", |x| x))")]
    [InlineData("@(size: 1) (", "1", ")")]
    public void Nesting_deeper_than_a_thousand_is_a_limit(string open, string core, string close)
    {
        IsLimit(Repeat(open, 1_100) + core + Repeat(close, 1_100));
        IsLimit(Repeat(open, 100_000) + core + Repeat(close, 100_000));
        IsLimit(Repeat(open, 100_000));
    }

    [Theory]
    [InlineData("(", "1", ")")]
    [InlineData("-", "(1)", "")]
    [InlineData("if(true, ", "1", ", 1)")]
    [InlineData("let x = ", "1", "; x")]
    [InlineData("(|x| ", "1", ")(1)")]
    public void Nesting_of_a_thousand_levels_is_legal(string open, string core, string close)
    {
        var count = open == "-" ? 999 : 1_000;
        HasType(Repeat(open, count) + core + Repeat(close, count), "i32");
        IsLimit(Repeat(open, count + 1) + core + Repeat(close, count + 1));
    }

    [Fact]
    public void Deep_types_are_a_limit() => IsLimit($"|x: {Repeat("vec[", 5_000)}i64{Repeat("]", 5_000)}| x");

    [Theory]
    [InlineData("let x = x + 1; ")]
    [InlineData("let x = (x + x) / 2; ")]
    public void Chains_of_ten_thousand_lets_are_legal(string link) => RoundTrips($"let x = 1; {Repeat(link, 10_000)} x");

    [Theory]
    [InlineData(" + 1")]
    [InlineData(" ^ 1")]
    [InlineData(" << 1")]
    public void Chains_of_ten_thousand_operators_are_legal(string link) => RoundTrips($"1{Repeat(link, 10_000)}");

    [Fact]
    public void Chains_of_lazy_operators_are_legal() => RoundTrips($"|x: bool| x{Repeat(" && x || x", 5_000)}");

    [Theory]
    [InlineData("1", " + 1")]
    [InlineData("{1}", ".$0")]
    [InlineData("1", ": i32")]
    [InlineData("(|| 1)", "()")]
    [InlineData("", "let x = 1; ")]
    public void Chains_of_more_than_a_hundred_thousand_links_are_a_limit(string start, string link) => IsLimit($"{start}{Repeat(link, 1_000_000)}");

    [Fact]
    public void Thirty_halvings_compile_in_linear_time()
    {
        var program = Checked($"let c = 7; {Repeat("let c = (c + c) / 2; ", 30)} c").Program;
        Assert.Empty(Verifier.Verify(program));
        RoundTrips($"let c = 7; {Repeat("let c = (c + c) / 2; ", 30)} c");
    }

    [Fact]
    public void Functions_that_double_are_a_limit()
    {
        var program = new StringBuilder("let f0 = |x| x + 1;");
        for (var i = 1; i < 40; i++)
        {
            program.Append($"let f{i} = |x| f{i - 1}(f{i - 1}(x));");
        }

        IsLimit($"{program} f39(1)");
    }

    [Fact]
    public void Macros_that_double_are_a_limit()
    {
        static string Doubling(int n) => $"macro m0(x) = x + x;{string.Concat(Enumerable.Range(1, n).Select(i => $"macro m{i}(x) = m{i - 1}(x) + m{i - 1}(x);"))} m{n}(1)";
        HasType(Doubling(12), "i32");
        IsLimit(Doubling(19));
        IsLimit(Doubling(28));
    }

    [Theory]
    [InlineData("let a = [a]; ")]
    [InlineData("let a = {a}; ")]
    [InlineData("let a = result(merge(appender, a)); ")]
    public void Types_nest_a_thousand_levels(string link)
    {
        HasType($"let a = 1; {Repeat(link, 990)} 1", "i32");
        IsLimit($"let a = 1; {Repeat(link, 1_100)} 1");
    }

    [Fact]
    public void Types_that_double_are_a_limit()
    {
        IsLimit($"let x0 = {{1, 2}}; {string.Concat(Enumerable.Range(1, 40).Select(i => $"let x{i} = {{x{i - 1}, x{i - 1}}};"))} 1");
        IsLimit($"type t0 = {{i64, i64}}; {string.Concat(Enumerable.Range(1, 40).Select(i => $"type t{i} = {{t{i - 1}, t{i - 1}}};"))} 1");
        IsLimit($"(|x0| {string.Concat(Enumerable.Range(1, 40).Select(i => $"let x{i} = {{x{i - 1}, x{i - 1}}};"))} 1)([])");
        IsLimit($"(|{string.Join(",", Enumerable.Range(0, 40).Select(i => $"x{i}"))}| {string.Concat(Enumerable.Range(1, 39).Select(i => $"let y{i} = if(true, x{i}, [{{x{i - 1}, x{i - 1}}}]);"))} x39)({string.Join(",", Enumerable.Repeat("[]", 40))})");
    }

    [Fact]
    public void Text_over_sixteen_mebibytes_is_a_limit()
    {
        IsLimit(new string(' ', (16 << 20) + 1) + "1");
        IsLimit($"len(\"{new string('é', 9 << 20)}\")");
        HasType($"{new string(' ', 16 << 20)}1"[1..], "i32");
    }

    [Fact]
    public void Macros_nest_thirty_levels()
    {
        static string Chain(int n) => $"macro m1(x) = x; {string.Concat(Enumerable.Range(2, n - 1).Select(i => $"macro m{i}(x) = m{i - 1}(x);"))} m{n}(1)";
        HasType(Chain(30), "i32");
        Assert.Contains(ErrorsOf(Chain(31)), d => d.Code == CompileCode.Macro);
        Assert.Contains(ErrorsOf(Chain(2_000)), d => d.Code == CompileCode.Macro);
        Assert.Contains(ErrorsOf($"{string.Concat(Enumerable.Range(1, 2_000).Select(i => $"macro m{i}(x) = m{i + 1}(x);"))} macro m2001(x) = x; m1(1)"), d => d.Code == CompileCode.Macro);
    }

    [Fact]
    public void A_shared_tree_that_explodes_is_a_limit()
    {
        Expr c = new Literal(Weld.Core.Values.Scalar.I32(1));
        for (var i = 0; i < 40; i++)
        {
            c = new Binary(Weld.Core.Operators.OperatorTable.Add, c, c);
        }

        Assert.Equal(CompileCode.Limit, Assert.Throws<WeldCompileException>(() => FrontEnd.Check(c)).Diagnostics[0].Code);
    }
}
