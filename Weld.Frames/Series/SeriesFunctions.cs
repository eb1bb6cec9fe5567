using System.Numerics;
using Weld.Core.Operators;

namespace Weld.Frames;

/// <summary>Functions, value by value: accurate to 2 units in the last place, with the same bits on every machine.</summary>
public static class SeriesFunctions
{
    /// <param name="series">A series of numbers.</param>
    /// <typeparam name="T">A number.</typeparam>
    extension<T>(Series<T> series)
        where T : unmanaged, INumber<T>
    {
        /// <summary>The absolute value.</summary>
        public Series<T> Abs() => Elementwise.Apply<T, T>(OperatorTable.Absolute, series);

        /// <summary>−1, 0 or 1; ±0 and NaN as they are.</summary>
        public Series<T> Sign() => Elementwise.Apply<T, T>(OperatorTable.Sign, series);
    }

    /// <param name="series">A series of floats.</param>
    /// <typeparam name="T">float or double.</typeparam>
    extension<T>(Series<T> series)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        /// <summary>e to the power of each value.</summary>
        public Series<T> Exp() => Function(series, "exp");

        /// <summary>2 to the power of each value.</summary>
        public Series<T> Exp2() => Function(series, "exp2");

        /// <summary>e to the power of each value, − 1, exact near 0.</summary>
        public Series<T> Expm1() => Function(series, "expm1");

        /// <summary>The natural logarithm.</summary>
        public Series<T> Log() => Function(series, "log");

        /// <summary>The logarithm to base 2.</summary>
        public Series<T> Log2() => Function(series, "log2");

        /// <summary>The logarithm to base 10.</summary>
        public Series<T> Log10() => Function(series, "log10");

        /// <summary>The natural logarithm of 1 + value, exact near 0.</summary>
        public Series<T> Log1p() => Function(series, "log1p");

        /// <summary>The square root.</summary>
        public Series<T> Sqrt() => Function(series, "sqrt");

        /// <summary>The cube root.</summary>
        public Series<T> Cbrt() => Function(series, "cbrt");

        /// <summary>The sine.</summary>
        public Series<T> Sin() => Function(series, "sin");

        /// <summary>The cosine.</summary>
        public Series<T> Cos() => Function(series, "cos");

        /// <summary>The tangent.</summary>
        public Series<T> Tan() => Function(series, "tan");

        /// <summary>The arc sine.</summary>
        public Series<T> ArcSin() => Function(series, "asin");

        /// <summary>The arc cosine.</summary>
        public Series<T> ArcCos() => Function(series, "acos");

        /// <summary>The arc tangent.</summary>
        public Series<T> ArcTan() => Function(series, "atan");

        /// <summary>The hyperbolic sine.</summary>
        public Series<T> Sinh() => Function(series, "sinh");

        /// <summary>The hyperbolic cosine.</summary>
        public Series<T> Cosh() => Function(series, "cosh");

        /// <summary>The hyperbolic tangent.</summary>
        public Series<T> Tanh() => Function(series, "tanh");

        /// <summary>The error function.</summary>
        public Series<T> Erf() => Function(series, "erf");

        /// <summary>The greatest integer that is not greater.</summary>
        public Series<T> Floor() => Function(series, "floor");

        /// <summary>The least integer that is not less.</summary>
        public Series<T> Ceil() => Function(series, "ceil");

        /// <summary>The nearest integer, of two the one farther from 0.</summary>
        public Series<T> Round() => Function(series, "round");

        /// <summary>The value without its fraction.</summary>
        public Series<T> Truncate() => Function(series, "trunc");

        /// <summary>Whether a value is NaN.</summary>
        public Series<bool> IsNaN() => Elementwise.Apply<T, bool>(OperatorTable.IsNaN, series);

        /// <summary>Each value to a power.</summary>
        /// <param name="exponent">The exponent.</param>
        public Series<T> Pow(LazyScalar<T> exponent) => Elementwise.Apply<T, T>(OperatorTable.Power, series, exponent);

        /// <summary>Each value to a power.</summary>
        /// <param name="exponents">The exponents, as many as values.</param>
        /// <exception cref="ArgumentException">The series are known to be of different lengths.</exception>
        public Series<T> Pow(Series<T> exponents) => Elementwise.Apply<T, T>(OperatorTable.Power, series, exponents);

        /// <summary>The angle between the positive x axis and the point whose y is a value of this series.</summary>
        /// <param name="x">The points' x, as many as values.</param>
        /// <exception cref="ArgumentException">The series are known to be of different lengths.</exception>
        public Series<T> ArcTan2(Series<T> x) => Elementwise.Apply<T, T>(OperatorTable.ArcTangent2, series, x);
    }

    private static Series<T> Function<T>(Series<T> series, string name)
        where T : unmanaged => Elementwise.Apply<T, T>(OperatorTable.FindUnary(name)!, series);
}
