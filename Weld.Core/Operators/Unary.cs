using System.Numerics;
using System.Runtime.CompilerServices;
using Weld.Core.Types;
using Weld.Core.Values;

namespace Weld.Core.Operators;

/// <summary>An operator of one number, defined once for all of them.</summary>
internal interface IUnaryDefinition
{
    static abstract T Invoke<T>(T x)
        where T : unmanaged, INumber<T>;
}

/// <summary>−x: the sign bit of a float flips; integers, also unsigned ones, wrap.</summary>
internal readonly struct Negate : IUnaryDefinition
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Invoke<T>(T x)
        where T : unmanaged, INumber<T> => unchecked(-x);
}

/// <summary>|x|; of the least signed integer, that integer.</summary>
internal readonly struct Absolute : IUnaryDefinition
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Invoke<T>(T x)
        where T : unmanaged, INumber<T> =>
        typeof(T) == typeof(float) || typeof(T) == typeof(double) ? T.Abs(x) : x < T.Zero ? unchecked(-x) : x;
}

/// <summary>−1, 0 or 1 with the sign of x; of ±0 and NaN the operand itself.</summary>
internal readonly struct Sign : IUnaryDefinition
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Invoke<T>(T x)
        where T : unmanaged, INumber<T> => x > T.Zero ? T.One : x < T.Zero ? unchecked(-T.One) : x;
}

internal sealed class UnaryNumericOperator<TDefinition>(string name, KindSet domain, bool isInfix = false)
    : UnaryOperator(name, domain, isInfix)
    where TDefinition : struct, IUnaryDefinition
{
    internal override Type Definition => typeof(TDefinition);

    public override Scalar Apply(Scalar x) => x.Kind switch
    {
        ScalarKind.I8 => Apply<sbyte>(x),
        ScalarKind.I16 => Apply<short>(x),
        ScalarKind.I32 => Apply<int>(x),
        ScalarKind.I64 => Apply<long>(x),
        ScalarKind.U8 => Apply<byte>(x),
        ScalarKind.U16 => Apply<ushort>(x),
        ScalarKind.U32 => Apply<uint>(x),
        ScalarKind.U64 => Apply<ulong>(x),
        ScalarKind.F32 => Apply<float>(x),
        ScalarKind.F64 => Apply<double>(x),
        _ => throw OutOfDomain(x.Kind),
    };

    private static Scalar Apply<T>(Scalar x)
        where T : unmanaged, INumber<T> => Make(x.Kind, TDefinition.Invoke(Get<T>(x)));
}

/// <summary>Flips every bit of an integer (<c>~</c>), or the truth of a bool (<c>!</c>).</summary>
internal readonly struct Complement
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Invoke<T>(T x)
        where T : unmanaged, IBinaryInteger<T> => ~x;
}

internal sealed class ComplementOperator(string name, KindSet domain) : UnaryOperator(name, domain, isInfix: true)
{
    internal override Type Definition => typeof(Complement);

    public override Scalar Apply(Scalar x) =>
        !Domain.Contains(x.Kind) ? throw OutOfDomain(x.Kind)
        : x.Kind == ScalarKind.Bool ? Scalar.Bool(!x.AsBool)
        : Scalar.Integer(x.Kind, ~x.AsInt64);
}

/// <summary>An operator of one float that the machine rounds exactly, defined once for f32 and f64.</summary>
internal interface IRoundingDefinition
{
    static abstract T Invoke<T>(T x)
        where T : unmanaged, IFloatingPointIeee754<T>;
}

/// <summary>√x, correctly rounded.</summary>
internal readonly struct SquareRoot : IRoundingDefinition
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Invoke<T>(T x)
        where T : unmanaged, IFloatingPointIeee754<T> => T.Sqrt(x);
}

/// <summary>The greatest whole number ≤ x.</summary>
internal readonly struct Floor : IRoundingDefinition
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Invoke<T>(T x)
        where T : unmanaged, IFloatingPointIeee754<T> => T.Floor(x);
}

/// <summary>The least whole number ≥ x.</summary>
internal readonly struct Ceiling : IRoundingDefinition
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Invoke<T>(T x)
        where T : unmanaged, IFloatingPointIeee754<T> => T.Ceiling(x);
}

/// <summary>x without its fraction.</summary>
internal readonly struct Truncate : IRoundingDefinition
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Invoke<T>(T x)
        where T : unmanaged, IFloatingPointIeee754<T> => T.Truncate(x);
}

/// <summary>The nearest whole number, halves away from zero: trunc(x) corrected where the exact remainder is a half or more.</summary>
internal readonly struct Round : IRoundingDefinition
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Invoke<T>(T x)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        var whole = T.Truncate(x);
        var away = T.Abs(x - whole) >= T.CreateTruncating(0.5) ? T.One : T.Zero;
        return T.CopySign(T.Abs(whole) + away, x);
    }
}

internal sealed class RoundingOperator<TDefinition>(string name) : UnaryOperator(name, KindSet.Floats)
    where TDefinition : struct, IRoundingDefinition
{
    internal override Type Definition => typeof(TDefinition);

    public override Scalar Apply(Scalar x) => x.Kind switch
    {
        ScalarKind.F32 => Make(x.Kind, TDefinition.Invoke(Get<float>(x))),
        ScalarKind.F64 => Make(x.Kind, TDefinition.Invoke(Get<double>(x))),
        _ => throw OutOfDomain(x.Kind),
    };
}

/// <summary>Whether a float is NaN.</summary>
internal readonly struct IsNaN
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Invoke<T>(T x)
        where T : unmanaged, IFloatingPointIeee754<T> => T.IsNaN(x);
}

internal sealed class IsNaNOperator() : UnaryOperator("isnan", KindSet.Floats)
{
    public override bool GivesBool => true;

    internal override Type Definition => typeof(IsNaN);

    public override Scalar Apply(Scalar x) => x.Kind switch
    {
        ScalarKind.F32 => Scalar.Bool(IsNaN.Invoke(x.AsSingle)),
        ScalarKind.F64 => Scalar.Bool(IsNaN.Invoke(x.AsDouble)),
        _ => throw OutOfDomain(x.Kind),
    };
}
