using Weld.Core.IR;
using Weld.Core.Operators;
using Weld.Core.Types;
using Weld.Core.Values;

namespace Weld.Frames;

/// <summary>The loops that series are made of, each as plain as a library would write it: what belongs together, the optimizer puts together.</summary>
internal static class Loops
{
    /// <summary>An i64 constant.</summary>
    public static Expr I64(long value) => new Literal(Scalar.I64(value));

    /// <summary>A function of the elements of vectors: <c>result(for(zip(v, w), appender, |b, i, x| merge(b, f(x.$0, x.$1))))</c>.</summary>
    public static Expr Map(Seq<Expr> vectors, Func<Seq<Expr>, Expr> f)
    {
        var element = Element(vectors);
        var value = f(vectors.Count == 1 ? [element] : Enumerable.Range(0, vectors.Count).Select(i => (Expr)new Field(element, i)).ToSeq());
        return Loop(vectors, element, new AppenderType(value.Type), b => new Merge(b, value));
    }

    /// <summary>The elements of a vector where a vector of bools is true.</summary>
    public static Expr Filter(Expr vector, Expr mask)
    {
        Seq<Expr> vectors = [vector, mask];
        var element = Element(vectors);
        var value = new Field(element, 0);
        return Loop(vectors, element, new AppenderType(value.Type), b => new If(new Field(element, 1), new Merge(b, value), b));
    }

    /// <summary>The elements of a vector, each as <paramref name="f"/> has it, reduced with an operator.</summary>
    public static Expr Reduce(Expr vector, BinaryOperator op, Func<Expr, Expr> f)
    {
        var element = Element([vector]);
        var value = f(element);
        return Loop([vector], element, new MergerType(value.Type, new SingleOperator(op)), b => new Merge(b, value));
    }

    /// <summary>For each key the values reduced with an operator, as <c>{key, value}</c> in the order of the keys' first occurrence.</summary>
    public static Expr ReduceByKey(Expr keys, Expr values, MergeOperator op, Func<Expr, Expr> f)
    {
        Seq<Expr> vectors = [keys, values];
        var element = Element(vectors);
        var (key, value) = (new Field(element, 0), f(new Field(element, 1)));
        return new ToVector(Loop(vectors, element, new DictMergerType(key.Type, value.Type, op), b => new Merge(b, new StructLiteral([key, value]))));
    }

    /// <summary>A loop over whole vectors into one new builder, and its result.</summary>
    public static Expr Loop(Seq<Expr> vectors, Ident element, WeldType builder, Func<Ident, Expr> body)
    {
        var (b, i) = (new Symbol("b", builder), new Symbol("i", ScalarType.I64));
        return new Result(new For(vectors.To(v => new Iter(v)), NewBuilder(builder), new Lambda([b, i, element.Symbol], body(new Ident(b)))));
    }

    /// <summary>A variable for the element of a loop over vectors.</summary>
    public static Ident Element(Seq<Expr> vectors)
    {
        var types = vectors.To(v => ((VectorType)v.Type).Element);
        return new Ident(new Symbol("x", types.Count == 1 ? types[0] : new StructType(types)));
    }

    private static Expr NewBuilder(WeldType type) => type is BuilderType b ? new NewBuilder(b) : new StructLiteral(((StructType)type).Fields.To(NewBuilder));
}
