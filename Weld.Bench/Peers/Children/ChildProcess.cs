using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using Weld.Bench.Compare;

namespace Weld.Bench.Peers.Children;

/// <summary>A process of another language that stays alive, and the conversation with it.</summary>
internal sealed class ChildProcess : IDisposable
{
    /// <summary>What the peers' libraries read to know how many threads to use, when they are loaded.</summary>
    private static readonly string[] ThreadVariables =
        ["OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS", "NUMEXPR_NUM_THREADS", "NUMEXPR_MAX_THREADS", "POLARS_MAX_THREADS", "R_DATATABLE_NUM_THREADS"];

    private readonly Process? _process;
    private readonly string? _absent;

    private ChildProcess(Process? process, Conversation? conversation, string? version, string? absent) =>
        (_process, Conversation, Version, _absent) = (process, conversation, version, absent);

    /// <summary>The conversation; null if there never was one.</summary>
    public Conversation? Conversation { get; }

    /// <summary>Its number on this machine.</summary>
    public int Id => _process?.Id ?? 0;

    /// <summary>The versions that the process named.</summary>
    public string? Version { get; }

    /// <summary>Why there is no such process; null if there is.</summary>
    public string? Absent => _absent;

    /// <summary>Whether it has broken off.</summary>
    public bool HasDied => Conversation?.Broken is not null;

    /// <summary>Starts a process and hears what it is.</summary>
    /// <param name="name">The peer's name.</param>
    /// <param name="program">The program.</param>
    /// <param name="arguments">Its arguments; the number of threads follows.</param>
    /// <param name="threads">How many it may use.</param>
    public static ChildProcess Start(string name, string program, IEnumerable<string> arguments, int threads)
    {
        var count = threads.ToString(CultureInfo.InvariantCulture);
        var start = new ProcessStartInfo(program, [.. arguments, count]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        foreach (var variable in ThreadVariables)
        {
            start.Environment[variable] = count;
        }

        // Or else threads spin for a while after each parallel part, on the cores that the next peer is to use.
        start.Environment["OMP_WAIT_POLICY"] = "passive";

        Process process;
        try
        {
            process = Process.Start(start)!;
        }
        catch (Win32Exception)
        {
            return new(null, null, null, $"no {program} on this machine");
        }

        var conversation = new Conversation(name, process.StandardInput, process.StandardOutput, () => End(process));
        try
        {
            var (version, absent) = conversation.Greeting();
            return new(process, absent is null ? conversation : null, version, absent);
        }
        catch (PeerFailedException e)
        {
            return new(process, null, null, e.Message);
        }
    }

    /// <summary>Ends the process: it stops when its input ends, or is stopped.</summary>
    public void Dispose()
    {
        if (_process is null)
        {
            return;
        }

        try
        {
            _process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It no longer reads.
        }

        if (!_process.WaitForExit(TimeSpan.FromSeconds(5)))
        {
            End(_process);
        }

        _process.Dispose();
    }

    private static void End(Process process)
    {
        try
        {
            process.Kill(entireProcessTree: true);
        }
        catch (Exception e) when (e is InvalidOperationException or Win32Exception or AggregateException)
        {
            // It has ended by itself.
        }
    }
}
