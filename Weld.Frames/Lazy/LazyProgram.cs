using System.Runtime.CompilerServices;
using Weld.Core.Diagnostics;
using Weld.Core.IR;
using Weld.Managed;

namespace Weld.Frames;

/// <summary>
/// The program that computes some values of a graph: one <c>let</c> for each computed value that they need, one parameter for each input. So its size is
/// the graph's, however many paths lead through that; and graphs that differ only in what their inputs are have the same program.
/// </summary>
internal sealed class LazyProgram
{
    private readonly Seq<LazyValue> _steps;
    private readonly object[] _arguments;

    private LazyProgram(Lambda function, Seq<LazyValue> steps, object[] arguments)
    {
        Function = function;
        _steps = steps;
        _arguments = arguments;
    }

    /// <summary>The program.</summary>
    public Lambda Function { get; }

    /// <summary>Writes the program whose result is the value, or the struct of the values if there are several.</summary>
    public static LazyProgram Of(ReadOnlySpan<LazyValue> requested)
    {
        var steps = InOrder(requested);
        var parameters = new List<LazyValue>();
        var known = new Dictionary<object, LazyValue>(SameInput.Comparer);
        var twins = new List<(LazyValue Value, LazyValue First)>();
        foreach (var value in steps)
        {
            if (value.Argument is null)
            {
                continue;
            }

            // A number is never shared, since whether two are equal must not decide which program it is.
            if (SameInput.CanShare(value.Argument) && !known.TryAdd(value.Argument, value) && known[value.Argument] is var first && first.Type == value.Type)
            {
                twins.Add((value, first));
            }
            else
            {
                parameters.Add(value);
            }
        }

        return new LazyProgram(
            new Lambda(parameters.Select(p => p.Symbol).ToSeq(), Body(requested, steps, twins)) { Span = requested[0].Place },
            steps.ToSeq(),
            [.. parameters.Select(p => p.Argument!)]);
    }

    /// <summary>The program compiled, or taken from the cache.</summary>
    public WeldModule Compile(CompileOptions options) => WeldModule.Compile(Function, options);

    /// <summary>Computes the result.</summary>
    /// <exception cref="WeldRuntimeException">The run ended without a value; the message names the step.</exception>
    public WeldResult Run(CollectOptions options)
    {
        try
        {
            return Compile(options.Compile).Run(options.Run, _arguments);
        }
        catch (WeldRuntimeException e) when (StepAt(e.Span) is { } step)
        {
            throw new WeldRuntimeException(e.Code, $"{e.Detail}, in {step}", default, e.InnerException ?? e);
        }
    }

    /// <summary>The step that a place is in.</summary>
    public LazyValue? StepAt(SourceSpan place) => place.IsNone ? null : _steps.FirstOrDefault(s => s.Place == place);

    /// <summary>The values that are needed, each after what it is computed from. A stack of its own, since graphs may be deep.</summary>
    private static List<LazyValue> InOrder(ReadOnlySpan<LazyValue> requested)
    {
        var order = new List<LazyValue>();
        var seen = new HashSet<LazyValue>(ReferenceEqualityComparer.Instance);
        var open = new Stack<(LazyValue Value, int Next)>();
        foreach (var root in requested)
        {
            if (seen.Add(root))
            {
                open.Push((root, 0));
            }

            while (open.TryPop(out var top))
            {
                if (top.Next == top.Value.Inputs.Count)
                {
                    order.Add(top.Value);
                    continue;
                }

                open.Push((top.Value, top.Next + 1));
                if (seen.Add(top.Value.Inputs[top.Next]))
                {
                    open.Push((top.Value.Inputs[top.Next], 0));
                }
            }
        }

        return order;
    }

    private static Expr Body(ReadOnlySpan<LazyValue> requested, List<LazyValue> steps, List<(LazyValue Value, LazyValue First)> twins)
    {
        var isLast = requested.Length == 1 && steps[^1].Definition is not null;
        var body = isLast ? steps[^1].Definition!
            : requested.Length == 1 ? new Ident(requested[0].Symbol)
            : (Expr)new StructLiteral(Variables(requested));
        for (var i = steps.Count - (isLast ? 2 : 1); i >= 0; i--)
        {
            if (steps[i].Definition is { } definition)
            {
                body = new Let(steps[i].Symbol, definition, body);
            }
        }

        foreach (var (value, first) in twins)
        {
            body = new Let(value.Symbol, new Ident(first.Symbol), body);
        }

        return body;
    }

    private static Seq<Expr> Variables(ReadOnlySpan<LazyValue> values)
    {
        var variables = new List<Expr>(values.Length);
        foreach (var value in values)
        {
            variables.Add(new Ident(value.Symbol));
        }

        return variables.ToSeq();
    }

    /// <summary>Which inputs are one and the same memory.</summary>
    private sealed class SameInput : IEqualityComparer<object>
    {
        public static readonly SameInput Comparer = new();

        public static bool CanShare(object input) => IsMemory(input) || !input.GetType().IsValueType && input is not string;

        // Memories are equal if they are the same part of the same object.
        public new bool Equals(object? x, object? y) => ReferenceEquals(x, y) || (x is not null && y is not null && IsMemory(x) && x.Equals(y));

        public int GetHashCode(object input) => IsMemory(input) ? input.GetHashCode() : RuntimeHelpers.GetHashCode(input);

        private static bool IsMemory(object input) =>
            input.GetType() is { IsGenericType: true } type && type.GetGenericTypeDefinition() is var g && (g == typeof(ReadOnlyMemory<>) || g == typeof(Memory<>));
    }
}
