using System.Runtime.CompilerServices;
using Weld.Core.IR;
using Weld.Core.Types;
using Weld.Managed;
using Weld.Managed.Layout;

namespace Weld.Frames;

/// <summary>
/// A value that is not computed yet: one immutable node of a graph. Either an input, which is something of the host's captured without a copy, or a
/// <see cref="LazyFunction"/> of other values. Any number of threads may build on it and compute it.
/// </summary>
public sealed class LazyValue
{
    internal LazyValue(LazyFunction.Instance function, Seq<LazyValue> inputs)
    {
        Name = function.Name;
        Type = function.Function.Body.Type;
        Function = function;
        Inputs = inputs;
    }

    private LazyValue(object argument, WeldType type, string name)
    {
        ArgumentNullException.ThrowIfNull(argument);
        ArgumentNullException.ThrowIfNull(type);
        ArgumentNullException.ThrowIfNull(name);
        Name = name;
        Type = type;
        Argument = argument;
    }

    /// <summary>The value's type.</summary>
    public WeldType Type { get; }

    /// <summary>What messages call it: an input's name, or that of the function.</summary>
    public string Name { get; }

    /// <summary>What computes the value; null for an input.</summary>
    internal LazyFunction.Instance? Function { get; }

    /// <summary>The function's arguments.</summary>
    internal Seq<LazyValue> Inputs { get; }

    /// <summary>What an input is; null for a computed value.</summary>
    internal object? Argument { get; }

    /// <summary>An input: captured, not copied, so that what is written to it before the graph runs is seen.</summary>
    /// <typeparam name="T">A number, string, array, memory, tuple, record or struct.</typeparam>
    /// <param name="value">The value.</param>
    /// <param name="name">What programs and messages call it: without one, what it is called in the code.</param>
    /// <exception cref="ArgumentException">The type has no counterpart in Weld.</exception>
    public static LazyValue Of<T>(T value, [CallerArgumentExpression(nameof(value))] string name = "")
        where T : notnull =>
        Of(value, ClrShape.Weld(typeof(T)) ?? throw new ArgumentException($"expected a type that Weld has, found {typeof(T)}", nameof(value)), NameIn(name, "input"));

    /// <summary>An input of a type that its .NET type alone does not tell, such as a string, which may be <c>vec[u8]</c> as well as <c>vec[i8]</c>.</summary>
    /// <param name="value">Anything that a program takes as an argument of the type.</param>
    /// <param name="type">The type.</param>
    /// <param name="name">What programs and messages call it.</param>
    public static LazyValue Of(object value, WeldType type, string name = "input") => new(value, type, name);

    /// <summary>An input that another program, or this one before, has computed; it stays where it lies.</summary>
    /// <param name="computed">The value.</param>
    /// <param name="name">What programs and messages call it.</param>
    public static LazyValue Of(WeldView computed, string name = "input") => Of(computed, computed.Type, name);

    /// <summary>One step of the graph in words.</summary>
    public override string ToString() => Function is null ? Name : $"{Name}({string.Join(", ", Inputs.Select(i => i.Name))})";

    /// <summary>The name that an expression of C# ends in, such as that of a variable or property; else the other.</summary>
    internal static string NameIn(string expression, string otherwise)
    {
        var name = expression[(expression.LastIndexOf('.') + 1)..];
        return name.Length > 0 && !char.IsAsciiDigit(name[0]) && name.All(c => char.IsLetterOrDigit(c) || c is '_' or ' ') ? name : otherwise;
    }
}
