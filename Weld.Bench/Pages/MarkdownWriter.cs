using System.Globalization;
using System.Text;

namespace Weld.Bench.Pages;

/// <summary>A page as Markdown.</summary>
internal static class MarkdownWriter
{
    public static string Write(Page page)
    {
        var text = new StringBuilder();
        var setting = page.Setting;
        Add(text, $"# {page.Title}\n\n");
        Add(text, $"{setting.Processor}, {setting.Processors} processors, {setting.System}, {setting.Runtime}, {setting.Date}. Written by `{Setting.Prefix} {setting.Command}`; the command at the end of a row, after the same beginning, measures that row again.\n\n");
        foreach (var participant in setting.Participants)
        {
            Add(text, $"* {participant.Name}: {string.Join(", ", new[] { participant.Version, participant.Absent is { } reason ? $"absent ({reason})" : null }.OfType<string>())}\n");
        }

        foreach (var section in page.Sections)
        {
            Add(text, $"\n## {section.Title}\n\n{section.Text}\n");
            if (section.Table is { } table)
            {
                text.Append('\n');
                Write(text, table);
            }
        }

        return text.ToString();
    }

    private static void Write(StringBuilder text, Table table)
    {
        var commands = table.Rows.Any(r => r.Command is not null);
        Line(text, commands ? [.. table.Columns, "again"] : table.Columns);
        Line(text, [.. Enumerable.Repeat("---", table.Columns.Count + (commands ? 1 : 0))]);
        foreach (var row in table.Rows)
        {
            IReadOnlyList<string> cells = row.IsSummary ? [.. row.Cells.Select(c => c.Length == 0 ? c : $"**{c}**")] : row.Cells;
            Line(text, commands ? [.. cells, row.Command is { } command ? $"`{command}`" : ""] : cells);
        }
    }

    private static void Line(StringBuilder text, IReadOnlyList<string> cells) => text.Append("| ").AppendJoin(" | ", cells).Append(" |\n");

    private static void Add(StringBuilder text, FormattableString line) => text.Append(line.ToString(CultureInfo.InvariantCulture));
}
