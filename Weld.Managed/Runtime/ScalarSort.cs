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

        if (IsFloat<T>())
        {
            PlaceZeros(run, source, count, target + first, Math.Clamp(wanted, 0, numbers), wanted < numbers, descending);
        }
    }

    // Returns how many: not of NaNs.
    private static long MakeKeys<T, TRow>(Run run, T* source, TRow* rows, long count, ulong flip)
        where T : unmanaged, INumber<T>
        where TRow : unmanaged
    {
        long made = 0;
        for (long i = 0; i < count;)
        {
            run.ThrowIfStopped();
            var end = Math.Min(count, i + Step);
            if (sizeof(T) == sizeof(TRow) && MakeKeysAtOnce(source + i, (T*)(rows + made), (int)(end - i), flip))
            {
                made += end - i;
                i = end;
            }

            for (; i < end; i++)
            {
                var key = Bits(source[i]) ^ flip;
                rows[made] = FromRaw<TRow>(key);
                made += Memory.ToByte(!T.IsNaN(source[i]));
            }
        }

        return made;
    }

    // The same as `Bits`, by the register; false if there is a NaN.
    private static bool MakeKeysAtOnce<T>(T* source, T* keys, int count, ulong flip)
        where T : unmanaged, INumber<T>
    {
        var i = 0;
        var (flips, sign) = (Vector.Create(FromRaw<T>(flip)), Vector.Create(FromRaw<T>(Sign<T>())));
        for (; i + Vector<T>.Count <= count; i += Vector<T>.Count)
        {
            var value = Vector.Load(source + i);
            if (IsFloat<T>() && !Vector.EqualsAll(value, value))
            {
                return false;
            }

            Vector.Store(value ^ (IsFloat<T>() ? Negative(value) | sign : sign) ^ flips, keys + i);
        }

        for (; i < count; i++)
        {
            if (T.IsNaN(source[i]))
            {
                return false;
            }

            keys[i] = FromRaw<T>(Bits(source[i]) ^ flip);
        }

        return true;
    }

    private static void MakeNumbers<T, TRow>(Run run, TRow* keys, T* target, long count, ulong flip)
        where T : unmanaged, INumber<T>
        where TRow : unmanaged, ISortRow<TRow>
    {
        for (long i = 0; i < count;)
        {
            run.ThrowIfStopped();
            var end = Math.Min(count, i + Step);
            if (sizeof(T) == sizeof(TRow))
            {
                i += MakeNumbersAtOnce((T*)(keys + i), target + i, (int)(end - i), flip);
            }

            for (; i < end; i++)
            {
                target[i] = Number<T>(TRow.KeyOf(keys[i]) ^ flip);
            }
        }
    }

    // Returns how many: all that fill registers.
    private static int MakeNumbersAtOnce<T>(T* keys, T* target, int count, ulong flip)
        where T : unmanaged, INumber<T>
    {
        var i = 0;
        var (flips, sign) = (Vector.Create(FromRaw<T>(flip)), Vector.Create(FromRaw<T>(Sign<T>())));
        for (; i + Vector<T>.Count <= count; i += Vector<T>.Count)
        {
            var key = Vector.Load(keys + i) ^ flips;
            Vector.Store(key ^ (IsFloat<T>() ? ~Negative(key) | sign : sign), target + i);
        }

        return i;
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
        var raw = Raw(value);
        return raw ^ (IsFloat<T>() ? Negative<T>(raw) | Sign<T>() : Sign<T>());
    }

    // The other way round.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T Number<T>(ulong key)
        where T : unmanaged => FromRaw<T>(key ^ (IsFloat<T>() ? Negative<T>(~key) | Sign<T>() : Sign<T>()));

    /// <summary>All bits of a negative number, else none.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Negative<T>(ulong raw)
        where T : unmanaged => sizeof(T) == 8 ? (ulong)((long)raw >> 63) : (uint)((int)raw >> 31);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<T> Negative<T>(Vector<T> value)
        where T : unmanaged => sizeof(T) == 8
        ? Vector.LessThan(Vector.As<T, long>(value), Vector<long>.Zero).As<long, T>()
        : Vector.LessThan(Vector.As<T, int>(value), Vector<int>.Zero).As<int, T>();

    /// <summary>The bit of the sign, 0 if there is none.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Sign<T>()
        where T : unmanaged =>
        IsFloat<T>() || typeof(T) == typeof(long) || typeof(T) == typeof(int) || typeof(T) == typeof(short) || typeof(T) == typeof(sbyte) ? 1ul << ((8 * sizeof(T)) - 1) : 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsFloat<T>() => typeof(T) == typeof(double) || typeof(T) == typeof(float);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Raw<T>(T value)
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
