using System.Linq.Expressions;
using Weld.Core.IR;
using Weld.Core.Optimizer;
using Weld.Managed.Builders;
using Weld.Managed.Runtime;

namespace Weld.Managed.Emit;

/// <summary>What an <see cref="AdaptiveLoop"/> judges the data by.</summary>
internal sealed partial class FunctionEmitter
{
    /// <summary>A function that adds to the frame's <see cref="Capture.Changes"/> how often the conditions change from one iteration to the next.</summary>
    // for (i = start; i < end; i++) { changes += c(i) != before; before = c(i); }
    public LambdaExpression EmitSample(For node, Predication form, string name, Capture capture)
    {
        var frame = Expression.Parameter(typeof(long), "frame");
        var builders = Expression.Parameter(typeof(Builder[]), "builders");
        var start = Expression.Parameter(typeof(long), "start");
        var end = Expression.Parameter(typeof(long), "end");
        var sources = EmitCaptured(capture, frame);
        var changes = Local(Clr.LoadLong(Clr.At(frame, capture.Changes)), "changes");
        var before = new ParameterExpression[form.ConditionCount];
        for (var i = 0; i < form.ConditionCount; i++)
        {
            before[i] = Local(Expression.Constant(false), "before");
        }

        var index = Local(start, "i");
        CountTo(index, end, () =>
        {
            BindElement(node, sources, index);
            var conditions = ((StructOperand)Hold(Emit(form.Conditions))).Fields;
            for (var i = 0; i < conditions.Length; i++)
            {
                var now = ((ScalarOperand)conditions[i]).Value;
                var change = Expression.Convert(Clr.Call(typeof(Memory), nameof(Memory.ToByte), Expression.NotEqual(now, before[i])), typeof(long));
                Do(Expression.Assign(changes, Expression.Add(changes, change)));
                Do(Expression.Assign(before[i], now));
            }
        });
        Do(Clr.StoreLong(Clr.At(frame, capture.Changes), changes));
        return Finish(typeof(LoopBody), name, frame, builders, start, end);
    }
}
