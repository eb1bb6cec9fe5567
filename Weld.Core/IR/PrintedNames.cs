using Weld.Core.Syntax;

namespace Weld.Core.IR;

/// <summary>The names that variables are printed with: their own where that is a name and no other variable in scope has it, else numbered.</summary>
internal sealed class PrintedNames
{
    private readonly Dictionary<Symbol, string> _names = new(ReferenceEqualityComparer.Instance);
    private readonly HashSet<string> _taken = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _next = new(StringComparer.Ordinal);

    /// <summary>The name of a variable in scope; a free one comes into scope here.</summary>
    public string Of(Symbol symbol) => _names.TryGetValue(symbol, out var name) ? name : Bind(symbol);

    /// <summary>Brings a variable into scope.</summary>
    public string Bind(Symbol symbol)
    {
        var name = Legal(symbol.Name);
        if (name == "compare" || Words.Keywords.Contains(name) || !_taken.Add(name))
        {
            name = Numbered(name);
        }

        return _names[symbol] = name;
    }

    /// <summary>Ends a variable's scope.</summary>
    public void Unbind(Symbol symbol)
    {
        var name = _names[symbol];
        _names.Remove(symbol);
        _taken.Remove(name);
        var (stem, number) = Split(name);
        if (number > 0 && _next.TryGetValue(stem, out var next))
        {
            _next[stem] = Math.Min(next, number);
        }
    }

    private string Numbered(string name)
    {
        var stem = Split(name).Stem;
        var number = _next.GetValueOrDefault(stem, 1);
        while (!_taken.Add($"{stem}_{number}"))
        {
            number++;
        }

        _next[stem] = number + 1;
        return $"{stem}_{number}";
    }

    /// <summary>x_3 as x and 3.</summary>
    private static (string Stem, int Number) Split(string name)
    {
        var end = name.Length;
        while (end > 0 && char.IsAsciiDigit(name[end - 1]))
        {
            end--;
        }

        return end > 1 && name[end - 1] == '_' && int.TryParse(name.AsSpan(end), out var number) ? (name[..(end - 1)], number) : (name, 0);
    }

    private static string Legal(string name)
    {
        var isLegal = name.Length > 0 && !char.IsAsciiDigit(name[0]);
        foreach (var c in name)
        {
            isLegal &= char.IsAsciiLetterOrDigit(c) || c == '_';
        }

        return isLegal ? name : $"_{string.Concat(name.Select(c => char.IsAsciiLetterOrDigit(c) ? c : '_'))}";
    }
}
