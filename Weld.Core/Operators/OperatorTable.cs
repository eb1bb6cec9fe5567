using Weld.Core.Types;
using Weld.Core.Values;

namespace Weld.Core.Operators;

/// <summary>All operators. Parser, inference, printer, interpreter, folding and emitter ask here; an operator is added here and defined beside its kin.</summary>
public static class OperatorTable
{
    private const Laws Exact = Laws.Commutative | Laws.Associative | Laws.Exact;

    /// <summary>x + y.</summary>
    public static BinaryOperator Add { get; } = new NumericOperator<Add>("+", Laws.Commutative | Laws.Associative) { Reduces = true, IdentityOf = Scalar.Zero };

    /// <summary>x − y.</summary>
    public static BinaryOperator Subtract { get; } = new NumericOperator<Subtract>("-");

    /// <summary>x · y.</summary>
    public static BinaryOperator Multiply { get; } = new NumericOperator<Multiply>("*", Laws.Commutative | Laws.Associative) { Reduces = true, IdentityOf = One };

    /// <summary>x / y.</summary>
    public static BinaryOperator Divide { get; } = new NumericOperator<Divide>("/") { ChecksZero = true };

    /// <summary>x % y.</summary>
    public static BinaryOperator Remainder { get; } = new NumericOperator<Remainder>("%") { ChecksZero = true };

    /// <summary>min(x, y).</summary>
    public static BinaryOperator Minimum { get; } = new NumericOperator<Minimum>("min", Exact | Laws.Idempotent, isInfix: false) { Reduces = true, IdentityOf = Greatest };

    /// <summary>max(x, y).</summary>
    public static BinaryOperator Maximum { get; } = new NumericOperator<Maximum>("max", Exact | Laws.Idempotent, isInfix: false) { Reduces = true, IdentityOf = Least };

    /// <summary>x &amp; y.</summary>
    public static BinaryOperator And { get; } = new BitwiseOperator<And>("&", KindSet.Integers | KindSet.Bool, Exact | Laws.Idempotent) { Reduces = true, IdentityBits = true };

    /// <summary>x | y.</summary>
    public static BinaryOperator Or { get; } = new BitwiseOperator<Or>("|", KindSet.Integers | KindSet.Bool, Exact | Laws.Idempotent) { Reduces = true, IdentityBits = false };

    /// <summary>x ^ y.</summary>
    public static BinaryOperator ExclusiveOr { get; } = new BitwiseOperator<ExclusiveOr>("^", KindSet.Integers | KindSet.Bool, Exact) { Reduces = true, IdentityBits = false };

    /// <summary>x &lt;&lt; y.</summary>
    public static BinaryOperator ShiftLeft { get; } = new BitwiseOperator<ShiftLeft>("<<", KindSet.Integers);

    /// <summary>x &gt;&gt; y.</summary>
    public static BinaryOperator ShiftRight { get; } = new BitwiseOperator<ShiftRight>(">>", KindSet.Integers);

    /// <summary>x == y.</summary>
    public static BinaryOperator Equal { get; } = new ComparisonOperator<Equal>("==", Laws.Commutative);

    /// <summary>x != y.</summary>
    public static BinaryOperator NotEqual { get; } = new ComparisonOperator<NotEqual>("!=", Laws.Commutative);

    /// <summary>x &lt; y.</summary>
    public static BinaryOperator Less { get; } = new ComparisonOperator<Less>("<");

    /// <summary>x &gt; y.</summary>
    public static BinaryOperator Greater { get; } = new ComparisonOperator<Greater>(">");

    /// <summary>x ≤ y.</summary>
    public static BinaryOperator LessOrEqual { get; } = new ComparisonOperator<LessOrEqual>("<=");

    /// <summary>x ≥ y.</summary>
    public static BinaryOperator GreaterOrEqual { get; } = new ComparisonOperator<GreaterOrEqual>(">=");

    /// <summary>pow(x, y).</summary>
    public static BinaryOperator Power { get; } = new BinaryElementaryOperator("pow");

    /// <summary>atan2(y, x).</summary>
    public static BinaryOperator ArcTangent2 { get; } = new BinaryElementaryOperator("atan2");

    /// <summary>−x.</summary>
    public static UnaryOperator Negate { get; } = new UnaryNumericOperator<Negate>("-", KindSet.Numbers, isInfix: true);

    /// <summary>!x on bool.</summary>
    public static UnaryOperator Not { get; } = new ComplementOperator("!", KindSet.Bool);

    /// <summary>~x on integers.</summary>
    public static UnaryOperator Complement { get; } = new ComplementOperator("~", KindSet.Integers);

    /// <summary>sqrt(x).</summary>
    public static UnaryOperator SquareRoot { get; } = new RoundingOperator<SquareRoot>("sqrt");

    /// <summary>abs(x).</summary>
    public static UnaryOperator Absolute { get; } = new UnaryNumericOperator<Absolute>("abs", KindSet.Numbers);

    /// <summary>sign(x).</summary>
    public static UnaryOperator Sign { get; } = new UnaryNumericOperator<Sign>("sign", KindSet.Numbers);

    /// <summary>isnan(x).</summary>
    public static UnaryOperator IsNaN { get; } = new IsNaNOperator();

    /// <summary>Every operator of two operands.</summary>
    public static IReadOnlyList<BinaryOperator> Binary { get; } =
    [
        Add, Subtract, Multiply, Divide, Remainder, And, Or, ExclusiveOr, ShiftLeft, ShiftRight,
        Equal, NotEqual, Less, Greater, LessOrEqual, GreaterOrEqual, Minimum, Maximum, Power, ArcTangent2,
    ];

    /// <summary>Every operator of one operand.</summary>
    public static IReadOnlyList<UnaryOperator> Unary { get; } =
    [
        Negate, Not, Complement, SquareRoot, Absolute, Sign, IsNaN,
        new RoundingOperator<Floor>("floor"), new RoundingOperator<Ceiling>("ceil"), new RoundingOperator<Truncate>("trunc"), new RoundingOperator<Round>("round"),
        .. ((string[])["exp", "log", "sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh", "tanh", "erf", "log2", "log10", "log1p", "expm1", "exp2", "cbrt"])
            .Select(name => new ElementaryOperator(name)),
    ];

    private static readonly Dictionary<string, BinaryOperator> BinaryByName = Binary.ToDictionary(o => o.Name);
    private static readonly Dictionary<string, UnaryOperator> UnaryByName = Unary.ToDictionary(o => o.Name);

    /// <summary>The operator of two operands of that name, or null.</summary>
    /// <param name="name">Such as <c>+</c> or <c>min</c>.</param>
    public static BinaryOperator? FindBinary(string name) => BinaryByName.GetValueOrDefault(name);

    /// <summary>The operator of one operand of that name, or null.</summary>
    /// <param name="name">Such as <c>-</c> or <c>exp</c>.</param>
    public static UnaryOperator? FindUnary(string name) => UnaryByName.GetValueOrDefault(name);

    private static Scalar One(ScalarKind kind) => Casts.Apply(Scalar.I32(1), kind);

    /// <summary>The identity of min: +∞ or the greatest integer.</summary>
    private static Scalar Greatest(ScalarKind kind) => kind switch
    {
        ScalarKind.F32 => Scalar.F32(float.PositiveInfinity),
        ScalarKind.F64 => Scalar.F64(double.PositiveInfinity),
        _ when kind.IsSigned() => Scalar.Integer(kind, long.MaxValue >> (64 - (kind.Size() * 8))),
        _ => Scalar.Integer(kind, -1),
    };

    /// <summary>The identity of max: −∞ or the least integer.</summary>
    private static Scalar Least(ScalarKind kind) => kind switch
    {
        ScalarKind.F32 => Scalar.F32(float.NegativeInfinity),
        ScalarKind.F64 => Scalar.F64(double.NegativeInfinity),
        _ when kind.IsSigned() => Scalar.Integer(kind, long.MinValue >> (64 - (kind.Size() * 8))),
        _ => Scalar.Zero(kind),
    };
}
