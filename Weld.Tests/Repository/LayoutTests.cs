using System.Text.RegularExpressions;
using System.Xml.Linq;
using Weld.Core.IR;
using Weld.Managed.Layout;

namespace Weld.Tests.Repository;

public sealed class LayoutTests
{
    private const int MaxLines = 600;

    private static readonly string[] TopLevel =
    [
        ".ci", ".editorconfig", ".gitattributes", ".github", ".gitignore", "CHANGELOG.md", "CONTRIBUTING.md", "Directory.Build.props", "Directory.Build.targets",
        "Directory.Packages.props", "LICENSE", "README.md", "Weld.Bench", "Weld.Cli", "Weld.Core", "Weld.Frames", "Weld.Managed", "Weld.Tests", "Weld.sln", "docs", "examples", "global.json",
    ];

    public static TheoryData<string> Libraries => ["Weld.Core", "Weld.Managed", "Weld.Frames"];

    [Fact]
    public void TopLevelIsWhatTheReaderIsTold() =>
        Assert.Equal(TopLevel, Checkout.Files().Select(f => f.Split('/')[0]).Distinct().Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Libraries))]
    public void LibraryDependsOnTheFrameworkAlone(string library) => Assert.Empty(References(library, "PackageReference"));

    [Theory]
    [InlineData("Weld.Core", "")]
    [InlineData("Weld.Managed", "Weld.Core")]
    [InlineData("Weld.Frames", "Weld.Managed")]
    public void LibraryKnowsOnlyTheOneBelow(string library, string below) =>
        Assert.Equal(below, string.Join(' ', References(library, "ProjectReference").Select(r => Path.GetFileNameWithoutExtension(r))));

    [Fact]
    public void AssembliesReferenceTheFrameworkAlone()
    {
        var names = new[] { typeof(Expr).Assembly, typeof(MemoryLayout).Assembly }.SelectMany(a => a.GetReferencedAssemblies()).Select(n => n.Name!).Distinct();
        Assert.DoesNotContain(names, n => !n.StartsWith("System.", StringComparison.Ordinal) && n != "Weld.Core");
    }

    [Fact]
    public void CoreHasNoUnsafeCode() =>
        Assert.Contains("<AllowUnsafeBlocks>false</AllowUnsafeBlocks>", Checkout.Read("Weld.Core/Weld.Core.csproj"), StringComparison.Ordinal);

    [Fact]
    public void FilesAreShort() =>
        Assert.DoesNotContain(Checkout.Sources(), f => File.ReadLines(Checkout.FullPath(f)).Count() > MaxLines);

    [Theory]
    [MemberData(nameof(Libraries))]
    public void LibraryUsesNoTranscendentalFunctionOfTheFramework(string library)
    {
        const string Types = @"(Math|MathF|double|float|Double|Single|Half|T|TSelf|Vector|Vector128|Vector256|Vector512|TensorPrimitives)";
        const string Functions = @"(A?(Sin|Cos|Tan)(Pi|h)?|Atan2(Pi)?|SinCos(Pi)?|Exp(2|10)?(M1)?|Log(2|10)?(P1)?|Pow|Cbrt|RootN|Hypot)";
        var pattern = new Regex($@"\b{Types}(<\w+>)?\.{Functions}\b\s*[(,)]");
        Assert.Empty(Checkout.Sources(library).SelectMany(f => pattern.Matches(Checkout.Read(f)).Select(m => $"{f}: {m.Value}")));
    }

    [Fact]
    public void NoFileNamesAMachineOrARegistry()
    {
        var pattern = new Regex(@"(?<![\w.:/}])/(work|home|root|Users|tmp)/\w|\b[A-Z]:\\Users|nuget\.org|npmjs|pypi\.org|crates\.io|artifactory", RegexOptions.IgnoreCase);
        var self = $"Weld.Tests/Repository/{nameof(LayoutTests)}.cs";
        Assert.Empty(Checkout.TextFiles().Where(f => f != self).SelectMany(f => pattern.Matches(Checkout.Read(f)).Select(m => $"{f}: {m.Value}")));
    }

    private static IEnumerable<string> References(string library, string kind) =>
        XDocument.Parse(Checkout.Read($"{library}/{library}.csproj")).Descendants(kind).Select(r => (string)r.Attribute("Include")!);
}
