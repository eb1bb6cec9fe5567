using Weld.Core.IR;
using Weld.Core.Operators;

namespace Weld.Frames;

/// <summary>An operator of one operand as a step of the graph: of a series one loop over it.</summary>
internal sealed class ElementwiseUnary(UnaryOperator op)
{
    private readonly LazyFunction _vector = new(op.Name, v => Loops.Map(v, x => new Unary(op, x[0])));
    private readonly LazyFunction _scalar = new(op.Name, x => new Unary(op, x[0]));

    /// <summary>The operator of a function's name in Weld.</summary>
    public ElementwiseUnary(string name)
        : this(OperatorTable.FindUnary(name) ?? throw new ArgumentException($"expected an operator, found {name}", nameof(name)))
    {
    }

    public Series<TResult> Apply<T, TResult>(Series<T> operand)
        where T : notnull
        where TResult : notnull => new(_vector.Apply(operand.Value), operand.Length);

    public LazyScalar<T> Apply<T>(LazyScalar<T> operand)
        where T : notnull => new(_scalar.Apply(operand.Value));
}

/// <summary>An operator of two operands as a step of the graph: of series one loop over them; a scalar stands for all values of a series.</summary>
internal sealed class Elementwise(BinaryOperator op)
{
    private readonly LazyFunction _vectors = new(op.Name, v => Loops.Map(v, x => new Binary(op, x[0], x[1])));
    private readonly LazyFunction _vectorAndScalar = new(op.Name, v => Loops.Map([v[0]], x => new Binary(op, x[0], v[1])));
    private readonly LazyFunction _scalarAndVector = new(op.Name, v => Loops.Map([v[1]], x => new Binary(op, v[0], x[0])));
    private readonly LazyFunction _scalars = new(op.Name, x => new Binary(op, x[0], x[1]));

    public Series<TResult> Apply<T, TResult>(Series<T> left, Series<T> right)
        where T : notnull
        where TResult : notnull => new(_vectors.Apply(left.Value, right.Value), Series.OneLength(op.Name, left.Value, left.Length, right.Value, right.Length));

    public Series<TResult> Apply<T, TResult>(Series<T> left, LazyScalar<T> right)
        where T : notnull
        where TResult : notnull => new(_vectorAndScalar.Apply(left.Value, right.Value), left.Length);

    public Series<TResult> Apply<T, TResult>(LazyScalar<T> left, Series<T> right)
        where T : notnull
        where TResult : notnull => new(_scalarAndVector.Apply(left.Value, right.Value), right.Length);

    public LazyScalar<T> Apply<T>(LazyScalar<T> left, LazyScalar<T> right)
        where T : notnull => new(_scalars.Apply(left.Value, right.Value));
}
