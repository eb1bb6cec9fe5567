using System.CommandLine;
using System.Globalization;
using Weld.Bench.Kernels;
using Weld.Bench.Pages;
using Weld.Bench.Peers;
using Weld.Bench.Peers.Children;
using Weld.Bench.Peers.DotNet;
using Weld.Bench.Peers.DuckDb;
using Weld.Bench.Workloads;

namespace Weld.Bench.Compare;

/// <summary><c>compare</c>: comparisons × peers; and what else is measured in the same manner.</summary>
internal sealed class CompareCommand
{
    /// <summary>The title of the section that says which answers were not the same.</summary>
    public const string Differences = "Answers that differ";

    /// <summary>All peers, those absent included.</summary>
    public static readonly Peer[] Peers =
    [
        new WeldPeer(), TwinPeer.Plain, TwinPeer.FastMath, TwinPeer.FastSums, LlvmPeer.Strict, LlvmPeer.Fast, LlvmPeer.Lanes, ManagedPeer.Loops,
        ManagedPeer.Linq, ManagedPeer.ParallelLinq, ManagedPeer.Tensors, new DuckDbPeer(),
        ChildPeer.NumPy, ChildPeer.Pandas, ChildPeer.Numba, ChildPeer.NumbaFast, ChildPeer.Numexpr, ChildPeer.Polars, ChildPeer.DataTable,
    ];

    private readonly Option<string[]> _only = Names("--only", "What to measure; a name may be the beginning of several.");
    private readonly Option<string[]> _peers = Names("--peers", "Beside which peers; Weld is always there.");
    private readonly Option<double> _scale = new("--scale") { Description = "The share of the usual rows.", HelpName = "S", DefaultValueFactory = _ => 1 };
    private readonly Option<string[]> _threads = Names("--threads", "On how many threads, in turn.");
    private readonly Option<string> _clock = new("--clock") { Description = "What to time by: cpu is steadier for one thread of a busy machine.", DefaultValueFactory = _ => Clock.Wall.Name };
    private readonly Option<FileInfo?> _json = new("--json") { Description = "Writes every round as JSON.", HelpName = "FILE" };
    private readonly Option<FileInfo?> _html = new("--html") { Description = "Writes a page with charts.", HelpName = "FILE" };
    private readonly Option<bool> _save = new("--save") { Description = "Writes Markdown, JSON and HTML to Weld.Bench/Results." };

    private CompareCommand()
    {
        _clock.AcceptOnlyFromAmong([.. Clock.All.Select(c => c.Name)]);
        Check(_scale, "a number above 0", t => double.TryParse(t, CultureInfo.InvariantCulture, out var s) && s > 0);
        Check(_peers, $"names of {string.Join(", ", Peers.Select(p => p.Name))}", t => t.Split(',').All(n => Peers.Any(p => IsNamed(p, n))));
        Check(_threads, "numbers of 1 to 64", t => t.Split(',').All(c => int.TryParse(c, CultureInfo.InvariantCulture, out var n) && n is >= 1 and <= 64));
    }

    /// <summary>All that can be compared.</summary>
    public static IEnumerable<Comparison> Comparisons => [.. Scans.All, .. Maps.All, .. Groups.All, .. Sorts.All, .. Matrices.All, .. ExamplePrograms.All];

    public static Command Create()
    {
        var options = new CompareCommand();
        var kernels = () => Comparisons.Select(c => c.Name);
        var compare = options.Command("compare", "The kernels and the example programs beside their peers, as Markdown.", ContestPage.Run, kernels, options._peers, options._scale, options._threads, options._clock);
        compare.Add(options.Command("ablation", "The example programs without each pass of the optimizer, beside the figures of the paper on Weld.", AblationPage.Run, kernels, options._scale, options._threads, options._clock));
        compare.Add(options.Command("latency", "From a program's text to its first result, by the number of its operators.", LatencyPage.Run, () => LatencyPage.Names, options._peers));
        compare.Add(options.Command("functions", "Elementary functions over arrays in the cache, beside libmvec, SLEEF and .NET, with the errors of all.", FunctionsPage.Run, () => FunctionsPage.Names, options._clock));
        compare.Add(options.Command(
            "growth", "Time, compile time and memory, by the number of rows, keys and operators; and from how many rows on Weld is faster.", GrowthPage.Run,
            () => Sweep.All(1).Select(s => s.Name), options._peers, options._scale, options._threads, options._clock));
        return compare;
    }

    private static Option<string[]> Names(string name, string description) =>
        new(name) { Description = description, HelpName = "NAME,…", CustomParser = r => [.. r.Tokens.SelectMany(t => t.Value.Split(','))], DefaultValueFactory = _ => [] };

    private static void Check(Option option, string expected, Func<string, bool> isRight) => option.Validators.Add(result =>
    {
        foreach (var token in result.Tokens.Where(t => !isRight(t.Value)))
        {
            result.AddError($"{option.Name}: expected {expected}, found {token.Value}");
        }
    });

    private static bool IsNamed(Peer peer, string name) => peer.Name.Equals(name, StringComparison.OrdinalIgnoreCase);

    private static T Value<T>(ParseResult line, Option<T> option, T otherwise) => line.GetResult(option) is null ? otherwise : line.GetRequiredValue(option);

    private Command Command(string name, string description, Func<Request, Page> measure, Func<IEnumerable<string>> names, params Option[] options)
    {
        var command = new Command(name, description) { _only, _json, _html, _save };
        Array.ForEach(options, command.Add);
        command.Validators.Add(result =>
        {
            foreach (var only in result.GetValue(_only)?.Where(o => !names().Any(n => Request.Begins(n, o))) ?? [])
            {
                result.AddError($"{_only.Name}: expected the beginning of one of {string.Join(", ", names())}, found {only}");
            }
        });
        command.SetAction(line => Run(line, measure));
        return command;
    }

    private int Run(ParseResult line, Func<Request, Page> measure)
    {
        var request = Asked(line);
        foreach (var absent in request.Peers.Where(p => p.Absent is not null))
        {
            request.Progress.WriteLine($"absent: {absent.Name}: {absent.Absent}");
        }

        var page = Measured(request, measure);
        line.InvocationConfiguration.Output.Write(MarkdownWriter.Write(page));
        if (line.GetValue(_json) is { } json)
        {
            File.WriteAllText(json.FullName, PageFiles.Json(page));
        }

        if (line.GetValue(_html) is { } html)
        {
            File.WriteAllText(html.FullName, HtmlWriter.Write(page));
        }

        if (line.GetValue(_save))
        {
            request.Progress.WriteLine($"written to {PageFiles.Save(page)}");
        }

        return page.Sections.Any(s => s.Title == Differences) ? 1 : 0;
    }

    private static Page Measured(Request request, Func<Request, Page> measure)
    {
        try
        {
            return measure(request);
        }
        finally
        {
            foreach (var peer in request.Peers)
            {
                peer.Dispose();
            }
        }
    }

    private Request Asked(ParseResult line)
    {
        var named = Value(line, _peers, []);
        var threads = Value(line, _threads, []);
        return new Request
        {
            Command = string.Join(' ', Path(line.CommandResult.Command)),
            Only = line.GetRequiredValue(_only),
            Peers = line.CommandResult.Command.Options.Contains(_peers) ? [Peers[0], .. Peers[1..].Where(p => named.Length == 0 || named.Any(n => IsNamed(p, n)))] : [],
            NamesPeers = named.Length > 0,
            Scale = Value(line, _scale, 1),
            Threads = threads.Length == 0 ? [1] : [.. threads.Select(t => int.Parse(t, CultureInfo.InvariantCulture))],
            Clock = Clock.All.Single(c => c.Name == Value(line, _clock, Clock.Wall.Name)),
            Progress = line.InvocationConfiguration.Error,
        };
    }

    private static IEnumerable<string> Path(Command command) => command is RootCommand ? [] : [.. command.Parents.OfType<Command>().SelectMany(Path), command.Name];
}
