using System.Text.RegularExpressions;
using Weld.Tests.Repository;

namespace Weld.Tests.Frames;

/// <summary>docs/frames.md is true: its C# runs and prints what it shows.</summary>
public sealed partial class FramesPageTests
{
    private const string Page = "docs/frames.md";

    [Fact]
    public void SamplesRun()
    {
        var source = Flat(Checkout.Read("Weld.Tests/Frames/FramesPage.cs"));
        var samples = Blocks("csharp");
        Assert.Equal(3, samples.Length);
        Assert.All(samples, sample => Assert.Contains(Flat(sample), source, StringComparison.Ordinal));
        Assert.Equal(string.Concat(Blocks("text")), FramesPage.Output());
    }

    private static string[] Blocks(string language) => [.. Block().Matches(Checkout.Read(Page)).Where(b => b.Groups["language"].Value == language).Select(b => b.Groups["text"].Value)];

    private static string Flat(string code) => string.Join('\n', code.Split('\n').Select(l => l.Trim()).Where(l => l.Length > 0));

    [GeneratedRegex(@"^```(?<language>\w+)\n(?<text>.*?)^```", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Block();
}
