using System.Numerics;
using System.Runtime.CompilerServices;

namespace Weld.Managed.Runtime;

/// <summary>How scalars are unsigned numbers in some order.</summary>
internal interface IScalarOrder
{
    /// <summary>Whether the bits in which scalars differ tell in which their keys may differ.</summary>
    static virtual bool IsByBits => true;

    /// <summary>The number of a scalar.</summary>
    static abstract ulong Key<T>(T value)
        where T : unmanaged, INumber<T>;
}

/// <summary>The order of the bits.</summary>
internal readonly struct BitOrder : IScalarOrder
{
    public static ulong Key<T>(T value)
        where T : unmanaged, INumber<T> => ScalarSort.Raw(value);
}

/// <summary>The order of <c>compare</c>, for scalars without NaN and −0.</summary>
internal readonly struct PlainOrder : IScalarOrder
{
    public static ulong Key<T>(T value)
        where T : unmanaged, INumber<T> => ScalarSort.Bits(value);
}

/// <summary>The order of <c>compare</c>.</summary>
internal readonly struct FullOrder : IScalarOrder
{
    public static bool IsByBits => false;

    public static ulong Key<T>(T value)
        where T : unmanaged, INumber<T> => ScalarSort.Key(value);
}

/// <summary>Another order, the other way round.</summary>
internal readonly struct Descending<TOrder> : IScalarOrder
    where TOrder : struct, IScalarOrder
{
    public static bool IsByBits => TOrder.IsByBits;

    public static ulong Key<T>(T value)
        where T : unmanaged, INumber<T> => ~TOrder.Key(value);
}

/// <summary>A scalar as a row that is sorted.</summary>
internal readonly unsafe record struct ScalarRow<T, TOrder>(T Value) : ISortRow<ScalarRow<T, TOrder>>
    where T : unmanaged, INumber<T>
    where TOrder : struct, IScalarOrder
{
    public static bool IsByBits => TOrder.IsByBits;

    public static ulong KeyOf(ScalarRow<T, TOrder> row) => TOrder.Key(row.Value);

    public static ulong Differ(ScalarRow<T, TOrder> bits) => ScalarSort.Differ(bits.Value);

    // Scalars of one sign are in the order of their bits, or the other way round: then the lowest bit is another one in the key.
    public static long SortBucket(Run run, ScalarRow<T, TOrder>* source, ScalarRow<T, TOrder>* target, ScalarRow<T, TOrder>* room, long count, long most) =>
        !IsByBits || count == 0 ? RadixSort.SortBucket(run, source, target, room, count, most)
        : ((KeyOf(*source) ^ ScalarSort.Raw(source->Value)) & 1) == 0 ? SortBucketBy<BitOrder>(run, source, target, room, count, most)
        : SortBucketBy<Descending<BitOrder>>(run, source, target, room, count, most);

    private static long SortBucketBy<TOther>(Run run, void* source, void* target, void* room, long count, long most)
        where TOther : struct, IScalarOrder =>
        RadixSort.SortBucket(run, (ScalarRow<T, TOther>*)source, (ScalarRow<T, TOther>*)target, (ScalarRow<T, TOther>*)room, count, most);
}

/// <summary>
/// Scalars as unsigned numbers in the order of <c>compare</c>, and vectors of them sorted as such. Equal integers are the same, so their order does not show;
/// NaNs, and zeros of both signs, stay in the order in which they came.
/// Invariant: <c>source</c> and <c>target</c> are the addresses of live vectors of <c>count</c> elements.
/// </summary>
internal static unsafe class ScalarSort
{
    private const long Step = 1 << 14;

    /// <summary>Fewer scalars are not worth a second thread.</summary>
    private const long ParallelCount = 1 << 17;

    /// <summary>A scalar's key: of two, the lesser has the lesser. Zeros have one key, and so have NaNs, the greatest.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Key<T>(T value)
        where T : unmanaged, INumber<T>
    {
        if (typeof(T) == typeof(double))
        {
            return T.IsNaN(value) ? ulong.MaxValue : Bits(value + T.Zero);
        }

        if (typeof(T) == typeof(float))
        {
            return T.IsNaN(value) ? uint.MaxValue : Bits(value + T.Zero);
        }

        return Bits(value);
    }

    /// <summary>The key of a scalar that is neither NaN nor −0: signed integers with the sign flipped; floats so too where positive, all bits flipped where negative.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Bits<T>(T value)
        where T : unmanaged
    {
        var raw = Raw(value);
        return raw ^ (IsFloat<T>() ? Negative<T>(raw) | Sign<T>() : Sign<T>());
    }

    /// <summary>The bits in which such keys may differ of scalars that differ in these bits: of floats with different signs, all.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Differ<T>(T bits)
        where T : unmanaged => IsFloat<T>() ? Raw(bits) | Negative<T>(Raw(bits)) : Raw(bits);

    /// <summary>Sorts a vector by <c>compare(a, b)</c>, or the other way round.</summary>
    /// <param name="run">The run.</param>
    /// <param name="source">What to sort.</param>
    /// <param name="target">Where to.</param>
    /// <param name="count">How many elements.</param>
    /// <param name="most">Only so many of the first are asked for.</param>
    /// <param name="descending">Whether the greatest come first.</param>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Sort<T>(Run run, long source, long target, long count, long most, bool descending)
        where T : unmanaged, INumber<T>
    {
        if (sizeof(T) == 1)
        {
            SortBytes(run, (T*)source, (T*)target, count, descending);
        }
        else if (IsPlain(run, (T*)source, count))
        {
            SortBy<T, PlainOrder>(run, source, target, count, most, descending);
        }
        else
        {
            SortBy<T, FullOrder>(run, source, target, count, most, descending);
        }
    }

    private static void SortBy<T, TOrder>(Run run, long source, long target, long count, long most, bool descending)
        where T : unmanaged, INumber<T>
        where TOrder : struct, IScalarOrder
    {
        if (descending)
        {
            SortRows<ScalarRow<T, Descending<TOrder>>>(run, source, target, count, most);
        }
        else
        {
            SortRows<ScalarRow<T, TOrder>>(run, source, target, count, most);
        }
    }

    private static void SortRows<T>(Run run, long source, long target, long count, long most)
        where T : unmanaged, ISortRow<T>
    {
        var room = run.AllocateElements(count, sizeof(T));
        RadixSort.Sort(run, (T*)source, (T*)target, (T*)room, count, most);
        run.Free((nint)room);
    }

    /// <summary>Whether there is neither a NaN nor a −0.</summary>
    private static bool IsPlain<T>(Run run, T* source, long count)
        where T : unmanaged, INumber<T>
    {
        if (!IsFloat<T>())
        {
            return true;
        }

        var isPlain = true;
        var parts = count < ParallelCount ? 1L : run.Threads;
        Workers.Each(run, parts, (worker, part) =>
        {
            var (i, to) = ((long)((Int128)count * part / parts), (long)((Int128)count * (part + 1) / parts));
            for (long end; i < to && Volatile.Read(ref isPlain); i = end)
            {
                worker.ThrowIfStopped();
                end = Math.Min(to, i + Step);
                if (!ArePlain(source + i, (int)(end - i)))
                {
                    Volatile.Write(ref isPlain, false);
                }
            }
        });
        return isPlain;
    }

    private static bool ArePlain<T>(T* values, int count)
        where T : unmanaged, INumber<T>
    {
        var i = 0;
        var (all, sign) = (Vector<T>.AllBitsSet, Vector.Create(FromRaw<T>(Sign<T>())));
        for (; i + Vector<T>.Count <= count; i += Vector<T>.Count)
        {
            var value = Vector.Load(values + i);
            all &= Vector.Equals(value, value) & ~IsSame(value, sign);
        }

        var isPlain = Vector.EqualsAll(all.As<T, byte>(), Vector<byte>.AllBitsSet);
        for (; i < count; i++)
        {
            isPlain &= Raw(values[i]) != Sign<T>() && !T.IsNaN(values[i]);
        }

        return isPlain;
    }

    private static void SortBytes<T>(Run run, T* source, T* target, long count, bool descending)
        where T : unmanaged, INumber<T>
    {
        var counts = stackalloc long[256];
        for (long i = 0; i < count;)
        {
            run.ThrowIfStopped();
            for (var end = Math.Min(count, i + Step); i < end; i++)
            {
                counts[(byte)Bits(source[i])]++;
            }
        }

        for (var b = 0; b < 256; b++)
        {
            var key = descending ? 255 - b : b;
            for (var left = counts[key]; left > 0;)
            {
                run.ThrowIfStopped();
                var part = (int)Math.Min(left, 1 << 20);
                new Span<T>(target, part).Fill(Number<T>((ulong)key));
                target += part;
                left -= part;
            }
        }
    }

    // The other way round.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T Number<T>(ulong key)
        where T : unmanaged => FromRaw<T>(key ^ (IsFloat<T>() ? Negative<T>(~key) | Sign<T>() : Sign<T>()));

    /// <summary>All bits of a negative number, else none.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Negative<T>(ulong raw)
        where T : unmanaged => sizeof(T) == 8 ? (ulong)((long)raw >> 63) : (uint)((int)raw >> 31);

    // By the bits.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<T> IsSame<T>(Vector<T> x, Vector<T> y)
        where T : unmanaged => sizeof(T) == 8
        ? Vector.Equals(x.As<T, long>(), y.As<T, long>()).As<long, T>()
        : Vector.Equals(x.As<T, int>(), y.As<T, int>()).As<int, T>();

    /// <summary>The bit of the sign, 0 if there is none.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Sign<T>()
        where T : unmanaged =>
        IsFloat<T>() || typeof(T) == typeof(long) || typeof(T) == typeof(int) || typeof(T) == typeof(short) || typeof(T) == typeof(sbyte) ? 1ul << ((8 * sizeof(T)) - 1) : 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsFloat<T>() => typeof(T) == typeof(double) || typeof(T) == typeof(float);

    /// <summary>The bits of a scalar.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Raw<T>(T value)
        where T : unmanaged => sizeof(T) switch
    {
        8 => Unsafe.BitCast<T, ulong>(value),
        4 => Unsafe.BitCast<T, uint>(value),
        2 => Unsafe.BitCast<T, ushort>(value),
        _ => Unsafe.BitCast<T, byte>(value),
    };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T FromRaw<T>(ulong raw)
        where T : unmanaged => sizeof(T) switch
    {
        8 => Unsafe.BitCast<ulong, T>(raw),
        4 => Unsafe.BitCast<uint, T>((uint)raw),
        2 => Unsafe.BitCast<ushort, T>((ushort)raw),
        _ => Unsafe.BitCast<byte, T>((byte)raw),
    };
}
