using System.Text;
using Spectre.Console;

namespace Weld.Cli;

/// <summary>Where a command reads and writes: the process's streams, or those of a test.</summary>
internal sealed class Terminal : IDisposable
{
    private const int WidthOfFiles = 400;

    private Terminal(Stream input, Stream output, Stream error, bool colouredOutput, bool colouredError)
    {
        Input = input;
        OutputBytes = output;
        Output = new StreamWriter(output, new UTF8Encoding(false)) { NewLine = "\n" };
        Error = new StreamWriter(error, new UTF8Encoding(false)) { NewLine = "\n", AutoFlush = true };
        IsErrorColoured = colouredError;
        Tables = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = colouredOutput ? AnsiSupport.Yes : AnsiSupport.No,
            ColorSystem = colouredOutput ? ColorSystemSupport.Standard : ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
            Out = new AnsiConsoleOutput(Output),
        });
        Tables.Profile.Width = colouredOutput ? Math.Max(40, Console.WindowWidth) : WidthOfFiles;
        Tables.Profile.Capabilities.Unicode = true;
    }

    /// <summary>What the command reads.</summary>
    public Stream Input { get; }

    /// <summary>Where results go, as bytes.</summary>
    public Stream OutputBytes { get; }

    /// <summary>Where results go, as text.</summary>
    public TextWriter Output { get; }

    /// <summary>Where results go, as tables.</summary>
    public IAnsiConsole Tables { get; }

    /// <summary>Where everything but results goes.</summary>
    public TextWriter Error { get; }

    /// <summary>Whether <see cref="Error"/> shows colours.</summary>
    public bool IsErrorColoured { get; }

    /// <summary>The process's own streams; colours where a person looks and has not declined them.</summary>
    public static Terminal OfProcess()
    {
        var colours = string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR")) && Environment.GetEnvironmentVariable("TERM") != "dumb";
        if (!Console.IsOutputRedirected || !Console.IsErrorRedirected)
        {
            Console.OutputEncoding = Encoding.UTF8;
        }

        return new Terminal(
            Console.OpenStandardInput(),
            Console.OpenStandardOutput(),
            Console.OpenStandardError(),
            colours && !Console.IsOutputRedirected,
            colours && !Console.IsErrorRedirected);
    }

    /// <summary>Given streams, without colours.</summary>
    public static Terminal Of(Stream input, Stream output, Stream error) => new(input, output, error, false, false);

    /// <inheritdoc/>
    public void Dispose()
    {
        Output.Flush();
        Error.Flush();
    }
}
