using System.Linq.Expressions;
using Weld.Core.IR;
using Weld.Core.Types;
using Weld.Managed.Builders;
using Weld.Managed.Planning;
using Weld.Managed.Runtime;

namespace Weld.Managed.Emit;

/// <summary>Loops. The main line checks an outermost loop's iterators and hands blocks of its iterations to a function of the loop's own.</summary>
internal sealed partial class FunctionEmitter
{
    /// <summary>A loop; with <paramref name="needed"/>, one into an appender that may stop once that holds so many.</summary>
    private Operand EmitFor(For node, Expression? needed = null)
    {
        var builder = Hold(Emit(node.Builder));
        var (sources, count) = EmitSources(node);
        var plan = Program.Plan(node, IsMain, needed is not null);
        var result = plan.HasFunction ? EmitCalledLoop(node, plan, builder, sources, count, needed) : EmitLoop(node, plan, builder, sources, Clr.Zero, count, needed);
        Program.EndPlan();
        return result;
    }

    /// <summary>A loop's function: its iterations from start to end, a range within one block.</summary>
    public LambdaExpression EmitBody(For node, LoopPlan plan, string name, Capture capture)
    {
        var frame = Expression.Parameter(typeof(long), "frame");
        var builders = Expression.Parameter(typeof(Builder[]), "builders");
        var start = Expression.Parameter(typeof(long), "start");
        var end = Expression.Parameter(typeof(long), "end");
        var sources = EmitCaptured(capture, frame);
        Outside = capture.Variables.Select(v => v.Symbol).ToHashSet();
        _own = node;
        var next = 0;
        var builder = Receive(node.Builder.Type, capture, frame, builders, ref next);
        var result = EmitLoop(node, plan, builder, sources, start, end);
        next = 0;
        GiveBack(node.Builder.Type, result, capture, frame, ref next);
        return Finish(typeof(LoopBody), name, frame, builders, start, end);
    }

    /// <summary>Loads what a loop's function reads from its frame.</summary>
    private LoopSource[] EmitCaptured(Capture capture, Expression frame)
    {
        foreach (var (symbol, type, offset) in capture.Variables)
        {
            var value = HoldLoaded(Load(type, frame, offset));
            Bind(symbol, type is DictionaryType d ? new KeyCode(d).Open(this, (DictionaryOperand)value) : value);
        }

        return [.. capture.Sources.Select(s => s.Source with { Values = [.. s.Source.Values.Select((v, i) => v is ConstantExpression ? v : Read(Clr.LoadLong(Clr.At(frame, s.Offset + (8 * i)))))] })];

        Expression Read(Expression value)
        {
            var local = Local(value);
            _reread.Add(Expression.Assign(local, value));
            return local;
        }
    }

    // frame = what the body reads; for each block or chunk: body(run, frame, builders, start, end)
    private Operand EmitCalledLoop(For node, LoopPlan plan, Operand builder, LoopSource[] sources, Expression count, Expression? needed)
    {
        var capture = Capture.Of(node, sources);
        var loop = Program.CompileLoop(node, plan, capture);
        var frame = Scratch(capture.Size);
        foreach (var (symbol, type, offset) in capture.Variables)
        {
            Store(type, Emit(new Ident(symbol)), frame, offset);
        }

        foreach (var (source, offset) in capture.Sources)
        {
            for (var i = 0; i < source.Values.Length; i++)
            {
                if (source.Values[i] is not ConstantExpression)
                {
                    Do(Clr.StoreLong(Clr.At(frame, offset + (8 * i)), source.Values[i]));
                }
            }
        }

        var objects = new List<Expression>();
        var next = 0;
        Send(node.Builder.Type, builder, capture, frame, objects, ref next);
        var shape = plan.ShapeOf(node, capture);
        var array = objects.Count == 1 ? Clr.Call(typeof(LoopDriver), nameof(LoopDriver.One), objects[0]) : Clr.Array(typeof(Builder), objects);
        Do(needed is null
            ? Clr.Call(typeof(LoopDriver), nameof(LoopDriver.Run), Run, Expression.Constant(loop), frame, array, count, Expression.Constant(shape))
            : Clr.Call(typeof(LoopDriver), nameof(LoopDriver.RunUntil), Run, Expression.Constant(loop), Expression.Constant(shape.Step), frame, array, count, needed));
        next = 0;
        return Reload(node.Builder.Type, builder, capture, frame, ref next);
    }

    // for (i = start; i < end;) { blockEnd = …; begin; for (; i < blockEnd;) { look; chunkEnd = …; for (; i < chunkEnd; i++) body } finish }
    // where a loop's function is called for one block or one chunk of it.
    private Operand EmitLoop(For node, LoopPlan plan, Operand outer, LoopSource[] sources, Expression start, Expression end, Expression? needed = null)
    {
        var type = node.Builder.Type;
        var passing = _passing;
        _passing = plan.ReleasesTemporaries ? PassingIn(node.Function.Body) : None;
        var index = Local(start, "i");
        var loop = new LoopScope(index, plan.Lanes);
        var inner = Enter(type, outer, loop);
        switch (plan)
        {
            case { HasBlocks: true, HasFunction: true }:
                EmitBlock(end);
                break;
            case { HasBlocks: true }:
                Loop(exit =>
                {
                    Do(Expression.IfThen(Expression.GreaterThanOrEqual(index, end), Expression.Break(exit)));
                    EmitBlock(Local(Clr.Min(Expression.Add(index, Expression.Constant((long)ReductionOrder.BlockSize)), end), "blockEnd"));
                });
                break;
            case { HasFunction: true }:
                EmitRange(end);
                break;
            default:
                EmitChunks(end);
                break;
        }

        _passing = passing;
        return Leave(type, outer, inner);

        void EmitBlock(Expression last)
        {
            var count = Local(Expression.Subtract(last, index));
            OnEach(type, outer, inner, (code, o, i) => code.BeginBlock(this, o, i, count));
            EmitChunks(last);
            OnEach(type, outer, inner, (code, _, i) => code.EndBlock(this, i));
        }

        void EmitChunks(Expression last) => Loop(exit =>
        {
            Expression done = Expression.GreaterThanOrEqual(index, last);
            if (needed is not null)
            {
                done = Expression.OrElse(done, Expression.GreaterThanOrEqual(Clr.Property(((ObjectOperand)inner).Object, nameof(Appender.Length)), needed));
            }

            Do(Expression.IfThen(done, Expression.Break(exit)));
            Look();
            EmitRange(Local(Clr.Min(Expression.Add(index, Expression.Constant(LoopDriver.ChunkSize)), last), "chunkEnd"));
        });

        // whole steps in SIMD; restart: what the builders have in variables; for (; i < last; i++) body, which comes back to restart when it has changed a builder.
        // A keyed builder has a loop for rows that are staged, one for keys in a direct index, and one for others; the registers of each have what it alone needs.
        void EmitRange(Expression last)
        {
            var around = _restart;
            _restart = null;
            if (plan.Vector is { } vector)
            {
                OnEach(type, outer, inner, (code, _, i) => code.Refresh(this, i));
                EmitVectorRange(node, vector, vector.Copies, isRest: false, inner, sources, index, last);
                var masksRest = vector.MasksRest(isNested: !plan.HasFunction);
                if (masksRest || vector.Copies > 1)
                {
                    EmitVectorRange(node, vector, 1, masksRest, inner, sources, index, last);
                }
            }

            _restart = Restarts.Allowed(node.Function.Body) ? Expression.Label("restart") : null;
            if (_restart is not null)
            {
                Do(Expression.Label(_restart));
            }

            OnEach(type, outer, inner, (code, _, i) => code.Refresh(this, i));
            if (_restart is not null && plan.HasFunction)
            {
                _reread.ForEach(Do);
            }

            var (stages, isDirect) = (Stages, IsDirect);
            (Stages, IsDirect) = (null, null);
            var finished = Expression.Label("finished");
            if (_restart is not null && type is BuilderType only && CodeOf(only).WhetherStages(outer, inner) is { } whether)
            {
                Do(Expression.IfThen(whether, Scoped(() =>
                {
                    Stages = true;
                    EmitIterations();
                    Stages = false;
                    Do(Expression.Goto(finished));
                })));
                if (CodeOf(only).WhetherDirect(inner) is { } direct)
                {
                    Do(Expression.IfThen(direct, Scoped(() =>
                    {
                        IsDirect = true;
                        EmitIterations();
                        IsDirect = false;
                        Do(Expression.Goto(finished));
                    })));
                }
            }

            EmitIterations();
            Do(Expression.Label(finished));
            (_restart, Stages, IsDirect) = (around, stages, isDirect);

            void EmitIterations() => EmitInBatches(node, sources, index, last, end =>
            {
                if (plan.Functions is { } tile)
                {
                    EmitTiles(node, tile, sources, index, end, plan.ReleasesTemporaries, Iteration);
                }
                else
                {
                    CountTo(index, end, Iteration);
                }
            });

            void Iteration() => EmitIteration(node, inner, sources, index, plan.ReleasesTemporaries);
        }
    }

    /// <summary>Whether what is merged here is staged, in a loop that has code for either; null where the merge has to look.</summary>
    public bool? Stages { get; private set; }

    /// <summary>Whether keys of what is merged here are found by a direct index alone, in a loop that has code for either: what the other needs would take registers. Null where the merge has to look.</summary>
    public bool? IsDirect { get; private set; }

    /// <summary>
    /// After a change to a builder: begins the current iteration again if it may. The change is then no part of the loop, which calls nothing, and whose
    /// variables stay in registers.
    /// </summary>
    /// <returns>Whether it may.</returns>
    public bool Restart()
    {
        if (_restart is not null)
        {
            Do(Expression.Goto(_restart));
        }

        return _restart is not null;
    }

    private void EmitIteration(For node, Operand inner, LoopSource[] sources, ParameterExpression index, bool releases)
    {
        var mark = releases ? EmitMark() : null;
        Bind(node.Function.Parameters[0], inner);
        BindElement(node, sources, index);
        var after = Emit(node.Function.Body);
        Assign(inner, after);
        EmitRelease(mark);
    }

    private ParameterExpression EmitMark() => Local(Clr.CallOn(Run, nameof(Runtime.Run.Mark)));

    private void EmitRelease(ParameterExpression? mark)
    {
        if (mark is not null)
        {
            Do(Clr.Call(typeof(Memory), nameof(Memory.Release), Run, mark));
        }
    }

    /// <summary>Binds a loop's index and element.</summary>
    public void BindElement(For node, LoopSource[] sources, ParameterExpression index) => BindElement(node, index, Array.ConvertAll(sources, s => EmitElement(s, index)));

    /// <summary>Binds a loop's index and, of several iterators' elements, these, each read where it is used; null for all.</summary>
    public void BindElementInPlace(For node, LoopSource[] sources, ParameterExpression index, IReadOnlySet<int>? fields) =>
        BindElement(node, index, [.. sources.Select((s, i) => fields?.Contains(i) == false ? new StructOperand([])
            : s is { Kind: IterKind.Scalar, Element: ScalarType { Kind: var kind } } ? new ScalarOperand(Stable(Clr.Load(kind, Expression.Add(s.Values[0], Expression.Multiply(index, s.Values[1])))))
            : EmitElement(s, index))]);

    private void BindElement(For node, ParameterExpression index, Operand[] elements)
    {
        Bind(node.Function.Parameters[1], new ScalarOperand(index));
        Bind(node.Function.Parameters[2], elements.Length == 1 ? elements[0] : new StructOperand(elements));
    }

    private Operand EmitElement(LoopSource source, ParameterExpression index)
    {
        switch (source.Kind)
        {
            case IterKind.Range:
                return new ScalarOperand(Local(Expression.Add(source.Values[0], Expression.Multiply(index, source.Values[1]))));
            case IterKind.NDimensional:
                return HoldScalarElement(source.Element, Clr.Call(typeof(NdTable), nameof(NdTable.Address), source.Values[0], index));
            default:
                return HoldScalarElement(source.Element, Expression.Add(source.Values[0], Expression.Multiply(index, source.Values[1])));
        }
    }

    /// <summary>A scalar element is read once; of a struct, each field where it is used.</summary>
    private Operand HoldScalarElement(WeldType element, Expression address) =>
        element is ScalarType { Kind: var kind } ? new ScalarOperand(Local(Clr.Load(kind, address)))
        : element is VectorType ? Hold(HoldLoaded(Load(element, Local(address))))
        : Load(element, Local(address));

    private Operand Enter(WeldType type, Operand outer, LoopScope loop) => type is BuilderType b
        ? CodeOf(b).Enter(this, outer, loop)
        : new StructOperand([.. type.Parts.Select((t, i) => Enter(t, ((StructOperand)outer).Fields[i], loop))]);

    private Operand Leave(WeldType type, Operand outer, Operand inner) => type is BuilderType b
        ? CodeOf(b).Leave(this, outer, inner)
        : new StructOperand([.. type.Parts.Select((t, i) => Leave(t, ((StructOperand)outer).Fields[i], ((StructOperand)inner).Fields[i]))]);

    private void OnEach(WeldType type, Operand outer, Operand inner, Action<BuilderCode, Operand, Operand> action)
    {
        if (type is BuilderType b)
        {
            action(CodeOf(b), outer, inner);
            return;
        }

        for (var i = 0; i < type.Parts.Count; i++)
        {
            OnEach(type.Parts[i], ((StructOperand)outer).Fields[i], ((StructOperand)inner).Fields[i], action);
        }
    }

    /// <summary>Puts the builders where the loop's function finds them: a merger's value in the frame, others in the array.</summary>
    private void Send(WeldType type, Operand builder, Capture capture, Expression frame, List<Expression> objects, ref int next)
    {
        switch (builder)
        {
            case StructOperand s:
                for (var i = 0; i < s.Fields.Length; i++)
                {
                    Send(type.Parts[i], s.Fields[i], capture, frame, objects, ref next);
                }

                break;
            case MergerOperand:
                Store(type, builder, frame, capture.Mergers[next++]);
                break;
            default:
                objects.Add(((ObjectOperand)builder).Object);
                break;
        }
    }

    private Operand Receive(WeldType type, Capture capture, Expression frame, Expression objects, ref int next)
    {
        var index = 0;
        return Receive(type, capture, frame, objects, ref next, ref index);
    }

    private Operand Receive(WeldType type, Capture capture, Expression frame, Expression objects, ref int next, ref int index)
    {
        if (type is StructType s)
        {
            var fields = new Operand[s.Fields.Count];
            for (var i = 0; i < fields.Length; i++)
            {
                fields[i] = Receive(s.Fields[i], capture, frame, objects, ref next, ref index);
            }

            return new StructOperand(fields);
        }

        if (type is MergerType)
        {
            return HoldLoaded(Load(type, frame, capture.Mergers[next++]));
        }

        var code = CodeOf((BuilderType)type);
        return new ObjectOperand(Local(Clr.CallGeneric(typeof(LoopDriver), nameof(LoopDriver.Builder), [code.ObjectType], objects, Expression.Constant(index++))), InLoop: false);
    }

    private void GiveBack(WeldType type, Operand builder, Capture capture, Expression frame, ref int next)
    {
        if (builder is StructOperand s)
        {
            for (var i = 0; i < s.Fields.Length; i++)
            {
                GiveBack(type.Parts[i], s.Fields[i], capture, frame, ref next);
            }
        }
        else if (builder is MergerOperand)
        {
            Store(type, builder, frame, capture.Mergers[next++]);
        }
    }

    private Operand Reload(WeldType type, Operand builder, Capture capture, Expression frame, ref int next)
    {
        if (builder is StructOperand s)
        {
            var fields = new Operand[s.Fields.Length];
            for (var i = 0; i < fields.Length; i++)
            {
                fields[i] = Reload(type.Parts[i], s.Fields[i], capture, frame, ref next);
            }

            return new StructOperand(fields);
        }

        return builder is MergerOperand ? HoldLoaded(Load(type, frame, capture.Mergers[next++])) : builder;
    }
}
