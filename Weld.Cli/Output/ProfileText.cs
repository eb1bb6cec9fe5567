using System.Globalization;
using System.Text.Json;
using Weld.Core.Diagnostics;
using Weld.Managed;

namespace Weld.Cli.Output;

/// <summary>What the loops of a run did: a line for each, or JSON (docs/cli.md).</summary>
internal static class ProfileText
{
    /// <summary>Writes lines for people, beside the result.</summary>
    public static void Write(Terminal terminal, RunProfile? profile, SourceText source)
    {
        foreach (var loop in profile?.Loops ?? [])
        {
            terminal.Error.WriteLine($"{Place(loop, source)}: {loop.Plan}{(loop.Storage.Length > 0 ? $"; became {loop.Storage}" : "")}");
            terminal.Error.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"    {Milliseconds(loop.Time)} ms ({loop.Time / profile!.Time:P0} of the run) in {loop.Runs} runs, {Milliseconds(loop.ThreadTime)} ms in {loop.Threads} threads{Result(loop)}; {loop.RowsIn} rows of {loop.BytesIn} bytes in, {loop.RowsOut} of {loop.BytesOut} bytes out{Selectivity(loop)}"));
        }
    }

    /// <summary>Writes a property of the run's document.</summary>
    public static void Write(Utf8JsonWriter json, RunProfile? profile, SourceText source)
    {
        if (profile is null)
        {
            return;
        }

        json.WriteStartArray("profile");
        foreach (var loop in profile.Loops)
        {
            json.WriteStartObject();
            json.WriteString("span", Place(loop, source));
            json.WriteString("plan", loop.Plan);
            json.WriteString("storage", loop.Storage);
            json.WriteNumber("runs", loop.Runs);
            json.WriteNumber("ms", Math.Round(loop.Time.TotalMilliseconds, 4));
            json.WriteNumber("thread_ms", Math.Round(loop.ThreadTime.TotalMilliseconds, 4));
            json.WriteNumber("result_ms", Math.Round(loop.ResultTime.TotalMilliseconds, 4));
            json.WriteNumber("threads", loop.Threads);
            json.WriteNumber("rows_in", loop.RowsIn);
            json.WriteNumber("bytes_in", loop.BytesIn);
            json.WriteNumber("rows_out", loop.RowsOut);
            json.WriteNumber("bytes_out", loop.BytesOut);
            if (loop.Selectivity is { } share)
            {
                json.WriteNumber("selectivity", share);
            }
            else
            {
                json.WriteNull("selectivity");
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static string Place(LoopProfile loop, SourceText source)
    {
        var (line, column) = source.Locate(loop.Span.Start);
        return string.Create(CultureInfo.InvariantCulture, $"{line}:{column}");
    }

    private static string Milliseconds(TimeSpan time) => time.TotalMilliseconds.ToString("0.000", CultureInfo.InvariantCulture);

    private static string Result(LoopProfile loop) => loop.ResultTime > TimeSpan.Zero ? $", then {Milliseconds(loop.ResultTime)} ms for the result" : "";

    private static string Selectivity(LoopProfile loop) => loop.Selectivity is { } share ? string.Create(CultureInfo.InvariantCulture, $"; {share:P1} of the rows pass") : "";
}
