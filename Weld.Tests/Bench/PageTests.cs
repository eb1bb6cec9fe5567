using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Weld.Bench.Pages;
using Weld.Tests.Repository;

namespace Weld.Tests.Bench;

/// <summary>A small page as Markdown, HTML and JSON; the first two are approved texts, which <c>WELD_BLESS=1</c> writes.</summary>
public sealed class PageTests
{
    private static readonly Page Small = new(
        "small",
        "A small page",
        new Setting
        {
            Processor = "a processor", Processors = 2, System = "a system", Runtime = ".NET", Date = "2026-01-01", Command = "compare --only \"sum <f64>\"",
            Participants = [new Participant("Weld", "1.0", null), new Participant("Other & co", null, "not installed")],
        },
        [
            new Section("Times", "Of `sum`, in ms.")
            {
                Table = new Table(["kernel", "Weld", "nobody", "Other"], [new Row(["sum", "1.00", "", "2.00"], "compare --only sum"), new Row(["mean", "", "", "0.50"]) { IsSummary = true }]).WithoutEmptyColumns(),
                Charts = [new BarChart("sum, 1,000 rows", [new Bar("Weld", 1, "1 ms"), new Bar("Other", 2, "2 ms, 2.00 ×")], "compare --only sum")],
            },
            new Section("Growth", "Time per row.")
            {
                Charts = [new LineChart("sum", "rows", "ns per row", [new Line("Weld", "Weld", [(1_000, 2), (10_000, 1), (100_000, 0.5)]), new Line("Weld, 2 threads", "Weld", [(1_000, 4), (100_000, 0.51)])])],
            },
        ],
        [new Measurement("sum", 1_000, "Weld", 1, "ms", [1, 2, 4])]);

    [Fact]
    public void MarkdownIsApproved() => Approve("small.md", MarkdownWriter.Write(Small));

    [Fact]
    public void HtmlIsApproved() => Approve("small.html", HtmlWriter.Write(Small));

    [Fact]
    public void HtmlLoadsAndRunsNothing()
    {
        var html = HtmlWriter.Write(Small).Replace("xmlns=\"http://www.w3.org/2000/svg\"", "", StringComparison.Ordinal);
        Assert.DoesNotMatch(new Regex("<script|<link|<img|https?:|url\\(|@import", RegexOptions.IgnoreCase), html);
    }

    [Fact]
    public void ChartsAreWellFormed()
    {
        var charts = Regex.Matches(HtmlWriter.Write(Small), "<svg.*?</svg>", RegexOptions.Singleline).Select(m => XElement.Parse(m.Value)).ToArray();
        Assert.Equal(2, charts.Length);
        XNamespace svg = "http://www.w3.org/2000/svg";
        var widths = charts[0].Descendants(svg + "rect").Select(r => (double)r.Attribute("width")!).ToArray();
        Assert.Equal(2, widths[1] / widths[0], 1e-3);
        Assert.Equal(["own", "other"], charts[0].Descendants(svg + "rect").Select(r => (string)r.Attribute("class")!));
        Assert.Equal(["l0", "l0 dashed"], charts[1].Descendants(svg + "polyline").Select(l => (string)l.Attribute("class")!));
        Assert.Equal([3, 2], charts[1].Descendants(svg + "polyline").Select(l => ((string)l.Attribute("points")!).Split(' ').Length));
    }

    /// <summary>Equal factors are equal distances.</summary>
    [Fact]
    public void LinesStandOnLogarithmicAxes()
    {
        var line = Regex.Match(HtmlWriter.Write(Small), "points=\"([^\"]*)\"").Groups[1].Value.Split(' ').Select(p => p.Split(',').Select(Number).ToArray()).ToArray();
        Assert.Equal(line[1][0] - line[0][0], line[2][0] - line[1][0], 0.11);
        Assert.Equal(line[1][1] - line[0][1], line[2][1] - line[1][1], 0.11);
    }

    [Fact]
    public void JsonHasEveryRound()
    {
        using var json = JsonDocument.Parse(PageFiles.Json(Small));
        var measurement = json.RootElement.GetProperty("Measurements")[0];
        Assert.Equal([1.0, 2, 4], measurement.GetProperty("Values").EnumerateArray().Select(v => v.GetDouble()));
        Assert.Equal(2, measurement.GetProperty("Median").GetDouble());
        Assert.Equal("not installed", json.RootElement.GetProperty("Setting").GetProperty("Participants")[1].GetProperty("Absent").GetString());
    }

    [Theory]
    [InlineData(new[] { 3.0 }, 3, 3, 3)]
    [InlineData(new[] { 4.0, 1, 3, 2, 5 }, 2, 3, 4)]
    [InlineData(new[] { 1.0, 2 }, 1.25, 1.5, 1.75)]
    public void QuartilesOfValues(double[] values, double low, double median, double high) => Assert.Equal(new Quartiles(low, median, high), Quartiles.Of(values));

    [Fact]
    public void RatiosArePairedByRound() => Assert.Equal(new Quartiles(0.5, 0.5, 0.5), Quartiles.OfRatios([1, 10, 100], [2, 20, 200]));

    [Fact]
    public void TheMeanOfRatiosIsGeometric() => Assert.Equal(1, Quartiles.Mean([4, 0.25]), 1e-12);

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    private static void Approve(string name, string text)
    {
        var golden = $"Weld.Tests/Bench/Pages/{name}";
        if (Checkout.Bless)
        {
            File.WriteAllText(Checkout.FullPath(golden), text);
        }

        Assert.Equal(Checkout.Read(golden), text);
    }
}
