using Weld.Core.Operators;

namespace Weld.Frames;

/// <content>Comparisons, value by value. NaN is not equal to anything, and neither less nor greater.</content>
public sealed partial class Series<T>
{
    /// <summary>left == right; a text equals a text of the same bytes.</summary>
    /// <param name="left">A series.</param>
    /// <param name="right">A series of the same length.</param>
    public static Series<bool> operator ==(Series<T> left, Series<T> right) => Comparison.Equal.Apply<T, bool>(left, right);

    /// <summary>left == right; a text equals a text of the same bytes.</summary>
    /// <param name="left">A series.</param>
    /// <param name="right">One value.</param>
    public static Series<bool> operator ==(Series<T> left, LazyScalar<T> right) => Comparison.Equal.Apply<T, bool>(left, right);

    /// <summary>left == right; a text equals a text of the same bytes.</summary>
    /// <param name="left">One value.</param>
    /// <param name="right">A series.</param>
    public static Series<bool> operator ==(LazyScalar<T> left, Series<T> right) => Comparison.Equal.Apply<T, bool>(left, right);

    /// <summary>left != right.</summary>
    /// <param name="left">A series.</param>
    /// <param name="right">A series of the same length.</param>
    public static Series<bool> operator !=(Series<T> left, Series<T> right) => Comparison.NotEqual.Apply<T, bool>(left, right);

    /// <summary>left != right.</summary>
    /// <param name="left">A series.</param>
    /// <param name="right">One value.</param>
    public static Series<bool> operator !=(Series<T> left, LazyScalar<T> right) => Comparison.NotEqual.Apply<T, bool>(left, right);

    /// <summary>left != right.</summary>
    /// <param name="left">One value.</param>
    /// <param name="right">A series.</param>
    public static Series<bool> operator !=(LazyScalar<T> left, Series<T> right) => Comparison.NotEqual.Apply<T, bool>(left, right);

    /// <summary>left &lt; right; texts in the order of their code points.</summary>
    /// <param name="left">A series.</param>
    /// <param name="right">A series of the same length.</param>
    public static Series<bool> operator <(Series<T> left, Series<T> right) => Comparison.Less.Apply<T, bool>(left, right);

    /// <summary>left &lt; right; texts in the order of their code points.</summary>
    /// <param name="left">A series.</param>
    /// <param name="right">One value.</param>
    public static Series<bool> operator <(Series<T> left, LazyScalar<T> right) => Comparison.Less.Apply<T, bool>(left, right);

    /// <summary>left &lt; right; texts in the order of their code points.</summary>
    /// <param name="left">One value.</param>
    /// <param name="right">A series.</param>
    public static Series<bool> operator <(LazyScalar<T> left, Series<T> right) => Comparison.Less.Apply<T, bool>(left, right);

    /// <summary>left &gt; right.</summary>
    /// <param name="left">A series.</param>
    /// <param name="right">A series of the same length.</param>
    public static Series<bool> operator >(Series<T> left, Series<T> right) => Comparison.Greater.Apply<T, bool>(left, right);

    /// <summary>left &gt; right.</summary>
    /// <param name="left">A series.</param>
    /// <param name="right">One value.</param>
    public static Series<bool> operator >(Series<T> left, LazyScalar<T> right) => Comparison.Greater.Apply<T, bool>(left, right);

    /// <summary>left &gt; right.</summary>
    /// <param name="left">One value.</param>
    /// <param name="right">A series.</param>
    public static Series<bool> operator >(LazyScalar<T> left, Series<T> right) => Comparison.Greater.Apply<T, bool>(left, right);

    /// <summary>left ≤ right.</summary>
    /// <param name="left">A series.</param>
    /// <param name="right">A series of the same length.</param>
    public static Series<bool> operator <=(Series<T> left, Series<T> right) => Comparison.LessOrEqual.Apply<T, bool>(left, right);

    /// <summary>left ≤ right.</summary>
    /// <param name="left">A series.</param>
    /// <param name="right">One value.</param>
    public static Series<bool> operator <=(Series<T> left, LazyScalar<T> right) => Comparison.LessOrEqual.Apply<T, bool>(left, right);

    /// <summary>left ≤ right.</summary>
    /// <param name="left">One value.</param>
    /// <param name="right">A series.</param>
    public static Series<bool> operator <=(LazyScalar<T> left, Series<T> right) => Comparison.LessOrEqual.Apply<T, bool>(left, right);

    /// <summary>left ≥ right.</summary>
    /// <param name="left">A series.</param>
    /// <param name="right">A series of the same length.</param>
    public static Series<bool> operator >=(Series<T> left, Series<T> right) => Comparison.GreaterOrEqual.Apply<T, bool>(left, right);

    /// <summary>left ≥ right.</summary>
    /// <param name="left">A series.</param>
    /// <param name="right">One value.</param>
    public static Series<bool> operator >=(Series<T> left, LazyScalar<T> right) => Comparison.GreaterOrEqual.Apply<T, bool>(left, right);

    /// <summary>left ≥ right.</summary>
    /// <param name="left">One value.</param>
    /// <param name="right">A series.</param>
    public static Series<bool> operator >=(LazyScalar<T> left, Series<T> right) => Comparison.GreaterOrEqual.Apply<T, bool>(left, right);
}

/// <summary>The comparisons.</summary>
internal static class Comparison
{
    public static readonly Elementwise Equal = new(OperatorTable.Equal);
    public static readonly Elementwise NotEqual = new(OperatorTable.NotEqual);
    public static readonly Elementwise Less = new(OperatorTable.Less);
    public static readonly Elementwise Greater = new(OperatorTable.Greater);
    public static readonly Elementwise LessOrEqual = new(OperatorTable.LessOrEqual);
    public static readonly Elementwise GreaterOrEqual = new(OperatorTable.GreaterOrEqual);
}
