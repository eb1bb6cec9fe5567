using System.Linq.Expressions;
using Weld.Core.IR;
using Weld.Core.Optimizer;
using Weld.Managed.Builders;
using Weld.Managed.Runtime;

namespace Weld.Managed.Emit;

/// <summary>Functions that look at some of a loop's iterations: an <see cref="AdaptiveLoop"/> judges the data by one, a profile by another.</summary>
internal sealed partial class FunctionEmitter
{
    /// <summary>A function that adds to the frame's <see cref="Capture.Sampled"/> how often the conditions change from one iteration to the next.</summary>
    // for (i = start; i < end; i++) { changes += c(i) != before; before = c(i); }
    public LambdaExpression EmitSample(For node, Predication form, string name, Capture capture)
    {
        var before = new ParameterExpression[form.ConditionCount];
        for (var i = 0; i < form.ConditionCount; i++)
        {
            before[i] = Local(Expression.Constant(false), "before");
        }

        return EmitCount(node, name, capture, changes =>
        {
            var conditions = ((StructOperand)Hold(Emit(form.Conditions))).Fields;
            for (var i = 0; i < conditions.Length; i++)
            {
                var now = ((ScalarOperand)conditions[i]).Value;
                Count(changes, Expression.NotEqual(now, before[i]));
                Do(Expression.Assign(before[i], now));
            }
        });
    }

    /// <summary>A function that adds to the frame's <see cref="Capture.Sampled"/> for how many iterations something is true.</summary>
    public LambdaExpression EmitCount(For node, Expr condition, string name, Capture capture) =>
        EmitCount(node, name, capture, count => Count(count, ((ScalarOperand)Hold(Emit(condition))).Value));

    private LambdaExpression EmitCount(For node, string name, Capture capture, Action<ParameterExpression> body)
    {
        var frame = Expression.Parameter(typeof(long), "frame");
        var builders = Expression.Parameter(typeof(Builder[]), "builders");
        var start = Expression.Parameter(typeof(long), "start");
        var end = Expression.Parameter(typeof(long), "end");
        var sources = EmitCaptured(capture, frame);
        var count = Local(Clr.LoadLong(Clr.At(frame, capture.Sampled)), "count");
        var index = Local(start, "i");
        CountTo(index, end, () =>
        {
            BindElement(node, sources, index);
            body(count);
        });
        Do(Clr.StoreLong(Clr.At(frame, capture.Sampled), count));
        return Finish(typeof(LoopBody), name, frame, builders, start, end);
    }

    private void Count(ParameterExpression count, Expression condition) =>
        Do(Expression.Assign(count, Expression.Add(count, Expression.Convert(Clr.Call(typeof(Memory), nameof(Memory.ToByte), condition), typeof(long)))));
}
