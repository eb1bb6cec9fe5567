using System.Text.RegularExpressions;
using Weld.Core;
using Weld.Core.Diagnostics;
using Weld.Tests.Repository;

namespace Weld.Tests.Examples;

/// <summary>The command in the first lines of an example program, and where it takes each parameter from.</summary>
internal sealed partial class ExampleCommand
{
    private readonly string? _from;
    private readonly Dictionary<string, string> _arguments = [];

    private ExampleCommand(string text)
    {
        Words = [.. Word().Matches(text).Select(m => m.Value.Replace("'", "", StringComparison.Ordinal))];
        for (var i = 0; i + 1 < Words.Length; i++)
        {
            if (Words[i] == "--from")
            {
                _from = Words[i + 1];
            }
            else if (Words[i] == "--arg")
            {
                var parts = Words[i + 1].Split('=', 2);
                _arguments.Add(parts[0], parts[1]);
            }
        }
    }

    /// <summary>The words, as a shell parts them: at spaces outside single quotes.</summary>
    public string[] Words { get; }

    /// <summary>The command of a program.</summary>
    /// <param name="path">The program's path from the top.</param>
    public static ExampleCommand Of(string path) => new(Line().Match(Checkout.Read(path)).Groups[1].Value);

    /// <summary>The words after <c>weld</c>, with the places of files on this machine.</summary>
    public string[] Arguments() => [.. Words[1..].Select(w => w.Replace("@examples/", $"@{Checkout.FullPath("examples")}/", StringComparison.Ordinal))
        .Select(w => w.StartsWith("examples/", StringComparison.Ordinal) ? Checkout.FullPath(w) : w)];

    /// <summary>Each parameter of the program with its source: a JSON value, or a file and the column in it.</summary>
    public IEnumerable<(string Parameter, string? Json, string File, string? Column)> Sources()
    {
        foreach (var parameter in FrontEnd.Check(new SourceText(Checkout.Read(Words[2]))).Program.Parameters)
        {
            yield return _arguments.TryGetValue(parameter.Name, out var source)
                ? source[0] != '@' ? (parameter.Name, source, "", null) : (parameter.Name, null, source[1..source.IndexOf(':', StringComparison.Ordinal)], source[(source.IndexOf(':', StringComparison.Ordinal) + 1)..])
                : _from!.EndsWith(".csv", StringComparison.Ordinal) ? (parameter.Name, null, _from, parameter.Name) : (parameter.Name, null, $"{_from}/{parameter.Name}.npy", null);
        }
    }

    [GeneratedRegex(@"^# \$ (weld .*)$", RegexOptions.Multiline)]
    private static partial Regex Line();

    [GeneratedRegex(@"(?:[^\s']|'[^']*')+")]
    private static partial Regex Word();
}
