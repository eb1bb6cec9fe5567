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

        When(argument, n.Argument, t =>
        {
            if (!t.Is(ScalarKind.I64))
            {
                Expect(type.ResultType, t, n.Argument, $"a capacity (i64) or {Show(type.ResultType)}");
            }
        });
        return type;
    }

    private WeldType MergeRule(Merge m)
    {
        var (builder, value) = (Of(m.Builder), Of(m.Value));
        When(builder, m.Builder, t =>
        {
            if (t is not BuilderType b)
            {
                Wrong(m.Builder, "a builder", t);
            }
            else
            {
                Expect(b.MergeType, b is AppenderType or MergerType && _types.Head(value) is SimdType s ? s.Element : value, m.Value);
            }
        });
        return builder;
    }

    private WeldType ResultOf(WeldType builder, Result r)
    {
        var head = _types.Head(builder);
        switch (head)
        {
            case BuilderType b:
                return b.ResultType;
            case StructType { Fields.Count: > 0 } s:
                return new StructType(s.Fields.To(f => StackGuard.Run(a => ResultOf(a, r), f)));
            case TypeVariable:
                var result = _types.Fresh();
                When(builder, r.Builder, t => Expect(ResultOf(t, r), result, r));
                return result;
            default:
                return Wrong(r.Builder, "a builder", head);
        }
    }

    private WeldType ForRule(For f)
    {
        var elements = f.Iters.To(i => IterRule(i, f));
        Check(elements.Count > 0, f, "an iterator", new StructType([]));
        CheckKinds(f);
        var builder = Of(f.Builder);
        When(builder, f.Builder, t => Check(t is BuilderType or StructType { Fields.Count: > 0 }, f.Builder, "a builder", t));
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
