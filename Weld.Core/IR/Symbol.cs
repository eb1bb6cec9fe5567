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

    /// <summary>Its type; while inference runs, what is known of it.</summary>
    public WeldType Type { get; private set; } = type;

    /// <summary>Where the program binds it; <c>default</c> where that is in no text.</summary>
    public SourceSpan Span { get; init; }

    /// <summary>Another variable of the same name and type.</summary>
    public Symbol Fresh() => new(Name, Type) { Span = Span };

    /// <summary>Gives a variable of a program that is still in the front end the type that was inferred.</summary>
    internal void Infer(WeldType type) => Type = type;

    /// <inheritdoc/>
    public override string ToString() => Name;
}
