using System.Linq.Expressions;
using Weld.Core.Types;

namespace Weld.Managed.Emit.Vector;

/// <summary>The lanes in which something is true. It is written again at each use: comparing again is cheaper than keeping a mask, which the machine holds in registers of its own kind.</summary>
internal abstract record Mask
{
    /// <summary>How many comparisons a use costs.</summary>
    public abstract int Cost { get; }

    /// <summary>The size of the lanes in which it costs least.</summary>
    public abstract int Size { get; }

    /// <summary>As integers of a size, −1 where true and else 0.</summary>
    public abstract Expression Lanes(VectorShape shape, int size, Func<Expression, Expression> hold);

    /// <summary>Both, where null is everywhere.</summary>
    public static Mask? And(Mask? x, Mask? y) => x is null ? y : y is null ? x : new Both(x, y);

    public static Mask Not(Mask mask) => mask is Opposite o ? o.Mask : new Opposite(mask);
}

/// <summary>Lanes that a method of the vector classes compares.</summary>
/// <param name="Method">Its name.</param>
/// <param name="Kind">The operands' kind.</param>
/// <param name="X">The first operand, which may be evaluated again.</param>
/// <param name="Y">The second operand, which may be evaluated again.</param>
internal sealed record Comparison(string Method, ScalarKind Kind, Expression X, Expression Y) : Mask
{
    public override int Cost => 1;

    public override int Size => Kind.Size();

    public override Expression Lanes(VectorShape shape, int size, Func<Expression, Expression> hold) =>
        shape.Resize(Simd.As(shape.Call(Kind, Method, X, Y), Simd.Integer(Size)), Size, size, hold);
}

/// <summary>A mask in a variable.</summary>
/// <param name="Variable">Integers, −1 or 0.</param>
/// <param name="Bytes">Their size.</param>
internal sealed record HeldMask(ParameterExpression Variable, int Bytes) : Mask
{
    public override int Cost => 1;

    public override int Size => Bytes;

    public override Expression Lanes(VectorShape shape, int size, Func<Expression, Expression> hold) => shape.Resize(Variable, Bytes, size, hold);
}

/// <summary>Where both are true.</summary>
internal sealed record Both(Mask X, Mask Y) : Mask
{
    public override int Cost => X.Cost + Y.Cost;

    public override int Size => Math.Max(X.Size, Y.Size);

    public override Expression Lanes(VectorShape shape, int size, Func<Expression, Expression> hold) =>
        Simd.Call(shape.Bytes(size), "BitwiseAnd", X.Lanes(shape, size, hold), Y.Lanes(shape, size, hold));
}

/// <summary>Where one is true or both.</summary>
internal sealed record Either(Mask X, Mask Y) : Mask
{
    public override int Cost => X.Cost + Y.Cost;

    public override int Size => Math.Max(X.Size, Y.Size);

    public override Expression Lanes(VectorShape shape, int size, Func<Expression, Expression> hold) =>
        Simd.Call(shape.Bytes(size), "BitwiseOr", X.Lanes(shape, size, hold), Y.Lanes(shape, size, hold));
}

/// <summary>Where exactly one is true.</summary>
internal sealed record Different(Mask X, Mask Y) : Mask
{
    public override int Cost => X.Cost + Y.Cost;

    public override int Size => Math.Max(X.Size, Y.Size);

    public override Expression Lanes(VectorShape shape, int size, Func<Expression, Expression> hold) =>
        Simd.Call(shape.Bytes(size), "Xor", X.Lanes(shape, size, hold), Y.Lanes(shape, size, hold));
}

/// <summary>Where the other is false.</summary>
internal sealed record Opposite(Mask Mask) : Mask
{
    public override int Cost => Mask.Cost;

    public override int Size => Mask.Size;

    public override Expression Lanes(VectorShape shape, int size, Func<Expression, Expression> hold) =>
        Simd.Call(shape.Bytes(size), "OnesComplement", Mask.Lanes(shape, size, hold));
}
