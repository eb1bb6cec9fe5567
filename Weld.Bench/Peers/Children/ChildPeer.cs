using Weld.Bench.Compare;

namespace Weld.Bench.Peers.Children;

/// <summary>
/// A system of another language, in a process for each number of threads, which loads its arguments from files into what is native to it before any time is taken, and times within itself.
/// </summary>
/// <param name="name">What to call it by.</param>
/// <param name="program">The program that runs its script.</param>
/// <param name="arguments">The script, and what it is told.</param>
internal sealed class ChildPeer(string name, string program, params string[] arguments) : Peer
{
    private readonly Dictionary<int, ChildProcess> _processes = [];

    public static ChildPeer NumPy { get; } = Python("NumPy", "numpy_functions");

    public static ChildPeer Pandas { get; } = new("pandas", PeerFolder.Python, Script("Python", "peer.py"), "pandas_functions") { OfTables = true };

    public static ChildPeer Numba { get; } = Python("Numba", "numba_functions");

    /// <summary>Numba's loops with floats as if they were reals.</summary>
    public static ChildPeer NumbaFast { get; } = new("Numba-fast", PeerFolder.Python, Script("Python", "peer.py"), "numba_functions", "fast") { FloatsOnly = true };

    public static ChildPeer Numexpr { get; } = Python("numexpr", "numexpr_functions");

    public static ChildPeer Polars { get; } = new("Polars", "node", "--expose-gc", Script("Polars", "peer.mjs"), PeerFolder.Npm) { OfTables = true };

    public static ChildPeer DataTable { get; } = new("data.table", "Rscript", "--vanilla", Script("R", "peer.R"), Script("R", "functions.R")) { OfTables = true };

    public override string Name => name;

    public override string? Version => Process(1).Version;

    public override string? Absent => Process(1).Absent;

    public override bool Rounds => !FloatsOnly;

    public override bool IsOfTables => OfTables;

    /// <summary>Systems of tables copy arrays into their own.</summary>
    public override int Copies => OfTables ? 2 : 1;

    private bool OfTables { get; init; }

    /// <summary>Whether it is there for what it may do with floats alone.</summary>
    private bool FloatsOnly { get; init; }

    public override Entry? Enter(Comparison comparison, object[] arguments, int threads)
    {
        if (comparison.Function is not { } function || (FloatsOnly && !comparison.IsFloat) || Process(threads) is not { Conversation: { } conversation } process)
        {
            return null;
        }

        var folder = ArgumentFolder.Of(arguments);
        TimeSpan? compilation = null;
        try
        {
            compilation = conversation.Enter(function, folder.Path);
        }
        finally
        {
            if (compilation is null)
            {
                folder.Dispose();
            }
        }

        return compilation is { } time ? new ChildEntry(process.Id, conversation, comparison, folder, time) : null;
    }

    public override void Dispose()
    {
        foreach (var process in _processes.Values)
        {
            process.Dispose();
        }

        _processes.Clear();
    }

    private static ChildPeer Python(string name, string functions) => new(name, PeerFolder.Python, Script("Python", "peer.py"), functions);

    private static string Script(string folder, string file) => Path.Combine(AppContext.BaseDirectory, "Peers", folder, file);

    /// <summary>The process for a number of threads; another one if that has died.</summary>
    private ChildProcess Process(int threads)
    {
        if (_processes.TryGetValue(threads, out var process) && !process.HasDied)
        {
            return process;
        }

        process?.Dispose();
        return _processes[threads] = ChildProcess.Start(name, program, arguments, threads);
    }

    /// <param name="arguments">Kept for as long as the entry is there, so that whoever enters beside it finds them written.</param>
    private sealed class ChildEntry(int process, Conversation conversation, Comparison comparison, ArgumentFolder arguments, TimeSpan compilation) : Entry
    {
        public override TimeSpan? Compilation => compilation > TimeSpan.Zero ? compilation : null;

        public override void Run() => conversation.Time(Clock.Wall.Name, 1);

        public override TimeSpan Time(int runs, Clock clock) => conversation.Time(clock.Name, runs);

        public override long? PeakMemory()
        {
            conversation.Trim();
            return ResidentMemory.Growth(process, Run);
        }

        public override Array[] Answer()
        {
            using var folder = new AnswerFolder();
            return comparison.ReadColumns(folder.Read(conversation.Answer(folder.Path)));
        }

        public override void Dispose()
        {
            conversation.Leave();
            arguments.Dispose();
        }
    }
}
