using Weld.Bench.Compare;
using Weld.Bench.Peers;
using Weld.Bench.Peers.Children;
using Weld.Bench.Peers.DuckDb;

namespace Weld.Tests.Bench;

/// <summary>What the data systems of the comparisons compute is what Weld computes, on one thread and two.</summary>
public sealed class DataPeerTests : IDisposable
{
    private const int Rows = 2_000;

    public void Dispose() => Array.ForEach(CompareCommand.Peers, p => p.Dispose());

    [PeerFact("DuckDB")]
    public void DuckDbAgrees() => Agrees("DuckDB", 30);

    [PeerFact("NumPy")]
    public void NumPyAgrees() => Agrees("NumPy", 25);

    [PeerFact("pandas")]
    public void PandasAgrees() => Agrees("pandas", 25);

    [PeerFact("Numba")]
    public void NumbaAgrees() => Agrees("Numba", 25);

    [PeerFact("numexpr")]
    public void NumexprAgrees() => Agrees("numexpr", 10);

    [PeerFact("Polars")]
    public void PolarsAgrees() => Agrees("Polars", 30);

    [PeerFact("data.table")]
    public void DataTableAgrees() => Agrees("data.table", 10);

    /// <summary>A process that has died is named where it did, and there is another for what comes next.</summary>
    [ShellFact]
    public void APeerThatDiedIsStartedAgain()
    {
        using var peer = new ChildPeer("P", "sh", "-c", "echo ready 1; read line; case $line in *sum*) echo entered 0; read line; echo took 0.5; read line;; esac");
        var comparison = CompareCommand.Comparisons.Single(c => c.Name == "sum");
        var arguments = comparison.Arguments(10);
        for (var start = 0; start < 2; start++)
        {
            using var entry = peer.Enter(comparison, arguments, 1);
            Assert.Equal(TimeSpan.FromSeconds(0.5), entry!.Time(1, Clock.Wall));
            Assert.Throws<PeerFailedException>(() => entry.Time(1, Clock.Wall));
            Assert.Null(peer.Absent);
        }
    }

    private static void Agrees(string name, int least)
    {
        var peer = CompareCommand.Peers.Single(p => p.Name == name);
        Assert.Null(peer.Absent);
        var compared = 0;
        foreach (var comparison in CompareCommand.Comparisons.Where(c => c.Function is not null))
        {
            var arguments = comparison.Arguments(comparison.IsFixed ? 16 : Rows);
            using var weld = new WeldPeer().Enter(comparison, arguments, 1);
            Array[]? expected = null;
            foreach (var threads in new[] { 1, 2 })
            {
                using var entry = peer.Enter(comparison, arguments, threads);
                if (entry is not null)
                {
                    expected ??= Ordered(comparison, weld.Answer());
                    var difference = Answers.Difference(expected, Ordered(comparison, entry.Answer()), comparison.Tolerance);
                    Assert.True(difference is null, $"{comparison.Name}, {threads} threads: {difference}");
                    compared++;
                }
            }
        }

        Assert.True(compared >= least, $"expected {least} answers or more, found {compared}");
    }

    private static Array[] Ordered(Comparison comparison, Array[] columns) => comparison.Unordered || comparison.UnorderedInTables ? Answers.ByKey(columns) : columns;

    /// <summary>A test with a peer; it is left out, by the peer's name, where peers.sh has not installed that.</summary>
    private sealed class PeerFactAttribute : FactAttribute
    {
        public PeerFactAttribute(string peer) => Skip = IsInstalled(peer) ? null : $"{peer} is not on this machine";

        private static bool IsInstalled(string peer) => peer switch
        {
            "DuckDB" => DuckDbLibrary.IsPresent,
            "Polars" => Directory.Exists(Path.Combine(PeerFolder.Npm, "node_modules", "nodejs-polars")),
            "data.table" => OnPath("Rscript") is { } script && new[] { "library", "site-library" }.Any(l => Directory.Exists(Path.Combine(Path.GetDirectoryName(script)!, "..", "lib", "R", l, "data.table"))),
            _ => File.Exists(PeerFolder.Python),
        };

        private static string? OnPath(string program) =>
            (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Select(f => Path.Combine(f, program)).FirstOrDefault(File.Exists);
    }

    /// <summary>A test with a shell as the peer.</summary>
    private sealed class ShellFactAttribute : FactAttribute
    {
        public ShellFactAttribute() => Skip = OperatingSystem.IsWindows() ? "sh is not on this machine" : null;
    }
}
