using System.Linq.Expressions;
using System.Numerics;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Weld.Core.Types;
using Weld.Managed.Runtime;

namespace Weld.Managed.Emit.Vector;

/// <summary>
/// Stores the lanes that a mask lets through, side by side. Invariant: behind the place there is room for a whole vector. Zen 4 compresses to a register fast and to memory slowly, so a whole
/// vector is stored.
/// </summary>
internal static class Compress
{
    private static readonly List<byte[]> Tables = [];
    private static readonly long Longs = Pinned(Table(4, 2));
    private static readonly long Ints = Pinned(Table(8, 1));

    /// <summary>Emits the store, and the place moved behind what it stored. The place is a variable; the value is evaluated once.</summary>
    public static Expression Store(VectorEmitter emitter, ScalarKind kind, ParameterExpression place, Expression value, Mask where)
    {
        var size = kind.Size();
        var bits = Expression.Convert(emitter.Bits(where), typeof(ulong));
        if (Machine(value.Type, size) is { } compress)
        {
            var mask = Simd.As(emitter.MaskLanes(where, size), Clr.Numeric(kind));
            var low = Expression.Call(compress, Expression.Default(value.Type), mask, value);
            var count = Expression.Convert(Clr.Call(typeof(LaneBits), nameof(LaneBits.Count), bits), typeof(long));
            return Expression.Block(
                Clr.CallGeneric(typeof(Memory), nameof(Memory.Store), [value.Type], place, low),
                Expression.AddAssign(place, Expression.Multiply(count, Expression.Constant((long)size))));
        }

        var moved = (Avx2.IsSupported, Simd.BytesOf(value.Type), size) switch
        {
            (true, 32, 8) => Clr.Call(typeof(Compress), nameof(Store4), place, Simd.As(value, typeof(int)), bits, Expression.Constant(Longs)),
            (true, 32, 4) => Clr.Call(typeof(Compress), nameof(Store8), place, Simd.As(value, typeof(int)), bits, Expression.Constant(Ints)),
            _ => Simd.CallLanewise(
                nameof(Lanewise.Store), [value.Type, Clr.Numeric(kind)], place, value, bits, Expression.Constant(emitter.Shape.Lanes)),
        };
        return Expression.Assign(place, moved);
    }

    /// <summary>Four lanes of 8 bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long Store4(long place, Vector256<int> value, ulong bits, long table) => Store(place, value, bits, table, sizeof(long));

    /// <summary>Eight lanes of 4 bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long Store8(long place, Vector256<int> value, ulong bits, long table) => Store(place, value, bits, table, sizeof(int));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static long Store(long place, Vector256<int> value, ulong bits, long table, int size)
    {
        var order = Avx2.ConvertToVector256Int32(Vector128.CreateScalarUnsafe(Memory.Load<long>(table + ((long)bits * 8))).AsByte());
        Memory.Store(place, Avx2.PermuteVar8x32(value, order));
        return place + ((long)BitOperations.PopCount(bits) * size);
    }

    /// <summary>The machine's own instruction, from a vector to a vector.</summary>
    private static MethodInfo? Machine(Type vector, int size)
    {
        var isWide = Simd.BytesOf(vector) == 64;
        var type = size >= 4
            ? isWide ? (Avx512F.IsSupported ? typeof(Avx512F) : null) : Avx512F.VL.IsSupported ? typeof(Avx512F.VL) : null
            : isWide ? (Avx512Vbmi2.IsSupported ? typeof(Avx512Vbmi2) : null) : Avx512Vbmi2.VL.IsSupported ? typeof(Avx512Vbmi2.VL) : null;
        return type?.GetMethod("Compress", [vector, vector, vector]);
    }

    /// <summary>The address of a table that never moves, for the life of the process.</summary>
    private static long Pinned(byte[] table)
    {
        var pinned = GC.AllocateUninitializedArray<byte>(table.Length, pinned: true);
        table.CopyTo(pinned, 0);
        Tables.Add(pinned);
        return Marshal.UnsafeAddrOfPinnedArrayElement(pinned, 0);
    }

    /// <summary>For each mask of some lanes, the order of 4-byte parts that brings those of its lanes to the front, a byte each.</summary>
    private static byte[] Table(int lanes, int parts)
    {
        var table = new byte[(1 << lanes) * 8];
        for (var mask = 0; mask < 1 << lanes; mask++)
        {
            var at = mask * 8;
            for (var lane = 0; lane < lanes; lane++)
            {
                for (var part = 0; part < parts && (mask >> lane & 1) != 0; part++)
                {
                    table[at++] = (byte)((lane * parts) + part);
                }
            }
        }

        return table;
    }
}
