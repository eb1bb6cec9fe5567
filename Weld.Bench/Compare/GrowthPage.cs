using System.Globalization;
using Weld.Bench.Pages;
using Weld.Bench.Peers.Llvm;

namespace Weld.Bench.Compare;

/// <summary><c>compare growth</c>: time, compile time and memory as rows, keys and operators grow, and where the crossover with each peer lies.</summary>
internal static class GrowthPage
{
    private const string Time = "ms";
    private const string Compile = "ms to compile and run over two rows";
    private const string Memory = "bytes";

    public static Page Run(Request request)
    {
        var sections = new List<Section>();
        var (measurements, failures, dropouts, crossings) = (new List<Measurement>(), new List<Row>(), new List<Row>(), new List<Row>());
        foreach (var sweep in request.Chosen(Sweep.All(request.Scale), s => s.Name))
        {
            var found = Measure(request, sweep, failures, dropouts);
            measurements.AddRange(found);
            sections.AddRange(Show(request, sweep, found));
            if (sweep.Axis == Sweep.Rows)
            {
                crossings.AddRange(Crossings(request, sweep, found));
            }
        }

        if (crossings.Count > 0)
        {
            sections.Insert(0, new Section("From how many rows on Weld is faster", "The least of the measured numbers of rows from which on Weld's median is below the peer's at all of them; programs are compiled beforehand.")
            {
                Table = new Table(["kernel", "threads", "peer", "from"], crossings),
            });
        }

        return new Page("growth", "Growth", request.Setting(), [.. ContestPage.Failures(failures), .. sections, .. ContestPage.DidNotTakePart(dropouts)], measurements);
    }

    /// <summary>From where on one line is below another to its end: the point's place; null if not even there.</summary>
    public static double? Crossing(IReadOnlyList<(double X, double Y)> own, IReadOnlyList<(double X, double Y)> other)
    {
        var both = own.Join(other, o => o.X, p => p.X, (o, p) => (o.X, IsBelow: o.Y < p.Y)).OrderBy(b => b.X).ToArray();
        var last = Array.FindLastIndex(both, b => !b.IsBelow);
        return last + 1 < both.Length ? both[last + 1].X : null;
    }

    private static List<Measurement> Measure(Request request, Sweep sweep, List<Row> failures, List<Row> dropouts)
    {
        var found = new List<Measurement>();
        foreach (var step in sweep.Steps.TakeWhile(s => s.Fits))
        {
            var (outcomes, differences) = ContestPage.Contests(request, [step.Comparison]);
            failures.AddRange(differences);
            dropouts.AddRange(outcomes.SelectMany(o => ContestPage.Dropouts(o, Text($"{sweep.Name}, {step.At} {sweep.Axis}"), threads => request.Again(sweep.Name, threads))));
            found.AddRange(outcomes.SelectMany(o => o.Timings.Select(t => new Measurement(sweep.Name, step.At, t.Peer.Name, t.Threads, Time, t.Milliseconds))));
            if (sweep.Axis == Sweep.Operators)
            {
                found.AddRange(Compilations(request, (int)step.At));
            }
            else
            {
                var arguments = step.Comparison.Arguments(step.Comparison.Rows);
                found.AddRange(request.Threads.Select(t => new Measurement(sweep.Name, step.At, new WeldPeer().Name, t, Memory, [LeastMemory.Of(step.Comparison, arguments, t)])));
            }
        }

        return found;
    }

    private static IEnumerable<Measurement> Compilations(Request request, int operators)
    {
        CompileRoute[] routes = [CompileRoute.Automatic, CompileRoute.Compiled, .. request.Peers.Any(p => p.Name == CompileRoute.Llvm.Name) && LlvmLibrary.IsPresent ? [CompileRoute.Llvm] : Array.Empty<CompileRoute>()];
        var times = CompileRoute.Time(routes, operators);
        return routes.Select((r, i) => new Measurement(Sweep.Operators, operators, r.Name, 1, Compile, times[i]));
    }

    private static IEnumerable<Section> Show(Request request, Sweep sweep, IReadOnlyList<Measurement> found)
    {
        var rows = sweep.Steps.ToDictionary(s => s.At, s => s.Comparison.Rows);
        yield return Show(request, sweep, found, Time, "ns per row", $"Nanoseconds for each row, by the number of {sweep.Axis}: medians over rounds that were run in turn.", m => m.Median * 1e6 / rows[m.Rows]);
        if (sweep.Axis == Sweep.Operators)
        {
            yield return Show(request, sweep, found, Compile, "ms", "Milliseconds from the text to the first result over two rows, every time another program: `machine code` waits for it, `Weld` begins before.", m => m.Median);
        }
        else
        {
            yield return Show(request, sweep, found, Memory, "bytes per row", "Bytes for each row that Weld needs besides its arguments, its result included: the least memory limit with which the run succeeds, to 2 %.", m => m.Median / rows[m.Rows]);
        }
    }

    private static Section Show(Request request, Sweep sweep, IReadOnlyList<Measurement> found, string quantity, string unit, string text, Func<Measurement, double> value)
    {
        var chosen = found.Where(m => m.Quantity == quantity).ToArray();
        var lines = Lines(chosen, value);
        var table = chosen.Select(m => m.Rows).Distinct().Select(at => new Row([Text($"{at}"), .. lines.Select(l => l.Points.Where(p => p.X == at).Select(p => Text($"{p.Y:G3}")).SingleOrDefault(""))]));
        return new Section($"{sweep.Name}: {unit}", $"{text} Again: `{request.Again(sweep.Name)}`.")
        {
            Table = new Table([sweep.Axis, .. lines.Select(l => l.Name)], [.. table]),
            Charts = [new LineChart($"{sweep.Name}, {unit}", sweep.Axis, unit, lines)],
        };
    }

    private static Line[] Lines(IEnumerable<Measurement> found, Func<Measurement, double> value) =>
        [.. found.GroupBy(m => (m.Peer, m.Threads)).Select(g => new Line(g.Key.Threads == 1 ? g.Key.Peer : Text($"{g.Key.Peer}, {g.Key.Threads} threads"), g.Key.Peer, [.. g.Select(m => ((double)m.Rows, value(m)))]))];

    private static IEnumerable<Row> Crossings(Request request, Sweep sweep, IReadOnlyList<Measurement> found)
    {
        foreach (var threads in request.Threads)
        {
            var lines = Lines(found.Where(m => m.Quantity == Time && m.Threads == threads).Select(m => m with { Threads = 1 }), m => m.Median);
            if (lines.FirstOrDefault(l => l.Name == new WeldPeer().Name) is not { } weld)
            {
                continue;
            }

            foreach (var other in lines.Where(l => l != weld))
            {
                var from = Crossing(weld.Points, other.Points);
                yield return new Row([sweep.Name, Text($"{threads}"), other.Name, from is null ? "nowhere" : from == weld.Points[0].X ? "everywhere" : Text($"{from:N0}")], request.Again(sweep.Name, threads));
            }
        }
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
