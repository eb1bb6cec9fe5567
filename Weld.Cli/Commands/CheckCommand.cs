using System.CommandLine;

namespace Weld.Cli.Commands;

/// <summary><c>weld check FILE</c>: diagnostics only.</summary>
internal static class CheckCommand
{
    public static Command Create(Terminal terminal)
    {
        var file = ProgramFile.Argument();
        var command = new Command("check", "Reports what is wrong with a program.") { file };
        command.SetAction(line =>
        {
            ProgramFile.Check(line.GetRequiredValue(file), terminal);
            return WeldCommand.Done;
        });
        return command;
    }
}
