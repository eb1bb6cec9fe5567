using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Weld.Bench.Pages;

/// <summary>Pages as files.</summary>
internal static partial class PageFiles
{
    /// <summary>The setting and the measurements, one on a line, their values to four digits.</summary>
    public static string Json(Page page)
    {
        var measurements = page.Measurements.Select(m => JsonSerializer.Serialize(m with { Values = [.. m.Values.Select(Rounded)] }));
        return $"{{\n\"Name\": {JsonSerializer.Serialize(page.Name)},\n\"Title\": {JsonSerializer.Serialize(page.Title)},\n\"Setting\": {JsonSerializer.Serialize(page.Setting)},\n\"Measurements\": [\n{string.Join(",\n", measurements)}\n]\n}}\n";
    }

    /// <summary>Writes Markdown, JSON and HTML to this processor's folder in Weld.Bench/Results, and says where.</summary>
    /// <exception cref="DirectoryNotFoundException">The program was not built in a repository.</exception>
    public static string Save(Page page)
    {
        var folder = Folder();
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, $"{page.Name}.md"), MarkdownWriter.Write(page));
        File.WriteAllText(Path.Combine(folder, $"{page.Name}.json"), Json(page));
        File.WriteAllText(Path.Combine(folder, $"{page.Name}.html"), HtmlWriter.Write(page));
        return folder;
    }

    private static double Rounded(double value) => double.Parse(value.ToString("G4", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);

    private static string Folder()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Weld.sln")))
            {
                return Path.Combine(folder.FullName, "Weld.Bench", "Results", NotForPaths().Replace(Machine.Name.ToLowerInvariant(), "-").Trim('-'));
            }
        }

        throw new DirectoryNotFoundException($"expected Weld.sln in a folder above {AppContext.BaseDirectory}, found none");
    }

    [GeneratedRegex("[^a-z0-9]+")]
    private static partial Regex NotForPaths();
}
