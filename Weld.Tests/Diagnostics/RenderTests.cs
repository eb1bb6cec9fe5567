using Weld.Core;
using Weld.Core.Diagnostics;
using Weld.Core.IR;
using static Weld.Tests.Syntax.Programs;

namespace Weld.Tests.Diagnostics;

/// <summary>language.md §8 and §9: how errors and warnings look.</summary>
public class RenderTests
{
    private static string Shown(string text, string? name = null) =>
        Assert.Throws<WeldCompileException>(() => FrontEnd.Check(new SourceText(text, name))).Message;

    [Fact]
    public void An_error_shows_its_line_and_a_caret() => Assert.Equal(
        "sum.weld:2:9: Type: expected i64, found i32\n" +
        "      x + 100\n" +
        "          ^^^",
        Shown("|x: i64|\n    x + 100", "sum.weld"));

    [Fact]
    public void A_second_place_is_shown_too() => Assert.Equal(
        """
        1:43: Linearity: expected the builder 'b' to be used once, found a second use
          let b = appender[i64]; {result(b), result(b)}
                                                    ^
        1:32: the other place
          let b = appender[i64]; {result(b), result(b)}
                                         ^
        """.ReplaceLineEndings("\n"),
        Shown("let b = appender[i64]; {result(b), result(b)}"));

    [Fact]
    public void Columns_count_utf16_units_and_lines_end_with_any_break()
    {
        FailsWith("\"😀\" + 1", "Type 1:8");
        FailsWith("let a = 1;\r\nlet b = 2;\r\nc", "Name 3:1");
    }

    [Fact]
    public void All_errors_are_shown_in_order() => Assert.Equal(2, Shown("x + y").Split("\n\n").Length);

    [Fact]
    public void Errors_do_not_come_without_end() => Assert.Equal(100, ErrorsOf(string.Join(" + ", Enumerable.Range(0, 500).Select(i => $"x{i}"))).Count);

    [Theory]
    [InlineData("@(loopsize: 5, grain_size: 6L, size: 7, num_keys: 0, branch_selectivity: 10000, impl: global, predicate: true, vectorize: false, parallel: true) 1", 0)]
    [InlineData("@(loop_size: 5) 1", 1)]
    [InlineData("@(loopsize: true) 1", 1)]
    [InlineData("@(loopsize: -1) 1", 1)]
    [InlineData("@(branch_selectivity: 10001) 1", 1)]
    [InlineData("@(impl: remote) 1", 1)]
    [InlineData("@(predicate: 1, foo: \"bar\") 1", 2)]
    [InlineData("let f = |x| @(foo: 1) x; f(1) + f(2)", 1)]
    public void Annotations_that_mean_nothing_are_warnings(string program, int count)
    {
        var warnings = Checked(program).Warnings;
        Assert.Equal(count, warnings.Count);
        Assert.All(warnings, w => Assert.Contains("it is ignored", w.Message));
    }

    [Fact]
    public void A_warning_has_the_place_of_the_annotation() => Assert.Equal(new SourceSpan(9, 6), Checked("1 + @(   foo: 1) 2").Warnings[0].Span);

    [Fact]
    public void Annotations_of_a_standard_macro_mean_its_loop() =>
        Prints("|v: vec[i64]| @(loopsize: 5) sum(v)", "|v: vec[i64]| result(@(loopsize: 5) for(v, merger[i64,+], |b, i, x| merge(b, x)))");

    [Fact]
    public void Warnings_of_trees_made_by_hosts_are_given_too()
    {
        var program = FrontEnd.Check(new Literal(Weld.Core.Values.Scalar.I64(1)) { Annotations = [new Annotation("foo", "1")] });
        Assert.Single(program.Warnings);
    }
}
