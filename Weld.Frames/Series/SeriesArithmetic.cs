using System.Numerics;
using Weld.Core.Operators;

namespace Weld.Frames;

/// <summary>Arithmetic, value by value; a scalar stands for all values of a series.</summary>
public static class SeriesArithmetic
{
    private static readonly Elementwise Add = new(OperatorTable.Add);
    private static readonly Elementwise Subtract = new(OperatorTable.Subtract);
    private static readonly Elementwise Multiply = new(OperatorTable.Multiply);
    private static readonly Elementwise Divide = new(OperatorTable.Divide);
    private static readonly Elementwise Remainder = new(OperatorTable.Remainder);
    private static readonly Elementwise And = new(OperatorTable.And);
    private static readonly Elementwise Or = new(OperatorTable.Or);
    private static readonly Elementwise ExclusiveOr = new(OperatorTable.ExclusiveOr);
    private static readonly ElementwiseUnary Negate = new(OperatorTable.Negate);
    private static readonly ElementwiseUnary Not = new(OperatorTable.Not);

    /// <param name="operand">A series of numbers.</param>
    /// <typeparam name="T">A number.</typeparam>
    extension<T>(Series<T> operand)
        where T : unmanaged, INumber<T>
    {
        /// <summary>left + right; integers wrap.</summary>
        /// <param name="left">A series.</param>
        /// <param name="right">A series of the same length.</param>
        public static Series<T> operator +(Series<T> left, Series<T> right) => Add.Apply<T, T>(left, right);

        /// <summary>left + right; integers wrap.</summary>
        /// <param name="left">A series.</param>
        /// <param name="right">One value.</param>
        public static Series<T> operator +(Series<T> left, LazyScalar<T> right) => Add.Apply<T, T>(left, right);

        /// <summary>left + right; integers wrap.</summary>
        /// <param name="left">One value.</param>
        /// <param name="right">A series.</param>
        public static Series<T> operator +(LazyScalar<T> left, Series<T> right) => Add.Apply<T, T>(left, right);

        /// <summary>left − right; integers wrap.</summary>
        /// <param name="left">A series.</param>
        /// <param name="right">A series of the same length.</param>
        public static Series<T> operator -(Series<T> left, Series<T> right) => Subtract.Apply<T, T>(left, right);

        /// <summary>left − right; integers wrap.</summary>
        /// <param name="left">A series.</param>
        /// <param name="right">One value.</param>
        public static Series<T> operator -(Series<T> left, LazyScalar<T> right) => Subtract.Apply<T, T>(left, right);

        /// <summary>left − right; integers wrap.</summary>
        /// <param name="left">One value.</param>
        /// <param name="right">A series.</param>
        public static Series<T> operator -(LazyScalar<T> left, Series<T> right) => Subtract.Apply<T, T>(left, right);

        /// <summary>left · right; integers wrap.</summary>
        /// <param name="left">A series.</param>
        /// <param name="right">A series of the same length.</param>
        public static Series<T> operator *(Series<T> left, Series<T> right) => Multiply.Apply<T, T>(left, right);

        /// <summary>left · right; integers wrap.</summary>
        /// <param name="left">A series.</param>
        /// <param name="right">One value.</param>
        public static Series<T> operator *(Series<T> left, LazyScalar<T> right) => Multiply.Apply<T, T>(left, right);

        /// <summary>left · right; integers wrap.</summary>
        /// <param name="left">One value.</param>
        /// <param name="right">A series.</param>
        public static Series<T> operator *(LazyScalar<T> left, Series<T> right) => Multiply.Apply<T, T>(left, right);

        /// <summary>left / right; of integers without the fraction, and by 0 the error <c>DivideByZero</c>.</summary>
        /// <param name="left">A series.</param>
        /// <param name="right">A series of the same length.</param>
        public static Series<T> operator /(Series<T> left, Series<T> right) => Divide.Apply<T, T>(left, right);

        /// <summary>left / right; of integers without the fraction, and by 0 the error <c>DivideByZero</c>.</summary>
        /// <param name="left">A series.</param>
        /// <param name="right">One value.</param>
        public static Series<T> operator /(Series<T> left, LazyScalar<T> right) => Divide.Apply<T, T>(left, right);

        /// <summary>left / right; of integers without the fraction, and by 0 the error <c>DivideByZero</c>.</summary>
        /// <param name="left">One value.</param>
        /// <param name="right">A series.</param>
        public static Series<T> operator /(LazyScalar<T> left, Series<T> right) => Divide.Apply<T, T>(left, right);

        /// <summary>The remainder of left / right, with the sign of left.</summary>
        /// <param name="left">A series.</param>
        /// <param name="right">A series of the same length.</param>
        public static Series<T> operator %(Series<T> left, Series<T> right) => Remainder.Apply<T, T>(left, right);

        /// <summary>The remainder of left / right, with the sign of left.</summary>
        /// <param name="left">A series.</param>
        /// <param name="right">One value.</param>
        public static Series<T> operator %(Series<T> left, LazyScalar<T> right) => Remainder.Apply<T, T>(left, right);

        /// <summary>The remainder of left / right, with the sign of left.</summary>
        /// <param name="left">One value.</param>
        /// <param name="right">A series.</param>
        public static Series<T> operator %(LazyScalar<T> left, Series<T> right) => Remainder.Apply<T, T>(left, right);

        /// <summary>−value; of unsigned integers wrapped.</summary>
        /// <param name="value">A series.</param>
        public static Series<T> operator -(Series<T> value) => Negate.Apply<T, T>(value);
    }

    /// <param name="operand">A number.</param>
    /// <typeparam name="T">A number.</typeparam>
    extension<T>(LazyScalar<T> operand)
        where T : unmanaged, INumber<T>
    {
        /// <summary>left + right; integers wrap.</summary>
        /// <param name="left">One value.</param>
        /// <param name="right">One value.</param>
        public static LazyScalar<T> operator +(LazyScalar<T> left, LazyScalar<T> right) => Add.Apply(left, right);

        /// <summary>left − right; integers wrap.</summary>
        /// <param name="left">One value.</param>
        /// <param name="right">One value.</param>
        public static LazyScalar<T> operator -(LazyScalar<T> left, LazyScalar<T> right) => Subtract.Apply(left, right);

        /// <summary>left · right; integers wrap.</summary>
        /// <param name="left">One value.</param>
        /// <param name="right">One value.</param>
        public static LazyScalar<T> operator *(LazyScalar<T> left, LazyScalar<T> right) => Multiply.Apply(left, right);

        /// <summary>left / right; of integers without the fraction, and by 0 the error <c>DivideByZero</c>.</summary>
        /// <param name="left">One value.</param>
        /// <param name="right">One value.</param>
        public static LazyScalar<T> operator /(LazyScalar<T> left, LazyScalar<T> right) => Divide.Apply(left, right);

        /// <summary>The remainder of left / right, with the sign of left.</summary>
        /// <param name="left">One value.</param>
        /// <param name="right">One value.</param>
        public static LazyScalar<T> operator %(LazyScalar<T> left, LazyScalar<T> right) => Remainder.Apply(left, right);

        /// <summary>−value; of unsigned integers wrapped.</summary>
        /// <param name="value">One value.</param>
        public static LazyScalar<T> operator -(LazyScalar<T> value) => Negate.Apply(value);
    }

    /// <param name="operand">A mask.</param>
    extension(Series<bool> operand)
    {
        /// <summary>Where both are true.</summary>
        /// <param name="left">A mask.</param>
        /// <param name="right">A mask of the same length.</param>
        public static Series<bool> operator &(Series<bool> left, Series<bool> right) => And.Apply<bool, bool>(left, right);

        /// <summary>Where one or both are true.</summary>
        /// <param name="left">A mask.</param>
        /// <param name="right">A mask of the same length.</param>
        public static Series<bool> operator |(Series<bool> left, Series<bool> right) => Or.Apply<bool, bool>(left, right);

        /// <summary>Where exactly one is true.</summary>
        /// <param name="left">A mask.</param>
        /// <param name="right">A mask of the same length.</param>
        public static Series<bool> operator ^(Series<bool> left, Series<bool> right) => ExclusiveOr.Apply<bool, bool>(left, right);

        /// <summary>Where it is false.</summary>
        /// <param name="value">A mask.</param>
        public static Series<bool> operator !(Series<bool> value) => Not.Apply<bool, bool>(value);
    }
}
