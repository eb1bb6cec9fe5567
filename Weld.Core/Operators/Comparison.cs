using System.Numerics;
using System.Runtime.CompilerServices;
using Weld.Core.Types;
using Weld.Core.Values;

namespace Weld.Core.Operators;

/// <summary>A comparison, defined once for all scalars; bool takes part as a byte of 0 or 1.</summary>
internal interface IComparisonDefinition
{
    static abstract bool Invoke<T>(T x, T y)
        where T : unmanaged, INumber<T>;
}

/// <summary>x == y; false if either is NaN.</summary>
internal readonly struct Equal : IComparisonDefinition
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Invoke<T>(T x, T y)
        where T : unmanaged, INumber<T> => x == y;
}

/// <summary>x != y; true if either is NaN.</summary>
internal readonly struct NotEqual : IComparisonDefinition
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Invoke<T>(T x, T y)
        where T : unmanaged, INumber<T> => x != y;
}

/// <summary>x &lt; y; false if either is NaN.</summary>
internal readonly struct Less : IComparisonDefinition
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Invoke<T>(T x, T y)
        where T : unmanaged, INumber<T> => x < y;
}

/// <summary>x &gt; y; false if either is NaN.</summary>
internal readonly struct Greater : IComparisonDefinition
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Invoke<T>(T x, T y)
        where T : unmanaged, INumber<T> => x > y;
}

/// <summary>x ≤ y; false if either is NaN.</summary>
internal readonly struct LessOrEqual : IComparisonDefinition
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Invoke<T>(T x, T y)
        where T : unmanaged, INumber<T> => x <= y;
}

/// <summary>x ≥ y; false if either is NaN.</summary>
internal readonly struct GreaterOrEqual : IComparisonDefinition
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Invoke<T>(T x, T y)
        where T : unmanaged, INumber<T> => x >= y;
}

/// <summary>An operator that compares two values and gives bool. On structs and vectors it is lifted by language.md §4.5; this is its scalar meaning.</summary>
internal abstract class ComparisonOperator(string name, Laws laws) : BinaryOperator(name, KindSet.All, laws, isInfix: true)
{
    public override bool GivesBool => true;
}

internal sealed class ComparisonOperator<TDefinition>(string name, Laws laws = Laws.None) : ComparisonOperator(name, laws)
    where TDefinition : struct, IComparisonDefinition
{
    internal override Type Definition => typeof(TDefinition);

    public override Scalar Apply(Scalar x, Scalar y) => x.Kind switch
    {
        ScalarKind.I8 => Apply<sbyte>(x, y),
        ScalarKind.I16 => Apply<short>(x, y),
        ScalarKind.I32 => Apply<int>(x, y),
        ScalarKind.I64 => Apply<long>(x, y),
        ScalarKind.U8 or ScalarKind.Bool => Apply<byte>(x, y),
        ScalarKind.U16 => Apply<ushort>(x, y),
        ScalarKind.U32 => Apply<uint>(x, y),
        ScalarKind.U64 => Apply<ulong>(x, y),
        ScalarKind.F32 => Apply<float>(x, y),
        ScalarKind.F64 => Apply<double>(x, y),
        _ => throw OutOfDomain(x.Kind),
    };

    private static Scalar Apply<T>(Scalar x, Scalar y)
        where T : unmanaged, INumber<T> => Scalar.Bool(TDefinition.Invoke(Get<T>(x), Get<T>(y)));
}

/// <summary>The total order of <c>compare</c> on scalars: −1, 0 or 1; NaN equals NaN and follows every number; −0 equals +0.</summary>
internal readonly struct TotalOrder
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Invoke<T>(T x, T y)
        where T : unmanaged, INumber<T> =>
        x < y ? -1 : x > y ? 1 : x == y ? 0 : T.IsNaN(x) ? (T.IsNaN(y) ? 0 : 1) : -1;

    /// <summary>The order of two scalars of one kind.</summary>
    public static int Compare(Scalar x, Scalar y) => x.Kind switch
    {
        ScalarKind.F32 => Invoke(x.AsSingle, y.AsSingle),
        ScalarKind.F64 => Invoke(x.AsDouble, y.AsDouble),
        ScalarKind.U64 => Invoke(x.Bits, y.Bits),
        _ => Invoke(x.AsInt64, y.AsInt64),
    };
}
