using System.Globalization;
using Weld.Core.IR;
using Weld.Core.Optimizer;

namespace Weld.Managed;

/// <summary>A configuration key that is unknown, or a value that it does not take.</summary>
/// <param name="key">The key.</param>
/// <param name="message">What was expected and what was found.</param>
/// <param name="inner">What was thrown when the value was used.</param>
public sealed class WeldConfigurationException(string key, string message, Exception? inner = null) : ArgumentException($"{key}: {message}", inner)
{
    /// <summary>The key.</summary>
    public string Key { get; } = key;
}

/// <summary>Options by the names that configuration files and other languages give them (language.md §9).</summary>
public sealed record WeldConfiguration
{
    private static readonly Dictionary<string, Func<WeldConfiguration, string, WeldConfiguration>> Settings = new(StringComparer.Ordinal)
    {
        ["weld.threads"] = (c, v) => c with { Run = c.Run with { Threads = (int)Whole("weld.threads", v, 1, int.MaxValue) } },
        ["weld.timeout"] = (c, v) => c with { Run = c.Run with { Timeout = TimeSpan.FromMilliseconds(Whole("weld.timeout", v, 1, int.MaxValue)) } },
        ["weld.memory.limit"] = (c, v) => c with { Run = c.Run with { MemoryLimit = Whole("weld.memory.limit", v, 1, long.MaxValue) } },
        ["weld.optimization.passes"] = (c, v) => c with { Compile = c.Compile with { Passes = Names(v) } },
        ["weld.optimization.applyExperimentalTransforms"] =
            (c, v) => c with { Compile = c.Compile with { ApplyExperimentalTransforms = Truth("weld.optimization.applyExperimentalTransforms", v) } },
        ["weld.vector.width"] = (c, v) => c with { Compile = c.Compile with { VectorWidth = Width(v) } },
        ["weld.compile.backend"] = (c, v) => c with { Compile = c.Compile with { Backend = BackendOf(v) } },
        ["weld.compile.dumpCode"] = (c, v) => c with { Compile = c.Compile with { DumpDirectory = Truth("weld.compile.dumpCode", v) ? c.Compile.DumpDirectory ?? "." : null } },
        ["weld.compile.dumpCodeDir"] = (c, v) => c with { Compile = c.Compile with { DumpDirectory = v } },
        ["weld.compile.dumpCodeFilename"] = (c, v) => c with { Compile = c.Compile with { DumpName = v } },
    };

    /// <summary>All keys.</summary>
    public static IReadOnlyCollection<string> Keys => Settings.Keys;

    /// <summary>How programs are compiled.</summary>
    public CompileOptions Compile { get; init; } = CompileOptions.Default;

    /// <summary>What runs may use.</summary>
    public RunOptions Run { get; init; } = RunOptions.Default;

    /// <summary>The configuration that one key and value give.</summary>
    /// <param name="key">One of <see cref="Keys"/>.</param>
    /// <param name="value">Its value.</param>
    /// <exception cref="WeldConfigurationException">The key is unknown, or does not take the value.</exception>
    public static WeldConfiguration Parse(string key, string value) => new WeldConfiguration().With(key, value);

    /// <summary>The configuration that keys and values give, one after the other.</summary>
    /// <param name="settings">Keys and values.</param>
    /// <exception cref="WeldConfigurationException">A key is unknown, or does not take its value.</exception>
    public static WeldConfiguration Parse(IEnumerable<KeyValuePair<string, string>> settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        return settings.Aggregate(new WeldConfiguration(), static (c, s) => c.With(s.Key, s.Value));
    }

    /// <summary>This configuration with one key set.</summary>
    /// <param name="key">One of <see cref="Keys"/>.</param>
    /// <param name="value">Its value.</param>
    /// <exception cref="WeldConfigurationException">The key is unknown, or does not take the value.</exception>
    public WeldConfiguration With(string key, string value)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(value);
        return Settings.TryGetValue(key, out var setting)
            ? setting(this, value)
            : throw new WeldConfigurationException(key, $"expected one of {string.Join(", ", Settings.Keys.Order(StringComparer.Ordinal))}, found an unknown key");
    }

    private static long Whole(string key, string value, long least, long most) =>
        long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most
            ? number
            : throw new WeldConfigurationException(key, $"expected a whole number from {least} to {most}, found '{value}'");

    private static bool Truth(string key, string value) => value switch
    {
        "true" => true,
        "false" => false,
        _ => throw new WeldConfigurationException(key, $"expected true or false, found '{value}'"),
    };

    private static int Width(string value) => value is "0" or "128" or "256" or "512"
        ? int.Parse(value, CultureInfo.InvariantCulture)
        : throw new WeldConfigurationException("weld.vector.width", $"expected 0, 128, 256 or 512, found '{value}'");

    private static Seq<string> Names(string value)
    {
        var names = value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).ToSeq();
        try
        {
            Pipeline.Of(names);
            return names;
        }
        catch (ArgumentException e)
        {
            throw new WeldConfigurationException("weld.optimization.passes", e.Message);
        }
    }

    private static Backend BackendOf(string value) => value switch
    {
        "automatic" => Backend.Automatic,
        "compiled" => Backend.Compiled,
        "interpreter" => Backend.Interpreter,
        _ => throw new WeldConfigurationException("weld.compile.backend", $"expected automatic, compiled or interpreter, found '{value}'"),
    };
}
