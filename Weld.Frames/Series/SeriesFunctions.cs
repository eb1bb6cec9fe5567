using System.Numerics;
using Weld.Core.Operators;

namespace Weld.Frames;

/// <summary>Functions, value by value: accurate to 2 units in the last place, with the same bits on every machine.</summary>
public static class SeriesFunctions
{
    private static readonly ElementwiseUnary Absolute = new(OperatorTable.Absolute);
    private static readonly ElementwiseUnary SignOf = new(OperatorTable.Sign);
    private static readonly ElementwiseUnary IsNaNOf = new(OperatorTable.IsNaN);
    private static readonly ElementwiseUnary ExpOf = new("exp");
    private static readonly ElementwiseUnary Exp2Of = new("exp2");
    private static readonly ElementwiseUnary Expm1Of = new("expm1");
    private static readonly ElementwiseUnary LogOf = new("log");
    private static readonly ElementwiseUnary Log2Of = new("log2");
    private static readonly ElementwiseUnary Log10Of = new("log10");
    private static readonly ElementwiseUnary Log1pOf = new("log1p");
    private static readonly ElementwiseUnary SqrtOf = new("sqrt");
    private static readonly ElementwiseUnary CbrtOf = new("cbrt");
    private static readonly ElementwiseUnary SinOf = new("sin");
    private static readonly ElementwiseUnary CosOf = new("cos");
    private static readonly ElementwiseUnary TanOf = new("tan");
    private static readonly ElementwiseUnary ArcSinOf = new("asin");
    private static readonly ElementwiseUnary ArcCosOf = new("acos");
    private static readonly ElementwiseUnary ArcTanOf = new("atan");
    private static readonly ElementwiseUnary SinhOf = new("sinh");
    private static readonly ElementwiseUnary CoshOf = new("cosh");
    private static readonly ElementwiseUnary TanhOf = new("tanh");
    private static readonly ElementwiseUnary ErfOf = new("erf");
    private static readonly ElementwiseUnary FloorOf = new("floor");
    private static readonly ElementwiseUnary CeilOf = new("ceil");
    private static readonly ElementwiseUnary RoundOf = new("round");
    private static readonly ElementwiseUnary TruncateOf = new("trunc");
    private static readonly Elementwise Power = new(OperatorTable.Power);
    private static readonly Elementwise ArcTangent2 = new(OperatorTable.ArcTangent2);

    /// <param name="series">A series of numbers.</param>
    /// <typeparam name="T">A number.</typeparam>
    extension<T>(Series<T> series)
        where T : unmanaged, INumber<T>
    {
        /// <summary>The absolute value.</summary>
        public Series<T> Abs() => Absolute.Apply<T, T>(series);

        /// <summary>−1, 0 or 1; ±0 and NaN as they are.</summary>
        public Series<T> Sign() => SignOf.Apply<T, T>(series);
    }

    /// <param name="series">A series of floats.</param>
    /// <typeparam name="T">float or double.</typeparam>
    extension<T>(Series<T> series)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        /// <summary>e to the power of each value.</summary>
        public Series<T> Exp() => ExpOf.Apply<T, T>(series);

        /// <summary>2 to the power of each value.</summary>
        public Series<T> Exp2() => Exp2Of.Apply<T, T>(series);

        /// <summary>e to the power of each value, − 1, exact near 0.</summary>
        public Series<T> Expm1() => Expm1Of.Apply<T, T>(series);

        /// <summary>The natural logarithm.</summary>
        public Series<T> Log() => LogOf.Apply<T, T>(series);

        /// <summary>The logarithm to base 2.</summary>
        public Series<T> Log2() => Log2Of.Apply<T, T>(series);

        /// <summary>The logarithm to base 10.</summary>
        public Series<T> Log10() => Log10Of.Apply<T, T>(series);

        /// <summary>The natural logarithm of 1 + value, exact near 0.</summary>
        public Series<T> Log1p() => Log1pOf.Apply<T, T>(series);

        /// <summary>The square root.</summary>
        public Series<T> Sqrt() => SqrtOf.Apply<T, T>(series);

        /// <summary>The cube root.</summary>
        public Series<T> Cbrt() => CbrtOf.Apply<T, T>(series);

        /// <summary>The sine.</summary>
        public Series<T> Sin() => SinOf.Apply<T, T>(series);

        /// <summary>The cosine.</summary>
        public Series<T> Cos() => CosOf.Apply<T, T>(series);

        /// <summary>The tangent.</summary>
        public Series<T> Tan() => TanOf.Apply<T, T>(series);

        /// <summary>The arc sine.</summary>
        public Series<T> ArcSin() => ArcSinOf.Apply<T, T>(series);

        /// <summary>The arc cosine.</summary>
        public Series<T> ArcCos() => ArcCosOf.Apply<T, T>(series);

        /// <summary>The arc tangent.</summary>
        public Series<T> ArcTan() => ArcTanOf.Apply<T, T>(series);

        /// <summary>The hyperbolic sine.</summary>
        public Series<T> Sinh() => SinhOf.Apply<T, T>(series);

        /// <summary>The hyperbolic cosine.</summary>
        public Series<T> Cosh() => CoshOf.Apply<T, T>(series);

        /// <summary>The hyperbolic tangent.</summary>
        public Series<T> Tanh() => TanhOf.Apply<T, T>(series);

        /// <summary>The error function.</summary>
        public Series<T> Erf() => ErfOf.Apply<T, T>(series);

        /// <summary>The greatest integer that is not greater.</summary>
        public Series<T> Floor() => FloorOf.Apply<T, T>(series);

        /// <summary>The least integer that is not less.</summary>
        public Series<T> Ceil() => CeilOf.Apply<T, T>(series);

        /// <summary>The nearest integer, of two the one farther from 0.</summary>
        public Series<T> Round() => RoundOf.Apply<T, T>(series);

        /// <summary>The value without its fraction.</summary>
        public Series<T> Truncate() => TruncateOf.Apply<T, T>(series);

        /// <summary>Whether a value is NaN.</summary>
        public Series<bool> IsNaN() => IsNaNOf.Apply<T, bool>(series);

        /// <summary>Each value to a power.</summary>
        /// <param name="exponent">The exponent.</param>
        public Series<T> Pow(LazyScalar<T> exponent) => Power.Apply<T, T>(series, exponent);

        /// <summary>Each value to a power.</summary>
        /// <param name="exponents">The exponents, as many as values.</param>
        /// <exception cref="ArgumentException">The series are known to be of different lengths.</exception>
        public Series<T> Pow(Series<T> exponents) => Power.Apply<T, T>(series, exponents);

        /// <summary>The angle between the positive x axis and the point whose y is a value of this series.</summary>
        /// <param name="x">The points' x, as many as values.</param>
        /// <exception cref="ArgumentException">The series are known to be of different lengths.</exception>
        public Series<T> ArcTan2(Series<T> x) => ArcTangent2.Apply<T, T>(series, x);
    }

    /// <param name="value">A float.</param>
    /// <typeparam name="T">float or double.</typeparam>
    extension<T>(LazyScalar<T> value)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        /// <summary>The absolute value.</summary>
        public LazyScalar<T> Abs() => Absolute.Apply(value);

        /// <summary>e to the power of the value.</summary>
        public LazyScalar<T> Exp() => ExpOf.Apply(value);

        /// <summary>The natural logarithm.</summary>
        public LazyScalar<T> Log() => LogOf.Apply(value);

        /// <summary>The square root.</summary>
        public LazyScalar<T> Sqrt() => SqrtOf.Apply(value);
    }
}
