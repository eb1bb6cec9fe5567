using Weld.Core.Diagnostics;
using Weld.Core.IR;

namespace Weld.Core.Types;

internal sealed partial class Inference
{
    private WeldType BuilderRule(NewBuilder n)
    {
        var type = (BuilderType)Own(n, n.BuilderType);
        if (n.Argument is null)
        {
            Check(type is not VecMergerType, n, "an argument: the vector that the vecmerger starts from", type);
            return type;
        }

        var argument = Of(n.Argument);
        if (type is not AppenderType)
        {
            Expect(type.ResultType, argument, n.Argument);
            return type;
        }

        if (_types.Head(argument) is TypeVariable)
        {
            Later(argument, n.Argument, t => CapacityOrVector(type, t, n.Argument));
        }
        else
        {
            CapacityOrVector(type, argument, n.Argument);
        }

        return type;
    }

    private void CapacityOrVector(BuilderType appender, WeldType argument, Expr at)
    {
        if (!_types.Head(argument).Is(ScalarKind.I64) && !_types.Unify(appender.ResultType, argument))
        {
            Wrong(at, $"a capacity (i64) or {Show(appender.ResultType)}", argument);
        }
    }

    private WeldType MergeRule(Merge m)
    {
        var (builder, value) = (Of(m.Builder), Of(m.Value));
        if (_types.Head(builder) is TypeVariable)
        {
            Later(builder, m.Builder, t => MergeInto(t, value, m));
        }
        else
        {
            MergeInto(_types.Head(builder), value, m);
        }

        return builder;
    }

    private void MergeInto(WeldType builder, WeldType value, Merge m)
    {
        if (builder is not BuilderType b)
        {
            Wrong(m.Builder, "a builder", builder);
        }
        else
        {
            Expect(b.MergeType, b is AppenderType or MergerType && _types.Head(value) is SimdType s ? s.Element : value, m.Value);
        }
    }

    private WeldType ResultOf(WeldType builder, Result r)
    {
        var head = _types.Head(builder);
        return head switch
        {
            BuilderType b => b.ResultType,
            StructType { Fields.Count: > 0 } s => new StructType(s.Fields.To(f => StackGuard.Run(a => ResultOf(a, r), f))),
            TypeVariable => ResultLater(builder, r),
            _ => Wrong(r.Builder, "a builder", head),
        };
    }

    private TypeVariable ResultLater(WeldType builder, Result r)
    {
        var result = _types.Fresh();
        Later(builder, r.Builder, t => Expect(ResultOf(t, r), result, r));
        return result;
    }

    private WeldType ForRule(For f)
    {
        var elements = f.Iters.To(i => IterRule(i, f));
        Check(elements.Count > 0, f, "an iterator", new StructType([]));
        CheckKinds(f);
        var builder = Of(f.Builder);
        Check(_types.Head(builder) is TypeVariable or BuilderType or StructType { Fields.Count: > 0 }, f.Builder, "a builder", builder);
        Parameters(f.Function, builder, ScalarType.I64, elements.Count == 1 ? elements[0] : Heavy(new StructType(elements), f));
        Expect(builder, Of(f.Function.Body), f.Function.Body);
        return builder;
    }

    private void CheckKinds(For f)
    {
        foreach (var i in f.Iters)
        {
            if (i.Kind != f.Iters[0].Kind && (i.IsChunked || f.Iters[0].IsChunked))
            {
                Report(CompileCode.Type, i.Data ?? f, "expected iterators of one kind in a zip, found simditer, fringeiter or scalar ones together");
            }
        }
    }

    private WeldType IterRule(Iter i, For f)
    {
        if (!i.IsWellFormed)
        {
            Report(CompileCode.Type, i.Data ?? f, $"expected the operands of an iterator of kind {i.Kind}, found others");
            return _types.Fresh();
        }

        var data = i.Data is null ? null : Of(i.Data);
        foreach (var bound in (ReadOnlySpan<Expr?>)[i.Start, i.End, i.Stride])
        {
            if (bound is not null)
            {
                Expect(ScalarType.I64, Of(bound), bound);
            }
        }

        foreach (var shape in (ReadOnlySpan<Expr?>)[i.Shape, i.Strides])
        {
            if (shape is not null)
            {
                Expect(VectorOfI64, Of(shape), shape);
            }
        }

        return data is null ? ScalarType.I64
            : ElementOf(data, i.Data!) is var element && i.Kind == IterKind.Simd ? new SimdType(element)
            : element;
    }
}
