using Weld.Core.Operators;

namespace Weld.Frames;

/// <content>Comparisons, value by value. NaN is not equal to anything, and neither less nor greater.</content>
public sealed partial class Series<T>
{
    /// <summary>left == right; a text equals a text of the same bytes.</summary>
    /// <param name="left">A series.</param>
    /// <param name="right">A series of the same length.</param>
    public static Series<bool> operator ==(Series<T> left, Series<T> right) => Elementwise.Apply<T, bool>(OperatorTable.Equal, left, right);

    /// <summary>left == right; a text equals a text of the same bytes.</summary>
    /// <param name="left">A series.</param>
    /// <param name="right">One value.</param>
    public static Series<bool> operator ==(Series<T> left, LazyScalar<T> right) => Elementwise.Apply<T, bool>(OperatorTable.Equal, left, right);

    /// <summary>left == right; a text equals a text of the same bytes.</summary>
    /// <param name="left">One value.</param>
    /// <param name="right">A series.</param>
    public static Series<bool> operator ==(LazyScalar<T> left, Series<T> right) => Elementwise.Apply<T, bool>(OperatorTable.Equal, left, right);

    /// <summary>left != right.</summary>
    /// <param name="left">A series.</param>
    /// <param name="right">A series of the same length.</param>
    public static Series<bool> operator !=(Series<T> left, Series<T> right) => Elementwise.Apply<T, bool>(OperatorTable.NotEqual, left, right);

    /// <summary>left != right.</summary>
    /// <param name="left">A series.</param>
    /// <param name="right">One value.</param>
    public static Series<bool> operator !=(Series<T> left, LazyScalar<T> right) => Elementwise.Apply<T, bool>(OperatorTable.NotEqual, left, right);

    /// <summary>left != right.</summary>
    /// <param name="left">One value.</param>
    /// <param name="right">A series.</param>
    public static Series<bool> operator !=(LazyScalar<T> left, Series<T> right) => Elementwise.Apply<T, bool>(OperatorTable.NotEqual, left, right);

    /// <summary>left &lt; right; texts in the order of their code points.</summary>
    /// <param name="left">A series.</param>
    /// <param name="right">A series of the same length.</param>
    public static Series<bool> operator <(Series<T> left, Series<T> right) => Elementwise.Apply<T, bool>(OperatorTable.Less, left, right);

    /// <summary>left &lt; right; texts in the order of their code points.</summary>
    /// <param name="left">A series.</param>
    /// <param name="right">One value.</param>
    public static Series<bool> operator <(Series<T> left, LazyScalar<T> right) => Elementwise.Apply<T, bool>(OperatorTable.Less, left, right);

    /// <summary>left &lt; right; texts in the order of their code points.</summary>
    /// <param name="left">One value.</param>
    /// <param name="right">A series.</param>
    public static Series<bool> operator <(LazyScalar<T> left, Series<T> right) => Elementwise.Apply<T, bool>(OperatorTable.Less, left, right);

    /// <summary>left &gt; right.</summary>
    /// <param name="left">A series.</param>
    /// <param name="right">A series of the same length.</param>
    public static Series<bool> operator >(Series<T> left, Series<T> right) => Elementwise.Apply<T, bool>(OperatorTable.Greater, left, right);

    /// <summary>left &gt; right.</summary>
    /// <param name="left">A series.</param>
    /// <param name="right">One value.</param>
    public static Series<bool> operator >(Series<T> left, LazyScalar<T> right) => Elementwise.Apply<T, bool>(OperatorTable.Greater, left, right);

    /// <summary>left &gt; right.</summary>
    /// <param name="left">One value.</param>
    /// <param name="right">A series.</param>
    public static Series<bool> operator >(LazyScalar<T> left, Series<T> right) => Elementwise.Apply<T, bool>(OperatorTable.Greater, left, right);

    /// <summary>left ≤ right.</summary>
    /// <param name="left">A series.</param>
    /// <param name="right">A series of the same length.</param>
    public static Series<bool> operator <=(Series<T> left, Series<T> right) => Elementwise.Apply<T, bool>(OperatorTable.LessOrEqual, left, right);

    /// <summary>left ≤ right.</summary>
    /// <param name="left">A series.</param>
    /// <param name="right">One value.</param>
    public static Series<bool> operator <=(Series<T> left, LazyScalar<T> right) => Elementwise.Apply<T, bool>(OperatorTable.LessOrEqual, left, right);

    /// <summary>left ≤ right.</summary>
    /// <param name="left">One value.</param>
    /// <param name="right">A series.</param>
    public static Series<bool> operator <=(LazyScalar<T> left, Series<T> right) => Elementwise.Apply<T, bool>(OperatorTable.LessOrEqual, left, right);

    /// <summary>left ≥ right.</summary>
    /// <param name="left">A series.</param>
    /// <param name="right">A series of the same length.</param>
    public static Series<bool> operator >=(Series<T> left, Series<T> right) => Elementwise.Apply<T, bool>(OperatorTable.GreaterOrEqual, left, right);

    /// <summary>left ≥ right.</summary>
    /// <param name="left">A series.</param>
    /// <param name="right">One value.</param>
    public static Series<bool> operator >=(Series<T> left, LazyScalar<T> right) => Elementwise.Apply<T, bool>(OperatorTable.GreaterOrEqual, left, right);

    /// <summary>left ≥ right.</summary>
    /// <param name="left">One value.</param>
    /// <param name="right">A series.</param>
    public static Series<bool> operator >=(LazyScalar<T> left, Series<T> right) => Elementwise.Apply<T, bool>(OperatorTable.GreaterOrEqual, left, right);
}
