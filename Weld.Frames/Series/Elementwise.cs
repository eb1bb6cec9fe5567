using Weld.Core.IR;
using Weld.Core.Operators;

namespace Weld.Frames;

/// <summary>Operators and functions of values as steps of the graph: each is one loop over whole series.</summary>
internal static class Elementwise
{
    /// <summary>An operator of two series.</summary>
    public static Series<TResult> Apply<T, TResult>(BinaryOperator op, Series<T> left, Series<T> right)
        where T : notnull
        where TResult : notnull
    {
        ArgumentNullException.ThrowIfNull(left);
        ArgumentNullException.ThrowIfNull(right);
        return new Series<TResult>(
            LazyValue.Apply(op.Name, v => Loops.Map(v, x => new Binary(op, x[0], x[1])), left.Value, right.Value),
            Series.OneLength(op.Name, left.Value, left.Length, right.Value, right.Length));
    }

    /// <summary>An operator of a series and one value.</summary>
    public static Series<TResult> Apply<T, TResult>(BinaryOperator op, Series<T> left, LazyScalar<T> right)
        where T : notnull
        where TResult : notnull
    {
        ArgumentNullException.ThrowIfNull(left);
        ArgumentNullException.ThrowIfNull(right);
        return new Series<TResult>(LazyValue.Apply(op.Name, v => Loops.Map([v[0]], x => new Binary(op, x[0], v[1])), left.Value, right.Value), left.Length);
    }

    /// <summary>An operator of one value and a series.</summary>
    public static Series<TResult> Apply<T, TResult>(BinaryOperator op, LazyScalar<T> left, Series<T> right)
        where T : notnull
        where TResult : notnull
    {
        ArgumentNullException.ThrowIfNull(left);
        ArgumentNullException.ThrowIfNull(right);
        return new Series<TResult>(LazyValue.Apply(op.Name, v => Loops.Map([v[1]], x => new Binary(op, v[0], x[0])), left.Value, right.Value), right.Length);
    }

    /// <summary>An operator of two values.</summary>
    public static LazyScalar<T> Apply<T>(BinaryOperator op, LazyScalar<T> left, LazyScalar<T> right)
        where T : notnull
    {
        ArgumentNullException.ThrowIfNull(left);
        ArgumentNullException.ThrowIfNull(right);
        return new LazyScalar<T>(LazyValue.Apply(op.Name, x => new Binary(op, x[0], x[1]), left.Value, right.Value));
    }

    /// <summary>An operator of a series.</summary>
    public static Series<TResult> Apply<T, TResult>(UnaryOperator op, Series<T> operand)
        where T : notnull
        where TResult : notnull => Map<T, TResult>(op.Name, operand, x => new Unary(op, x));

    /// <summary>An operator of one value.</summary>
    public static LazyScalar<T> Apply<T>(UnaryOperator op, LazyScalar<T> operand)
        where T : notnull
    {
        ArgumentNullException.ThrowIfNull(operand);
        return new LazyScalar<T>(LazyValue.Apply(op.Name, x => new Unary(op, x[0]), operand.Value));
    }

    /// <summary>A function of the values of a series.</summary>
    public static Series<TResult> Map<T, TResult>(string name, Series<T> operand, Func<Expr, Expr> f)
        where T : notnull
        where TResult : notnull
    {
        ArgumentNullException.ThrowIfNull(operand);
        return new Series<TResult>(LazyValue.Apply(name, v => Loops.Map(v, x => f(x[0])), operand.Value), operand.Length);
    }
}
