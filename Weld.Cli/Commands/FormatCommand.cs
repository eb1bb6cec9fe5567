using System.CommandLine;
using Weld.Core.Syntax;

namespace Weld.Cli.Commands;

/// <summary><c>weld fmt FILE</c>: canonical text.</summary>
internal static class FormatCommand
{
    public static Command Create(Terminal terminal)
    {
        var file = ProgramFile.Argument();
        var write = new Option<bool>("--write") { Description = "Changes the file instead of printing." };
        var command = new Command("fmt", "Lays a program's text out; comments stay.") { file, write };
        command.SetAction(line =>
        {
            var path = line.GetRequiredValue(file);
            if (line.GetValue(write) && path == ProgramFile.StandardInput)
            {
                throw new CommandLineException("--write: expected a file, found standard input");
            }

            var source = ProgramFile.Read(path, terminal);
            var text = Formatter.Format(source);
            if (!line.GetValue(write))
            {
                terminal.Output.Write(text);
            }
            else if (text != source.Text)
            {
                File.WriteAllText(path, text);
            }

            return WeldCommand.Done;
        });
        return command;
    }
}
