using System.Linq.Expressions;
using System.Numerics;
using System.Runtime.InteropServices;
using Weld.Core.IR;
using Weld.Core.Operators;
using Weld.Core.Types;
using Weld.Managed.Emit;
using Weld.Managed.Emit.Vector;
using Weld.Managed.Layout;
using Weld.Managed.Runtime;

namespace Weld.Managed.Builders;

/// <summary>One scalar of a value that is reduced.</summary>
/// <param name="Kind">Its kind.</param>
/// <param name="Operator">How it is reduced.</param>
/// <param name="Offset">Where it lies in the value.</param>
internal sealed record ReducedScalar(ScalarKind Kind, BinaryOperator Operator, int Offset)
{
    /// <summary>Whether the order of merges shows in the bits.</summary>
    public bool IsSensitive => Operator.IsOrderSensitive(Kind);

    public Expression Identity => Clr.Constant(Operator.Identity(Kind));

    /// <summary>x ∘ y.</summary>
    public Expression Apply(Expression x, Expression y) => OperatorEmitter.Binary(Operator, Kind, x, y);

    /// <summary>target ∘= source in memory.</summary>
    public void Combine(long target, long source)
    {
        switch (Kind)
        {
            case ScalarKind.F64 when Operator == OperatorTable.Add:
                Memory.Store(target, Memory.Load<double>(target) + Memory.Load<double>(source));
                break;
            case ScalarKind.I64 when Operator == OperatorTable.Add:
                Memory.Store(target, Memory.Load<long>(target) + Memory.Load<long>(source));
                break;
            default:
                Memory.StoreScalar(target, Operator.Apply(Memory.LoadScalar(Kind, target), Memory.LoadScalar(Kind, source)));
                break;
        }
    }

    /// <summary>The same for neighbouring cells, the most frequent sums at once.</summary>
    /// <param name="run">The run.</param>
    /// <param name="target">The first target.</param>
    /// <param name="source">The first source.</param>
    /// <param name="mark">The mark of the first source, which counts where that is not 0; 0 where all count.</param>
    /// <param name="count">How many cells there are.</param>
    /// <param name="stride">From one to the next.</param>
    public void Combine(Run run, long target, long source, long mark, long count, int stride)
    {
        var (isSum, isMarked) = (Operator == OperatorTable.Add, mark != 0);
        var (isOfDoubles, isOfLongs) = (isSum && Kind == ScalarKind.F64, isSum && Kind == ScalarKind.I64);
        for (long i = 0; i < count; i++, target += stride, source += stride, mark += stride)
        {
            Memory.LookEvery(run, i);
            if (isMarked && !BlockPartials.IsPending(mark))
            {
                continue;
            }

            if (isOfDoubles)
            {
                Memory.Store(target, Memory.Load<double>(target) + Memory.Load<double>(source));
            }
            else if (isOfLongs)
            {
                Memory.Store(target, Memory.Load<long>(target) + Memory.Load<long>(source));
            }
            else
            {
                Combine(target, source);
            }
        }
    }
}

/// <summary>The merge of a number into a scalar in memory.</summary>
/// <param name="Scalar">The scalar.</param>
/// <param name="Target">Where the value is that it belongs to.</param>
/// <param name="Value">The number.</param>
internal sealed record ScalarMerge(ReducedScalar Scalar, Expression Target, Expression Value);

/// <summary>How a value — a scalar, or a struct of such — is reduced, scalar by scalar.</summary>
internal sealed class Reduction
{
    public Reduction(WeldType type, MergeOperator op)
    {
        Type = type;
        var scalars = new List<ReducedScalar>();
        Collect(type, op, 0, scalars);
        Scalars = scalars.ToSeq();
        IsSensitive = Scalars.Any(s => s.IsSensitive);
        Identity = new byte[MemoryLayout.Of(type).Size];
        foreach (var scalar in Scalars)
        {
            var bits = scalar.Operator.Identity(scalar.Kind).Bits;
            MemoryMarshal.AsBytes(new ReadOnlySpan<ulong>(in bits))[..scalar.Kind.Size()].CopyTo(Identity.AsSpan(scalar.Offset));
        }
    }

    public WeldType Type { get; }

    public Seq<ReducedScalar> Scalars { get; }

    public bool IsSensitive { get; }

    /// <summary>Wider vectors take longer to put together than they save.</summary>
    private const int MostBits = 256;

    private const int LeastBytes = 16;

    /// <summary>The bytes of the longest run of scalars that may be merged as a vector, a power of two; 8 if there is none. At a multiple of it, and of cells that are, no vector lies on two lines of the cache.</summary>
    public int Alignment
    {
        get
        {
            var most = sizeof(long);
            for (var i = 0; i < Scalars.Count; i++)
            {
                most = Math.Max(most, (int)BitOperations.RoundUpToPowerOf2((uint)(RunFrom([.. Scalars], i) * Scalars[i].Kind.Size()) + 1) / 2);
            }

            return Math.Min(most, MostBits / 8);
        }
    }

    /// <summary>The identity as it lies in memory.</summary>
    public byte[] Identity { get; }

    /// <summary>The scalars of an operand, in the order of <see cref="Scalars"/>.</summary>
    public static IEnumerable<Expression> Flatten(Operand operand) => operand switch
    {
        ScalarOperand s => [s.Value],
        StructOperand s => s.Fields.SelectMany(Flatten),
        _ => throw new ArgumentException($"expected scalars, found {operand.GetType().Name}", nameof(operand)),
    };

    /// <summary>The operand of that type whose scalars these are.</summary>
    public static Operand Build(WeldType type, Queue<Expression> scalars) => type is StructType s
        ? new StructOperand([.. s.Fields.Select(f => Build(f, scalars))])
        : new ScalarOperand(scalars.Dequeue());

    /// <summary>Emits target ∘= value on a value in memory.</summary>
    public void EmitMerge(FunctionEmitter emitter, Expression target, Operand value)
    {
        EmitMerges(emitter, [.. Scalars.Zip(Flatten(value), (s, x) => new ScalarMerge(s, target, x))]);
    }

    // floats side by side: store(place, load(place) ∘ (x, y, …)); others: *place = *place ∘ x
    /// <summary>Emits merges of scalars in memory. Neighbours of one kind and operator go together as a vector, each in a lane of its own.</summary>
    public static void EmitMerges(FunctionEmitter emitter, IReadOnlyList<ScalarMerge> merges)
    {
        for (var i = 0; i < merges.Count;)
        {
            var (scalar, value, x) = merges[i];
            var (place, lanes) = (Clr.At(value, scalar.Offset), LanesFrom(i));
            if (lanes == 1)
            {
                emitter.Do(Clr.Store(scalar.Kind, place, scalar.Apply(Clr.Load(scalar.Kind, place), x)));
            }
            else
            {
                var bytes = lanes * scalar.Kind.Size();
                var (vector, shape) = (Simd.Call(bytes, "Create", [.. merges.Skip(i).Take(lanes).Select(m => m.Value)]), new VectorShape(lanes));
                emitter.Do(shape.Store(scalar.Kind, place, LaneOperators.Reduce(scalar.Operator, bytes, shape.Load(scalar.Kind, place), vector)));
            }

            i += lanes;
        }

        int LanesFrom(int first)
        {
            var size = merges[first].Scalar.Kind.Size();
            var run = size * RunFrom([.. merges.TakeWhile((m, i) => i <= first || ReferenceEquals(m.Target, merges[first].Target)).Select(m => m.Scalar)], first);
            var bytes = Math.Min(emitter.Program.VectorBits, MostBits) / 8;
            for (; bytes > run; bytes /= 2)
            {
            }

            return bytes >= LeastBytes ? bytes / size : 1;
        }
    }

    /// <summary>How many scalars from one on are floats side by side with one operator; at least 1.</summary>
    private static int RunFrom(IReadOnlyList<ReducedScalar> scalars, int first)
    {
        var (scalar, count) = (scalars[first], 1);
        while (scalar.Kind.IsFloat() && first + count < scalars.Count && scalars[first + count] is var next
            && (next.Kind, next.Operator, next.Offset) == (scalar.Kind, scalar.Operator, scalar.Offset + (count * scalar.Kind.Size())))
        {
            count++;
        }

        return count;
    }

    /// <summary>target ∘= source on values in memory.</summary>
    public void Combine(long target, long source)
    {
        foreach (var scalar in Scalars.Span)
        {
            scalar.Combine(target + scalar.Offset, source + scalar.Offset);
        }
    }

    /// <summary>The same for neighbouring cells.</summary>
    public void Combine(Run run, long target, long source, long count, int stride)
    {
        foreach (var scalar in Scalars.Span)
        {
            scalar.Combine(run, target + scalar.Offset, source + scalar.Offset, mark: 0, count, stride);
        }
    }

    private static void Collect(WeldType type, MergeOperator op, int offset, List<ReducedScalar> scalars)
    {
        if (type is ScalarType s)
        {
            scalars.Add(new ReducedScalar(s.Kind, ((SingleOperator)op).Operator, offset));
            return;
        }

        var layout = MemoryLayout.Of(type);
        for (var i = 0; i < layout.Parts.Count; i++)
        {
            Collect(layout.Parts[i].Type, op.Field(i), offset + layout.Offsets[i], scalars);
        }
    }
}
