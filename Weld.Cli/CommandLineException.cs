namespace Weld.Cli;

/// <summary>The command line asks for what cannot be: the process ends with code 2.</summary>
/// <param name="message">What was expected and what was found.</param>
internal sealed class CommandLineException(string message) : Exception(message);
