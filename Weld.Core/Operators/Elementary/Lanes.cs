#pragma warning disable CA2225, CA1815 // These three types exist to write formulas with operators.

namespace Weld.Core.Operators.Elementary;

/// <summary>A float in every lane.</summary>
internal readonly struct F(Node node)
{
    public Node Node { get; } = node;

    public static implicit operator F(double value) => new(new Node(Primitive.Constant, LaneKind.Float) { Number = value });

    public static F operator +(F x, F y) => Make(Primitive.Add, x, y);

    public static F operator -(F x, F y) => Make(Primitive.Subtract, x, y);

    public static F operator *(F x, F y) => Make(Primitive.Multiply, x, y);

    public static F operator /(F x, F y) => Make(Primitive.Divide, x, y);

    public static F operator -(F x) => new(new Node(Primitive.Negate, LaneKind.Float, x.Node));

    public static M operator <(F x, F y) => M.Make(Primitive.Less, x.Node, y.Node);

    public static M operator >(F x, F y) => y < x;

    public static M operator <=(F x, F y) => M.Make(Primitive.LessOrEqual, x.Node, y.Node);

    public static M operator >=(F x, F y) => y <= x;

    private static F Make(Primitive primitive, F x, F y) => new(new Node(primitive, LaneKind.Float, x.Node, y.Node));
}

/// <summary>An integer in every lane, as wide as the floats; it wraps.</summary>
internal readonly struct I(Node node)
{
    public Node Node { get; } = node;

    public static implicit operator I(long value) => new(new Node(Primitive.Constant, LaneKind.Integer) { Integer = value });

    public static I operator +(I x, I y) => Make(Primitive.IntegerAdd, x, y);

    public static I operator -(I x, I y) => Make(Primitive.IntegerSubtract, x, y);

    public static I operator &(I x, I y) => Make(Primitive.And, x, y);

    public static I operator |(I x, I y) => Make(Primitive.Or, x, y);

    public static I operator ^(I x, I y) => Make(Primitive.ExclusiveOr, x, y);

    public static I operator <<(I x, int count) => new(new Node(Primitive.ShiftLeft, LaneKind.Integer, x.Node) { Integer = count });

    public static I operator >>>(I x, int count) => new(new Node(Primitive.ShiftRight, LaneKind.Integer, x.Node) { Integer = count });

    private static I Make(Primitive primitive, I x, I y) => new(new Node(primitive, LaneKind.Integer, x.Node, y.Node));
}

/// <summary>A truth in every lane.</summary>
internal readonly struct M(Node node)
{
    public Node Node { get; } = node;

    public static M operator &(M x, M y) => Make(Primitive.Both, x.Node, y.Node);

    public static M operator |(M x, M y) => Make(Primitive.Either, x.Node, y.Node);

    public static M operator !(M x) => Make(Primitive.Not, x.Node);

    internal static M Make(Primitive primitive, params Node[] operands) => new(new Node(primitive, LaneKind.Mask, operands));
}

/// <summary>The vocabulary of kernels beside the operators of <see cref="F"/>, <see cref="I"/> and <see cref="M"/>.</summary>
internal static class Lanes
{
    public static F Fma(F x, F y, F z) => new(new Node(Primitive.FusedMultiplyAdd, LaneKind.Float, x.Node, y.Node, z.Node));

    public static F Sqrt(F x) => new(new Node(Primitive.SquareRoot, LaneKind.Float, x.Node));

    public static F Abs(F x) => new(new Node(Primitive.Absolute, LaneKind.Float, x.Node));

    public static F CopySign(F x, F sign) => new(new Node(Primitive.CopySign, LaneKind.Float, x.Node, sign.Node));

    public static F RoundEven(F x) => new(new Node(Primitive.RoundEven, LaneKind.Float, x.Node));

    public static I Bits(F x) => new(new Node(Primitive.ToBits, LaneKind.Integer, x.Node));

    public static F Float(I bits) => new(new Node(Primitive.FromBits, LaneKind.Float, bits.Node));

    public static M Is(F x, F y) => M.Make(Primitive.Equal, x.Node, y.Node);

    public static M Is(I x, I y) => M.Make(Primitive.IntegerEqual, x.Node, y.Node);

    public static F Select(M condition, F yes, F no) => new(new Node(Primitive.Select, LaneKind.Float, condition.Node, yes.Node, no.Node));

    public static F Lookup(double[] table, I index) => new(new Node(Primitive.Lookup, LaneKind.Float, index.Node) { Table = table });

    /// <summary>Where <paramref name="condition"/> holds <paramref name="slow"/>, else <paramref name="fast"/>; what only the slow value needs may be skipped.</summary>
    public static F Rare(M condition, F fast, F slow) => new(new Branch(condition.Node, [fast.Node], [slow.Node]).Outcomes[0]);

    /// <summary>Two values under one condition.</summary>
    public static (F X, F Y) Rare(M condition, (F X, F Y) fast, (F X, F Y) slow)
    {
        var outcomes = new Branch(condition.Node, [fast.X.Node, fast.Y.Node], [slow.X.Node, slow.Y.Node]).Outcomes;
        return (new F(outcomes[0]), new F(outcomes[1]));
    }

    /// <summary>Two floats and an integer under one condition.</summary>
    public static (F X, F Y, I N) Rare(M condition, (F X, F Y, I N) fast, (F X, F Y, I N) slow)
    {
        var outcomes = new Branch(condition.Node, [fast.X.Node, fast.Y.Node, fast.N.Node], [slow.X.Node, slow.Y.Node, slow.N.Node]).Outcomes;
        return (new F(outcomes[0]), new F(outcomes[1]), new I(outcomes[2]));
    }

    /// <summary>c₀ + c₁x + c₂x² + …, by Horner's rule.</summary>
    public static F Polynomial(F x, params ReadOnlySpan<double> coefficients)
    {
        F sum = coefficients[^1];
        for (var i = coefficients.Length - 2; i >= 0; i--)
        {
            sum = Fma(sum, x, coefficients[i]);
        }

        return sum;
    }

    /// <summary>The same as c₀ + c₂x² + … + x · (c₁ + c₃x² + …): two chains half as long (Knuth, TAOCP 2, 4.6.4), which a machine overlaps.</summary>
    public static F PolynomialByParity(F x, params ReadOnlySpan<double> coefficients)
    {
        var square = x * x;
        return Fma(x, Every(1, coefficients), Every(0, coefficients));

        F Every(int from, ReadOnlySpan<double> coefficients)
        {
            var last = coefficients.Length - 1;
            last -= (last - from) % 2;
            F sum = coefficients[last];
            for (var i = last - 2; i >= from; i -= 2)
            {
                sum = Fma(sum, square, coefficients[i]);
            }

            return sum;
        }
    }

    /// <summary>x + y exactly, as the rounded sum and its error, where |x| ≥ |y| or x = 0 (Dekker 1971).</summary>
    public static (F High, F Low) FastTwoSum(F x, F y)
    {
        var sum = x + y;
        return (sum, (x - sum) + y);
    }

    /// <summary>x + y exactly, as the rounded sum and its error (Knuth, TAOCP 2, 4.2.2).</summary>
    public static (F High, F Low) TwoSum(F x, F y)
    {
        var sum = x + y;
        var part = sum - x;
        return (sum, (x - (sum - part)) + (y - part));
    }

    /// <summary>x · y exactly, as the rounded product and its error.</summary>
    public static (F High, F Low) TwoProduct(F x, F y)
    {
        var product = x * y;
        return (product, Fma(x, y, -product));
    }

    /// <summary>c + x for a sum x and a number c.</summary>
    public static (F High, F Low) Sum(F c, (F High, F Low) x)
    {
        var (high, low) = TwoSum(c, x.High);
        return (high, low + x.Low);
    }

    /// <summary>x / y of a number and a sum, as a sum.</summary>
    public static (F High, F Low) Quotient(F x, (F High, F Low) y)
    {
        var inverse = 1 / y.High;
        var q = x * inverse;
        return (q, Fma(-q, y.Low, Fma(-q, y.High, x)) * inverse);
    }

    /// <summary>x / y of two sums, as a sum: the quotient of the high parts, then what is left over y.</summary>
    public static (F High, F Low) Quotient((F High, F Low) x, (F High, F Low) y)
    {
        var inverse = 1 / y.High;
        var q = x.High * inverse;
        return (q, (Fma(-q, y.High, x.High) + Fma(-q, y.Low, x.Low)) * inverse);
    }
}
