using Weld.Bench.Pages;
using Weld.Bench.Peers.Llvm;
using static System.FormattableString;

namespace Weld.Bench.Compare;

/// <summary><c>compare growth</c>: time, compile time and memory as rows, keys and operators grow, and where the crossover with each peer lies.</summary>
internal static class GrowthPage
{
    private const string Time = "ms";
    private const string Compile = "ms to compile and run over two rows";
    private const string Memory = "bytes";

    /// <summary>Milliseconds after which a peer does not take part on ten times the rows.</summary>
    private const double LongestRun = 1_000;

    private const string MemoryText = """
        Bytes for each row that a run needs at its peak besides its arguments, its result included. Weld: the least memory limit with which the run succeeds, to 2 %. .NET: all that a run
        allocates. Others: by how much the process's resident memory grows in its first run, which leaves out what it kept of earlier ones; not known but on Linux. C writes to buffers made before.
        """;

    /// <summary>Who takes part unless peers are named: each system once, in the form that is most like what is measured.</summary>
    private static readonly string[] Usual = ["Weld", "C", "LLVM-fast", ".NET loops", "LINQ", "PLINQ", "DuckDB", "NumPy", "pandas", "Numba", "Polars"];

    public static Page Run(Request asked)
    {
        var request = asked with { Peers = asked.NamesPeers ? asked.Peers : [.. asked.Peers.Where(p => Usual.Contains(p.Name))], Pace = Pace.Quick };
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
        var participants = request.Peers;
        foreach (var step in sweep.Steps)
        {
            var name = Invariant($"{sweep.Name}, {step.At} {sweep.Axis}");
            var room = Room.For(participants, Room.Free, Room.OfArguments(step.Comparison), request.Threads.Count, Peak).ToArray();
            dropouts.AddRange(room.Where(r => r.Needs is not null && r.Peer.Absent is null).Select(r =>
                new Row([name, r.Peer.Name, "", Invariant($"not enough memory beside the others: it needs about {r.Needs / 1e9:F1} GB")], request.Again(sweep.Name))));
            if (room[0].Needs is not null)
            {
                break;
            }

            var present = request with { Peers = [.. room.Where(r => r.Needs is null).Select(r => r.Peer)], MeasuresMemory = sweep.Axis != Sweep.Operators };
            var (outcomes, differences) = ContestPage.Contests(present, [step.Comparison with { Name = name }], sweep.Name);
            failures.AddRange(differences);
            dropouts.AddRange(outcomes.SelectMany(o => ContestPage.Dropouts(o, name, threads => request.Again(sweep.Name, threads))));
            var timings = outcomes.SelectMany(o => o.Timings).ToArray();
            found.AddRange(timings.Select(t => new Measurement(sweep.Name, step.At, t.Peer.Name, t.Threads, Time, t.Milliseconds)));
            found.AddRange(timings.Where(t => t.Memory is not null).Select(t => new Measurement(sweep.Name, step.At, t.Peer.Name, t.Threads, Memory, [t.Memory!.Value])));
            if (sweep.Axis == Sweep.Operators)
            {
                found.AddRange(Compilations(request, (int)step.At));
            }

            // Who has the computation, could hold it, and does not take long.
            bool IsSlow(Peer peer) => sweep.Axis == Sweep.Rows && peer != participants[0] && timings.Any(t => t.Peer == peer && t.Median > LongestRun);
            if (step != sweep.Steps[^1])
            {
                dropouts.AddRange(present.Peers.Where(IsSlow).Select(p => new Row([Invariant($"{sweep.Name}, more than {step.At} {sweep.Axis}"), p.Name, "", "takes more than a second for less"], request.Again(sweep.Name))));
            }

            participants = [.. present.Peers.Where(p => p == participants[0] || (timings.Any(t => t.Peer == p) && !IsSlow(p)))];

            // As much for each row as at the size before; as much as the arguments where that is not known.
            long Peak(Peer peer)
            {
                var before = found.LastOrDefault(m => m.Quantity == Memory && m.Peer == peer.Name);
                var rows = before is null ? 0 : sweep.Steps.Single(s => s.At == before.Rows).Comparison.Rows;
                return before is null ? Room.OfArguments(step.Comparison) : (long)(before.Median / rows * step.Comparison.Rows);
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
            yield return Show(request, sweep, found, Memory, "bytes per row", MemoryText, m => m.Median / rows[m.Rows]);
        }
    }

    private static Section Show(Request request, Sweep sweep, IReadOnlyList<Measurement> found, string quantity, string unit, string text, Func<Measurement, double> value)
    {
        var chosen = found.Where(m => m.Quantity == quantity).ToArray();
        var lines = Lines(chosen, value);
        var table = chosen.Select(m => m.Rows).Distinct().Select(at => new Row([Invariant($"{at}"), .. lines.Select(l => l.Points.Where(p => p.X == at).Select(p => Figure.Of(p.Y)).SingleOrDefault(""))]));
        return new Section($"{sweep.Name}: {unit}", $"{text} Again: `{request.Again(sweep.Name)}`.")
        {
            Table = new Table([sweep.Axis, .. lines.Select(l => l.Name)], [.. table]),
            Charts = [new LineChart($"{sweep.Name}, {unit}", sweep.Axis, unit, [.. lines.Select(l => l with { Points = [.. l.Points.Where(p => p.Y > 0)] }).Where(l => l.Points.Count > 0)])],
        };
    }

    private static Line[] Lines(IEnumerable<Measurement> found, Func<Measurement, double> value) =>
        [.. found.GroupBy(m => (m.Peer, m.Threads)).Select(g => new Line(g.Key.Threads == 1 ? g.Key.Peer : Invariant($"{g.Key.Peer}, {g.Key.Threads} threads"), g.Key.Peer, [.. g.Select(m => ((double)m.Rows, value(m)))]))];

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
                yield return new Row([sweep.Name, Invariant($"{threads}"), other.Name, from is null ? "nowhere" : from == weld.Points.Min(p => p.X) ? "everywhere" : Invariant($"{from:N0}")], request.Again(sweep.Name, threads));
            }
        }
    }
}
