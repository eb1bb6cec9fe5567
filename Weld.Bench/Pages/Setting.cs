using System.Globalization;
using System.Runtime.InteropServices;

namespace Weld.Bench.Pages;

/// <summary>Where, when and how figures were measured.</summary>
internal sealed record Setting
{
    /// <summary>What a command that measures begins with.</summary>
    public const string Prefix = "dotnet run -c Release --project Weld.Bench --";

    /// <summary>The processor's name.</summary>
    public required string Processor { get; init; }

    /// <summary>How many of it.</summary>
    public required int Processors { get; init; }

    /// <summary>The operating system.</summary>
    public required string System { get; init; }

    /// <summary>The runtime of .NET.</summary>
    public required string Runtime { get; init; }

    /// <summary>The day.</summary>
    public required string Date { get; init; }

    /// <summary>The command, after <see cref="Prefix"/>.</summary>
    public required string Command { get; init; }

    /// <summary>What took part, and what could not.</summary>
    public required IReadOnlyList<Participant> Participants { get; init; }

    /// <summary>This machine, today.</summary>
    public static Setting Here(string command, IEnumerable<Participant> participants) => new()
    {
        Processor = Machine.Name,
        Processors = Environment.ProcessorCount,
        System = RuntimeInformation.OSDescription,
        Runtime = RuntimeInformation.FrameworkDescription,
        Date = DateTime.UtcNow.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        Command = command,
        Participants = [.. participants],
    };
}

/// <summary>A system that figures are about.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="Version">Which exactly; null if it never was there.</param>
/// <param name="Absent">Why it is not on the machine, or took no more part; null if it did.</param>
internal sealed record Participant(string Name, string? Version, string? Absent);
