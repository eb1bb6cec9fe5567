using System.Numerics;
using Weld.Core.Operators;

namespace Weld.Frames;

/// <summary>Arithmetic, value by value; a scalar stands for all values of a series.</summary>
public static class SeriesArithmetic
{
    /// <param name="operand">A series of numbers.</param>
    /// <typeparam name="T">A number.</typeparam>
    extension<T>(Series<T> operand)
        where T : unmanaged, INumber<T>
    {
        /// <summary>left + right; integers wrap.</summary>
        /// <param name="left">A series.</param>
        /// <param name="right">A series of the same length.</param>
        public static Series<T> operator +(Series<T> left, Series<T> right) => Elementwise.Apply<T, T>(OperatorTable.Add, left, right);

        /// <summary>left + right; integers wrap.</summary>
        /// <param name="left">A series.</param>
        /// <param name="right">One value.</param>
        public static Series<T> operator +(Series<T> left, LazyScalar<T> right) => Elementwise.Apply<T, T>(OperatorTable.Add, left, right);

        /// <summary>left + right; integers wrap.</summary>
        /// <param name="left">One value.</param>
        /// <param name="right">A series.</param>
        public static Series<T> operator +(LazyScalar<T> left, Series<T> right) => Elementwise.Apply<T, T>(OperatorTable.Add, left, right);

        /// <summary>left − right; integers wrap.</summary>
        /// <param name="left">A series.</param>
        /// <param name="right">A series of the same length.</param>
        public static Series<T> operator -(Series<T> left, Series<T> right) => Elementwise.Apply<T, T>(OperatorTable.Subtract, left, right);

        /// <summary>left − right; integers wrap.</summary>
        /// <param name="left">A series.</param>
        /// <param name="right">One value.</param>
        public static Series<T> operator -(Series<T> left, LazyScalar<T> right) => Elementwise.Apply<T, T>(OperatorTable.Subtract, left, right);

        /// <summary>left − right; integers wrap.</summary>
        /// <param name="left">One value.</param>
        /// <param name="right">A series.</param>
        public static Series<T> operator -(LazyScalar<T> left, Series<T> right) => Elementwise.Apply<T, T>(OperatorTable.Subtract, left, right);

        /// <summary>left · right; integers wrap.</summary>
        /// <param name="left">A series.</param>
        /// <param name="right">A series of the same length.</param>
        public static Series<T> operator *(Series<T> left, Series<T> right) => Elementwise.Apply<T, T>(OperatorTable.Multiply, left, right);

        /// <summary>left · right; integers wrap.</summary>
        /// <param name="left">A series.</param>
        /// <param name="right">One value.</param>
        public static Series<T> operator *(Series<T> left, LazyScalar<T> right) => Elementwise.Apply<T, T>(OperatorTable.Multiply, left, right);

        /// <summary>left · right; integers wrap.</summary>
        /// <param name="left">One value.</param>
        /// <param name="right">A series.</param>
        public static Series<T> operator *(LazyScalar<T> left, Series<T> right) => Elementwise.Apply<T, T>(OperatorTable.Multiply, left, right);

        /// <summary>left / right; of integers without the fraction, and by 0 the error <c>DivideByZero</c>.</summary>
        /// <param name="left">A series.</param>
        /// <param name="right">A series of the same length.</param>
        public static Series<T> operator /(Series<T> left, Series<T> right) => Elementwise.Apply<T, T>(OperatorTable.Divide, left, right);

        /// <summary>left / right; of integers without the fraction, and by 0 the error <c>DivideByZero</c>.</summary>
        /// <param name="left">A series.</param>
        /// <param name="right">One value.</param>
        public static Series<T> operator /(Series<T> left, LazyScalar<T> right) => Elementwise.Apply<T, T>(OperatorTable.Divide, left, right);

        /// <summary>left / right; of integers without the fraction, and by 0 the error <c>DivideByZero</c>.</summary>
        /// <param name="left">One value.</param>
        /// <param name="right">A series.</param>
        public static Series<T> operator /(LazyScalar<T> left, Series<T> right) => Elementwise.Apply<T, T>(OperatorTable.Divide, left, right);

        /// <summary>The remainder of left / right, with the sign of left.</summary>
        /// <param name="left">A series.</param>
        /// <param name="right">A series of the same length.</param>
        public static Series<T> operator %(Series<T> left, Series<T> right) => Elementwise.Apply<T, T>(OperatorTable.Remainder, left, right);

        /// <summary>The remainder of left / right, with the sign of left.</summary>
        /// <param name="left">A series.</param>
        /// <param name="right">One value.</param>
        public static Series<T> operator %(Series<T> left, LazyScalar<T> right) => Elementwise.Apply<T, T>(OperatorTable.Remainder, left, right);

        /// <summary>The remainder of left / right, with the sign of left.</summary>
        /// <param name="left">One value.</param>
        /// <param name="right">A series.</param>
        public static Series<T> operator %(LazyScalar<T> left, Series<T> right) => Elementwise.Apply<T, T>(OperatorTable.Remainder, left, right);

        /// <summary>−value; of unsigned integers wrapped.</summary>
        /// <param name="value">A series.</param>
        public static Series<T> operator -(Series<T> value) => Elementwise.Apply<T, T>(OperatorTable.Negate, value);
    }

    /// <param name="operand">A number.</param>
    /// <typeparam name="T">A number.</typeparam>
    extension<T>(LazyScalar<T> operand)
        where T : unmanaged, INumber<T>
    {
        /// <summary>left + right; integers wrap.</summary>
        /// <param name="left">One value.</param>
        /// <param name="right">One value.</param>
        public static LazyScalar<T> operator +(LazyScalar<T> left, LazyScalar<T> right) => Elementwise.Apply(OperatorTable.Add, left, right);

        /// <summary>left − right; integers wrap.</summary>
        /// <param name="left">One value.</param>
        /// <param name="right">One value.</param>
        public static LazyScalar<T> operator -(LazyScalar<T> left, LazyScalar<T> right) => Elementwise.Apply(OperatorTable.Subtract, left, right);

        /// <summary>left · right; integers wrap.</summary>
        /// <param name="left">One value.</param>
        /// <param name="right">One value.</param>
        public static LazyScalar<T> operator *(LazyScalar<T> left, LazyScalar<T> right) => Elementwise.Apply(OperatorTable.Multiply, left, right);

        /// <summary>left / right; of integers without the fraction, and by 0 the error <c>DivideByZero</c>.</summary>
        /// <param name="left">One value.</param>
        /// <param name="right">One value.</param>
        public static LazyScalar<T> operator /(LazyScalar<T> left, LazyScalar<T> right) => Elementwise.Apply(OperatorTable.Divide, left, right);

        /// <summary>The remainder of left / right, with the sign of left.</summary>
        /// <param name="left">One value.</param>
        /// <param name="right">One value.</param>
        public static LazyScalar<T> operator %(LazyScalar<T> left, LazyScalar<T> right) => Elementwise.Apply(OperatorTable.Remainder, left, right);

        /// <summary>−value; of unsigned integers wrapped.</summary>
        /// <param name="value">One value.</param>
        public static LazyScalar<T> operator -(LazyScalar<T> value) => Elementwise.Apply(OperatorTable.Negate, value);
    }

    /// <param name="operand">A mask.</param>
    extension(Series<bool> operand)
    {
        /// <summary>Where both are true.</summary>
        /// <param name="left">A mask.</param>
        /// <param name="right">A mask of the same length.</param>
        public static Series<bool> operator &(Series<bool> left, Series<bool> right) => Elementwise.Apply<bool, bool>(OperatorTable.And, left, right);

        /// <summary>Where one or both are true.</summary>
        /// <param name="left">A mask.</param>
        /// <param name="right">A mask of the same length.</param>
        public static Series<bool> operator |(Series<bool> left, Series<bool> right) => Elementwise.Apply<bool, bool>(OperatorTable.Or, left, right);

        /// <summary>Where exactly one is true.</summary>
        /// <param name="left">A mask.</param>
        /// <param name="right">A mask of the same length.</param>
        public static Series<bool> operator ^(Series<bool> left, Series<bool> right) => Elementwise.Apply<bool, bool>(OperatorTable.ExclusiveOr, left, right);

        /// <summary>Where it is false.</summary>
        /// <param name="value">A mask.</param>
        public static Series<bool> operator !(Series<bool> value) => Elementwise.Apply<bool, bool>(OperatorTable.Not, value);
    }
}
