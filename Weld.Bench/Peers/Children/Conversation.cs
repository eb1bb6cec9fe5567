using System.Globalization;
using Weld.Bench.Compare;

namespace Weld.Bench.Peers.Children;

/// <summary>
/// What a process is asked and replies, a line each:
/// <list type="table">
/// <item><term>(at its start)</term><description><c>ready VERSION</c>, or <c>absent REASON</c></description></item>
/// <item><term><c>enter FUNCTION FOLDER</c></term><description>loads the arguments, compiles: <c>entered SECONDS</c>, which compiling took, 0 if nothing was compiled, or <c>declined</c></description></item>
/// <item><term><c>time CLOCK RUNS</c></term><description>runs as often: <c>took SECONDS</c></description></item>
/// <item><term><c>answer FOLDER</c></term><description>runs once and writes the columns: <c>answered COLUMNS</c></description></item>
/// <item><term><c>trim</c></term><description>gives memory that is not in use back to the system, as far as it can: <c>trimmed</c></description></item>
/// <item><term><c>leave</c></term><description>lets go of all: <c>left</c></description></item>
/// </list>
/// Instead of any reply <c>failed MESSAGE</c>.
/// </summary>
/// <param name="name">Whom the conversation is with.</param>
/// <param name="requests">Where it reads.</param>
/// <param name="replies">Where it writes.</param>
/// <param name="end">Ends it, once nothing more can be said.</param>
internal sealed class Conversation(string name, TextWriter requests, TextReader replies, Action end)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <summary>Why nothing more can be said; null if it can.</summary>
    public string? Broken { get; private set; }

    /// <summary>The version, or why there is none.</summary>
    public (string? Version, string? Absent) Greeting()
    {
        var (word, rest) = Hear();
        return word switch
        {
            "ready" => (rest, null),
            "absent" => (null, rest),
            _ => throw Unexpected("ready or absent", word, rest),
        };
    }

    /// <summary>Prepares a function; what compiling it took, or null if the process does not have it.</summary>
    public TimeSpan? Enter(string function, string folder)
    {
        Say($"enter {function} {folder}");
        var (word, rest) = Hear();
        return word switch
        {
            "entered" => Seconds(rest),
            "declined" => null,
            _ => throw Unexpected("entered or declined", word, rest),
        };
    }

    /// <summary>What some runs take by the process's own clock.</summary>
    public TimeSpan Time(string clock, int runs)
    {
        Say($"time {clock} {runs.ToString(CultureInfo.InvariantCulture)}");
        return Seconds(Expect("took"));
    }

    /// <summary>Has an answer written; how many columns it has.</summary>
    public int Answer(string folder)
    {
        Say($"answer {folder}");
        return int.Parse(Expect("answered"), CultureInfo.InvariantCulture);
    }

    /// <summary>Has it give back memory that it does not use.</summary>
    public void Trim()
    {
        Say("trim");
        Expect("trimmed");
    }

    /// <summary>Ends what <see cref="Enter"/> began, if it still can.</summary>
    public void Leave()
    {
        try
        {
            Say("leave");
            Expect("left");
        }
        catch (PeerFailedException)
        {
            // What was measured counts; whoever cannot leave fails when entering next.
        }
    }

    private static TimeSpan Seconds(string text) => TimeSpan.FromTicks((long)(double.Parse(text, CultureInfo.InvariantCulture) * TimeSpan.TicksPerSecond));

    private void Say(string line)
    {
        if (Broken is not null)
        {
            throw new PeerFailedException(Broken);
        }

        try
        {
            requests.Write($"{line}\n");
            requests.Flush();
        }
        catch (IOException e)
        {
            throw Break($"expected to ask {line.Split(' ')[0]}, found {e.Message}");
        }
    }

    private string Expect(string expected)
    {
        var (word, rest) = Hear();
        return word == expected ? rest : throw Unexpected(expected, word, rest);
    }

    private (string Word, string Text) Hear()
    {
        var parts = (Line() ?? throw Break("expected a reply, found the end of its output")).Split(' ', 2);
        var rest = parts.Length > 1 ? parts[1] : "";
        return parts[0] == "failed" ? throw new PeerFailedException($"{name}: {rest}") : (parts[0], rest);
    }

    private string? Line()
    {
        var reading = replies.ReadLineAsync();
        try
        {
            return reading.Wait(Patience) ? reading.Result : throw Break($"expected a reply within {Patience}, found none");
        }
        catch (AggregateException e) when (e.InnerException is IOException)
        {
            throw Break($"expected a reply, found {e.InnerException.Message}");
        }
    }

    private PeerFailedException Unexpected(string expected, string word, string rest) => Break($"expected {expected}, found {word} {rest}");

    private PeerFailedException Break(string why)
    {
        Broken = $"{name}: {why}";
        end();
        return new PeerFailedException(Broken);
    }
}
