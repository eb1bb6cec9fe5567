using System.Runtime.InteropServices;

namespace Weld.Bench.Pages;

/// <summary>The machine that measures.</summary>
internal static class Machine
{
    /// <summary>Its processor: the name, and family and model where known, for names are not always exact.</summary>
    public static string Name { get; } = Find();

    private static string Find()
    {
        const string Linux = "/proc/cpuinfo";
        if (!File.Exists(Linux))
        {
            return Environment.GetEnvironmentVariable("PROCESSOR_IDENTIFIER") ?? RuntimeInformation.RuntimeIdentifier;
        }

        var facts = File.ReadLines(Linux).TakeWhile(l => l.Length > 0).Select(l => l.Split(':', 2, StringSplitOptions.TrimEntries)).Where(p => p.Length == 2).ToLookup(p => p[0], p => p[1]);
        return facts["model name"].FirstOrDefault() is { } name ? $"{name}, family {facts["cpu family"].First()} model {facts["model"].First()}" : RuntimeInformation.RuntimeIdentifier;
    }
}
