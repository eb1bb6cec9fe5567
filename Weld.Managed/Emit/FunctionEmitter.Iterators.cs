using System.Linq.Expressions;
using Weld.Core.IR;
using Weld.Core.Types;
using Weld.Managed.Layout;
using Weld.Managed.Runtime;

namespace Weld.Managed.Emit;

/// <summary>Iterators (language.md §6): their checks and counts.</summary>
internal sealed partial class FunctionEmitter
{
    /// <summary>Bytes of a chunk of a simd loop, on every machine.</summary>
    private const int SimdBytes = 64;

    /// <summary>A loop's iterators, checked, and how many iterations it has.</summary>
    public (LoopSource[] Sources, Expression Count) EmitSources(For node)
    {
        var lanes = node.Iters.Min(i => i.Kind is IterKind.Simd or IterKind.Fringe ? SimdBytes / MemoryLayout.Of(((VectorType)i.Data!.Type).Element).Size : SimdBytes);
        var sources = new LoopSource[node.Iters.Count];
        Expression? count = null;
        for (var i = 0; i < sources.Length; i++)
        {
            (sources[i], var found) = EmitSource(node, node.Iters[i], lanes);
            found = Hold(found);
            if (count is not null)
            {
                FailIf(Expression.NotEqual(count, found), nameof(Fail.MismatchedZip), node, count, found);
            }

            count ??= found;
        }

        return (sources, count!);
    }

    private (LoopSource Source, Expression Count) EmitSource(For node, Iter iter, int lanes)
    {
        if (iter.Kind == IterKind.Range)
        {
            var (start, end, stride) = (HoldScalar(iter.Start!), HoldScalar(iter.End!), HoldScalar(iter.Stride!));
            var number = Clr.Call(typeof(Iterators), nameof(Iterators.CountRange), start, end, stride, At(node), Span(node));
            return (new LoopSource(iter.Kind, ScalarType.I64, [start, stride]), number);
        }

        var vector = (VectorOperand)Hold(Emit(iter.Data!));
        var element = ((VectorType)iter.Data!.Type).Element;
        var size = MemoryLayout.Of(element).Size;
        var step = Expression.Constant((long)size);
        switch (iter.Kind)
        {
            case IterKind.Scalar when iter.Start is null:
                return (new LoopSource(iter.Kind, element, [vector.Data, step]), vector.Length);
            case IterKind.Scalar:
                var (start, end, stride) = (HoldScalar(iter.Start!), HoldScalar(iter.End!), HoldScalar(iter.Stride!));
                var number = Local(Clr.Call(typeof(Iterators), nameof(Iterators.Count), start, end, stride, vector.Length, At(node), Span(node)));
                var first = Local(Clr.Element(vector.Data, start, size));
                return (new LoopSource(iter.Kind, element, [first, Local(Expression.Multiply(stride, step))]), number);
            case IterKind.NDimensional:
                var (shape, strides) = ((VectorOperand)Hold(Emit(iter.Shape!)), (VectorOperand)Hold(Emit(iter.Strides!)));
                var origin = HoldScalar(iter.Start!);
                foreach (var ignored in new[] { iter.End, iter.Stride })
                {
                    HoldScalar(ignored!);
                }

                var table = Local(Clr.Call(
                    typeof(NdTable), nameof(NdTable.Make), Run, vector.Data, vector.Length, step, origin, shape.Data, shape.Length, strides.Data, strides.Length, At(node), Span(node)));
                return (new LoopSource(iter.Kind, element, [table]), Clr.Call(typeof(NdTable), nameof(NdTable.Count), table));
            default:
                var whole = Local(Expression.And(vector.Length, Expression.Constant(-(long)lanes)));
                return iter.Kind == IterKind.Simd
                    ? (new LoopSource(iter.Kind, element, [vector.Data, step]), whole)
                    : (new LoopSource(iter.Kind, element, [Local(Clr.Element(vector.Data, whole, size)), step]), Expression.Subtract(vector.Length, whole));
        }
    }

    private static ConstantExpression At(Expr node) => Expression.Constant(node.Span.Start);

    private static ConstantExpression Span(Expr node) => Expression.Constant(node.Span.Length);
}
