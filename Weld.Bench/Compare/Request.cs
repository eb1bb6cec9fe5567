using System.Globalization;
using Weld.Bench.Pages;

namespace Weld.Bench.Compare;

/// <summary>What a command is to measure, and by what.</summary>
internal sealed record Request
{
    /// <summary>The command's name, such as <c>compare ablation</c>.</summary>
    public required string Command { get; init; }

    /// <summary>The names, or beginnings of names, of what is measured; none for all.</summary>
    public IReadOnlyList<string> Only { get; init; } = [];

    /// <summary>The peers that take part, those absent included.</summary>
    public IReadOnlyList<Peer> Peers { get; init; } = [];

    /// <summary>Whether these were named.</summary>
    public bool NamesPeers { get; init; }

    /// <summary>The share of the usual rows.</summary>
    public double Scale { get; init; } = 1;

    /// <summary>On how many threads, in turn.</summary>
    public IReadOnlyList<int> Threads { get; init; } = [1];

    /// <summary>The clock to time by.</summary>
    public Clock Clock { get; init; } = Clock.Wall;

    /// <summary>How many rounds.</summary>
    public Pace Pace { get; init; } = Pace.Thorough;

    /// <summary>Whether it is measured how much memory runs need.</summary>
    public bool MeasuresMemory { get; init; }

    /// <summary>Where it is said how far the work is.</summary>
    public TextWriter Progress { get; init; } = Console.Error;

    /// <summary>The peers that are on this machine.</summary>
    public IEnumerable<Peer> Present => Peers.Where(p => p.Absent is null);

    /// <summary>Those that are to be measured.</summary>
    public T[] Chosen<T>(IEnumerable<T> all, Func<T, string> name) => [.. all.Where(a => Only.Count == 0 || Only.Any(o => Begins(name(a), o)))];

    /// <summary>Whether a name is asked for by its beginning.</summary>
    public static bool Begins(string name, string beginning) => name.StartsWith(beginning, StringComparison.Ordinal);

    /// <summary>The words that ask for this again, or for a part of it.</summary>
    /// <param name="only">The part; null for all.</param>
    /// <param name="threads">On how many threads; null for as asked.</param>
    public string Again(string? only = null, int? threads = null)
    {
        var names = only ?? (Only.Count == 0 ? null : string.Join(',', Only));
        return string.Concat(
            Command,
            names is null ? "" : $" --only {names}",
            NamesPeers ? $" --peers \"{string.Join(',', Peers.Select(p => p.Name))}\"" : "",
            Scale == 1 ? "" : string.Create(CultureInfo.InvariantCulture, $" --scale {Scale}"),
            threads is null && Threads is [1] ? "" : $" --threads {threads?.ToString(CultureInfo.InvariantCulture) ?? string.Join(',', Threads)}",
            Clock == Clock.Wall ? "" : $" --clock {Clock.Name}");
    }

    /// <summary>Here and today.</summary>
    public Setting Setting() => Pages.Setting.Here(Again(), Peers.Select(p => new Participant(p.Name, p.Version, p.Absent)));
}
