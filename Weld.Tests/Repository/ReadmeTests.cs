using System.Text.RegularExpressions;
using Weld.Tests.Cli;

namespace Weld.Tests.Repository;

/// <summary>README.md is true: its commands print what it shows, its C# runs, its links lead somewhere.</summary>
public sealed partial class ReadmeTests
{
    private const string Weld = "dotnet run -c Release --project Weld.Cli -- ";

    /// <summary><c>WELD_BLESS=1</c> writes what the commands print now.</summary>
    [Fact]
    public void CommandsPrintWhatItShows()
    {
        var readme = Checkout.Read("README.md");
        var blocks = ConsoleBlock().Matches(readme).Where(b => b.Groups["command"].Value.StartsWith(Weld, StringComparison.Ordinal)).ToArray();
        Assert.NotEmpty(blocks);
        foreach (var block in blocks)
        {
            var arguments = Words().Matches(block.Groups["command"].Value[Weld.Length..]).Select(AsArgument).ToArray();
            var found = Command.Run(arguments);
            Assert.Equal(0, found.ExitCode);
            var output = string.Join('\n', found.Output.TrimEnd().Split('\n').Select(l => l.TrimEnd())) + "\n";
            if (Checkout.Bless)
            {
                File.WriteAllText(Checkout.FullPath("README.md"), Checkout.Read("README.md").Replace(block.Groups["output"].Value, output, StringComparison.Ordinal));
            }
            else
            {
                Assert.Equal(block.Groups["output"].Value, output);
            }
        }
    }

    [Fact]
    public void TestCommandIsTheOneThatIntegrationRuns()
    {
        const string Command = "dotnet test -c Release";
        Assert.Contains($"$ {Command}\n", Checkout.Read("README.md"), StringComparison.Ordinal);
        Assert.Contains(Command, Checkout.Read(".ci/run"), StringComparison.Ordinal);
    }

    [Fact]
    public void SampleRuns()
    {
        var readme = Checkout.Read("README.md");
        var sample = Sample().Match(readme);
        Assert.Contains(Flat(sample.Groups["code"].Value.Replace("using Weld.Managed;", string.Empty, StringComparison.Ordinal)), Flat(Checkout.Read("Weld.Tests/Repository/ReadmeSample.cs")), StringComparison.Ordinal);
        Assert.Equal(sample.Groups["output"].Value, ReadmeSample.Output());
    }

    [Fact]
    public void LinksLeadToFiles()
    {
        foreach (var page in Checkout.Files().Where(f => f.EndsWith(".md", StringComparison.Ordinal)))
        {
            var folder = Path.GetDirectoryName(Checkout.FullPath(page))!;
            var links = Link().Matches(Code().Replace(Checkout.Read(page), string.Empty)).Select(m => m.Groups[1].Value).Where(l => !l.Contains("://", StringComparison.Ordinal));
            Assert.DoesNotContain(links, l => !Path.Exists(Path.Combine(folder, l.Split('#')[0])));
        }
    }

    /// <summary>A file is named from the top folder, where the reader stands.</summary>
    private static string AsArgument(Match word)
    {
        var text = word.Value.Trim('\'', '"');
        return File.Exists(Checkout.FullPath(text)) ? Checkout.FullPath(text) : text;
    }

    private static string Flat(string code) => string.Join('\n', code.Split('\n').Select(l => l.Trim()).Where(l => l.Length > 0));

    [GeneratedRegex(@"^```console\n\$ (?<command>[^\n]*)\n(?<output>.*?)^```", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex ConsoleBlock();

    [GeneratedRegex(@"^```csharp\n(?<code>.*?)^```\n.*?^```text\n(?<output>.*?)^```", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Sample();

    [GeneratedRegex(@"'[^']*'|""[^""]*""|\S+")]
    private static partial Regex Words();

    [GeneratedRegex(@"^```.*?^```|`[^`\n]*`", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Code();

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Link();
}
