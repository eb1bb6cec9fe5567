using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Weld.Bench.Compare;

/// <summary>Outcomes as Markdown and JSON.</summary>
internal sealed partial class ResultPage(IReadOnlyList<Peer> peers, IReadOnlyList<Outcome> outcomes, IReadOnlyList<int> threads, double scale, string clock)
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    private readonly string _date = DateTime.UtcNow.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private Peer[] Present => [.. peers.Where(p => p.Absent is null)];

    /// <summary>A table for each number of threads, and one of how the peers gain from several.</summary>
    public string Markdown()
    {
        var text = new StringBuilder();
        Line(text, $"# Weld beside its peers\n\n{Machine.Name}, {Environment.ProcessorCount} processors, {RuntimeInformation.OSDescription}, {_date}. Written by `compare{(scale == 1 ? "" : Text($" --scale {scale}"))} --threads {string.Join(',', threads)}{(clock == "wall" ? "" : $" --clock {clock}")}`.\n");
        foreach (var peer in peers)
        {
            Line(text, $"* {peer.Name}: {(peer.Absent is { } reason ? $"absent ({reason})" : peer.Version)}");
        }

        Line(text, $"\nTimes are medians in milliseconds, the peers' with Weld's time ÷ theirs: the median over rounds run in turn. Of the ratio to the best C twin the quartiles too; `as written` is the best that rounds each operation as the program says.");
        foreach (var count in threads)
        {
            Table(text, count);
        }

        if (threads.Count > 1)
        {
            Scaling(text);
        }

        return text.ToString();
    }

    /// <summary>Writes the page below Weld.Bench/Results if all was measured, and JSON to a file if one is named.</summary>
    public void Save(string? json, bool isWhole)
    {
        if (json is not null)
        {
            File.WriteAllText(json, Json());
        }

        if (isWhole && Folder() is { } folder)
        {
            Directory.CreateDirectory(folder);
            File.WriteAllText(Path.Combine(folder, "compare.md"), Markdown());
            File.WriteAllText(Path.Combine(folder, "compare.json"), Json());
            Console.Error.WriteLine($"written to {folder}");
        }
    }

    private void Table(StringBuilder text, int count)
    {
        var others = Present.Where(p => p is not WeldPeer).ToArray();
        Line(text, $"\n## {count} {(count == 1 ? "thread" : "threads")}\n\n| kernel | rows | Weld | {string.Join(" | ", others.Select(p => p.Name))} | ÷ best C | ÷ best C as written |\n|---|---|---|{string.Concat(others.Select(_ => "---|"))}---|---|");
        var (best, asWritten) = (new List<double>(), new List<double>());
        foreach (var outcome in outcomes)
        {
            if (Find(outcome, Present.OfType<WeldPeer>().FirstOrDefault(), count) is not { } weld)
            {
                continue;
            }

            var cells = others.Select(p => Find(outcome, p, count) is { } t ? Text($"{t.Median:G3} ({weld.Over(t).Median:F2})") : "");
            Line(text, $"| {outcome.Comparison.Name} | {outcome.Rows} | {weld.Median:G3} | {string.Join(" | ", cells)} | {Against(_ => true, best)} | {Against(p => p.Rounds, asWritten)} |");

            string Against(Func<Peer, bool> counts, List<double> all)
            {
                var twin = outcome.Timings.Where(t => t.Threads == count && t.Peer.IsTwin && counts(t.Peer)).MinBy(t => t.Median);
                if (twin is null)
                {
                    return "";
                }

                var ratio = weld.Over(twin);
                all.Add(ratio.Median);
                return Text($"{ratio.Median:F2} ({ratio.Low:F2}–{ratio.High:F2})");
            }
        }

        Line(text, $"| **geometric mean** | | | {string.Concat(others.Select(_ => "| "))}{Mean(best)} | {Mean(asWritten)} |");
    }

    private void Scaling(StringBuilder text)
    {
        var (one, most) = (threads.Min(), threads.Max());
        Line(text, $"\n## From {one} to {most} threads, times faster\n\n| kernel | {string.Join(" | ", Present.Select(p => p.Name))} |\n|---|{string.Concat(Present.Select(_ => "---|"))}");
        foreach (var outcome in outcomes)
        {
            Line(text, $"| {outcome.Comparison.Name} | {string.Join(" | ", Present.Select(p => Find(outcome, p, one) is { } a && Find(outcome, p, most) is { } b ? Text($"{a.Over(b).Median:F2}") : ""))} |");
        }
    }

    private string Json() => JsonSerializer.Serialize(
        new
        {
            Machine = Machine.Name,
            Processors = Environment.ProcessorCount,
            System = RuntimeInformation.OSDescription,
            Date = _date,
            Scale = scale,
            Clock = clock,
            Peers = peers.Select(p => new { p.Name, p.Version, p.Absent }),
            Results = outcomes.SelectMany(o => o.Timings.Select(t => new
            {
                Kernel = o.Comparison.Name,
                o.Rows,
                Peer = t.Peer.Name,
                t.Threads,
                MedianMilliseconds = t.Median,
                t.Milliseconds,
            })),
        },
        Indented);

    private static Timing? Find(Outcome outcome, Peer? peer, int count) => outcome.Timings.FirstOrDefault(t => t.Peer == peer && t.Threads == count);

    private static string Mean(List<double> ratios) => ratios.Count == 0 ? "" : Text($"{Math.Exp(ratios.Average(Math.Log)):F2}");

    /// <summary>The folder for this processor's results in the repository that the program was built from; null if it is not in one.</summary>
    private static string? Folder()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Weld.sln")))
            {
                return Path.Combine(folder.FullName, "Weld.Bench", "Results", NotForPaths().Replace(Machine.Name.ToLowerInvariant(), "-").Trim('-'));
            }
        }

        return null;
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private static void Line(StringBuilder output, FormattableString text) => output.Append(Text(text)).Append('\n');

    [GeneratedRegex("[^a-z0-9]+")]
    private static partial Regex NotForPaths();
}
