using System.Globalization;

namespace Weld.Cli;

/// <summary>The configuration of a command line.</summary>
internal static class Settings
{
    /// <summary>The <c>--conf</c> options, and <c>--timeout</c> as the key that it stands for.</summary>
    /// <exception cref="CommandLineException">An option has no equals sign.</exception>
    public static IReadOnlyList<KeyValuePair<string, string>> Of(IEnumerable<string> options, double? timeout)
    {
        var settings = new List<KeyValuePair<string, string>>();
        foreach (var option in options)
        {
            var equals = option.IndexOf('=', StringComparison.Ordinal);
            settings.Add(equals > 0 ? new(option[..equals], option[(equals + 1)..]) : throw new CommandLineException($"--conf {option}: expected KEY=VALUE"));
        }

        if (timeout is { } seconds)
        {
            settings.Add(new("weld.timeout", Math.Ceiling(seconds * 1000).ToString("F0", CultureInfo.InvariantCulture)));
        }

        return settings;
    }
}
