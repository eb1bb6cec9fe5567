using Weld.Core;
using Weld.Core.Diagnostics;
using Weld.Core.IR;

namespace Weld.Frames;

/// <summary>
/// A function of lazy values, written in Weld: all that a library needs to take part in a graph. It is checked once; each application is another step.
/// </summary>
public sealed class LazyFunction
{
    private readonly string _name;
    private readonly Lambda _function;

    /// <summary>Checks a function.</summary>
    /// <param name="name">What messages call a step that applies it.</param>
    /// <param name="text">A Weld program, such as <c>|v: vec[f64]| map(v, |x| x * x)</c>.</param>
    /// <exception cref="WeldCompileException">The program is wrong; all that was found.</exception>
    public LazyFunction(string name, string text)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(text);
        _name = name;
        _function = FrontEnd.Check(new SourceText(text)).Program;
    }

    /// <summary>The function's value for other values.</summary>
    /// <param name="arguments">One for each parameter.</param>
    /// <exception cref="ArgumentException">The parameters are of other types.</exception>
    public LazyValue Apply(params ReadOnlySpan<LazyValue> arguments)
    {
        var parameters = _function.Parameters;
        if (arguments.Length != parameters.Count)
        {
            throw new ArgumentException($"{_name}: expected {parameters.Count} values, found {arguments.Length}", nameof(arguments));
        }

        for (var i = 0; i < arguments.Length; i++)
        {
            if (arguments[i].Type != parameters[i].Type)
            {
                throw new ArgumentException($"{_name}: expected {parameters[i].Type} for {parameters[i].Name}, found {arguments[i].Type}, which is {arguments[i]}", nameof(arguments));
            }
        }

        return LazyValue.Apply(_name, Body, arguments);
    }

    private Expr Body(Seq<Expr> arguments)
    {
        var variables = new Dictionary<Symbol, Expr>(arguments.Count);
        for (var i = 0; i < arguments.Count; i++)
        {
            variables.Add(_function.Parameters[i], arguments[i]);
        }

        return Substitution.Replace(_function.Body, variables);
    }
}
