namespace Weld.Bench.Pages;

/// <summary>What was measured: the one model that Markdown, JSON and HTML are written from.</summary>
/// <param name="Name">The name of its files, without an ending.</param>
/// <param name="Title">Its title.</param>
/// <param name="Setting">Where, when and by what command it was measured.</param>
/// <param name="Sections">What a reader sees.</param>
/// <param name="Measurements">What a program reads.</param>
internal sealed record Page(string Name, string Title, Setting Setting, IReadOnlyList<Section> Sections, IReadOnlyList<Measurement> Measurements);

/// <summary>Part of a page. In texts and cells, what stands between backticks is code.</summary>
/// <param name="Title">Its title.</param>
/// <param name="Text">What to know when reading it.</param>
internal sealed record Section(string Title, string Text)
{
    /// <summary>Figures as text; null for none.</summary>
    public Table? Table { get; init; }

    /// <summary>Figures as pictures, which Markdown leaves out.</summary>
    public IReadOnlyList<Chart> Charts { get; init; } = [];
}

/// <summary>Rows under titles.</summary>
internal sealed record Table(IReadOnlyList<string> Columns, IReadOnlyList<Row> Rows)
{
    /// <summary>The same without the columns that no row has a text in.</summary>
    public Table WithoutEmptyColumns()
    {
        int[] kept = [.. Enumerable.Range(0, Columns.Count).Where(c => Rows.Any(r => r.Cells[c].Length > 0))];
        return new Table([.. kept.Select(c => Columns[c])], [.. Rows.Select(r => r with { Cells = [.. kept.Select(c => r.Cells[c])] })]);
    }
}

/// <summary>A row of a table.</summary>
/// <param name="Cells">One for each column.</param>
/// <param name="Command">What measures it again, after the page's <see cref="Setting.Prefix"/>; null where no single command does.</param>
internal sealed record Row(IReadOnlyList<string> Cells, string? Command = null)
{
    /// <summary>Whether it sums up those above.</summary>
    public bool IsSummary { get; init; }
}

/// <summary>A picture.</summary>
internal abstract record Chart(string Title);

/// <summary>Bars from the same line, the shorter the better; the first is the one that the page is about.</summary>
internal sealed record BarChart(string Title, IReadOnlyList<Bar> Bars, string? Command) : Chart(Title);

/// <summary>A bar.</summary>
/// <param name="Name">What it stands for.</param>
/// <param name="Value">Its length.</param>
/// <param name="Text">The value as text.</param>
internal sealed record Bar(string Name, double Value, string Text);

/// <summary>Lines over two logarithmic axes.</summary>
internal sealed record LineChart(string Title, string X, string Y, IReadOnlyList<Line> Lines) : Chart(Title);

/// <summary>A line through points of positive coordinates.</summary>
/// <param name="Name">What it stands for.</param>
/// <param name="Family">Lines of one family have one colour; those after its first are dashed.</param>
/// <param name="Points">The points.</param>
internal sealed record Line(string Name, string Family, IReadOnlyList<(double X, double Y)> Points);

/// <summary>The rounds of one figure.</summary>
/// <param name="Subject">What was computed.</param>
/// <param name="Rows">On how many rows, or of how many operators.</param>
/// <param name="Peer">By whom.</param>
/// <param name="Threads">On how many threads.</param>
/// <param name="Quantity">What the values are, with their unit.</param>
/// <param name="Values">One for each round.</param>
internal sealed record Measurement(string Subject, long Rows, string Peer, int Threads, string Quantity, IReadOnlyList<double> Values)
{
    public double Median => Quartiles.Of(Values).Median;
}
