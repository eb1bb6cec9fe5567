using Weld.Core.Types;

namespace Weld.Core.IR;

/// <summary>How a loop visits its data (language.md §6).</summary>
public enum IterKind
{
    /// <summary>Element by element, with optional start, end and stride.</summary>
    Scalar,

    /// <summary>The whole chunks of a machine vector.</summary>
    Simd,

    /// <summary>The elements after the whole chunks.</summary>
    Fringe,

    /// <summary>The i64 values start, start + stride, … before end; no data.</summary>
    Range,

    /// <summary>Row-major over a shape, each element at start + Σ counter · stride.</summary>
    NDimensional,
}

/// <summary>One source of a loop's elements. It is no value: it stands in a <see cref="For"/> only.</summary>
/// <param name="Kind">How the data is visited.</param>
/// <param name="Data">The vector; null for <see cref="IterKind.Range"/>.</param>
/// <param name="Start">i64; null where the whole vector is visited.</param>
/// <param name="End">i64, null together with <paramref name="Start"/>.</param>
/// <param name="Stride">i64, null together with <paramref name="Start"/>.</param>
/// <param name="Shape">vec[i64], for <see cref="IterKind.NDimensional"/> only.</param>
/// <param name="Strides">vec[i64], for <see cref="IterKind.NDimensional"/> only.</param>
public sealed record Iter(IterKind Kind, Expr? Data, Expr? Start = null, Expr? End = null, Expr? Stride = null, Expr? Shape = null, Expr? Strides = null)
{
    /// <summary>Visits a whole vector.</summary>
    /// <param name="data">The vector.</param>
    public Iter(Expr data)
        : this(IterKind.Scalar, data)
    {
    }

    /// <summary>The expressions it holds, in order.</summary>
    public Seq<Expr> Operands
    {
        get
        {
            var operands = new Expr[OperandCount];
            var at = 0;
            CopyOperands(operands, ref at);
            return new Seq<Expr>(operands);
        }
    }

    internal int OperandCount =>
        (Data is null ? 0 : 1) + (Start is null ? 0 : 1) + (End is null ? 0 : 1) + (Stride is null ? 0 : 1) + (Shape is null ? 0 : 1) + (Strides is null ? 0 : 1);

    internal void CopyOperands(Expr[] into, ref int at)
    {
        ReadOnlySpan<Expr?> operands = [Data, Start, End, Stride, Shape, Strides];
        foreach (var operand in operands)
        {
            if (operand is not null)
            {
                into[at++] = operand;
            }
        }
    }

    /// <summary>Whether it visits a vector by chunks of a machine vector, or what is left after those.</summary>
    internal bool IsChunked => Kind is IterKind.Simd or IterKind.Fringe;

    /// <summary>Whether it has the operands of its kind.</summary>
    internal bool IsWellFormed
    {
        get
        {
            var bounds = (Start is null ? 0 : 1) + (End is null ? 0 : 1) + (Stride is null ? 0 : 1);
            var isShaped = Shape is not null && Strides is not null;
            var isPlain = Shape is null && Strides is null;
            return Kind switch
            {
                IterKind.Range => Data is null && bounds == 3 && isPlain,
                IterKind.NDimensional => Data is not null && bounds == 3 && isShaped,
                IterKind.Scalar => Data is not null && (bounds is 0 or 3) && isPlain,
                _ => Data is not null && bounds == 0 && isPlain,
            };
        }
    }

    /// <summary>The type of what the loop's function is given: simd for <see cref="IterKind.Simd"/>.</summary>
    /// <exception cref="IllTypedException">The operands' types do not fit.</exception>
    public WeldType ElementType
    {
        get
        {
            foreach (var bound in (ReadOnlySpan<Expr?>)[Start, End, Stride])
            {
                if (bound is not null && !bound.Type.Is(ScalarKind.I64))
                {
                    throw new IllTypedException(bound, $"expected i64, found {bound.Type}");
                }
            }

            foreach (var shape in (ReadOnlySpan<Expr?>)[Shape, Strides])
            {
                if (shape is not null && shape.Type != new VectorType(ScalarType.I64))
                {
                    throw new IllTypedException(shape, $"expected vec[i64], found {shape.Type}");
                }
            }

            return Kind == IterKind.Range ? ScalarType.I64
                : Data!.Type is not VectorType { Element: var element } ? throw new IllTypedException(Data, $"expected a vector, found {Data.Type}")
                : Kind != IterKind.Simd ? element
                : element is ScalarType ? new SimdType(element)
                : throw new IllTypedException(Data, $"expected a vector of scalars, found {Data.Type}");
        }
    }

    internal Iter Map(Func<Expr, Expr> f)
    {
        var (data, start, end) = (To(Data), To(Start), To(End));
        var (stride, shape, strides) = (To(Stride), To(Shape), To(Strides));
        return ReferenceEquals(data, Data) && ReferenceEquals(start, Start) && ReferenceEquals(end, End)
            && ReferenceEquals(stride, Stride) && ReferenceEquals(shape, Shape) && ReferenceEquals(strides, Strides)
            ? this : new Iter(Kind, data, start, end, stride, shape, strides);

        Expr? To(Expr? e) => e is null ? null : f(e);
    }
}

/// <summary>Runs a function once for each element in order, threading a builder through. The function's index is the 0-based iteration number.</summary>
/// <param name="Iters">One source, or several of the same count; several give a struct of elements.</param>
/// <param name="Builder">A builder or struct of builders.</param>
/// <param name="Function">(builder, i64, element) → builder.</param>
public sealed record For(Seq<Iter> Iters, Expr Builder, Lambda Function) : Expr
{
    private protected override Seq<Expr> ChildrenRule()
    {
        var count = 2;
        foreach (var iter in Iters.Span)
        {
            count += iter.OperandCount;
        }

        var children = new Expr[count];
        var at = 0;
        foreach (var iter in Iters.Span)
        {
            iter.CopyOperands(children, ref at);
        }

        (children[at], children[at + 1]) = (Builder, Function);
        return new Seq<Expr>(children);
    }

    /// <summary>The type of the function's third parameter.</summary>
    public WeldType ElementType => Iters.Count == 1 ? Iters[0].ElementType : new StructType(Iters.To(i => i.ElementType));

    private protected override WeldType TypeRule()
    {
        if (!Builder.Type.IsBuilder)
        {
            throw Expected("a builder", Builder);
        }

        var given = Function.Parameters;
        return given.Count == 3 && given[0].Type == Builder.Type && given[1].Type.Is(ScalarKind.I64) && Visits(given[2].Type) && Function.Body.Type == Builder.Type
            ? Builder.Type
            : throw Expected($"{new FunctionType([Builder.Type, ScalarType.I64, ElementType], Builder.Type)}", Function);
    }

    /// <summary>Whether this is the type of an element.</summary>
    private bool Visits(WeldType type)
    {
        if (Iters.Count == 1)
        {
            return type == Iters[0].ElementType;
        }

        var fields = type is StructType s ? s.Fields : [];
        var fits = fields.Count == Iters.Count;
        for (var i = 0; i < Iters.Count; i++)
        {
            var element = Iters[i].ElementType;
            fits = fits && fields[i] == element;
        }

        return fits;
    }

    internal override Expr Map(Func<Expr, Expr> f) => Iters.Map(i => i.Map(f)) is var i && f(Builder) is var b && f(Function) is var g
        && i.SameAs(Iters) && ReferenceEquals(b, Builder) && ReferenceEquals(g, Function) ? this : this with { Iters = i, Builder = b, Function = (Lambda)g };
}

/// <summary>Repeats a function on a state while it says so; at least once.</summary>
/// <param name="Initial">The first state; it may hold builders.</param>
/// <param name="Function">(T) → {T, bool}: the next state, and whether to go on.</param>
public sealed record Iterate(Expr Initial, Lambda Function) : Expr
{
    private protected override Seq<Expr> ChildrenRule() => [Initial, Function];

    private protected override WeldType TypeRule()
    {
        var expected = new FunctionType([Initial.Type], new StructType([Initial.Type, ScalarType.Bool]));
        return Function.Type == expected ? Initial.Type : throw Expected($"{expected}", Function);
    }

    internal override Expr Map(Func<Expr, Expr> f) => f(Initial) is var i && f(Function) is var g
        && ReferenceEquals(i, Initial) && ReferenceEquals(g, Function) ? this : this with { Initial = i, Function = (Lambda)g };
}
