using System.Linq.Expressions;
using Weld.Core.IR;
using Weld.Core.Types;
using Weld.Managed.Builders;
using Weld.Managed.Emit.Vector;
using Weld.Managed.Layout;
using Weld.Managed.Planning;

namespace Weld.Managed.Emit;

/// <summary>Loops in SIMD: whole steps of a range, then the rest of it, in a step whose last lanes do not count or one element at a time.</summary>
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
    // The rest of a range counts as steps of one iteration: only the lanes before its end take part, and at last index = last.
    private void EmitVectorRange(For node, VectorPlan plan, int copies, bool isRest, Operand inner, LoopSource[] sources, ParameterExpression index, Expression last)
    {
        var step = isRest ? 1 : (long)copies * plan.Lanes;
        Do(Expression.IfThen(Expression.GreaterThanOrEqual(Expression.Subtract(last, index), Expression.Constant(step)), Scoped(() =>
        {
            _ahead = _scope;
            var leave = Expression.Label();
            var body = new VectorEmitter(this, plan.Facts, new VectorShape(plan.Lanes), plan.Bits) { Index = index, Leave = () => Expression.Goto(leave), MostDepth = plan.MostDepth, KeepsConstants = plan.Interleaves };
            var builders = new List<LaneBuilder>();
            var state = LaneBuilders(node.Builder.Type, inner, copies, builders);
            builders.ForEach(b => b.Begin(body, Expression.Subtract(last, index)));
            var end = Local(Expression.Subtract(last, Expression.Constant(step)), "end");
            RepeatTo(index, end, () =>
            {
                if (isRest)
                {
                    body.Limit(Expression.Subtract(last, index));
                }

                if (plan.Stages.Count == 0)
                {
                    EmitStep(node, plan, copies, body, state, builders, sources, index, leave);
                    return;
                }

                var start = Local(index, "tileStart");
                var tileEnd = EmitStages(node, plan, body, sources, start, end);
                RepeatTo(index, tileEnd, () =>
                {
                    body.Row = Local(Expression.Subtract(index, start), "row");
                    EmitStep(node, plan, copies, body, state, builders, sources, index, leave);
                });
            });
            if (isRest)
            {
                Do(Expression.Assign(index, last));
            }

            Do(Expression.Label(leave));
            builders.ForEach(b => b.End(body));
            _ahead = null;
        })));
    }

    // do body while (index <= end);
    private void RepeatTo(ParameterExpression index, Expression end, Action emitBody) => Do(Scoped(() =>
    {
        var top = Expression.Label();
        Do(Expression.Label(top));
        Do(Scoped(emitBody));
        Do(Expression.IfThen(Expression.LessThanOrEqual(index, end), Expression.Goto(top)));
    }));

    // tileEnd = min(start + tile - step, end); rows = tileEnd + step - start; i = start; do { x[i - start] = …; i += step; } while (i <= tileEnd); f(x, rows); …
    private ParameterExpression EmitStages(For node, VectorPlan plan, VectorEmitter body, LoopSource[] sources, ParameterExpression start, Expression end)
    {
        var step = (long)plan.Lanes;
        var tileEnd = Local(Clr.Min(Clr.At(start, (VectorPlan.TileSteps - 1) * step), end), "tileEnd");
        var rows = Local(Expression.Subtract(Clr.At(tileEnd, step), start), "rows");
        foreach (var stage in plan.Stages.SkipLast(1))
        {
            var i = Local(start, "i");
            if (stage.Reduction is not null)
            {
                EmitReduction(node, plan, stage, body, sources, start, i, tileEnd);
                continue;
            }

            Action<Expression>? apply = null;
            RepeatTo(i, tileEnd, () =>
            {
                body.Row = Local(Expression.Subtract(i, start), "row");
                BindIteration(node, stage.Elements, stage.UsesIndex, body, sources, i, 0);
                apply = body.EmitStage(stage);
                Do(Expression.AddAssign(i, Expression.Constant(step)));
            });
            apply!(rows);
        }

        body.Elsewhere = plan.Stages[^1].Elsewhere;
        return tileEnd;
    }

    // while (i <= tileEnd - (several - 1) * step) { the loop in several steps; i += several * step; } while (i <= tileEnd) { the loop in one step; i += step; }
    private void EmitReduction(For node, VectorPlan plan, TileStage stage, VectorEmitter body, LoopSource[] sources, ParameterExpression start, ParameterExpression i, Expression tileEnd)
    {
        var tile = body.Reserve(stage);
        var several = body.StepsTogether(stage);
        foreach (var steps in (ReadOnlySpan<int>)[several, 1])
        {
            var end = Local(Clr.At(tileEnd, -(steps - 1) * (long)plan.Lanes), "stepsEnd");
            Do(Expression.IfThen(Expression.LessThanOrEqual(i, end), Scoped(() => RepeatTo(i, end, () =>
            {
                body.Row = Local(Expression.Subtract(i, start), "row");
                body.EmitReduction(stage, tile, ReferenceEquals(node, _own) ? null : node, i, end, steps, (first, step) => BindIteration(node, stage.Elements, stage.UsesIndex, body, sources, first, step * (long)plan.Lanes));
                Do(Expression.AddAssign(i, Expression.Constant(steps * (long)plan.Lanes)));
            }))));
        }

        body.ReadFrom(stage, tile);
    }

    private void EmitStep(
        For node, VectorPlan plan, int copies, VectorEmitter body, Operand state, List<LaneBuilder> builders, LoopSource[] sources, ParameterExpression index, LabelTarget leave)
    {
        if (plan.Interleaves && copies > 1)
        {
            // Nothing is merged before all copies are computed, so one that fails leaves all of them undone.
            var computed = new (Operand After, LaneOperand? Iteration)[copies];
            Interleave(copies, copy => computed[copy] = (Compute(copy, 0), body.Iteration));
            for (var copy = 0; copy < copies; copy++)
            {
                body.Iteration = computed[copy].Iteration;
                Apply(computed[copy].After, copy, Clr.At(index, (long)copy * plan.Lanes));
            }
        }
        else
        {
            for (var copy = 0; copy < copies; copy++)
            {
                Apply(Compute(copy, (long)copy * plan.Lanes), copy, Clr.At(index, (long)copy * plan.Lanes));
            }
        }

        foreach (var statement in builders.SelectMany(b => b.Settle()))
        {
            Do(statement);
        }

        builders.ForEach(b => b.EndStep());
        Do(Expression.AddAssign(index, Expression.Constant((long)copies * plan.Lanes)));

        // where it fails, so many iterations of the step are done
        Operand Compute(int copy, long done)
        {
            body.Leave = () => Expression.Block(
                [.. builders.SelectMany(b => b.Settle()), Expression.AddAssign(index, Expression.Constant(done)), Expression.Goto(leave)]);
            body.Bind(node.Function.Parameters[0], state);
            var (elements, usesIndex) = plan.Stages.Count == 0 ? (plan.Facts.Elements, plan.Facts.UsesIndex) : (plan.Stages[^1].Elements, plan.Stages[^1].UsesIndex);
            BindIteration(node, elements, usesIndex, body, sources, index, (long)copy * plan.Lanes);
            return body.Emit(node.Function.Body);
        }

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

    /// <summary>Emits several independent computations, a statement of each in turn.</summary>
    private void Interleave(int count, Action<int> emit)
    {
        var outer = _scope;
        var scopes = new Scope[count];
        for (var i = 0; i < count; i++)
        {
            _scope = scopes[i] = new Scope();
            emit(i);
        }

        _scope = outer;
        foreach (var scope in scopes)
        {
            outer.Locals.AddRange(scope.Locals);
        }

        for (var step = 0; step < scopes.Max(s => s.Statements.Count); step++)
        {
            outer.Statements.AddRange(scopes.Where(s => step < s.Statements.Count).Select(s => s.Statements[step]));
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

    private static void BindIteration(For node, HashSet<int> fields, bool usesIndex, VectorEmitter body, LoopSource[] sources, Expression index, long done)
    {
        if (usesIndex)
        {
            body.Bind(node.Function.Parameters[1], body.Iteration = body.Number(Clr.At(index, done), isNatural: true));
        }

        var elements = new Operand[sources.Length];
        for (var i = 0; i < sources.Length; i++)
        {
            elements[i] = fields.Contains(i) ? Element(sources[i]) : new StructOperand([]);
        }

        body.Bind(node.Function.Parameters[2], node.Iters.Count == 1 ? elements[0] : new StructOperand(elements));

        Operand Element(LoopSource source)
        {
            if (source.Kind == IterKind.Range)
            {
                return body.Number(Clr.At(Expression.Add(source.Values[0], index), done), isNatural: source.Values[0] is ConstantExpression { Value: >= 0L });
            }

            var size = MemoryLayout.Of(source.Element).Size;
            return body.Load(((ScalarType)source.Element).Kind, Clr.At(Expression.Add(source.Values[0], Expression.Multiply(index, Expression.Constant((long)size))), done * size));
        }
    }
}
