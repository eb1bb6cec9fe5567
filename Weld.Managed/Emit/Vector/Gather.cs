using System.Linq.Expressions;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Weld.Core.Types;

namespace Weld.Managed.Emit.Vector;

/// <summary>Elements at the indexes of the lanes. Invariant: every index is inside the data, also in lanes that do not count.</summary>
internal static unsafe class Gather
{
    /// <summary>The elements; data and indexes are evaluated once.</summary>
    public static Expression Emit(VectorShape shape, ScalarKind kind, Expression data, Expression indexes)
    {
        if (kind.Size() < 4 || !Avx2.IsSupported)
        {
            return Simd.CallLanewise(nameof(Lanewise.Read), [indexes.Type, shape.Of(kind), Clr.Numeric(kind)], data, indexes);
        }

        var bits = Clr.Call(typeof(Gather), $"{(kind.Size() == 8 ? "Long" : "Int")}{8 * Simd.BytesOf(indexes.Type)}", data, indexes);
        return Simd.As(bits, Clr.Of(kind));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<long> Long128(long data, Vector128<long> indexes) => Avx2.GatherVector128((long*)data, indexes, sizeof(long));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<long> Long256(long data, Vector256<long> indexes) => Avx2.GatherVector256((long*)data, indexes, sizeof(long));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<long> Long512(long data, Vector512<long> indexes) =>
        Vector512.Create(Avx2.GatherVector256((long*)data, indexes.GetLower(), sizeof(long)), Avx2.GatherVector256((long*)data, indexes.GetUpper(), sizeof(long)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Int128(long data, Vector128<long> indexes) => Avx2.GatherVector128((int*)data, indexes, sizeof(int));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Int256(long data, Vector256<long> indexes) => Avx2.GatherVector128((int*)data, indexes, sizeof(int));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Int512(long data, Vector512<long> indexes) =>
        Vector256.Create(Avx2.GatherVector128((int*)data, indexes.GetLower(), sizeof(int)), Avx2.GatherVector128((int*)data, indexes.GetUpper(), sizeof(int)));
}
