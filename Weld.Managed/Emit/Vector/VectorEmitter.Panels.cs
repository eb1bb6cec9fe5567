using System.Linq.Expressions;
using Weld.Core.IR;
using Weld.Core.Types;
using Weld.Managed.Builders;
using Weld.Managed.Planning;
using Weld.Managed.Runtime;

namespace Weld.Managed.Emit.Vector;

/// <summary>Reductions into more sums than fit the registers, of values that the sums share.</summary>
internal sealed partial class VectorEmitter
{
    // kept = 0; if (memory != null) while ((p = memory.Next(place, first, last, step, …, out kept)) >= 0) { kept[…] = shared values of all steps from p on; memory.Complete(place, p); }
    /// <summary>Emits what computes the panel that all iterations of the outermost loop share, if this one comes to it first; while another thread does, it computes one that they will come to later.</summary>
    /// <returns>The panel's address; 0 where it is not there.</returns>
    private ParameterExpression EmitKept(Panel panel, LoopSource[] sources, Expression count, ParameterExpression first, Expression last, Func<ParameterExpression, List<StepScope>> environments)
    {
        var kept = Scalar.Local(Clr.Zero, "kept");
        var memory = Scalar.Local(Clr.Property(Scalar.Run, nameof(Run.Kept)), "memory");
        var (place, step, chunk) = (Expression.Constant(Scalar.Program.NewPlace()), Expression.Constant((long)panel.Steps * Shape.Lanes), Expression.Constant((long)panel.Chunk));
        var chunks = Expression.Divide(Expression.Add(count, Expression.Subtract(chunk, Clr.One)), chunk);
        var bytes = Scalar.Local(Expression.Multiply(chunks, Expression.Constant((long)panel.StepBytes * panel.Steps * panel.Chunk)), "bytes");
        Scalar.Do(Expression.IfThen(Expression.NotEqual(memory, Expression.Constant(null)), Scalar.Scoped(() => Scalar.Loop(exit =>
        {
            var p = Scalar.Local(Clr.CallOn(memory, nameof(KeptMemory.Next), place, first, last, step, bytes, kept), "p");
            Scalar.Do(Expression.IfThen(Expression.LessThan(p, Clr.Zero), Expression.Break(exit)));
            var steps = environments(p);
            var k = Scalar.Local(Clr.Zero, "k");
            Scalar.CountTo(k, count, () =>
            {
                Scalar.Look();
                EmitChunk(panel, steps, sources, panel.AtIteration(kept, k), k, Clr.Min(Expression.Add(k, chunk), count));
            }, chunk);
            Scalar.Do(Clr.CallOn(memory, nameof(KeptMemory.Complete), place, p));
        }))));
        return kept;
    }

    // totals[…] = identity
    // for each block: lanes[…] = identity; for each chunk: { if (kept != 0) panel = kept + chunk; else panel[…] = shared values; for each few sums: add(frame, panel, lanes, k, chunkEnd) }; fold lanes by halving; totals ∘= lanes[0]
    // The last few sums are not added to where they are what the one before them is; that stands in for them.
    private Expression[][] EmitPanels(Panel panel, List<StepScope> environments, LoopSource[] sources, Expression count, ParameterExpression? kept)
    {
        var lanes = panel.Lanes;
        var totals = Scalar.Scratch(panel.RowBytes);
        var sums = Scalar.Scratch(lanes * panel.RowBytes);
        var data = Scalar.Local(Scalar.Scratch(panel.PartBytes * (panel.Steps / panel.StepsTogether)), "panel");
        var (frame, groups) = EmitGroups(panel, sources);
        var last = EmitLast(panel, sources, groups);
        Fill(panel, totals, Expression.Constant((long)panel.RowBytes));
        var k = Scalar.Local(Clr.Zero, "k");
        Scalar.Loop(exit =>
        {
            Scalar.Do(Expression.IfThen(Expression.GreaterThanOrEqual(k, count), Expression.Break(exit)));
            var end = Scalar.Local(Clr.Min(Expression.Add(k, Expression.Constant((long)ReductionOrder.BlockSize)), count), "blockEnd");
            var used = Scalar.Local(Clr.Call(typeof(MergerLanes), nameof(MergerLanes.Used), Expression.Subtract(end, k), Expression.Constant((long)lanes)), "used");
            Fill(panel, sums, Expression.Multiply(used, Expression.Constant((long)panel.RowBytes)));
            Scalar.Loop(done =>
            {
                Scalar.Do(Expression.IfThen(Expression.GreaterThanOrEqual(k, end), Expression.Break(done)));
                Scalar.Look();
                var chunk = Scalar.Local(Clr.Min(Expression.Add(k, Expression.Constant((long)panel.Chunk)), end), "chunkEnd");
                var pack = Scalar.Scoped(() => EmitChunk(panel, environments, sources, data, k, chunk));
                Scalar.Do(kept is null ? pack : Expression.IfThenElse(Expression.NotEqual(kept, Clr.Zero), Expression.Assign(data, panel.AtIteration(kept, k)), pack));
                for (var step = 0; step < panel.Steps; step += panel.StepsTogether)
                {
                    var (values, own) = (Clr.At(data, step / panel.StepsTogether * panel.PartBytes), Clr.At(sums, panel.Place(step, 0)));
                    foreach (var (from, group) in groups)
                    {
                        var call = Clr.CallOn(Expression.Constant(group), nameof(SumGroup.Invoke), Scalar.Run, frame, values, own, k, chunk);
                        Scalar.Do(last is null || from == 0 ? call : Expression.IfThen(Expression.GreaterThanOrEqual(last, Offset(from)), call));
                    }
                }

                Scalar.Do(Expression.Assign(k, chunk));
            });
            Fold(panel, sums, used);
            OnEach(panel, totals, Expression.Constant((long)panel.RowBytes), Expression.Subtract(sums, totals));
        });
        return [.. environments.Select((_, step) => panel.Values.Select((_, i) => Shape.Load(panel.Scalar.Kind, Total(step, i))).ToArray())];

        Expression Total(int step, int i) =>
            last is null || i < panel.SumsTogether ? Clr.At(totals, panel.Place(step, i)) : Expression.Add(Clr.At(totals, panel.Place(step, 0)), Clr.Min(Offset(i), last));

        Expression Offset(int sum) => Expression.Constant(panel.Place(0, sum));
    }

    // last = sums - 1; if (the last few read what the one before them reads) { last -= few; if (the few before, too) { … } }
    /// <summary>Emits where among the sums of a step the last that differs from the one before it may be; null if nothing tells.</summary>
    private ParameterExpression? EmitLast(Panel panel, LoopSource[] sources, List<(int From, SumGroup Group)> groups)
    {
        if (groups.Count == 1 || panel.Repeats() is not { } repeats)
        {
            return null;
        }

        var last = Scalar.Local(Expression.Constant(panel.Place(0, panel.Values.Length - 1)), "last");
        Expression shorten = Expression.Empty();
        for (var g = 1; g < groups.Count; g++)
        {
            var to = g + 1 < groups.Count ? groups[g + 1].From : panel.Values.Length;
            var same = repeats.Where(r => r.Sum >= groups[g].From && r.Sum < to).SelectMany(r => sources[r.Field].Values.Zip(sources[r.Before].Values, Expression.Equal)).Aggregate((Expression)Expression.Constant(true), Expression.AndAlso);
            shorten = Expression.IfThen(same, Expression.Block(Expression.Assign(last, Expression.Constant(panel.Place(0, groups[g].From - 1))), shorten));
        }

        Scalar.Do(shorten);
        return last;
    }

    // for (row = k; row < end; row++) panel[row - k] = the shared values of all steps
    private void EmitChunk(Panel panel, List<StepScope> environments, LoopSource[] sources, Expression data, ParameterExpression k, Expression end)
    {
        var row = Scalar.Local(k, "row");
        var (start, limit) = (Scalar.HoldPure(data), Scalar.HoldPure(end));
        Scalar.CountTo(row, limit, () => Scalar.Inside(() => EmitShared(panel, environments, sources, row, Scalar.Local(panel.PlaceOf(start, Expression.Subtract(row, k)), "place"))));
    }

    private void EmitShared(Panel panel, List<StepScope> environments, LoopSource[] sources, ParameterExpression row, ParameterExpression place) =>
        InIteration(panel.Node, sources, row, panel.OwnFields, () =>
        {
            for (var step = 0; step < environments.Count; step++)
            {
                _stepsAhead = step == 0 ? environments.Count - 1 : -1;
                Enter(environments[step]);
                foreach (var let in panel.Lets)
                {
                    BindValue(let.Symbol, let.Value);
                    if (panel.Offsets.TryGetValue(let.Symbol, out var offset))
                    {
                        var kind = let.Value.Type.LaneKind!.Value;
                        Scalar.Do(Shape.Store(kind, Clr.At(place, offset + (step / panel.StepsTogether * (long)panel.PartBytes) + (step % panel.StepsTogether * (long)panel.StepBytes)), Lanes(kind, _variables[let.Symbol])));
                    }
                }
            }
        });

    /// <summary>Emits what the functions of the groups read from around the loop, and the functions.</summary>
    private (Expression Frame, List<(int From, SumGroup Group)> Groups) EmitGroups(Panel panel, LoopSource[] sources)
    {
        Expression[] held = [.. panel.Captured.Select(s => Scalar.EmitScalar(new Ident(s))), .. sources.SelectMany(s => s.Values)];
        var frame = Scalar.Scratch(held.Length * sizeof(long));
        for (var i = 0; i < held.Length; i++)
        {
            Scalar.Do(Clr.Store(ScalarKinds.All.First(kind => Clr.Of(kind) == held[i].Type), Clr.At(frame, i * sizeof(long)), held[i]));
        }

        var groups = new List<(int From, SumGroup Group)>();
        for (var from = 0; from < panel.Values.Length; from += panel.SumsTogether)
        {
            groups.Add((from, (SumGroup)Scalar.Program.Compile(Group(panel, sources, from..Math.Min(from + panel.SumsTogether, panel.Values.Length)))));
        }

        return (frame, groups);
    }

    // for each lane j: { sum = sums[j]; for (n ≡ j modulo L) sum ∘= value(panel[n - k]); sums[j] = sum; }
    private LambdaExpression Group(Panel panel, LoopSource[] sources, Range some)
    {
        var (frame, data, sums) = (Expression.Parameter(typeof(long), "frame"), Expression.Parameter(typeof(long), "panel"), Expression.Parameter(typeof(long), "sums"));
        var (k, end) = (Expression.Parameter(typeof(long), "k"), Expression.Parameter(typeof(long), "end"));
        var scalar = new FunctionEmitter(Scalar.Program, isMain: false);
        var own = new VectorEmitter(scalar, facts, Shape, bits) { Index = k, Leave = () => throw new InvalidOperationException("expected values that cannot fail, found a check") };
        for (var i = 0; i < panel.Captured.Count; i++)
        {
            scalar.Bind(panel.Captured[i], new ScalarOperand(scalar.Local(Clr.Load(panel.Captured[i].Type.LaneKind!.Value, Clr.At(frame, i * sizeof(long))))));
        }

        var fields = panel.FieldsOf(some);
        var at = panel.Captured.Count;
        var inner = sources.Select((s, i) => s with { Values = Array.ConvertAll(s.Values, v => Source(v, i)) }).ToArray();

        var first = scalar.Local(k, "first");
        scalar.CountTo(first, Clr.Min(end, Expression.Add(k, Expression.Constant((long)panel.Lanes))), () =>
        {
            var lane = scalar.Local(Clr.Element(sums, Expression.And(first, Expression.Constant((long)panel.Lanes - 1)), panel.RowBytes), "lane");
            var places = Enumerable.Range(0, panel.StepsTogether).SelectMany(step => Enumerable.Range(0, panel.Values.Length).ToArray()[some].Select(i => Clr.At(lane, panel.Place(step, i)))).ToArray();
            var locals = Array.ConvertAll(places, p => scalar.Local(Shape.Load(panel.Scalar.Kind, p), "sum"));
            var n = scalar.Local(first, "n");
            var place = scalar.Local(panel.PlaceOf(data, Expression.Subtract(first, k)), "place");
            scalar.CountTo(n, end, () => scalar.Inside(() => own.EmitValues(panel, inner, fields, n, place, some, locals)), Expression.Constant((long)panel.Lanes));
            for (var i = 0; i < places.Length; i++)
            {
                scalar.Do(Shape.Store(panel.Scalar.Kind, places[i], locals[i]));
            }
        });
        return scalar.Finish(typeof(SumGroup), "weld_sums", frame, data, sums, k, end);

        Expression Source(Expression value, int iter)
        {
            var place = Clr.At(frame, at++ * sizeof(long));
            return value is ConstantExpression || !fields.Contains(iter) ? value : scalar.Local(Clr.LoadLong(place));
        }
    }

    private void EmitValues(Panel panel, LoopSource[] sources, IReadOnlySet<int> fields, ParameterExpression n, ParameterExpression place, Range some, ParameterExpression[] sums) =>
        InIteration(panel.Node, sources, n, fields, () =>
        {
            var next = 0;
            for (var step = 0; step < panel.StepsTogether; step++)
            {
                foreach (var let in panel.Lets)
                {
                    if (!panel.Offsets.TryGetValue(let.Symbol, out var offset))
                    {
                        BindValue(let.Symbol, let.Value);
                        continue;
                    }

                    Bind(let.Symbol, Load(let.Value.Type.LaneKind!.Value, Clr.At(place, offset + (step * (long)panel.StepBytes))));
                }

                foreach (var value in panel.Values[some])
                {
                    var sum = sums[next++];
                    Scalar.Do(Expression.Assign(sum, Merged(panel.Scalar, sum, Lanes(panel.Scalar.Kind, Emit(value)))));
                }
            }

            Scalar.Do(Expression.AddAssign(place, Expression.Constant((long)panel.PlaceBytes)));
        });

    private void Fill(Panel panel, Expression address, Expression bytes)
    {
        var identity = Scalar.Local(Simd.Create(OperatorEmitter.Numeric(panel.Scalar.Identity), panel.VectorBytes));
        var at = Scalar.Local(address, "at");
        Scalar.CountTo(at, Scalar.Local(Expression.Add(address, bytes), "end"), () => InTurn(panel, at, x => Shape.Store(panel.Scalar.Kind, x, identity)), Expression.Constant((long)panel.VectorBytes * panel.InTurn));
    }

    private void Fold(Panel panel, Expression sums, Expression used)
    {
        var half = Scalar.Local(used, "half");
        Scalar.Loop(exit =>
        {
            Scalar.Do(Expression.Assign(half, Expression.RightShift(half, Expression.Constant(1))));
            Scalar.Do(Expression.IfThen(Expression.Equal(half, Clr.Zero), Expression.Break(exit)));
            var bytes = Scalar.Local(Expression.Multiply(half, Expression.Constant((long)panel.RowBytes)), "bytes");
            OnEach(panel, sums, bytes, bytes);
        });
    }

    // *x ∘= *(x + distance) for each vector
    private void OnEach(Panel panel, Expression address, Expression bytes, Expression distance)
    {
        var x = Scalar.Local(address, "x");
        Scalar.CountTo(
            x,
            Scalar.Local(Expression.Add(address, bytes), "end"),
            () => InTurn(panel, x, y => Shape.Store(panel.Scalar.Kind, y, Merged(panel.Scalar, Shape.Load(panel.Scalar.Kind, y), Shape.Load(panel.Scalar.Kind, Expression.Add(y, distance))))),
            Expression.Constant((long)panel.VectorBytes * panel.InTurn));
    }

    private void InTurn(Panel panel, Expression address, Func<Expression, Expression> statement)
    {
        for (var i = 0; i < panel.InTurn; i++)
        {
            Scalar.Do(statement(Clr.At(address, i * (long)panel.VectorBytes)));
        }
    }
}
