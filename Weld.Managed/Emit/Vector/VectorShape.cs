using System.Linq.Expressions;
using Weld.Core.Types;

namespace Weld.Managed.Emit.Vector;

/// <summary>How lanes lie in vectors: so many of each kind, in the least vector of 16 bytes or more that holds them; of a vector of 16 bytes perhaps only the low lanes.</summary>
/// <param name="Lanes">The iterations of a step.</param>
internal sealed record VectorShape(int Lanes)
{
    public int Bytes(ScalarKind kind) => Bytes(kind.Size());

    public int Bytes(int size) => Math.Max(16, Lanes * size);

    /// <summary>The vector type of a kind; bools are masks, but in memory they are bytes.</summary>
    public Type Of(ScalarKind kind) => Simd.Of(Clr.Numeric(kind), Bytes(kind));

    public Expression Load(ScalarKind kind, Expression address) => Simd.Load(Clr.Numeric(kind), Bytes(kind), Lanes * kind.Size(), address);

    public Expression Store(ScalarKind kind, Expression address, Expression vector) => Simd.Store(address, vector, Lanes * kind.Size());

    public Expression Call(ScalarKind kind, string name, params Expression[] arguments) => Simd.Call(Bytes(kind), name, arguments);

    /// <summary>Integers of a size as integers of another, sign-extended or cut: masks stay masks. The vector is evaluated once.</summary>
    public Expression Resize(Expression vector, int from, int to, Func<Expression, Expression> hold)
    {
        for (; from < to; from *= 2)
        {
            vector = Widen(vector, Bytes(from), Bytes(2 * from));
        }

        for (; from > to; from /= 2)
        {
            vector = Narrow(vector, Bytes(from), Bytes(from / 2), hold);
        }

        return vector;
    }

    /// <summary>Each lane in twice the bytes.</summary>
    public static Expression Widen(Expression vector, int from, int to) =>
        Simd.Call(to, "WidenLower", from == to ? vector : Simd.Call(from, from == 16 ? "ToVector256Unsafe" : "ToVector512Unsafe", vector));

    /// <summary>Each lane in half the bytes.</summary>
    public static Expression Narrow(Expression vector, int from, int to, Func<Expression, Expression> hold)
    {
        var held = hold(vector);
        return from == to ? Simd.Call(to, "Narrow", held, held) : Simd.Call(to, "Narrow", Simd.Call(from, "GetLower", held), Simd.Call(from, "GetUpper", held));
    }
}
