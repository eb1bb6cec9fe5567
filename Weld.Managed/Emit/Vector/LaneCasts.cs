using System.Linq.Expressions;
using Weld.Core.Types;

namespace Weld.Managed.Emit.Vector;

/// <summary>Casts of lanes (language.md §4.4) between numbers.</summary>
/// <param name="shape">The lanes.</param>
/// <param name="hold">Makes an expression one that may be evaluated again.</param>
internal sealed class LaneCasts(VectorShape shape, Func<Expression, Expression> hold)
{
    public Expression Cast(ScalarKind from, ScalarKind to, Expression x) => (from.IsFloat(), to.IsFloat()) switch
    {
        _ when from == to => x,
        (false, false) => Resize(x, from, to),
        (false, true) => ToFloat(x, from, to),
        (true, true) when to == ScalarKind.F64 => VectorShape.Widen(x, shape.Bytes(from), shape.Bytes(to)),
        (true, true) => VectorShape.Narrow(x, shape.Bytes(from), shape.Bytes(to), hold),
        _ => ToInteger(x, from, to),
    };

    /// <summary>The low bits, or extended by the sign of the narrower kind.</summary>
    private Expression Resize(Expression x, ScalarKind from, ScalarKind to) => Simd.As(shape.Resize(x, from.Size(), to.Size(), hold), Clr.Of(to));

    private Expression ToFloat(Expression x, ScalarKind from, ScalarKind to)
    {
        if (from.Size() < 4 || from == ScalarKind.I32)
        {
            var number = Resize(x, from, ScalarKind.I32);
            return to == ScalarKind.F32 ? shape.Call(to, "ConvertToSingle", number) : Own("ToDouble", shape.Bytes(to), number);
        }

        return (from, to) switch
        {
            (ScalarKind.U32, ScalarKind.F64) => shape.Call(to, "ConvertToDouble", Resize(x, from, ScalarKind.I64)),
            (ScalarKind.I64 or ScalarKind.U64, ScalarKind.F64) => shape.Call(to, "ConvertToDouble", x),
            _ => Slow(x, from, to),
        };
    }

    // The greatest and least numbers that fit take the place of what does not; NaN becomes 0.
    private Expression ToInteger(Expression x, ScalarKind from, ScalarKind to)
    {
        if (to.Size() == 8 || to == ScalarKind.U32)
        {
            return Slow(x, from, to);
        }

        if (from == ScalarKind.F32 && to == ScalarKind.I32)
        {
            return shape.Call(from, "ConvertToInt32", x);
        }

        var bits = 8 * to.Size();
        var (least, greatest) = to.IsSigned() ? (-Math.ScaleB(1, bits - 1), Math.ScaleB(1, bits - 1) - 1) : (0.0, Math.ScaleB(1, bits) - 1);
        var value = hold(x);
        var low = hold(shape.Call(from, "ConditionalSelect", shape.Call(from, "GreaterThan", value, Number(least)), value, Number(least)));
        var fits = hold(shape.Call(from, "ConditionalSelect", shape.Call(from, "LessThan", low, Number(greatest)), low, Number(greatest)));
        var number = shape.Call(from, "ConditionalSelect", shape.Call(from, "Equals", value, value), fits, Number(0));
        var whole = from == ScalarKind.F32 ? shape.Call(from, "ConvertToInt32", number) : Own("ToInt", shape.Bytes(from), number);
        return Resize(whole, ScalarKind.I32, to);

        Expression Number(double constant) => Simd.Create(from == ScalarKind.F32 ? Expression.Constant((float)constant) : Expression.Constant(constant), shape.Bytes(from));
    }

    private static MethodCallExpression Own(string name, int bytes, Expression x) => Clr.Call(typeof(Conversions), $"{name}{bytes * 8}", x) is MethodCallExpression call
        ? call : throw new InvalidOperationException($"expected a call of {name}");

    private Expression Slow(Expression x, ScalarKind from, ScalarKind to) =>
        Simd.CallLanewise(nameof(Lanewise.Cast), [x.Type, Clr.Of(from), shape.Of(to), Clr.Of(to)], x);
}
