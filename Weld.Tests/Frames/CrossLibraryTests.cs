using System.Text.RegularExpressions;
using CrossLibrary;
using Weld.Frames;
using Weld.Managed;
using Weld.Tests.Repository;

namespace Weld.Tests.Frames;

/// <summary>The example of two libraries that know nothing of each other.</summary>
public sealed partial class CrossLibraryTests
{
    private const string Command = "dotnet run -c Release --project examples/cross-library";
    private const string Page = "examples/cross-library/README.md";

    /// <summary><c>WELD_BLESS=1</c> writes what the commands print now. Times are each machine's own.</summary>
    [Fact]
    public void CommandsPrintWhatThePageShows()
    {
        var blocks = ConsoleBlock().Matches(Checkout.Read(Page)).Where(b => b.Groups["arguments"].Value != "times").ToArray();
        Assert.NotEmpty(blocks);
        foreach (var block in blocks)
        {
            using var found = new StringWriter { NewLine = "\n" };
            Example.Write(found, block.Groups["arguments"].Value.Split(' ', StringSplitOptions.RemoveEmptyEntries));
            if (Checkout.Bless)
            {
                var whole = block.Value;
                var command = whole[..(block.Groups["output"].Index - block.Index)];
                File.WriteAllText(Checkout.FullPath(Page), Checkout.Read(Page).Replace(whole, $"{command}{found}```", StringComparison.Ordinal));
            }
            else
            {
                Assert.Equal(block.Groups["output"].Value, found.ToString());
            }
        }
    }

    [Fact]
    public void CodeIsWhatThePageShows() => Assert.Contains(
        Flat(CodeBlock().Match(Checkout.Read(Page)).Groups["code"].Value),
        Flat(Checkout.Read("examples/cross-library/CrimeIndex.cs")),
        StringComparison.Ordinal);

    [Fact]
    public void BothLibrariesShareTwoLoops()
    {
        var sums = CrimeIndex.WithLibraries(Cities.Make(10).Columns());
        Assert.Equal(15, Loops(sums.Explain(new CollectOptions { Compile = new CompileOptions { Passes = [] } })));
        Assert.Equal(2, Loops(sums.Explain()));

        static int Loops(string explanation) => explanation.Split('\n').Count(l => l.StartsWith("# loop ", StringComparison.Ordinal));
    }

    [Fact]
    public void EveryWayFindsTheSame()
    {
        var cities = Cities.Make(10_000);
        var expected = CrimeIndex.WithLoops(cities);
        Same(CrimeIndex.WithLinq(cities));
        Same(Computed(CompileOptions.Default));
        Same(Computed(new CompileOptions { Passes = [] }));
        Same(Computed(new CompileOptions { Backend = Backend.Interpreter }));

        (string, double)[] Computed(CompileOptions compile) => CrimeIndex.WithLibraries(cities.Columns()).ToArray(new CollectOptions { Compile = compile });

        void Same((string State, double Index)[] found)
        {
            Assert.Equal(expected.Select(e => e.State), found.Select(f => f.State));
            Assert.All(expected.Zip(found), p => Assert.Equal(p.First.Index, p.Second.Index, 1e-12));
        }
    }

    private static string Flat(string code) => string.Join('\n', code.Split('\n').Select(l => l.Trim()).Where(l => l.Length > 0));

    [GeneratedRegex(@"^```csharp\n(?<code>.*?)^```", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex CodeBlock();

    [GeneratedRegex(@"^```console\n\$ " + Command + @"(?: -- (?<arguments>[^\n]*))?\n(?<output>.*?)^```", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex ConsoleBlock();
}
