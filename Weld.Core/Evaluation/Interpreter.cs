using Weld.Core.Diagnostics;
using Weld.Core.IR;
using Weld.Core.Values;

namespace Weld.Core.Evaluation;

/// <summary>What a run of the interpreter may use.</summary>
public sealed record InterpreterOptions
{
    /// <summary>The host's functions; the program was checked against the same ones.</summary>
    public ForeignFunctions Functions { get; init; } = ForeignFunctions.None;

    /// <summary>Asks the run to stop with <c>Cancelled</c>.</summary>
    public CancellationToken CancellationToken { get; init; }

    /// <summary>The time after which the run ends with <c>Timeout</c>; null for none.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>The bytes that the live vectors and dictionaries of the run may take before it ends with <c>OutOfMemory</c>; what a compiled program would request, not what the trees of the interpreter take.</summary>
    public long MemoryLimit { get; init; } = long.MaxValue;

    /// <summary>Where to count what the run visits; null for nowhere.</summary>
    internal Work? Work { get; init; }
}

/// <summary>
/// The meaning of the language: evaluates a program in order, as written, one node after the other. It is what optimised and compiled programs are
/// compared with, and what runs where no code can be generated.
/// </summary>
public static class Interpreter
{
    /// <summary>Runs a checked program.</summary>
    /// <param name="program">A program that the front end accepted.</param>
    /// <param name="arguments">A value for each parameter. Unfinished builders among them are consumed, also if the run fails.</param>
    /// <param name="options">What the run may use.</param>
    /// <returns>The program's value.</returns>
    /// <exception cref="ArgumentException">The arguments do not fit the parameters; nothing ran.</exception>
    /// <exception cref="WeldRuntimeException">The run ended with an error of the language.</exception>
    public static Value Run(Lambda program, Seq<Value> arguments, InterpreterOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(program);
        options ??= new InterpreterOptions();
        CheckArguments(program, arguments);
        var consumed = AccumulatorValue.TakeAll(arguments);
        try
        {
            return new Evaluator(options).Run(program, consumed);
        }
        catch (OutOfMemoryException e)
        {
            throw new WeldRuntimeException(RuntimeCode.OutOfMemory, "the process has no memory left", default, e);
        }
        catch (Exception e) when (e is not WeldException)
        {
            throw new WeldInternalException("interpreter", e.Message, e);
        }
    }

    private static void CheckArguments(Lambda program, Seq<Value> arguments)
    {
        if (arguments.Count != program.Parameters.Count)
        {
            throw new ArgumentException($"expected {program.Parameters.Count} arguments, found {arguments.Count}", nameof(arguments));
        }

        for (var i = 0; i < arguments.Count; i++)
        {
            var parameter = program.Parameters[i];
            if (!ValueShape.Fits(arguments[i], parameter.Type))
            {
                throw new ArgumentException($"parameter '{parameter.Name}': expected a value of type {parameter.Type}, found {arguments[i]}", nameof(arguments));
            }
        }
    }
}
