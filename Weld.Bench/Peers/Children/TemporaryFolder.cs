namespace Weld.Bench.Peers.Children;

/// <summary>Folders for what goes to another process and comes back.</summary>
internal static class TemporaryFolder
{
    /// <summary>Makes an empty one.</summary>
    /// <param name="prefix">What its name begins with.</param>
    public static string Create(string prefix) => Directory.CreateTempSubdirectory(prefix).FullName;

    /// <summary>Deletes it; where a file is still open elsewhere and the system keeps such files, it is left to the system.</summary>
    /// <param name="path">Which.</param>
    public static void Delete(string path)
    {
        try
        {
            Directory.Delete(path, recursive: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The system clears its temporary folder.
        }
    }
}
