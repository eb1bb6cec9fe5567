namespace Weld.Bench.Peers;

/// <summary>Where peers.sh installs, outside of the repository: $WELD_PEERS, or weld-peers in the user's folder for caches.</summary>
internal static class PeerFolder
{
    /// <summary>A folder with node_modules.</summary>
    public static string Npm => Path.Combine(Root, "npm");

    /// <summary>The Python that has the peers' packages, or else the machine's.</summary>
    public static string Python => Path.Combine(Root, "python", "bin", "python3") is var installed && File.Exists(installed) ? installed : "python3";

    private static string Root => Environment.GetEnvironmentVariable("WELD_PEERS") is { Length: > 0 } named ? named : Path.Combine(Caches, "weld-peers");

    private static string Caches => Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } named
        ? named
        : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache");
}
