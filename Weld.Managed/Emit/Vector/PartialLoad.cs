using System.Linq.Expressions;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Weld.Core.Types;

namespace Weld.Managed.Emit.Vector;

/// <summary>The elements of those lanes that a mask lets through, and zeros. Invariant: memory of other lanes is not touched, which the machine's instruction promises.</summary>
internal static unsafe class PartialLoad
{
    /// <summary>Whether the machine has it for lanes of a kind, which fill a vector.</summary>
    public static bool Takes(ScalarKind kind, int lanes) => Avx2.IsSupported && kind.Size() >= sizeof(int) && lanes * kind.Size() >= 16;

    /// <summary>The elements from an address on; the mask is of integers of their size.</summary>
    public static Expression Emit(ScalarKind kind, Expression address, Expression mask) =>
        Simd.As(Clr.Call(typeof(PartialLoad), $"{(kind.Size() == sizeof(long) ? "Long" : "Int")}{8 * Simd.BytesOf(mask.Type)}", address, mask), Clr.Of(kind));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<long> Long128(long address, Vector128<long> mask) => Avx2.MaskLoad((long*)address, mask);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<long> Long256(long address, Vector256<long> mask) => Avx2.MaskLoad((long*)address, mask);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<long> Long512(long address, Vector512<long> mask) =>
        Vector512.Create(Avx2.MaskLoad((long*)address, mask.GetLower()), Avx2.MaskLoad((long*)address + Vector256<long>.Count, mask.GetUpper()));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Int128(long address, Vector128<int> mask) => Avx2.MaskLoad((int*)address, mask);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Int256(long address, Vector256<int> mask) => Avx2.MaskLoad((int*)address, mask);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Int512(long address, Vector512<int> mask) =>
        Vector512.Create(Avx2.MaskLoad((int*)address, mask.GetLower()), Avx2.MaskLoad((int*)address + Vector256<int>.Count, mask.GetUpper()));
}
