using System.Text;
using Weld.Cli;

namespace Weld.Tests.Cli;

/// <summary>What a command line gave.</summary>
/// <param name="ExitCode">0 done, 1 failed, 2 misused.</param>
/// <param name="Output">Its results.</param>
/// <param name="Error">Everything else.</param>
internal sealed record Command(int ExitCode, string Output, string Error)
{
    /// <summary>Runs a command line in this process.</summary>
    public static Command Run(params string[] arguments) => RunWith("", arguments);

    /// <summary>Runs a command line with a text as its standard input.</summary>
    public static Command RunWith(string input, params string[] arguments)
    {
        using var output = new MemoryStream();
        using var error = new MemoryStream();
        int exitCode;
        using (var terminal = Terminal.Of(new MemoryStream(Encoding.UTF8.GetBytes(input)), output, error))
        {
            exitCode = WeldCommand.Invoke(arguments, terminal);
        }

        return new Command(exitCode, Encoding.UTF8.GetString(output.ToArray()), Encoding.UTF8.GetString(error.ToArray()));
    }
}
