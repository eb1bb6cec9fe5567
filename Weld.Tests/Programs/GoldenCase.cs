using Weld.Tests.Repository;

namespace Weld.Tests.Goldens;

/// <summary>
/// A program with the answer before it: comment lines, of which those with a keyword say how it is run (<c>args</c>, <c>limit</c>, <c>repeat</c>) and what
/// comes out (<c>type</c>, <c>result</c>, <c>error</c>, <c>warning</c>, <c>calls</c>), then the program. A file holds several, parted by <c># ---</c>.
/// <c>optimize</c> names passes, or <c>all</c>, and <c>optimized</c> states the program that they make.
/// </summary>
internal sealed record GoldenCase(string File, int Line, IReadOnlyList<string> Header, string Body)
{
    private const string Separator = "# ---";

    /// <summary>The keywords of what comes out, in the order in which a file states them.</summary>
    public static readonly string[] Outcomes = ["calls", "warning", "type", "result", "error"];

    /// <summary>All cases of the repository.</summary>
    public static IReadOnlyList<GoldenCase> All { get; } =
        [.. Checkout.Files("Weld.Tests/Programs").Where(f => f.EndsWith(".weld", StringComparison.Ordinal)).Order(StringComparer.Ordinal).SelectMany(Read)];

    /// <summary>The program's text.</summary>
    public string Program { get; } = Repeated(Header) + Body;

    /// <summary>Where the case stands.</summary>
    public string Place => $"{Path.GetFileName(File)}:{Line}";

    /// <summary>What the header says for a keyword, one string a line.</summary>
    public IEnumerable<string> Get(string keyword) => Header.Where(l => KeywordOf(l) == keyword).Select(l => l[(keyword.Length + 3)..].Trim());

    /// <summary>The cases of a file.</summary>
    public static IEnumerable<GoldenCase> Read(string file)
    {
        var lines = Checkout.Read(file).TrimEnd('\n').Split('\n');
        for (var start = 0; start < lines.Length;)
        {
            var end = Array.IndexOf(lines, Separator, start) is >= 0 and var found ? found : lines.Length;
            var header = lines[start..end].TakeWhile(l => l.StartsWith('#')).ToArray();
            yield return new GoldenCase(file, start + 1, header, string.Join('\n', lines[(start + header.Length)..end]));
            start = end + 1;
        }
    }

    /// <summary>Writes the cases of a file back.</summary>
    public static void Write(string file, IEnumerable<GoldenCase> cases) =>
        System.IO.File.WriteAllText(Checkout.FullPath(file), string.Join($"\n{Separator}\n", cases.Select(c => string.Join('\n', [.. c.Header, c.Body]))) + "\n");

    /// <summary>The case with another outcome; a type is stated only where it was before.</summary>
    public GoldenCase With(Outcome outcome)
    {
        var stated = outcome.Lines.Where(l => KeywordOf(l) != "type" || Get("type").Any());
        return this with { Header = [.. Header.Where(l => !Outcomes.Contains(KeywordOf(l))), .. stated] };
    }

    /// <summary>The case with another optimised program.</summary>
    public GoldenCase WithOptimized(string program) =>
        this with { Header = [.. Header.Where(l => KeywordOf(l) != "optimized").SelectMany(l => KeywordOf(l) == "optimize" ? [l, $"# optimized: {program}"] : new[] { l })] };

    /// <summary>The keyword of a line <c># keyword: …</c>, or null.</summary>
    public static string? KeywordOf(string line)
    {
        var colon = line.IndexOf(':', StringComparison.Ordinal);
        return line.StartsWith("# ", StringComparison.Ordinal) && colon > 2 && line[2..colon].All(char.IsAsciiLetterLower) ? line[2..colon] : null;
    }

    /// <summary><c># repeat: 3 ab</c> puts <c>ababab</c> before the program.</summary>
    private static string Repeated(IEnumerable<string> header)
    {
        var prefix = "";
        foreach (var line in header.Where(l => KeywordOf(l) == "repeat"))
        {
            var parts = line["# repeat: ".Length..].Split(' ', 2);
            prefix += string.Concat(Enumerable.Repeat(parts[1], int.Parse(parts[0], System.Globalization.CultureInfo.InvariantCulture)));
        }

        return prefix;
    }
}
