using Weld.Core.IR;
using Weld.Core.Types;
using Weld.Core.Values;

namespace Weld.Core.Evaluation;

/// <summary>Builders (language.md §5).</summary>
internal sealed partial class Evaluator
{
    private AccumulatorValue EvaluateNewBuilder(NewBuilder node)
    {
        var argument = node.Argument is null ? null : Evaluate(node.Argument);
        return new AccumulatorValue(Accumulator.Create(node.BuilderType, argument, _memory));
    }

    private AccumulatorValue EvaluateMerge(Merge node)
    {
        var builder = (AccumulatorValue)Evaluate(node.Builder);
        var value = Evaluate(node.Value);
        _watch.Look();
        builder.Accumulator.Merge(value, _memory, node.Span);
        return builder;
    }

    /// <summary>The value of a builder, or the struct of the values of a struct of builders.</summary>
    private Value Finish(Value builder)
    {
        if (builder is StructValue s)
        {
            return new StructValue(s.Fields.To(Finish));
        }

        var accumulator = ((AccumulatorValue)builder).Accumulator;
        _watch.Look();
        return accumulator.Finish(_watch);
    }

    /// <summary>The accumulators of a builder or struct of builders.</summary>
    private static IEnumerable<Accumulator> Accumulators(Value builder) => builder is StructValue s
        ? s.Fields.SelectMany(Accumulators)
        : [((AccumulatorValue)builder).Accumulator];
}
