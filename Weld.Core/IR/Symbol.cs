using Weld.Core.Diagnostics;
using Weld.Core.Types;

namespace Weld.Core.IR;

/// <summary>A variable. Two symbols are the same variable only if they are the same object; the name is for people.</summary>
/// <param name="name">What the program calls it.</param>
/// <param name="type">Its type.</param>
public sealed class Symbol(string name, WeldType type)
{
    /// <summary>What the program calls it.</summary>
    public string Name { get; } = name;

    /// <summary>Its type.</summary>
    public WeldType Type { get; } = type;

    /// <summary>Where the program binds it; <c>default</c> where that is in no text.</summary>
    public SourceSpan Span { get; init; }

    /// <summary>Another variable of the same name and type.</summary>
    public Symbol Fresh() => new(Name, Type) { Span = Span };

    /// <inheritdoc/>
    public override string ToString() => Name;
}
