using Weld.Core;
using Weld.Core.Diagnostics;
using Weld.Core.Evaluation;
using Weld.Managed;

namespace Weld.Tests.Managed;

/// <summary>Texts that are compared, and that are keys of several builders, against the interpreter.</summary>
public sealed class TextTests
{
    private const string Noise = "let noise = \"abcabcabcabcabcabcabcabdabcabcabcabcabcabcabcabcabcabcab\";";

    public static TheoryData<string> Comparisons =>
    [
        "slice(noise, i % 7L, i % 23L) == slice(noise, i % 5L, j % 23L)",
        "slice(noise, i % 7L, i % 23L) != slice(noise, i % 5L, j % 23L) & i % 3L == 0L",
        "i % 3L == 0L | slice(noise, i % 7L, i % 5L) == \"abca\"",
        "(slice(noise, i % 3L, i % 9L) == \"abcabc\" | slice(noise, i % 3L, i % 9L) == \"abcabca\") & (slice(noise, j % 3L, 3L) == \"abc\" | j % 7L == 2L)",
        "slice(noise, i % 40L, 17L) == slice(noise, j % 40L, 17L) | slice(noise, i % 40L, 16L) == slice(noise, j % 40L, 16L)",
        "!(slice(noise, i % 3L, 0L) == slice(noise, j, 0L) & i != 5L) | j == 5L",
        "map(slice(noise, i % 3L, i % 5L), |c| i16(c)) == map(slice(noise, j % 3L, j % 5L), |c| i16(c))",
        "map(slice(noise, i % 3L, i % 3L), |c| f64(c) - 97.0) == map(slice(noise, j % 3L, j % 3L), |c| -0.0 + f64(c) - 97.0) & i < j",
        "map(slice(noise, i % 3L, 2L), |c| c > 97c) == map(slice(noise, j % 3L, 2L), |c| c > 98c)",
        "zip(slice(noise, i % 3L, 4L), slice(noise, j % 3L, 4L)) == zip(slice(noise, i % 3L, 4L), slice(noise, 0L, 4L)) & j < 9L",
    ];

    [Theory]
    [MemberData(nameof(Comparisons))]
    public void ComparisonsAreThoseOfTheInterpreter(string condition) => Check(
        $"{Noise} result(for(rangeiter(0L, 46L, 1L), appender[{{i64, i64}}], |b, n, i| for(rangeiter(0L, 46L, 1L), b, |c, m, j| if({condition}, merge(c, {{i, j}}), c))))");

    /// <summary>What one side of an and decides takes no error from the other.</summary>
    [Theory]
    [InlineData("slice(noise, 0L, 3L) == \"abd\" & lookup(noise, i) == 97c", true)]
    [InlineData("lookup(noise, i) == 97c & slice(noise, 0L, 3L) == \"abd\"", true)]
    [InlineData("i < 3L && lookup(noise, i) == 97c & slice(noise, 0L, 3L) == \"abc\"", false)]
    public void ErrorsOfConditionsStay(string condition, bool fails)
    {
        var module = WeldModule.Compile($"{Noise} result(for(rangeiter(0L, 100L, 1L), merger[i64, +], |b, n, i| if({condition}, merge(b, 1L), b)))");
        if (fails)
        {
            Assert.Equal(RuntimeCode.ArrayOutOfBounds, Assert.Throws<WeldRuntimeException>(() => module.Run().Dispose()).Code);
            return;
        }

        using var result = module.Run();
        Assert.Equal(1, result.As<long>());
    }

    /// <summary>Builders of the same keys have them under the same numbers, unless some were merged into one of them alone.</summary>
    [Theory]
    [InlineData("k", "k", "i % 2L == 0L")]
    [InlineData("k", "k", "true")]
    [InlineData("k", "k", "i > 400L")]
    [InlineData("k", "{k, i % 3L}", "i % 5L < 3L")]
    [InlineData("{k, k}", "{k, k}", "i % 5L == 3L")]
    public void BuildersOfTheSameTextsDoNotMixThem(string first, string second, string condition)
    {
        var type = (string key) => key == "k" ? "vec[i8]" : key == "{k, k}" ? "{vec[i8], vec[i8]}" : "{vec[i8], i64}";
        var builders = $"{{dictmerger[{type(first)}, f64, +], dictmerger[{type(second)}, i64, +], groupmerger[{type(second)}, i64]}}";
        Check(
            $"{Noise} let r = for(rangeiter(0L, 900L, 1L), {builders}, |b, n, i| let k = slice(noise, i * 7L % 31L, i % 21L); let l = {second};"
            + $"if({condition}, {{merge(b.$0, {{{first}, 0.1}}), merge(b.$1, {{l, i}}), merge(b.$2, {{l, i}})}}, {{b.$0, merge(b.$1, {{l, 1L}}), b.$2}}));"
            + "{tovec(result(r.$0)), tovec(result(r.$1)), tovec(result(r.$2))}");
        Check(
            $"{Noise} let r = for(rangeiter(0L, 90L, 1L), {builders}, |b, n, i| for(rangeiter(0L, 9L, 1L), b, |c, m, j| let k = slice(noise, i * j % 31L, i % 21L); let l = {second};"
            + $"{{merge(c.$0, {{{first}, 0.1}}), if({condition}, merge(c.$1, {{l, i}}), c.$1), if({condition}, c.$2, merge(c.$2, {{l, i}}))}}));"
            + "{tovec(result(r.$0)), tovec(result(r.$1)), tovec(result(r.$2))}");
    }

    private static void Check(string text)
    {
        var program = FrontEnd.Check(new SourceText(text)).Program;
        var expected = Interpreter.Run(program, []);
        foreach (var width in new[] { 0, 256 })
        {
            var module = WeldModule.Compile(program, new CompileOptions { VectorWidth = width });
            foreach (var options in new[] { new RunOptions { Threads = 1 }, new RunOptions { Threads = 3, Grain = 10 } })
            {
                Assert.Equal(expected, module.Evaluate([], options));
            }
        }
    }
}
