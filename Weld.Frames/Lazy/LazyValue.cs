using System.Runtime.CompilerServices;
using Weld.Core.Diagnostics;
using Weld.Core.IR;
using Weld.Core.Types;
using Weld.Managed;
using Weld.Managed.Layout;

namespace Weld.Frames;

/// <summary>
/// A value that is not computed yet: one immutable node of a graph. Either an input, which is something of the host's captured without a copy, or an
/// expression over other values. Any number of threads may build on it and compute it.
/// </summary>
public sealed class LazyValue
{
    private static int _places;

    private LazyValue(string name, WeldType type, object? argument, Seq<LazyValue> inputs, Func<SourceSpan, Expr>? define)
    {
        Place = new SourceSpan(Interlocked.Increment(ref _places), 1);
        Name = name;
        Symbol = new Symbol(define is null ? name : "v", type) { Span = Place };
        Argument = argument;
        Inputs = inputs;
        Definition = define?.Invoke(Place);
    }

    /// <summary>The value's type.</summary>
    public WeldType Type => Symbol.Type;

    /// <summary>What messages call it: an input's name, or what was done to compute it.</summary>
    public string Name { get; }

    /// <summary>The variable that is the value in every program.</summary>
    internal Symbol Symbol { get; }

    /// <summary>The values that <see cref="Definition"/> is built from.</summary>
    internal Seq<LazyValue> Inputs { get; }

    /// <summary>The value as an expression over the variables of <see cref="Inputs"/>; null for an input.</summary>
    internal Expr? Definition { get; }

    /// <summary>What an input is; null for a computed value.</summary>
    internal object? Argument { get; }

    /// <summary>Tells the node from all others: the place of everything in <see cref="Definition"/>, so that an error at run time leads back here.</summary>
    internal SourceSpan Place { get; }

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
    public static LazyValue Of(object value, WeldType type, string name = "input")
    {
        ArgumentNullException.ThrowIfNull(value);
        ArgumentNullException.ThrowIfNull(type);
        ArgumentNullException.ThrowIfNull(name);
        return new LazyValue(name, type, value, [], null);
    }

    /// <summary>An input that another program, or this one before, has computed; it stays where it lies.</summary>
    /// <param name="computed">The value.</param>
    /// <param name="name">What programs and messages call it.</param>
    public static LazyValue Of(WeldView computed, string name = "input") => Of(computed, computed.Type, name);

    /// <summary>A value computed from others by an expression.</summary>
    /// <param name="name">What is done, for messages.</param>
    /// <param name="build">Makes the expression; it is given a variable for each input.</param>
    /// <param name="inputs">What the value is computed from.</param>
    /// <exception cref="IllTypedException">The types in the expression do not fit.</exception>
    public static LazyValue Apply(string name, Func<Seq<Expr>, Expr> build, params ReadOnlySpan<LazyValue> inputs)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(build);
        var definition = build(Variables(inputs));
        return new LazyValue(name, definition.Type, null, Seq.Create(inputs), place => Placed(definition, place));
    }

    /// <summary>One step of the graph in words.</summary>
    public override string ToString() => Inputs.Count == 0 ? Name : $"{Name}({string.Join(", ", Inputs.Select(i => i.Name))})";

    /// <summary>The name that an expression of C# ends in, such as that of a variable or property; else the other.</summary>
    internal static string NameIn(string expression, string otherwise)
    {
        var name = expression[(expression.LastIndexOf('.') + 1)..];
        return name.Length > 0 && !char.IsAsciiDigit(name[0]) && name.All(c => char.IsLetterOrDigit(c) || c is '_' or ' ') ? name : otherwise;
    }

    private static Seq<Expr> Variables(ReadOnlySpan<LazyValue> inputs)
    {
        var variables = new Expr[inputs.Length];
        for (var i = 0; i < inputs.Length; i++)
        {
            variables[i] = new Ident(inputs[i].Symbol);
        }

        return new Seq<Expr>(variables);
    }

    private static Expr Placed(Expr expr, SourceSpan place) =>
        StackGuard.Run(static a => a.Expr.Map(e => Placed(e, a.Place)) with { Span = a.Place }, (Expr: expr, Place: place));
}
