using System.CommandLine;
using Weld.Cli.Commands;
using Weld.Core.Diagnostics;
using Weld.Frames.IO;
using Weld.Managed;

namespace Weld.Cli;

/// <summary>The <c>weld</c> command.</summary>
internal static class WeldCommand
{
    /// <summary>The command did what it was asked to.</summary>
    public const int Done = 0;

    /// <summary>The program does not compile, failed, or its data did.</summary>
    public const int Failed = 1;

    /// <summary>The command line was wrong.</summary>
    public const int Misused = 2;

    /// <summary>Runs a command line.</summary>
    /// <param name="arguments">The words after <c>weld</c>.</param>
    /// <param name="terminal">Where it reads and writes.</param>
    /// <returns>The exit code.</returns>
    public static int Invoke(IReadOnlyList<string> arguments, Terminal terminal)
    {
        var root = new RootCommand("Runs, checks and explains programs in the Weld language.")
        {
            RunCommand.Create(terminal),
            EvalCommand.Create(terminal),
            CheckCommand.Create(terminal),
            FormatCommand.Create(terminal),
            ExplainCommand.Create(terminal),
            HeaderCommand.Create(terminal),
        };
        var line = root.Parse(arguments, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (line.Errors.Count > 0)
        {
            foreach (var error in line.Errors)
            {
                terminal.Error.WriteLine(error.Message);
            }

            return Misused;
        }

        try
        {
            return line.Invoke(new InvocationConfiguration { Output = terminal.Output, Error = terminal.Error, EnableDefaultExceptionHandler = false });
        }
        catch (CommandLineException e)
        {
            terminal.Error.WriteLine(e.Message);
            return Misused;
        }
        catch (WeldConfigurationException e)
        {
            terminal.Error.WriteLine($"--conf {e.Message}");
            return Misused;
        }
        catch (WeldCompileException e)
        {
            DiagnosticWriter.Write(terminal, e.Diagnostics, e.SourceText);
            return Failed;
        }
        catch (Exception e) when (e is WeldException or DataFileException or IOException or UnauthorizedAccessException)
        {
            terminal.Error.WriteLine(e.Message);
            return Failed;
        }
        catch (OutOfMemoryException)
        {
            terminal.Error.WriteLine("expected data and a result that fit in memory, found more");
            return Failed;
        }
        catch (Exception e)
        {
            terminal.Error.WriteLine(new WeldInternalException("the command", $"{e.GetType().Name}: {e.Message}", e).Message);
            return Failed;
        }
        finally
        {
            terminal.Output.Flush();
        }
    }
}
