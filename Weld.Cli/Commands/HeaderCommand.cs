using System.CommandLine;
using Weld.Cli.Headers;

namespace Weld.Cli.Commands;

/// <summary><c>weld header FILE</c>: types for a host that calls the program.</summary>
internal static class HeaderCommand
{
    public static Command Create(Terminal terminal)
    {
        var file = ProgramFile.Argument();
        var inC = new Option<bool>("--c") { Description = "Types in C instead of C#." };
        var command = new Command("header", "Prints C# or C types for a program's arguments and result.") { file, inC };
        command.SetAction(line =>
        {
            var program = ProgramFile.Check(line.GetRequiredValue(file), terminal);
            var columns = ProgramFile.Columns(program.Source!);
            terminal.Output.Write(line.GetValue(inC) ? CHeader.Of(program.Program, columns) : CSharpHeader.Of(program.Program, columns));
            return WeldCommand.Done;
        });
        return command;
    }
}
