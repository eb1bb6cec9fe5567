using System.Diagnostics;
using System.Text;
using Weld.Core.Diagnostics;

namespace Weld.Cli;

/// <summary>
/// The machine code of a program's functions. The runtime writes down what its JIT compiler makes only if it is told so when it starts: so this command is started once
/// more, with the program as its input.
/// </summary>
internal static class MachineCode
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    /// <summary>The listings of the functions whose names begin with <c>weld_</c>, as the runtime writes them.</summary>
    /// <param name="source">A program that compiles.</param>
    /// <param name="configuration">The <c>--conf</c> options that it is compiled with.</param>
    /// <exception cref="CommandLineException">This runtime gives no machine code.</exception>
    public static string Of(SourceText source, IEnumerable<string> configuration)
    {
        var listing = Path.GetTempFileName();
        try
        {
            using var child = Process.Start(Again(listing, configuration)) ?? throw new CommandLineException("--asm: the command cannot be started once more");
            child.OutputDataReceived += (_, _) => { };
            child.ErrorDataReceived += (_, _) => { };
            child.BeginOutputReadLine();
            child.BeginErrorReadLine();
            child.StandardInput.Write(source.Text);
            child.StandardInput.Close();
            if (!child.WaitForExit(Patience))
            {
                child.Kill();
                throw new CommandLineException($"--asm: expected the machine code within {Patience.TotalSeconds:0} seconds, found none");
            }

            var code = File.ReadAllText(listing);
            return code.Contains("weld_", StringComparison.Ordinal) ? code : throw new CommandLineException("--asm: expected a runtime that writes down its machine code, found one that does not");
        }
        catch (Exception e) when (e is IOException or System.ComponentModel.Win32Exception)
        {
            throw new CommandLineException($"--asm: the command cannot be started once more: {e.Message}");
        }
        finally
        {
            File.Delete(listing);
        }
    }

    private static ProcessStartInfo Again(string listing, IEnumerable<string> configuration)
    {
        var command = typeof(MachineCode).Assembly.Location;
        var process = Environment.ProcessPath ?? "dotnet";
        var isHost = command.Length > 0 && !Path.GetFileNameWithoutExtension(process).Equals(Path.GetFileNameWithoutExtension(command), StringComparison.OrdinalIgnoreCase);
        var start = new ProcessStartInfo(process)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardInputEncoding = new UTF8Encoding(false),
        };
        foreach (var argument in (string[])[.. isHost ? ["exec", command] : Array.Empty<string>(), "explain", ProgramFile.StandardInput])
        {
            start.ArgumentList.Add(argument);
        }

        foreach (var setting in configuration)
        {
            start.ArgumentList.Add("--conf");
            start.ArgumentList.Add(setting);
        }

        start.Environment["DOTNET_JitDisasm"] = "weld_*";
        start.Environment["DOTNET_JitStdOutFile"] = listing;

        // With a second processor, a program of the library's own is compiled meanwhile; its functions have the same names.
        start.Environment["DOTNET_PROCESSOR_COUNT"] = "1";
        return start;
    }
}
