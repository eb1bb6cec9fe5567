using System.Text;
using System.Text.RegularExpressions;
using Weld.Bench.Workloads;
using Weld.Tests.Examples;
using Weld.Tests.IO;
using Weld.Tests.Repository;

namespace Weld.Tests.Cli;

/// <summary>The command lines that pages and example programs show are run, and what they show as output is what comes out.</summary>
public sealed partial class PagesTests
{
    private const string Page = "docs/cli.md";

    public static TheoryData<string> Blocks => [.. Block().Matches(Checkout.Read(Page)).Select(m => m.Groups[1].Value)];

    public static TheoryData<string> ExamplePrograms => [.. Checkout.Files("examples/programs").Where(f => f.EndsWith(".weld", StringComparison.Ordinal))];

    [Theory]
    [MemberData(nameof(Blocks))]
    public void ThePageShowsWhatComesOut(string block)
    {
        using var directory = new TemporaryDirectory();
        var shown = new StringBuilder();
        var expected = new StringBuilder();
        var commands = block.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(l => l.StartsWith("$ ", StringComparison.Ordinal)).ToList();
        foreach (var line in block.Split('\n')[..^1])
        {
            if (!line.StartsWith("$ ", StringComparison.Ordinal) && !line.StartsWith("< ", StringComparison.Ordinal))
            {
                expected.Append(line).Append('\n');
            }
        }

        var input = string.Concat(block.Split('\n').Where(l => l.StartsWith("< ", StringComparison.Ordinal)).Select(l => $"{l[2..]}\n"));
        foreach (var command in commands)
        {
            shown.Append(RunLine(command[2..], input, directory));
        }

        if (expected.Length > 0)
        {
            Assert.Equal(expected.ToString(), shown.ToString());
        }
    }

    [Theory]
    [InlineData("word-count", "╭──────┬───────╮\n│ word │ count │\n├──────┼───────┤\n│ the  │     3 │\n│ and  │     2 │\n│ bird │     1 │\n╰──────┴───────╯\n3 of 5 rows; --head N shows more\n")]
    [InlineData("primes", "[2, 3, 5, 7, 11, 13, 17, 19, 23, 29]\n")]
    [InlineData("matrix-product", "[[19, 22], [43, 50]]\n")]
    [InlineData("line-fit", "{2.15, 0.9}\n")]
    [InlineData("revenue", "18.525\n")]
    [InlineData("root", "{1.41421, 6}\n")]
    [InlineData("sales-by-customer", "╭──────────┬───────╮\n│ customer │ total │\n├──────────┼───────┤\n│ Ada      │     3 │\n│ Bo       │  14.5 │\n╰──────────┴───────╯\n")]
    [InlineData("histogram", "[1, 2, 0, 0, 0, 0, 0, 0, 0, 2]\n")]
    public void TheExampleProgramAnswers(string name, string answer)
    {
        using var directory = new TemporaryDirectory();
        var command = string.Join(' ', ExampleCommand.Of($"examples/programs/{name}.weld").Words.Select(w => $"'{w}'"));
        Assert.Contains($"examples/programs/{name}.weld", command, StringComparison.Ordinal);
        Assert.Equal(answer, RunLine(command, "", directory));
    }

    [Theory]
    [MemberData(nameof(ExamplePrograms))]
    public void EveryExampleProgramIsTestedAndFormatted(string path)
    {
        var tested = typeof(PagesTests).GetMethod(nameof(TheExampleProgramAnswers))!.GetCustomAttributesData().Where(a => a.ConstructorArguments.Count == 1)
            .SelectMany(a => (IEnumerable<System.Reflection.CustomAttributeTypedArgument>)a.ConstructorArguments[0].Value!).Select(v => v.Value as string);
        Assert.Contains(Path.GetFileNameWithoutExtension(path), tested.Concat(Workload.All.Select(w => w.Name)));
        Assert.Equal(Checkout.Read(path), Command.Run("fmt", Checkout.FullPath(path)).Output);
    }

    /// <summary>Runs <c>weld …</c>, or <c>printf '…'</c> or <c>echo '…'</c> before it, or into a file. Gives what people see, without the times.</summary>
    private static string RunLine(string line, string input, TemporaryDirectory directory)
    {
        var words = Words(line);
        if (words[0] is "echo" or "printf")
        {
            input = words[0] == "echo" ? $"{words[1]}\n" : Regex.Unescape(words[1]);
            if (words[2] == ">")
            {
                directory.Write(words[3], input);
                return "";
            }

            Assert.Equal("|", words[2]);
            words = words[3..];
        }

        Assert.Equal("weld", words[0]);
        var arguments = words[1..].Select(w => w.StartsWith("examples/", StringComparison.Ordinal) ? Checkout.FullPath(w) : w == "numbers.csv" ? Path.Combine(directory.Path, w) : w);
        var command = Command.RunWith(input, [.. arguments]);
        Assert.InRange(command.ExitCode, 0, 1);
        return Times().Replace(command.Output + command.Error, "").Replace(directory.Path + Path.DirectorySeparatorChar, "", StringComparison.Ordinal);
    }

    /// <summary>Words as a shell parts them: at spaces outside single quotes.</summary>
    private static string[] Words(string line) =>
        [.. Word().Matches(line).Select(m => m.Value.Replace("'", "", StringComparison.Ordinal))];

    [GeneratedRegex(@"^```console\n(.*?)^```", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Block();

    [GeneratedRegex(@"(?:[^\s']|'[^']*')+")]
    private static partial Regex Word();

    [GeneratedRegex(@"^\d+ rows; compiled in .*\n", RegexOptions.Multiline)]
    private static partial Regex Times();
}
