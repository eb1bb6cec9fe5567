using System.Text.Json;
using System.Text.RegularExpressions;
using Weld.Core;
using Weld.Core.Diagnostics;
using Weld.Core.Evaluation;
using Weld.Core.IR;
using Weld.Core.Values;
using Weld.Managed;

namespace Weld.Tests.Repository;

/// <summary>Every program that the repository shows: the .weld files (but the golden programs, which have their own tests), and the <c>```weld</c> blocks of its pages, with the answer below (<c># ARGUMENTS gives RESULT</c>, as JSON).</summary>
public sealed partial class ProgramsTests
{
    private static readonly SortedDictionary<string, string> Texts = Read();

    public static TheoryData<string> Places => [.. Texts.Keys];

    public static TheoryData<string, string> Answers
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (var (place, text) in Texts)
            {
                foreach (Match answer in Answer().Matches(text))
                {
                    data.Add(place, answer.Value);
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Places))]
    public void PrintsToTextThatParsesBack(string place)
    {
        var program = Check(place).Program;
        var printed = Printer.PrintProgram(program);
        var again = FrontEnd.Check(new SourceText(printed)).Program;
        Assert.True(AlphaEquality.Equal(program, again), printed);
        Assert.Equal(printed, Printer.PrintProgram(again));
    }

    [Theory]
    [MemberData(nameof(Answers))]
    public void AnswersAsThePageSays(string place, string answer)
    {
        var program = Check(place).Program;
        var parts = Answer().Match(answer);
        using var arguments = JsonDocument.Parse($"[{parts.Groups[1].Value}]");
        var values = program.Parameters.Zip(arguments.RootElement.EnumerateArray(), (p, json) => ValueJson.Read(json, p.Type)).ToSeq();
        var expected = ValueJson.Parse(parts.Groups[2].Value, program.Body.Type);
        Assert.Equal(expected, Interpreter.Run(program, values));
        Assert.Equal(expected, WeldModule.Compile(Texts[place], new CompileOptions { Backend = Backend.Compiled }).Evaluate(values));
    }

    [Fact]
    public void PagesHavePrograms() => Assert.True(Answers.Count >= 5);

    private static CheckedProgram Check(string place) => FrontEnd.Check(new SourceText(Texts[place], place));

    private static SortedDictionary<string, string> Read()
    {
        var texts = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var file in Checkout.Files())
        {
            if (file.StartsWith("Weld.Tests/Programs/", StringComparison.Ordinal))
            {
                continue;
            }

            if (file.EndsWith(".weld", StringComparison.Ordinal) && !file.EndsWith("/Prelude.weld", StringComparison.Ordinal))
            {
                texts.Add(file, Checkout.Read(file));
            }
            else if (file.EndsWith(".md", StringComparison.Ordinal))
            {
                foreach (Match block in Block().Matches(Checkout.Read(file)))
                {
                    texts.Add($"{file}, block {texts.Count(t => t.Key.StartsWith(file, StringComparison.Ordinal)) + 1}", block.Groups[1].Value);
                }
            }
        }

        return texts;
    }

    [GeneratedRegex(@"^```weld\n(.*?)^```", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Block();

    [GeneratedRegex(@"^# (.*) gives (.*)$", RegexOptions.Multiline)]
    private static partial Regex Answer();
}
