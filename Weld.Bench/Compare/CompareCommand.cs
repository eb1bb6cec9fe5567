using System.Globalization;
using Weld.Bench.Kernels;
using Weld.Bench.Peers;
using Weld.Bench.Peers.Children;

namespace Weld.Bench.Compare;

/// <summary><c>compare</c>: comparisons × peers.</summary>
internal static class CompareCommand
{
    public const string Usage = """
        compare [--only NAME,…] [--peers NAME,…] [--scale S] [--threads 1,2] [--clock wall|cpu] [--json FILE]
                                  the kernels beside their peers, as Markdown and JSON in Weld.Bench/Results;
                                  a NAME may be the beginning of several; S is a share of the usual rows;
                                  the time is the processor's with cpu: steadier for one thread of a busy machine
        """;

    private static readonly Peer[] Peers =
    [
        new WeldPeer(), TwinPeer.Plain, TwinPeer.FastMath, TwinPeer.FastSums, LlvmPeer.Strict, LlvmPeer.Fast,
        ChildPeer.NumPy,
    ];

    private static IEnumerable<Comparison> All => [.. Scans.All, .. Maps.All, .. Groups.All, .. Sorts.All, .. Matrices.All];

    /// <summary>Runs the command.</summary>
    /// <param name="arguments">What follows its name.</param>
    /// <returns>The exit code.</returns>
    public static int Run(string[] arguments)
    {
        var (only, named, scale, threads, clock, json) = (Array.Empty<string>(), Array.Empty<string>(), 1.0, new[] { 1 }, Clock.Wall, (string?)null);
        for (var i = 0; i < arguments.Length; i += 2)
        {
            switch (arguments[i], i + 1 < arguments.Length ? arguments[i + 1] : null)
            {
                case ("--only", { } names):
                    only = names.Split(',');
                    break;
                case ("--peers", { } names):
                    named = names.Split(',');
                    break;
                case ("--scale", { } text) when double.TryParse(text, CultureInfo.InvariantCulture, out scale) && scale > 0:
                    break;
                case ("--threads", { } counts) when counts.Split(',').All(c => int.TryParse(c, CultureInfo.InvariantCulture, out var n) && n is > 0 and <= 64):
                    threads = [.. counts.Split(',').Select(c => int.Parse(c, CultureInfo.InvariantCulture))];
                    break;
                case ("--clock", { } name) when Clock.All.FirstOrDefault(c => c.Name == name) is { } known:
                    clock = known;
                    break;
                case ("--json", { } file):
                    json = file;
                    break;
                default:
                    Console.Error.WriteLine($"usage: {Usage}");
                    return 2;
            }
        }

        var peers = Peers.Where(p => named.Length == 0 || named.Contains(p.Name, StringComparer.OrdinalIgnoreCase)).ToArray();
        var comparisons = All.Where(c => only.Length == 0 || only.Any(o => c.Name.StartsWith(o, StringComparison.Ordinal))).ToArray();
        foreach (var absent in peers.Where(p => p.Absent is not null))
        {
            Console.Error.WriteLine($"absent: {absent.Name}: {absent.Absent}");
        }

        var (outcomes, differences) = (new List<Outcome>(), 0);
        for (var i = 0; i < comparisons.Length; i++)
        {
            Console.Error.Write($"{i + 1}/{comparisons.Length} {comparisons[i].Name}");
            try
            {
                outcomes.Add(Contest.Run(comparisons[i], peers, threads, scale, clock));
            }
            catch (Exception e) when (e is AnswersDifferException or ChildFailedException)
            {
                Console.Error.WriteLine($": {e.Message}");
                differences++;
                continue;
            }

            Console.Error.WriteLine($" {string.Join(' ', outcomes[^1].Timings.Select(t => string.Create(CultureInfo.InvariantCulture, $"| {t.Peer.Name}/{t.Threads} {t.Median:G3} ms")))}");
        }

        foreach (var peer in peers)
        {
            peer.Dispose();
        }

        var results = new ResultPage(peers, outcomes, threads, scale, clock.Name);
        Console.Out.Write(results.Markdown());
        results.Save(json, isWhole: only.Length == 0 && named.Length == 0 && scale == 1 && clock == Clock.Wall && differences == 0);
        return differences == 0 ? 0 : 1;
    }
}
