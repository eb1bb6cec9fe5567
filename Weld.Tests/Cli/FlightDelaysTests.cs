using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Weld.Tests.Repository;

namespace Weld.Tests.Cli;

/// <summary>The flight-delays example against the same computation in plain C#.</summary>
public sealed class FlightDelaysTests
{
    private static readonly string Program = Checkout.FullPath("examples/flight-delays/delays.weld");
    private static readonly string Data = Checkout.FullPath("examples/flight-delays/flights.csv.gz");

    [Theory]
    [InlineData(0)]
    [InlineData(500)]
    [InlineData(1500)]
    public void TheAnswerIsThatOfPlainCode(int distance)
    {
        var expected = Worst(distance);
        Assert.Equal(10, expected.Count);
        var result = Command.Run("run", Program, "--from", Data, "--arg", $"min_distance={distance}", "--json");
        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        var json = JsonDocument.Parse(result.Output).RootElement;
        Assert.Equal("vec[{vec[u8],i64,f64,f64}]", json.GetProperty("type").GetString());
        Assert.Equal(375_000, json.GetProperty("rows").GetInt32());
        Assert.Equal(
            expected,
            json.GetProperty("value").EnumerateArray().Select(row =>
                (Encoding.UTF8.GetString([.. row[0].EnumerateArray().Select(b => b.GetByte())]), row[1].GetInt64(), row[2].GetDouble(), row[3].GetDouble())));
    }

    [Fact]
    public void TheTableHasTheTitlesAndRows()
    {
        var result = Command.Run("run", Program, "--from", Data, "--arg", "min_distance=500");
        var lines = result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(["origin", "flights", "mean_delay", "late_share"], Cells(lines[1]));
        Assert.Equal(Worst(500).Select(w => (w.Origin, w.Flights.ToString())), lines[3..^1].Select(l => (Cells(l)[0], Cells(l)[1])));

        static string[] Cells(string line) => line.Split('│', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
    }

    private static List<(string Origin, long Flights, double Mean, double Late)> Worst(int distance)
    {
        using var reader = new StreamReader(new GZipStream(File.OpenRead(Data), CompressionMode.Decompress));
        var totals = new Dictionary<string, (long Flights, long Delay, long Late)>();
        reader.ReadLine();
        while (reader.ReadLine()?.Split(',') is [_, var delay, var miles, var origin, _])
        {
            if (int.Parse(miles) > distance)
            {
                var (flights, sum, late) = totals.GetValueOrDefault(origin);
                totals[origin] = (flights + 1, sum + int.Parse(delay), late + (int.Parse(delay) > 15 ? 1 : 0));
            }
        }

        return [.. totals.Where(t => t.Value.Flights >= 100)
            .Select(t => (t.Key, t.Value.Flights, (double)t.Value.Delay / t.Value.Flights, (double)t.Value.Late / t.Value.Flights))
            .OrderByDescending(t => t.Item3).ThenBy(t => t.Key, StringComparer.Ordinal).Take(10)];
    }
}
