using System.Numerics;
using System.Runtime.CompilerServices;
using Weld.Core.Types;
using Weld.Core.Values;

namespace Weld.Core.Operators;

/// <summary>An operator on the bits of integers; bool takes part as a byte of 0 or 1.</summary>
internal interface IBitwiseDefinition
{
    static abstract T Invoke<T>(T x, T y)
        where T : unmanaged, IBinaryInteger<T>;
}

/// <summary>Bitwise and; on bool both sides are evaluated.</summary>
internal readonly struct And : IBitwiseDefinition
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Invoke<T>(T x, T y)
        where T : unmanaged, IBinaryInteger<T> => x & y;
}

/// <summary>Bitwise or; on bool both sides are evaluated.</summary>
internal readonly struct Or : IBitwiseDefinition
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Invoke<T>(T x, T y)
        where T : unmanaged, IBinaryInteger<T> => x | y;
}

/// <summary>Bitwise exclusive or; on bool both sides are evaluated.</summary>
internal readonly struct ExclusiveOr : IBitwiseDefinition
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Invoke<T>(T x, T y)
        where T : unmanaged, IBinaryInteger<T> => x ^ y;
}

/// <summary>x · 2ⁿ with n = y modulo the width.</summary>
internal readonly struct ShiftLeft : IBitwiseDefinition
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Invoke<T>(T x, T y)
        where T : unmanaged, IBinaryInteger<T> => x << (int.CreateTruncating(y) & ((Unsafe.SizeOf<T>() * 8) - 1));
}

/// <summary>x shifted right by y modulo the width: arithmetic for signed kinds, logical for unsigned ones.</summary>
internal readonly struct ShiftRight : IBitwiseDefinition
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Invoke<T>(T x, T y)
        where T : unmanaged, IBinaryInteger<T> => x >> (int.CreateTruncating(y) & ((Unsafe.SizeOf<T>() * 8) - 1));
}

internal sealed class BitwiseOperator<TDefinition>(string name, KindSet domain, Laws laws = Laws.None)
    : BinaryOperator(name, domain, laws, isInfix: true)
    where TDefinition : struct, IBitwiseDefinition
{
    internal override Type Definition => typeof(TDefinition);

    /// <summary>All bits of the identity are this, for an operator that reduces.</summary>
    internal bool? IdentityBits { get; init; }

    public override Scalar Identity(ScalarKind kind) =>
        IdentityBits is { } bits ? Scalar.Integer(kind, bits ? -1L : 0) : base.Identity(kind);

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
        ScalarKind.Bool when Domain.Contains(ScalarKind.Bool) => Apply<byte>(x, y),
        _ => throw OutOfDomain(x.Kind),
    };

    private static Scalar Apply<T>(Scalar x, Scalar y)
        where T : unmanaged, IBinaryInteger<T> => Make(x.Kind, TDefinition.Invoke(Get<T>(x), Get<T>(y)));
}
