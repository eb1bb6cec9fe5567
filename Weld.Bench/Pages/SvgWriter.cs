using System.Globalization;
using System.Net;
using System.Text;

namespace Weld.Bench.Pages;

/// <summary>Charts as SVG; the page's style has the colours.</summary>
internal static class SvgWriter
{
    private const int Colours = 8;
    private const int BarHeight = 20;
    private const int NameWidth = 145;
    private const int BarWidth = 180;
    private const int TextWidth = 120;

    private const int Width = 600;
    private const int LeastHeight = 320;
    private const int NameHeight = 14;
    private const int Left = 60;
    private const int Right = 160;
    private const int Top = 30;
    private const int Bottom = 45;

    /// <summary>The colours of lines and their names; dashes for the later lines of a family, dots where all colours were had.</summary>
    public static string Style { get; } = string.Concat(Enumerable.Range(0, Colours).Select(c =>
        $"\n.l{c} {{ stroke: var(--c{c}); fill: none; stroke-width: 2; }} .p{c} {{ fill: var(--c{c}); }}")) + "\n.dashed { stroke-dasharray: 5 3; } .dotted { stroke-dasharray: 2 3; }";

    public static string Write(Chart chart) => chart switch
    {
        BarChart bars => Bars(bars),
        LineChart lines => Lines(lines),
        _ => throw new ArgumentException($"expected bars or lines, found {chart.GetType()}"),
    };

    private static string Bars(BarChart chart)
    {
        var svg = new StringBuilder();
        var longest = chart.Bars.Max(b => b.Value);
        Begin(svg, NameWidth + BarWidth + TextWidth, (BarHeight * chart.Bars.Count) + 24, chart.Title);
        Add(svg, $"<text x=\"0\" y=\"14\" font-weight=\"600\">{Text(chart.Title)}</text>\n");
        for (var i = 0; i < chart.Bars.Count; i++)
        {
            var bar = chart.Bars[i];
            var (y, length) = (24 + (BarHeight * i), Math.Max(1, BarWidth * bar.Value / longest));
            Add(svg, $"<text x=\"{NameWidth - 6}\" y=\"{y + 12}\" text-anchor=\"end\">{Text(bar.Name)}</text>");
            Add(svg, $"<rect class=\"{(i == 0 ? "own" : "other")}\" x=\"{NameWidth}\" y=\"{y}\" width=\"{length:F1}\" height=\"{BarHeight - 5}\" rx=\"2\"/>");
            Add(svg, $"<text class=\"quiet\" x=\"{NameWidth + length + 6:F1}\" y=\"{y + 12}\">{Text(bar.Text)}</text>\n");
        }

        return svg.Append("</svg>\n").ToString();
    }

    private static string Lines(LineChart chart)
    {
        var points = chart.Lines.SelectMany(l => l.Points).ToArray();
        var families = chart.Lines.Select(l => l.Family).Distinct().ToList();
        var height = Math.Max(LeastHeight, Top + Bottom + (NameHeight * chart.Lines.Count));
        var svg = new StringBuilder();
        Begin(svg, Width, height, chart.Title);
        Add(svg, $"<text x=\"0\" y=\"14\" font-weight=\"600\">{Text(chart.Title)}</text>\n");
        var x = new Axis([.. points.Select(p => p.X)], Left, Width - Right);
        var y = new Axis([.. points.Select(p => p.Y)], height - Bottom, Top);
        foreach (var tick in x.Ticks)
        {
            Add(svg, $"<line class=\"rule\" x1=\"{x[tick]:F1}\" x2=\"{x[tick]:F1}\" y1=\"{Top}\" y2=\"{height - Bottom}\"/><text class=\"quiet\" x=\"{x[tick]:F1}\" y=\"{height - Bottom + 16}\" text-anchor=\"middle\">{Short(tick)}</text>\n");
        }

        foreach (var tick in y.Ticks)
        {
            Add(svg, $"<line class=\"rule\" x1=\"{Left}\" x2=\"{Width - Right}\" y1=\"{y[tick]:F1}\" y2=\"{y[tick]:F1}\"/><text class=\"quiet\" x=\"{Left - 6}\" y=\"{y[tick] + 4:F1}\" text-anchor=\"end\">{Short(tick)}</text>\n");
        }

        Add(svg, $"<text class=\"quiet\" x=\"{(Left + Width - Right) / 2}\" y=\"{height - 8}\" text-anchor=\"middle\">{Text(chart.X)}</text>");
        Add(svg, $"<text class=\"quiet\" x=\"14\" y=\"{(Top + height - Bottom) / 2}\" text-anchor=\"middle\" transform=\"rotate(-90 14 {(Top + height - Bottom) / 2})\">{Text(chart.Y)}</text>\n");
        for (var i = 0; i < chart.Lines.Count; i++)
        {
            var path = string.Join(' ', chart.Lines[i].Points.Select(p => string.Create(CultureInfo.InvariantCulture, $"{x[p.X]:F1},{y[p.Y]:F1}")));
            var family = families.IndexOf(chart.Lines[i].Family);
            var form = chart.Lines.Take(i).Any(l => l.Family == chart.Lines[i].Family) ? " dashed" : family >= Colours ? " dotted" : "";
            Add(svg, $"<polyline class=\"l{family % Colours}{form}\" points=\"{path}\"/>");
            foreach (var p in chart.Lines[i].Points)
            {
                Add(svg, $"<circle class=\"p{family % Colours}\" cx=\"{x[p.X]:F1}\" cy=\"{y[p.Y]:F1}\" r=\"3\"><title>{Text(chart.Lines[i].Name)}: {p.X:G4}, {p.Y:G4}</title></circle>");
            }

            svg.Append('\n');
        }

        Names(svg, chart, families, y);
        return svg.Append("</svg>\n").ToString();
    }

    /// <summary>Each line's name at the height of its end, or as near as the others leave room.</summary>
    private static void Names(StringBuilder svg, LineChart chart, List<string> families, Axis y)
    {
        var lines = chart.Lines.Where(l => l.Points.Count > 0).OrderBy(l => y[l.Points[^1].Y]).ToArray();
        double[] heights = [.. lines.Select(l => y[l.Points[^1].Y])];
        for (var i = 1; i < lines.Length; i++)
        {
            heights[i] = Math.Max(heights[i], heights[i - 1] + NameHeight);
        }

        for (var (i, lowest) = (lines.Length - 1, y.From); i >= 0; i--, lowest -= NameHeight)
        {
            heights[i] = Math.Min(heights[i], lowest);
        }

        for (var i = 0; i < lines.Length; i++)
        {
            Add(svg, $"<circle class=\"p{families.IndexOf(lines[i].Family) % Colours}\" cx=\"{Width - Right + 12}\" cy=\"{heights[i]:F1}\" r=\"4\"/><text x=\"{Width - Right + 20}\" y=\"{heights[i] + 4:F1}\">{Text(lines[i].Name)}</text>\n");
        }
    }

    private static void Begin(StringBuilder svg, int width, int height, string title) =>
        Add(svg, $"<svg viewBox=\"0 0 {width} {height}\" role=\"img\" aria-label=\"{Text(title)}\" xmlns=\"http://www.w3.org/2000/svg\">\n");

    private static string Short(double value) => value switch
    {
        >= 1e9 => string.Create(CultureInfo.InvariantCulture, $"{value / 1e9:G3} G"),
        >= 1e6 => string.Create(CultureInfo.InvariantCulture, $"{value / 1e6:G3} M"),
        >= 1e3 => string.Create(CultureInfo.InvariantCulture, $"{value / 1e3:G3} k"),
        _ => value.ToString("G3", CultureInfo.InvariantCulture),
    };

    private static string Text(string text) => WebUtility.HtmlEncode(text);

    private static void Add(StringBuilder svg, FormattableString text) => svg.Append(text.ToString(CultureInfo.InvariantCulture));

    /// <summary>Where values lie on a logarithmic axis.</summary>
    private sealed class Axis
    {
        private readonly double _least;
        private readonly double _span;
        private readonly double _from;
        private readonly double _to;

        public Axis(double[] values, double from, double to)
        {
            var (least, most) = values.Length == 0 ? (1, 10) : (values.Min(), values.Max());
            (_least, _from, _to) = (Math.Log10(least), from, to);
            _span = Math.Max(0.3, Math.Log10(most) - _least);
            double[] ticks = [.. Enumerable.Range((int)Math.Floor(_least), (int)_span + 3).SelectMany(e => _span < 2 ? new[] { 1.0, 2, 5 } : [1], (e, m) => m * Math.Pow(10, e))];
            Ticks = [.. ticks.Where(t => Math.Log10(t) >= _least - 0.01 && Math.Log10(t) <= _least + _span + 0.01)];
        }

        public IReadOnlyList<double> Ticks { get; }

        /// <summary>Where the least value lies.</summary>
        public double From => _from;

        public double this[double value] => _from + ((Math.Log10(value) - _least) / _span * (_to - _from));
    }
}
