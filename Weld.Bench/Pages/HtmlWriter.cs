using System.Globalization;
using System.Net;
using System.Text;

namespace Weld.Bench.Pages;

/// <summary>A page as one file of HTML that loads nothing and runs no script.</summary>
internal static class HtmlWriter
{
    private static readonly string Style = """
        :root { color-scheme: light dark; --ink: #1c2024; --quiet: #61676d; --rule: #d9dde1; --back: #fcfcfd; --own: #1f6feb; --other: #aab2bb;
          --c0: #1f6feb; --c1: #c2410c; --c2: #15803d; --c3: #a16207; --c4: #7e22ce; --c5: #0e7490; --c6: #be185d; --c7: #4b5563; }
        @media (prefers-color-scheme: dark) { :root { --ink: #e6e8ea; --quiet: #9aa1a9; --rule: #353b42; --back: #15181b; --own: #58a6ff; --other: #57606a;
          --c0: #58a6ff; --c1: #fb923c; --c2: #4ade80; --c3: #facc15; --c4: #c084fc; --c5: #22d3ee; --c6: #f472b6; --c7: #9ca3af; } }
        body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--back); max-width: 72rem; margin: 2rem auto; padding: 0 1rem; }
        h1 { font-size: 1.6rem; } h2 { font-size: 1.2rem; margin-top: 2.5rem; }
        code { font: 0.85em ui-monospace, monospace; } .quiet, figcaption { color: var(--quiet); }
        .scroll { overflow-x: auto; } table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
        th, td { padding: 0.2rem 0.7rem; text-align: right; border-bottom: 1px solid var(--rule); white-space: nowrap; } th { font-weight: 600; }
        th:first-child, td:first-child, td:last-child { text-align: left; } tr.summary td { font-weight: 600; }
        .charts { display: grid; grid-template-columns: repeat(auto-fill, minmax(26rem, 1fr)); gap: 1.5rem; margin: 1.5rem 0; }
        .lines { grid-template-columns: repeat(auto-fill, minmax(34rem, 1fr)); }
        figure { margin: 0; } figcaption code { overflow-wrap: anywhere; } svg { width: 100%; height: auto; } svg text { font: 12px system-ui, sans-serif; fill: var(--ink); }
        svg .quiet { fill: var(--quiet); } .own { fill: var(--own); } .other { fill: var(--other); } .rule { stroke: var(--rule); fill: none; }
        """ + SvgWriter.Style;

    public static string Write(Page page)
    {
        var html = new StringBuilder();
        var setting = page.Setting;
        html.Append($"<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width\">\n<title>{Text(page.Title)}</title>\n<style>\n{Style}\n</style>\n</head>\n<body>\n");
        html.Append($"<h1>{Text(page.Title)}</h1>\n");
        html.Append(CultureInfo.InvariantCulture, $"<p>{Text(setting.Processor)}, {setting.Processors} processors; {Text(setting.System)}; {Text(setting.Runtime)}; {setting.Date}.</p>\n");
        html.Append($"<p>Written by <code>{Text(Setting.Prefix)} {Text(setting.Command)}</code>. A command beside a figure, after the same beginning, measures it again.</p>\n<ul>\n");
        foreach (var participant in setting.Participants)
        {
            html.Append($"<li><b>{Text(participant.Name)}</b>: {string.Join(", ", new[] { participant.Version is { } version ? Text(version) : null, participant.Absent is { } reason ? $"<span class=\"quiet\">absent ({Text(reason)})</span>" : null }.OfType<string>())}</li>\n");
        }

        html.Append("</ul>\n");
        foreach (var section in page.Sections)
        {
            Write(html, section);
        }

        return html.Append("</body>\n</html>\n").ToString();
    }

    private static void Write(StringBuilder html, Section section)
    {
        html.Append($"<h2>{Marked(section.Title)}</h2>\n<p>{Marked(section.Text)}</p>\n");
        Write(html, [.. section.Charts.OfType<BarChart>()], "charts");
        Write(html, [.. section.Charts.OfType<LineChart>()], "charts lines");
        if (section.Table is { } table)
        {
            Write(html, table);
        }
    }

    private static void Write(StringBuilder html, Chart[] charts, string style)
    {
        if (charts.Length == 0)
        {
            return;
        }

        html.Append($"<div class=\"{style}\">\n");
        foreach (var chart in charts)
        {
            var caption = chart is BarChart { Command: { } command } ? $"<figcaption><code>{Text(command)}</code></figcaption>" : "";
            html.Append($"<figure>\n{SvgWriter.Write(chart)}{caption}</figure>\n");
        }

        html.Append("</div>\n");
    }

    private static void Write(StringBuilder html, Table table)
    {
        var commands = table.Rows.Any(r => r.Command is not null);
        html.Append($"<div class=\"scroll\"><table>\n<tr>{string.Concat(table.Columns.Select(c => $"<th>{Marked(c)}</th>"))}{(commands ? "<th>again</th>" : "")}</tr>\n");
        foreach (var row in table.Rows)
        {
            html.Append(row.IsSummary ? "<tr class=\"summary\">" : "<tr>").Append(string.Concat(row.Cells.Select(c => $"<td>{Marked(c)}</td>")));
            html.Append(commands ? $"<td>{(row.Command is { } command ? $"<code>{Text(command)}</code>" : "")}</td></tr>\n" : "</tr>\n");
        }

        html.Append("</table></div>\n");
    }

    private static string Text(string text) => WebUtility.HtmlEncode(text);

    /// <summary>Every second part between backticks is code.</summary>
    private static string Marked(string text) => string.Concat(text.Split('`').Select((part, i) => i % 2 == 0 ? Text(part) : $"<code>{Text(part)}</code>"));
}
