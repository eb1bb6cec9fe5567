using System.Numerics;
using System.Runtime.CompilerServices;

namespace Weld.Managed.Runtime;

/// <summary>
/// Scalars as unsigned numbers in the order of <c>compare</c>, and vectors of them sorted as such. Equal integers are the same, so their order does not show;
/// NaNs, and zeros of both signs, stay in the order in which they came.
/// Invariant: <c>source</c> and <c>target</c> are the addresses of live vectors of <c>count</c> elements.
/// </summary>
internal static unsafe class ScalarSort
{
    private const long Step = 1 << 14;

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
        var from = (T*)source;
        var to = (T*)target;
        if (sizeof(T) == 1)
        {
            SortBytes(run, from, to, count, descending);
        }
        else if (sizeof(T) == 8)
        {
            var room = (Key64*)run.AllocateElements(count, sizeof(Key64));
            SortNumbers(run, from, to, (Key64*)to, room, count, most, descending);
        }
        else if (sizeof(T) == 4)
        {
            var room = (Key32*)run.AllocateElements(count, sizeof(Key32));
            SortNumbers(run, from, to, (Key32*)to, room, count, most, descending);
        }
        else
        {
            var keys = (Key32*)run.AllocateElements(count, sizeof(Key32));
            var room = (Key32*)run.AllocateElements(count, sizeof(Key32));
            SortNumbers(run, from, to, keys, room, count, most, descending);
            run.Free((nint)keys);
        }
    }

    // Keys of all that is a number are made in the room, sorted into `keys`, which may be the target's own memory, and made numbers again.
    private static void SortNumbers<T, TRow>(Run run, T* source, T* target, TRow* keys, TRow* room, long count, long most, bool descending)
        where T : unmanaged, INumber<T>
        where TRow : unmanaged, ISortRow<TRow>
    {
        var flip = descending ? ulong.MaxValue : 0;
        var numbers = MakeKeys(run, source, room, count, flip);
        var nans = count - numbers;
        var (first, wanted) = descending ? (nans, most - nans) : (0, most);
        if ((void*)keys == target)
        {
            keys += first;
        }

        RadixSort.Sort(run, room, keys, numbers, intoRoom: true, wanted);
        run.Free((nint)room);
        MakeNumbers(run, keys, target + first, numbers, flip);
        if (nans > 0)
        {
            PlaceNaNs(run, source, count, target + (descending ? 0 : numbers));
        }

        if (typeof(T) == typeof(double) || typeof(T) == typeof(float))
        {
            PlaceZeros(run, source, count, target + first, Math.Clamp(wanted, 0, numbers), wanted < numbers, descending);
        }
    }

    private static long MakeKeys<T, TRow>(Run run, T* source, TRow* rows, long count, ulong flip)
        where T : unmanaged, INumber<T>
        where TRow : unmanaged
    {
        long made = 0;
        for (long i = 0; i < count;)
        {
            run.ThrowIfStopped();
            for (var end = Math.Min(count, i + Step); i < end; i++)
            {
                var key = Bits(source[i]) ^ flip;
                rows[made] = sizeof(TRow) == 8 ? Unsafe.BitCast<ulong, TRow>(key) : Unsafe.BitCast<uint, TRow>((uint)key);
                made += Memory.ToByte(!T.IsNaN(source[i]));
            }
        }

        return made;
    }

    private static void MakeNumbers<T, TRow>(Run run, TRow* keys, T* target, long count, ulong flip)
        where T : unmanaged, INumber<T>
        where TRow : unmanaged, ISortRow<TRow>
    {
        for (long i = 0; i < count;)
        {
            run.ThrowIfStopped();
            for (var end = Math.Min(count, i + Step); i < end; i++)
            {
                target[i] = Number<T>(TRow.KeyOf(keys[i]) ^ flip);
            }
        }
    }

    private static void PlaceNaNs<T>(Run run, T* source, long count, T* target)
        where T : unmanaged, INumber<T>
    {
        for (long i = 0; i < count; i++)
        {
            if ((i & (Step - 1)) == 0)
            {
                run.ThrowIfStopped();
            }

            if (T.IsNaN(source[i]))
            {
                *target++ = source[i];
            }
        }
    }

    // −0 went before +0. If there may be both, those asked for are written once more, as they came.
    private static void PlaceZeros<T>(Run run, T* source, long count, T* sorted, long asked, bool isCut, bool descending)
        where T : unmanaged, INumber<T>
    {
        var first = FirstNot(sorted, asked, x => descending ? x > T.Zero : x < T.Zero);
        var last = FirstNot(sorted, asked, x => descending ? x >= T.Zero : x <= T.Zero);
        if (first == last || (T.IsNegative(sorted[first]) == T.IsNegative(sorted[last - 1]) && !(isCut && last == asked)))
        {
            return;
        }

        for (long i = 0; first < last && i < count; i++)
        {
            if ((i & (Step - 1)) == 0)
            {
                run.ThrowIfStopped();
            }

            if (source[i] == T.Zero)
            {
                sorted[first++] = source[i];
            }
        }
    }

    private static long FirstNot<T>(T* sorted, long count, Func<T, bool> holds)
        where T : unmanaged
    {
        long low = 0;
        for (var high = count; low < high;)
        {
            var middle = low + ((high - low) / 2);
            (low, high) = holds(sorted[middle]) ? (middle + 1, high) : (low, middle);
        }

        return low;
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

    // Signed integers with the sign flipped; floats so too where positive, all bits flipped where negative.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Bits<T>(T value)
        where T : unmanaged
    {
        if (typeof(T) == typeof(double))
        {
            var bits = Unsafe.BitCast<T, long>(value);
            return (ulong)(bits ^ ((bits >> 63) | long.MinValue));
        }

        if (typeof(T) == typeof(float))
        {
            var bits = Unsafe.BitCast<T, int>(value);
            return (uint)(bits ^ ((bits >> 31) | int.MinValue));
        }

        return typeof(T) == typeof(long) ? (ulong)(Unsafe.BitCast<T, long>(value) ^ long.MinValue)
            : typeof(T) == typeof(int) ? (uint)(Unsafe.BitCast<T, int>(value) ^ int.MinValue)
            : typeof(T) == typeof(short) ? (ushort)(Unsafe.BitCast<T, short>(value) ^ short.MinValue)
            : typeof(T) == typeof(sbyte) ? (byte)(Unsafe.BitCast<T, sbyte>(value) ^ sbyte.MinValue)
            : Raw(value);
    }

    // The other way round.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T Number<T>(ulong key)
        where T : unmanaged
    {
        if (typeof(T) == typeof(double))
        {
            return Unsafe.BitCast<long, T>((long)key ^ (((long)~key >> 63) | long.MinValue));
        }

        if (typeof(T) == typeof(float))
        {
            return Unsafe.BitCast<int, T>((int)key ^ (((int)~key >> 31) | int.MinValue));
        }

        var sign = typeof(T) == typeof(long) || typeof(T) == typeof(int) || typeof(T) == typeof(short) || typeof(T) == typeof(sbyte) ? 1ul << ((8 * sizeof(T)) - 1) : 0;
        key ^= sign;
        return sizeof(T) switch
        {
            8 => Unsafe.BitCast<ulong, T>(key),
            4 => Unsafe.BitCast<uint, T>((uint)key),
            2 => Unsafe.BitCast<ushort, T>((ushort)key),
            _ => Unsafe.BitCast<byte, T>((byte)key),
        };
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Raw<T>(T value)
        where T : unmanaged => sizeof(T) switch
    {
        8 => Unsafe.BitCast<T, ulong>(value),
        4 => Unsafe.BitCast<T, uint>(value),
        2 => Unsafe.BitCast<T, ushort>(value),
        _ => Unsafe.BitCast<T, byte>(value),
    };
}
