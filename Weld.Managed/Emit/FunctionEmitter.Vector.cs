using System.Linq.Expressions;
using Weld.Core.IR;
using Weld.Core.Types;
using Weld.Managed.Builders;
using Weld.Managed.Emit.Vector;
using Weld.Managed.Layout;
using Weld.Managed.Planning;

namespace Weld.Managed.Emit;

/// <summary>Loops in SIMD: whole steps of a range, the rest of which runs one element at a time.</summary>
internal sealed partial class FunctionEmitter
{
    private Scope? _ahead;

    /// <summary>Where the locals of elementary functions come from.</summary>
    public ScratchLocals KernelLocals => _kernelLocals;

    /// <summary>An expression without effects in a form that may be evaluated again.</summary>
    public Expression HoldPure(Expression value) =>
        value is ParameterExpression or ConstantExpression or MethodCallExpression { Method.Name: "Create", Arguments: [ConstantExpression] } ? value : Local(value);

    /// <summary>Runs <paramref name="emit"/> so that its code goes before the vector loop.</summary>
    public T Ahead<T>(Func<T> emit)
    {
        var inner = _scope;
        _scope = _ahead ?? inner;
        var result = emit();
        _scope = inner;
        return result;
    }

    /// <summary>Runs <paramref name="emit"/> so that what it emits ahead stays where it is: inside a loop whose variables it may use.</summary>
    public void Inside(Action emit)
    {
        var outer = _ahead;
        _ahead = null;
        emit();
        _ahead = outer;
    }

    // if (last - index >= step) { what is the same in all lanes; end = last - step; do { body; …; index += step; } while (index <= end); }
    private void EmitVectorRange(For node, VectorPlan plan, int copies, Operand inner, LoopSource[] sources, ParameterExpression index, Expression last)
    {
        var step = (long)copies * plan.Lanes;
        Do(Expression.IfThen(Expression.GreaterThanOrEqual(Expression.Subtract(last, index), Expression.Constant(step)), Scoped(() =>
        {
            _ahead = _scope;
            var leave = Expression.Label();
            var body = new VectorEmitter(this, plan.Facts, new VectorShape(plan.Lanes)) { Index = index, Leave = () => throw new InvalidOperationException("a step that is left has begun") };
            var builders = new List<LaneBuilder>();
            var state = LaneBuilders(node.Builder.Type, inner, copies, builders);
            builders.ForEach(b => b.Begin(body, Expression.Subtract(last, index)));
            var end = Local(Expression.Subtract(last, Expression.Constant(step)), "end");
            var top = Expression.Label();
            var loop = Scoped(() =>
            {
                Do(Expression.Label(top));
                Do(Scoped(() => EmitStep(node, plan, copies, body, state, builders, sources, index, leave)));
                Do(Expression.IfThen(Expression.LessThanOrEqual(index, end), Expression.Goto(top)));
            });
            Do(loop);
            Do(Expression.Label(leave));
            builders.ForEach(b => b.End(body));
            _ahead = null;
        })));
    }

    private void EmitStep(
        For node, VectorPlan plan, int copies, VectorEmitter body, Operand state, List<LaneBuilder> builders, LoopSource[] sources, ParameterExpression index, LabelTarget leave)
    {
        for (var copy = 0; copy < copies; copy++)
        {
            var done = (long)copy * plan.Lanes;
            var first = Clr.At(index, done);
            body.Leave = () => Expression.Block(
                [.. builders.SelectMany(b => b.Settle()), Expression.AddAssign(index, Expression.Constant(done)), Expression.Goto(leave)]);
            body.Bind(node.Function.Parameters[0], state);
            if (plan.Facts.UsesIndex)
            {
                body.Bind(node.Function.Parameters[1], body.Number(first));
            }

            body.Bind(node.Function.Parameters[2], LaneElements(node, plan, body, sources, index, done));
            Apply(body.Emit(node.Function.Body), copy, first);
        }

        foreach (var statement in builders.SelectMany(b => b.Settle()))
        {
            Do(statement);
        }

        builders.ForEach(b => b.EndStep());
        Do(Expression.AddAssign(index, Expression.Constant((long)copies * plan.Lanes)));

        void Apply(Operand after, int copy, Expression first)
        {
            if (after is StructOperand s)
            {
                Array.ForEach(s.Fields, f => Apply(f, copy, first));
            }
            else if (after is MergesOperand merges)
            {
                merges.Target.Merge(body, merges.Merges, copy, first);
            }
        }
    }

    private Operand LaneBuilders(WeldType type, Operand inner, int copies, List<LaneBuilder> all)
    {
        if (type is not BuilderType builder)
        {
            return new StructOperand([.. type.Parts.Select((t, i) => LaneBuilders(t, ((StructOperand)inner).Fields[i], copies, all))]);
        }

        all.Add(LaneBuilder.Of(CodeOf(builder), builder, inner, copies));
        return new MergesOperand(all[^1], []);
    }

    private Operand LaneElements(For node, VectorPlan plan, VectorEmitter body, LoopSource[] sources, Expression index, long done)
    {
        var elements = new Operand[sources.Length];
        for (var i = 0; i < sources.Length; i++)
        {
            elements[i] = plan.Facts.Elements.Contains(i) ? Element(sources[i]) : new StructOperand([]);
        }

        return node.Iters.Count == 1 ? elements[0] : new StructOperand(elements);

        Operand Element(LoopSource source)
        {
            if (source.Kind == IterKind.Range)
            {
                return body.Number(Clr.At(Expression.Add(source.Values[0], index), done));
            }

            var size = MemoryLayout.Of(source.Element).Size;
            return body.Load(((ScalarType)source.Element).Kind, Clr.At(Expression.Add(source.Values[0], Expression.Multiply(index, Expression.Constant((long)size))), done * size));
        }
    }
}
