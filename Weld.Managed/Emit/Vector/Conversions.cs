using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Weld.Managed.Emit.Vector;

/// <summary>Conversions for which a machine has one instruction and the portable operations take several.</summary>
internal static class Conversions
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<double> ToDouble128(Vector128<int> x) =>
        Sse2.IsSupported ? Sse2.ConvertToVector128Double(x) : Vector128.ConvertToDouble(Vector128.WidenLower(x));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> ToDouble256(Vector128<int> x) =>
        Avx.IsSupported ? Avx.ConvertToVector256Double(x) : Vector256.ConvertToDouble(Vector256.WidenLower(x.ToVector256Unsafe()));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> ToDouble512(Vector256<int> x) =>
        Avx512F.IsSupported ? Avx512F.ConvertToVector512Double(x) : Vector512.Create(ToDouble256(x.GetLower()), ToDouble256(x.GetUpper()));

    /// <summary>Without their fractions; they fit.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> ToInt128(Vector128<double> x) =>
        Sse2.IsSupported ? Sse2.ConvertToVector128Int32WithTruncation(x) : Vector128.Narrow(Vector128.ConvertToInt64(x), Vector128<long>.Zero);

    /// <summary>Without their fractions; they fit.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> ToInt256(Vector256<double> x)
    {
        if (Avx.IsSupported)
        {
            return Avx.ConvertToVector128Int32WithTruncation(x);
        }

        var wide = Vector256.ConvertToInt64(x);
        return Vector128.Narrow(wide.GetLower(), wide.GetUpper());
    }

    /// <summary>Without their fractions; they fit.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> ToInt512(Vector512<double> x) =>
        Avx512F.IsSupported ? Avx512F.ConvertToVector256Int32WithTruncation(x) : Vector256.Create(ToInt256(x.GetLower()), ToInt256(x.GetUpper()));
}
