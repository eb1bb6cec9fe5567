using System.Linq.Expressions;
using System.Runtime.InteropServices;
using Weld.Core.IR;
using Weld.Core.Operators;
using Weld.Core.Types;
using Weld.Managed.Emit;
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

    /// <summary>Whether it is the most frequent of those.</summary>
    public bool IsSumOfDoubles => Kind == ScalarKind.F64 && Operator == OperatorTable.Add;

    public Expression Identity => Clr.Constant(Operator.Identity(Kind));

    /// <summary>x ∘ y.</summary>
    public Expression Apply(Expression x, Expression y) => OperatorEmitter.Binary(Operator, Kind, x, y);

    /// <summary>target ∘= source in memory.</summary>
    public void Combine(long target, long source)
    {
        switch (Kind)
        {
            case ScalarKind.F64 when IsSumOfDoubles:
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
}

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
        var index = 0;
        foreach (var x in Flatten(value))
        {
            var scalar = Scalars[index++];
            var place = Clr.At(target, scalar.Offset);
            emitter.Do(Clr.Store(scalar.Kind, place, scalar.Apply(Clr.Load(scalar.Kind, place), x)));
        }
    }

    /// <summary>target ∘= source on values in memory.</summary>
    public void Combine(long target, long source)
    {
        foreach (var scalar in Scalars.Span)
        {
            scalar.Combine(target + scalar.Offset, source + scalar.Offset);
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
