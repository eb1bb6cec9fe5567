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
    /// <summary>Before the values of panels that are kept: how many iterations they are of.</summary>
    private const int KeptHeader = 64;

    // kept = run.Keep(place, first, …); isKept = *kept == count
    // totals[…] = identity
    // for each block: lanes[…] = identity; for each chunk: { panel = kept + chunk; if (!isKept) panel[…] = shared values; for each few sums: add(frame, panel, lanes, k, chunkEnd) }; fold lanes by halving; totals ∘= lanes[0]
    private Expression[][] EmitPanels(Panel panel, List<StepScope> environments, LoopSource[] sources, Expression count, ParameterExpression? first)
    {
        var (node, lanes, rowBytes) = (panel.Node, panel.Lanes, (long)panel.StepBytes * panel.Steps);
        var totals = Scalar.Scratch(panel.RowBytes);
        var sums = Scalar.Scratch(lanes * panel.RowBytes);
        var data = Scalar.Local(Scalar.Scratch(panel.PartBytes * (panel.Steps / panel.StepsTogether)), "panel");
        var (kept, isKept) = (Scalar.Local(Clr.Zero, "kept"), Scalar.Local(Expression.Constant(false), "isKept"));
        if (first is not null)
        {
            var whole = Expression.And(Expression.Add(count, Expression.Constant(panel.Chunk - 1L)), Expression.Constant(-(long)panel.Chunk));
            Scalar.Do(Expression.Assign(kept, Clr.CallOn(
                Scalar.Run, nameof(Run.Keep), Expression.Constant(Scalar.Program.NewPlace()), first, Clr.At(Expression.Multiply(whole, Expression.Constant(rowBytes)), KeptHeader))));
            Scalar.Do(Expression.IfThen(Expression.NotEqual(kept, Clr.Zero), Expression.Assign(isKept, Expression.Equal(Clr.LoadLong(kept), count))));
        }

        var (frame, groups) = EmitGroups(panel, sources);
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
                if (first is not null)
                {
                    Scalar.Do(Expression.IfThen(Expression.NotEqual(kept, Clr.Zero), Expression.Assign(data, Clr.At(Expression.Add(kept, Expression.Multiply(k, Expression.Constant(rowBytes))), KeptHeader))));
                }

                Scalar.Do(Expression.IfThen(Expression.Not(isKept), Scalar.Scoped(() =>
                {
                    var row = Scalar.Local(k, "row");
                    Scalar.CountTo(row, chunk, () => Scalar.Inside(() => EmitShared(panel, environments, sources, row, Scalar.Local(panel.PlaceOf(data, Expression.Subtract(row, k)), "place"))));
                })));
                for (var step = 0; step < panel.Steps; step += panel.StepsTogether)
                {
                    var (values, own) = (Clr.At(data, step / panel.StepsTogether * panel.PartBytes), Clr.At(sums, panel.Place(step, 0)));
                    groups.ForEach(g => Scalar.Do(Clr.CallOn(Expression.Constant(g), nameof(SumGroup.Invoke), Scalar.Run, frame, values, own, k, chunk)));
                }

                Scalar.Do(Expression.Assign(k, chunk));
            });
            Fold(panel, sums, used);
            OnEach(panel, totals, Expression.Constant((long)panel.RowBytes), Expression.Subtract(sums, totals));
        });
        if (first is not null)
        {
            Scalar.Do(Expression.IfThen(Expression.NotEqual(kept, Clr.Zero), Clr.StoreLong(kept, count)));
        }

        return [.. environments.Select((_, step) => panel.Values.Select((_, i) => Shape.Load(panel.Scalar.Kind, Clr.At(totals, panel.Place(step, i)))).ToArray())];
    }

    // panel[row - k] = the shared values of all steps
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
    private (Expression Frame, List<SumGroup> Groups) EmitGroups(Panel panel, LoopSource[] sources)
    {
        Expression[] held = [.. panel.Captured.Select(s => Scalar.EmitScalar(new Ident(s))), .. sources.SelectMany(s => s.Values)];
        var frame = Scalar.Scratch(held.Length * sizeof(long));
        for (var i = 0; i < held.Length; i++)
        {
            Scalar.Do(Clr.Store(ScalarKinds.All.First(kind => Clr.Of(kind) == held[i].Type), Clr.At(frame, i * sizeof(long)), held[i]));
        }

        var groups = new List<SumGroup>();
        for (var from = 0; from < panel.Values.Length; from += panel.SumsTogether)
        {
            groups.Add((SumGroup)Scalar.Program.Compile(Group(panel, sources, from..Math.Min(from + panel.SumsTogether, panel.Values.Length))));
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
