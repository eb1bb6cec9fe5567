using Weld.Cli;

using var terminal = Terminal.OfProcess();
return WeldCommand.Invoke(args, terminal);
