using System.Linq.Expressions;
using Weld.Managed.Builders;

namespace Weld.Managed.Emit;

/// <summary>
/// A Weld value in compiled code, taken apart into CLR expressions: no struct is ever built in registers. Each expression may be used
/// once; <see cref="FunctionEmitter.Hold(Operand)"/> gives an operand whose expressions may be used again.
/// </summary>
internal abstract record Operand;

/// <summary>A scalar, or the current lane of a simd value.</summary>
/// <param name="Value">Of the CLR type of the kind.</param>
/// <param name="Depth">How deep the expression nests, so that a long chain is cut before it is too deep for the JIT.</param>
internal sealed record ScalarOperand(Expression Value, int Depth = 0) : Operand;

/// <summary>A vector.</summary>
/// <param name="Data">Address of the first element, long.</param>
/// <param name="Length">Number of elements, long.</param>
internal sealed record VectorOperand(Expression Data, Expression Length) : Operand;

/// <summary>A dictionary.</summary>
/// <param name="Header">Address of its header, long; 0 when empty.</param>
internal sealed record DictionaryOperand(Expression Header) : Operand
{
    /// <summary>Where its keys are found, if that was read already.</summary>
    public KeyTable? Table { get; init; }
}

/// <summary>A struct.</summary>
/// <param name="Fields">The fields in order.</param>
internal sealed record StructOperand(Operand[] Fields) : Operand;

/// <summary>A builder that is an object at run time.</summary>
/// <param name="Object">The object, a variable.</param>
/// <param name="InLoop">Whether this is the builder that a loop threads through its body.</param>
internal sealed record ObjectOperand(ParameterExpression Object, bool InLoop) : Operand
{
    /// <summary>What of its state a loop has in variables.</summary>
    public LoopState? State { get; init; }
}

/// <summary>What of a builder's state a loop has in variables.</summary>
internal abstract record LoopState;

/// <summary>A merger outside the loops it passes through: simply the value so far.</summary>
/// <param name="Total">The value.</param>
internal sealed record MergerOperand(Operand Total) : Operand;

/// <summary>A merger inside a loop: the loop's lanes and accumulators.</summary>
/// <param name="Frame">They, and how they fold.</param>
internal sealed record MergerSlotOperand(MergerFrame Frame) : Operand;
