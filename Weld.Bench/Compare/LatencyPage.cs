using Weld.Bench.Measures;
using Weld.Bench.Pages;
using Weld.Bench.Peers;
using Weld.Bench.Peers.Children;
using static System.FormattableString;

namespace Weld.Bench.Compare;

/// <summary><c>compare latency</c>: from a program's text to its first result.</summary>
internal static class LatencyPage
{
    private const string Subject = "text to first result";
    private const string Fresh = "Weld, fresh process";

    private static readonly Pace ChildPace = new(2, 5, TimeSpan.FromSeconds(10), TimeSpan.Zero, TimeSpan.MaxValue);

    /// <summary>How far an answer of floats taken for reals may lie off.</summary>
    private const double Rounding = 1e-9;

    private static readonly int[] Sizes = [1, 10, 100, 1_000];

    /// <summary>What can be asked for by itself.</summary>
    public static IEnumerable<string> Names => Sizes.Select(s => Invariant($"{s}"));

    public static Page Run(Request request)
    {
        var measurements = new List<Measurement>();
        CompileRoute[] routes = [CompileRoute.Automatic, CompileRoute.Compiled, CompileRoute.Known, .. request.Present.Contains(LlvmPeer.Strict) ? [CompileRoute.Llvm] : Array.Empty<CompileRoute>()];
        int[] sizes = [.. Sizes.Where(s => request.Only.Count == 0 || request.Only.Contains(Invariant($"{s}")))];

        measurements.AddRange(sizes.Zip(FirstProgram.Times(sizes), (size, times) => new Measurement(Subject, size, Fresh, 1, "ms", times)));
        foreach (var operators in sizes)
        {
            request.Progress.WriteLine(Invariant($"{operators} operators"));
            var times = CompileRoute.Time(routes, operators);
            measurements.AddRange(routes.Select((route, i) => new Measurement(Subject, operators, route.Name, 1, "ms", times[i])));
            measurements.AddRange(request.Present.OfType<ChildPeer>().Select(p => (p.Name, Times: Times(request, p, operators))).Where(p => p.Times.Length > 0).Select(p => new Measurement(Subject, operators, p.Name, 1, "ms", p.Times)));
        }

        string[] peers = [.. measurements.Select(m => m.Peer).Distinct()];
        var rows = measurements.GroupBy(m => m.Rows).Select(size => new Row([Invariant($"{size.Key}"), .. peers.Select(p => Cell(size.FirstOrDefault(m => m.Peer == p)))], request.Again(Invariant($"{size.Key}"))));
        var lines = peers.Select(p => new Line(p, p, [.. measurements.Where(m => m.Peer == p).Select(m => ((double)m.Rows, m.Median))]));
        var section = new Section(
            "From text to the first result",
            "Milliseconds, medians with quartiles, over two elements, of a map of as many operators, each of the one before, every time another program. A fresh process counts from `Main`. `Weld` is what a user gets: a short run begins before there is machine code; `machine code` waits for it; `the same again` is a text that was compiled before.")
        {
            Table = new Table(["operators", .. peers], [.. rows]),
            Charts = [new LineChart("Text to first result", "operators", "ms", [.. lines])],
        };
        return new Page("latency", "What compiling costs", request.Setting(), [section], measurements);
    }

    /// <summary>What a system in another process takes to compile the same, by its name <c>operators_N</c> there, and to run it once; nothing if it does not have it.</summary>
    private static double[] Times(Request request, ChildPeer peer, int operators)
    {
        try
        {
            return Times(peer, operators);
        }
        catch (PeerFailedException e)
        {
            request.Progress.WriteLine(e.Message);
            return [];
        }
    }

    private static double[] Times(ChildPeer peer, int operators)
    {
        double[] values = [0.25, 3];
        var expected = new ChainProgram(operators, 1).Of(values[^1]);
        var comparison = new Comparison { Name = Subject, Program = "", Arguments = _ => [values], Read = _ => [], Function = Invariant($"operators_{operators}") };
        var times = new List<double>();
        var takesPart = true;
        ChildPace.Run(() =>
        {
            using var entry = takesPart ? peer.Enter(comparison, [values], 1) : null;
            if (entry?.Compilation is not { } compilation)
            {
                takesPart = false;
                return;
            }

            times.Add((compilation + entry.Time(1, Clock.Wall)).TotalMilliseconds);
            if (entry.Answer() is not [double[] and [.., var found]] || !(Math.Abs(found - expected) <= Rounding * Math.Abs(expected)))
            {
                throw new AnswersDifferException(Invariant($"{peer.Name}, {operators} operators: expected {expected:R} at the end"));
            }
        });
        return [.. times];
    }

    private static string Cell(Measurement? measurement) => measurement is null ? "" : Figure.Of(Quartiles.Of(measurement.Values));
}
