using Weld.Core.Diagnostics;
using Weld.Core.IR;
using Weld.Core.Types;
using Weld.Managed;

namespace Weld.Frames;

/// <summary>
/// The program that computes some values of a graph: one <c>let</c> for each computed value that they need, one parameter for each input. So its size is
/// the graph's, however many paths lead through that; and graphs that differ only in what their inputs are have the same program.
/// </summary>
internal sealed class LazyProgram
{
    private readonly List<LazyValue> _steps = [];
    private readonly Dictionary<LazyValue, int> _numbers = new(ReferenceEqualityComparer.Instance);
    private readonly int[] _requested;

    private LazyProgram(ReadOnlySpan<LazyValue> requested)
    {
        PutInOrder(requested);
        _requested = new int[requested.Length];
        for (var i = 0; i < requested.Length; i++)
        {
            _requested[i] = _numbers[requested[i]];
        }
    }

    /// <summary>The program whose result is the value, or the struct of the values if there are several.</summary>
    public static LazyProgram Of(ReadOnlySpan<LazyValue> requested) => new(requested);

    /// <summary>The program compiled, or what was compiled for a graph of the same shape.</summary>
    public WeldModule Compile(CompileOptions options) => LazyCache.Get(this, options);

    /// <summary>Computes the result.</summary>
    /// <exception cref="WeldRuntimeException">The run ended without a value; the message names the step.</exception>
    public WeldResult Run(CollectOptions options)
    {
        try
        {
            return Compile(options.Compile).Run(options.Run, [.. _steps.Where(s => s.Argument is not null).Select(s => s.Argument)]);
        }
        catch (WeldRuntimeException e) when (StepAt(e.Span) is { } step)
        {
            throw new WeldRuntimeException(e.Code, $"{e.Detail}, in {step}", default, e.InnerException ?? e);
        }
    }

    /// <summary>The step that a place in the program is in.</summary>
    public LazyValue? StepAt(SourceSpan place) => place.IsNone ? null : _steps[place.Start];

    /// <summary>The program. The place of everything in a step is the step's number.</summary>
    public Lambda ToFunction()
    {
        var symbols = _steps.Select(s => new Symbol(s.Argument is null ? Variable(s.Name) : s.Name, s.Type)).ToArray();
        var isLast = _requested is [var only] && only == _steps.Count - 1 && _steps[only].Argument is null;
        var body = isLast ? Definition(_steps.Count - 1)
            : _requested.Length == 1 ? new Ident(symbols[_requested[0]])
            : new StructLiteral(_requested.Select(r => (Expr)new Ident(symbols[r])).ToSeq());
        for (var i = _steps.Count - (isLast ? 2 : 1); i >= 0; i--)
        {
            if (_steps[i].Argument is null)
            {
                body = new Let(symbols[i], Definition(i), body);
            }
        }

        return new Lambda(symbols.Where((_, i) => _steps[i].Argument is not null).ToSeq(), body) { Span = PlaceOf(_steps.Count - 1) };

        Expr Definition(int number)
        {
            var (function, inputs) = (_steps[number].Function!.Function, _steps[number].Inputs);
            var variables = new Dictionary<Symbol, Expr>(inputs.Count);
            for (var i = 0; i < inputs.Count; i++)
            {
                variables.Add(function.Parameters[i], new Ident(symbols[_numbers[inputs[i]]]));
            }

            return Placed(Substitution.Replace(function.Body, variables), PlaceOf(number));
        }
    }

    /// <summary>
    /// What decides the program: for each step its function and the numbers of its inputs, or its type if it is an input itself; and what was asked for.
    /// What the inputs are, constants among them, is no part of it.
    /// </summary>
    public (object[] Parts, int[] Wires) Shape()
    {
        var parts = new object[_steps.Count];
        var wires = new List<int>(_steps.Count * 2);
        for (var i = 0; i < parts.Length; i++)
        {
            parts[i] = (object?)_steps[i].Function ?? _steps[i].Type;
            foreach (var input in _steps[i].Inputs.Span)
            {
                wires.Add(_numbers[input]);
            }
        }

        wires.AddRange(_requested);
        return (parts, [.. wires]);
    }

    /// <summary>A step is called as its function, written as variables are.</summary>
    private static string Variable(string function)
    {
        var name = LazyValue.NameIn(function, "v");
        return char.ToLowerInvariant(name[0]) + name[1..];
    }

    private static SourceSpan PlaceOf(int number) => new(number, 1);

    private static Expr Placed(Expr expr, SourceSpan place) =>
        StackGuard.Run(static a => a.Expr.Map(e => Placed(e, a.Place)) with { Span = a.Place }, (Expr: expr, Place: place));

    /// <summary>Numbers the values that are needed, each after what it is computed from. A stack of its own, since graphs may be deep.</summary>
    private void PutInOrder(ReadOnlySpan<LazyValue> requested)
    {
        var twins = new Twins();
        var open = new Stack<(LazyValue Value, int Next)>();
        foreach (var root in requested)
        {
            open.Push((root, 0));
            while (open.TryPop(out var top))
            {
                var (value, next) = top;
                if (_numbers.ContainsKey(value))
                {
                    continue;
                }

                if (next < value.Inputs.Count)
                {
                    open.Push((value, next + 1));
                    if (!Twins.IsConstant(value.Inputs[next]))
                    {
                        open.Push((value.Inputs[next], 0));
                    }

                    continue;
                }

                if (twins.Find(value, _numbers) is { } twin)
                {
                    _numbers.Add(value, _numbers[twin]);
                    continue;
                }

                // Constants come when they are used for the first time, so that those of a step's twins are no parameters.
                foreach (var input in value.Inputs.Span)
                {
                    Number(input);
                }

                Number(value);
            }
        }
    }

    private void Number(LazyValue value)
    {
        if (_numbers.TryAdd(value, _steps.Count))
        {
            _steps.Add(value);
        }
    }
}
