using System.Numerics;
using System.Runtime.CompilerServices;
using Weld.Core.Types;
using Weld.Core.Values;

namespace Weld.Core.Operators;

/// <summary>An operator on numbers, defined once for all of them.</summary>
internal interface INumericDefinition
{
    static abstract T Invoke<T>(T x, T y)
        where T : unmanaged, INumber<T>;
}

/// <summary>x + y; integers wrap.</summary>
internal readonly struct Add : INumericDefinition
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Invoke<T>(T x, T y)
        where T : unmanaged, INumber<T> => unchecked(x + y);
}

/// <summary>x − y; integers wrap.</summary>
internal readonly struct Subtract : INumericDefinition
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Invoke<T>(T x, T y)
        where T : unmanaged, INumber<T> => unchecked(x - y);
}

/// <summary>x · y; integers wrap.</summary>
internal readonly struct Multiply : INumericDefinition
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Invoke<T>(T x, T y)
        where T : unmanaged, INumber<T> => unchecked(x * y);
}

/// <summary>x / y; integers truncate toward zero, MIN / −1 is MIN, and y is not 0.</summary>
internal readonly struct Divide : INumericDefinition
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Invoke<T>(T x, T y)
        where T : unmanaged, INumber<T> => Division.IsMinusOne(y) ? unchecked(-x) : x / y;
}

/// <summary>x − trunc(x / y) · y: the sign of x; C's fmod on floats; MIN % −1 is 0, and an integer y is not 0.</summary>
internal readonly struct Remainder : INumericDefinition
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Invoke<T>(T x, T y)
        where T : unmanaged, INumber<T> => Division.IsMinusOne(y) ? T.Zero : x % y;
}

/// <summary>IEEE 754-2019 minimum: NaN wins, −0 is less than +0. On floats −max(−x, −y), because the .NET 10 JIT gives +0 for the minimum of +0 and a constant −0.</summary>
internal readonly struct Minimum : INumericDefinition
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Invoke<T>(T x, T y)
        where T : unmanaged, INumber<T> =>
        typeof(T) == typeof(float) || typeof(T) == typeof(double) ? -T.Max(-x, -y) : T.Min(x, y);
}

/// <summary>IEEE 754-2019 maximum: NaN wins, −0 is less than +0.</summary>
internal readonly struct Maximum : INumericDefinition
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Invoke<T>(T x, T y)
        where T : unmanaged, INumber<T> => T.Max(x, y);
}

file static class Division
{
    /// <summary>Whether a signed integer is −1, whose quotients would trap on MIN. False for unsigned integers and floats.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static bool IsMinusOne<T>(T y)
        where T : unmanaged, INumber<T> =>
        (typeof(T) == typeof(sbyte) || typeof(T) == typeof(short) || typeof(T) == typeof(int) || typeof(T) == typeof(long))
        && y == -T.One;
}

internal sealed class NumericOperator<TDefinition>(string name, Laws laws = Laws.None, bool isInfix = true)
    : BinaryOperator(name, KindSet.Numbers, laws, isInfix)
    where TDefinition : struct, INumericDefinition
{
    internal override Type Definition => typeof(TDefinition);

    /// <summary>The identity by kind, for an operator that reduces.</summary>
    internal Func<ScalarKind, Scalar>? IdentityOf { get; init; }

    public override Scalar Identity(ScalarKind kind) => IdentityOf is null ? base.Identity(kind) : IdentityOf(kind);

    public override Scalar Apply(Scalar x, Scalar y) => x.Kind switch
    {
        ScalarKind.I8 => Apply<sbyte>(x, y),
        ScalarKind.I16 => Apply<short>(x, y),
        ScalarKind.I32 => Apply<int>(x, y),
        ScalarKind.I64 => Apply<long>(x, y),
        ScalarKind.U8 => Apply<byte>(x, y),
        ScalarKind.U16 => Apply<ushort>(x, y),
        ScalarKind.U32 => Apply<uint>(x, y),
        ScalarKind.U64 => Apply<ulong>(x, y),
        ScalarKind.F32 => Apply<float>(x, y),
        ScalarKind.F64 => Apply<double>(x, y),
        _ => throw OutOfDomain(x.Kind),
    };

    private static Scalar Apply<T>(Scalar x, Scalar y)
        where T : unmanaged, INumber<T> => Make(x.Kind, TDefinition.Invoke(Get<T>(x), Get<T>(y)));
}
