using System.Globalization;

namespace Weld.Bench.Compare;

/// <summary>The memory of processes, as Linux counts it; elsewhere it is not known.</summary>
internal static class ResidentMemory
{
    /// <summary>By how many bytes the most that a process holds while something runs is more than what it held before; null if not known.</summary>
    /// <param name="process">The process's number.</param>
    /// <param name="run">Has it run.</param>
    public static long? Growth(int process, Action run)
    {
        const string ForgetTheMost = "5";
        var folder = string.Create(CultureInfo.InvariantCulture, $"/proc/{process}");
        try
        {
            File.WriteAllText($"{folder}/clear_refs", ForgetTheMost);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }

        var before = Bytes(folder, "VmRSS:");
        run();
        return Math.Max(0, Bytes(folder, "VmHWM:") - before);
    }

    private static long Bytes(string folder, string name)
    {
        var line = File.ReadLines($"{folder}/status").First(l => l.StartsWith(name, StringComparison.Ordinal));
        return long.Parse(line[name.Length..].Replace("kB", "", StringComparison.Ordinal), NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture) * 1024;
    }
}
