namespace Weld.Tests.Repository;

/// <summary>The files of the repository that the tests were built from.</summary>
internal static class Checkout
{
    private static readonly string[] Made = [".git", "bin", "obj", "TestResults", "BenchmarkDotNet.Artifacts", "artifacts", ".vs", ".idea"];

    private static readonly string[] BinaryEndings = [".png", ".gz", ".npy"];

    /// <summary>The top folder.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>Whether the tests rewrite the texts they compare with.</summary>
    public static bool Bless => Environment.GetEnvironmentVariable("WELD_BLESS") == "1";

    /// <summary>The text of a file.</summary>
    /// <param name="path">Its path from the top, with <c>/</c>.</param>
    public static string Read(string path) => File.ReadAllText(FullPath(path)).ReplaceLineEndings("\n");

    /// <summary>The place of a file on this machine.</summary>
    /// <param name="path">Its path from the top, with <c>/</c>.</param>
    public static string FullPath(string path) => Path.Combine(Root, path.Replace('/', Path.DirectorySeparatorChar));

    /// <summary>The paths from the top, with <c>/</c>, of the files below a folder, without what builds and tests make.</summary>
    /// <param name="folder">The folder, the top if empty.</param>
    public static IEnumerable<string> Files(string folder = "")
    {
        var directory = new DirectoryInfo(FullPath(folder));
        var here = directory.EnumerateFiles().Where(f => !Made.Contains(f.Name) && !f.Name.EndsWith(".user", StringComparison.Ordinal));
        return here.Select(f => Path.GetRelativePath(Root, f.FullName).Replace(Path.DirectorySeparatorChar, '/'))
            .Concat(directory.EnumerateDirectories().Where(d => !Made.Contains(d.Name)).SelectMany(d => Files(Path.GetRelativePath(Root, d.FullName))));
    }

    /// <summary>The files below a folder that hold text.</summary>
    /// <param name="folder">The folder, the top if empty.</param>
    public static IEnumerable<string> TextFiles(string folder = "") => Files(folder).Where(f => !BinaryEndings.Contains(Path.GetExtension(f)));

    /// <summary>The C# sources below a folder.</summary>
    /// <param name="folder">The folder, the top if empty.</param>
    public static IEnumerable<string> Sources(string folder = "") => Files(folder).Where(f => f.EndsWith(".cs", StringComparison.Ordinal));

    /// <summary>The text of all C# sources below a folder, or of one file.</summary>
    /// <param name="path">The folder or file.</param>
    public static string SourceText(string path) => path.EndsWith(".cs", StringComparison.Ordinal) ? Read(path) : string.Join('\n', Sources(path).Select(Read));

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Weld.sln")))
            {
                return folder.FullName;
            }
        }

        throw new DirectoryNotFoundException($"expected Weld.sln in a folder above {AppContext.BaseDirectory}");
    }
}
