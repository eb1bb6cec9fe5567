using System.Collections.Concurrent;
using Weld.Core;
using Weld.Core.Diagnostics;
using Weld.Core.IR;
using Weld.Core.Types;

namespace Weld.Frames;

/// <summary>
/// A function of lazy values: all that a library needs to take part in a graph. It is made and checked once for each list of argument types, so libraries
/// keep theirs in static fields. Each application is another step of the graph.
/// </summary>
public sealed class LazyFunction
{
    private readonly ConcurrentDictionary<Seq<WeldType>, Instance> _instances = new();
    private readonly Func<Seq<WeldType>, Expr> _make;

    /// <summary>A function written in Weld.</summary>
    /// <param name="name">What messages call a step that applies it.</param>
    /// <param name="text">A program, such as <c>|v: vec[f64], factor: f64| map(v, |x| x * factor)</c>.</param>
    /// <exception cref="WeldCompileException">The program is wrong; all that was found.</exception>
    public LazyFunction(string name, string text)
        : this(name, Parsed(text))
    {
    }

    /// <summary>A function written in Weld, whose text depends on the types of its arguments.</summary>
    /// <param name="name">What messages call a step that applies it.</param>
    /// <param name="text">Writes a program for the types of the arguments.</param>
    public LazyFunction(string name, Func<Seq<WeldType>, string> text)
        : this(name, (Seq<WeldType> types) => Parsed(text(types)))
    {
    }

    /// <summary>A function built as a tree.</summary>
    /// <param name="name">What messages call a step that applies it.</param>
    /// <param name="build">Makes the result from variables for the arguments, whose types it may ask for.</param>
    public LazyFunction(string name, Func<Seq<Expr>, Expr> build)
        : this(name, (Seq<WeldType> types) => Built(types, build))
    {
    }

    private LazyFunction(string name, Lambda function)
        : this(name, (Seq<WeldType> _) => function)
    {
    }

    private LazyFunction(string name, Func<Seq<WeldType>, Expr> make)
    {
        ArgumentNullException.ThrowIfNull(name);
        Name = name;
        _make = make;
    }

    /// <summary>What messages call a step that applies it.</summary>
    public string Name { get; }

    /// <summary>The function's value for other values.</summary>
    /// <param name="arguments">One for each parameter.</param>
    /// <exception cref="ArgumentException">The function has parameters of other types, or cannot be made for these.</exception>
    public LazyValue Apply(params ReadOnlySpan<LazyValue> arguments)
    {
        var types = new WeldType[arguments.Length];
        for (var i = 0; i < types.Length; i++)
        {
            types[i] = arguments[i].Type;
        }

        var key = new Seq<WeldType>(types);
        if (!_instances.TryGetValue(key, out var instance))
        {
            instance = _instances.GetOrAdd(key, new Instance(Name, Check(arguments, key)));
        }

        return new LazyValue(instance, Seq.Create(arguments));
    }

    private Lambda Check(ReadOnlySpan<LazyValue> arguments, Seq<WeldType> types)
    {
        Lambda function;
        try
        {
            function = FrontEnd.Check(_make(types)).Program;
        }
        catch (Exception e) when (e is IllTypedException or WeldCompileException)
        {
            throw new ArgumentException($"{Name}: {e.Message}", nameof(arguments), e);
        }

        var parameters = function.Parameters;
        if (parameters.Count != types.Count)
        {
            throw new ArgumentException($"{Name}: expected {parameters.Count} values, found {types.Count}", nameof(arguments));
        }

        for (var i = 0; i < types.Count; i++)
        {
            if (types[i] != parameters[i].Type)
            {
                throw new ArgumentException($"{Name}: expected {parameters[i].Type} for {parameters[i].Name}, found {types[i]}, which is {arguments[i]}", nameof(arguments));
            }
        }

        return function;
    }

    private static Lambda Parsed(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return FrontEnd.Check(new SourceText(text)).Program;
    }

    private static Lambda Built(Seq<WeldType> types, Func<Seq<Expr>, Expr> build)
    {
        var parameters = types.To(t => new Symbol("a", t));
        return new Lambda(parameters, build(parameters.To(p => (Expr)new Ident(p))));
    }

    /// <summary>The function for one list of argument types. One object, so that graphs of the same shape are known by the objects in them.</summary>
    /// <param name="Name">The function's name.</param>
    /// <param name="Function">The checked function.</param>
    internal sealed record Instance(string Name, Lambda Function);
}
