using Weld.Core.Diagnostics;
using Weld.Core.IR;
using Weld.Core.Types;
using Weld.Core.Values;

namespace Weld.Core.Evaluation;

/// <summary>Loops and their iterators (language.md §6).</summary>
internal sealed partial class Evaluator
{
    private const int SimdBytes = 64;

    /// <summary>The elements that an iterator visits: how many, and which is the i-th.</summary>
    private readonly record struct Visit(long Count, Func<long, Value> Element);

    private Value EvaluateFor(For loop)
    {
        var operands = loop.Iters.To(EvaluateOperands);
        var builder = Evaluate(loop.Builder);
        var visits = new Visit[operands.Count];
        for (var i = 0; i < visits.Length; i++)
        {
            visits[i] = Open(loop.Iters[i], operands[i], loop);
        }

        var count = visits[0].Count;
        foreach (var visit in visits)
        {
            if (visit.Count != count)
            {
                throw Error(RuntimeCode.MismatchedZipSize, loop, $"expected {count} elements as in the first iterator, found {visit.Count}");
            }
        }

        var accumulators = Accumulators(builder).ToArray();
        var lanes = ReductionOrder.Lanes(loop.Builder.Type);
        foreach (var accumulator in accumulators)
        {
            accumulator.EnterLoop(lanes);
        }

        for (long i = 0; i < count; i++)
        {
            _watch.Look();
            _work.Iterations++;
            foreach (var accumulator in accumulators)
            {
                accumulator.BeginIteration(i);
            }

            var element = visits.Length == 1 ? visits[0].Element(i) : new StructValue(new Seq<Value>(Array.ConvertAll(visits, v => v.Element(i))));
            builder = Call(loop.Function, builder, ScalarValue.I64(i), element);
        }

        foreach (var accumulator in accumulators)
        {
            accumulator.LeaveLoop();
        }

        return builder;
    }

    /// <summary>What an iterator's expressions give, in order as written.</summary>
    private readonly record struct Operands(VectorValue? Data, long Start, long End, long Stride, VectorValue? Shape, VectorValue? Strides);

    private Operands EvaluateOperands(Iter iter) => new(
        iter.Data is null ? null : EvaluateVector(iter.Data),
        iter.Start is null ? 0 : EvaluateInteger(iter.Start),
        iter.End is null ? 0 : EvaluateInteger(iter.End),
        iter.Stride is null ? 0 : EvaluateInteger(iter.Stride),
        iter.Shape is null ? null : EvaluateVector(iter.Shape),
        iter.Strides is null ? null : EvaluateVector(iter.Strides));

    private static Visit Open(Iter iter, Operands values, For loop) => iter.Kind switch
    {
        IterKind.Range => OpenRange(values, loop),
        IterKind.NDimensional => OpenShape(values, loop),
        IterKind.Simd => OpenPart(values.Data!, 0, values.Data!.Count - (values.Data.Count % SimdLanes(loop))),
        IterKind.Fringe => OpenPart(values.Data!, values.Data!.Count - (values.Data.Count % SimdLanes(loop)), values.Data.Count % SimdLanes(loop)),
        _ => iter.Start is null ? OpenPart(values.Data!, 0, values.Data!.Count) : OpenBounds(values, loop),
    };

    private static Visit OpenPart(VectorValue data, long start, long count) => new(count, i => data.Elements.Span[(int)(start + i)]);

    /// <summary>Elements v[s], v[s+t], … up to but not including e; with t &lt; 0 downwards to above e, which may be −1.</summary>
    private static Visit OpenBounds(Operands values, For loop)
    {
        var (data, start, end, stride) = (values.Data!, values.Start, values.End, values.Stride);
        var count = CountSteps(start, end, stride, loop);
        var (first, last) = stride > 0 ? (start, end) : (end + 1, start + 1);
        return first >= 0 && last <= data.Count
            ? new Visit(count, i => data.Elements.Span[(int)(start + (i * stride))])
            : throw Error(RuntimeCode.BadIteratorLength, loop, $"the range from {start} to {end} is outside a vector of length {data.Count}");
    }

    private static Visit OpenRange(Operands values, For loop)
    {
        var (start, stride) = (values.Start, values.Stride);
        return new Visit(CountSteps(start, values.End, stride, loop), i => ScalarValue.I64(start + (i * stride)));
    }

    /// <summary>(e − s) / t, where t is not 0, does not point away from e, and divides e − s.</summary>
    private static long CountSteps(long start, long end, long stride, For loop)
    {
        if (stride == 0)
        {
            throw Error(RuntimeCode.BadIteratorLength, loop, "expected a stride other than 0, found 0");
        }

        var distance = (Int128)end - start;
        if (distance != 0 && (distance > 0) != (stride > 0))
        {
            throw Error(RuntimeCode.BadIteratorLength, loop, $"expected a stride that leads from {start} to {end}, found {stride}");
        }

        return distance % stride != 0 ? throw Error(RuntimeCode.BadIteratorLength, loop, $"expected a stride that divides the distance from {start} to {end}, found {stride}")
            : distance / stride is var count && count <= long.MaxValue ? (long)count
            : throw Error(RuntimeCode.BadIteratorLength, loop, $"expected at most {long.MaxValue} iterations, found {count}");
    }

    /// <summary>The shape's counters in row-major order, each element at start + Σ counter · stride.</summary>
    private static Visit OpenShape(Operands values, For loop)
    {
        var data = values.Data!;
        var shape = Integers(values.Shape!);
        var strides = Integers(values.Strides!);
        if (shape.Length != strides.Length)
        {
            throw Error(RuntimeCode.BadIteratorLength, loop, $"expected a stride for each of {shape.Length} extents, found {strides.Length}");
        }

        if (shape.Any(extent => extent < 0))
        {
            throw Error(RuntimeCode.BadIteratorLength, loop, $"expected extents of at least 0, found {shape.Min()}");
        }

        if (shape.Contains(0))
        {
            return new Visit(0, _ => throw new InvalidOperationException("an empty shape has no elements"));
        }

        Int128 count = 1, first = values.Start, last = values.Start;
        for (var d = 0; d < shape.Length; d++)
        {
            var reach = (Int128)(shape[d] - 1) * strides[d];
            first += Int128.Min(reach, 0);
            last += Int128.Max(reach, 0);
            count = Int128.Min(count * shape[d], long.MaxValue);
        }

        return first >= 0 && last < data.Count
            ? new Visit((long)count, i => data.Elements.Span[(int)Offset(i)])
            : throw Error(RuntimeCode.BadIteratorLength, loop, $"elements {first} to {last} are outside a vector of length {data.Count}");

        long Offset(long i)
        {
            var offset = values.Start;
            for (var d = shape.Length - 1; d >= 0; d--)
            {
                offset += i % shape[d] * strides[d];
                i /= shape[d];
            }

            return offset;
        }
    }

    private static long[] Integers(VectorValue vector) => [.. vector.Elements.ToArray().Select(e => ((ScalarValue)e).Scalar.AsInt64)];

    /// <summary>Elements in a chunk of a simd loop: 64 bytes of the widest element type of its iterators, on every machine.</summary>
    private static int SimdLanes(For loop) => SimdBytes / loop.Iters.Max(i => ((VectorType)i.Data!.Type).Element.LaneKind?.Size() ?? sizeof(long));
}
