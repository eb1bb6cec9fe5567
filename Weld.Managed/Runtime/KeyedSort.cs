using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Weld.Managed.Runtime;

/// <summary>A key of up to 32 bits, and the number of the element that has it, in one word.</summary>
internal readonly record struct PackedIndex(ulong Bits) : ISortRow<PackedIndex>
{
    public const int KeyBits = 32;

    public static ulong KeyOf(PackedIndex row) => row.Bits >> KeyBits;

    public static ulong Differ(PackedIndex bits) => KeyOf(bits);
}

/// <summary>
/// Elements of any kind sorted through rows of their keys and numbers, which compiled code fills. Short keys of few elements make short rows.
/// Invariant: the addresses are of live buffers of as many rows or elements as said.
/// </summary>
internal static unsafe class KeyedSort
{
    private const long Step = 1 << 12;
    private const long ParallelRows = 1 << 16;

    /// <summary>Whether a row is one word.</summary>
    public static bool IsPacked(int keyBits, long count) => keyBits <= PackedIndex.KeyBits && count <= uint.MaxValue;

    /// <summary>Memory for so many rows.</summary>
    public static long AllocateRows(Run run, long count, bool isPacked) => Memory.AllocateOwned(run, count, isPacked ? sizeof(PackedIndex) : sizeof(KeyedIndex));

    /// <summary>Writes the row of an element.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Put(long rows, bool isPacked, long index, ulong key)
    {
        if (isPacked)
        {
            ((PackedIndex*)rows)[index] = new PackedIndex((key << PackedIndex.KeyBits) | (uint)index);
        }
        else
        {
            ((KeyedIndex*)rows)[index] = new KeyedIndex(key, index);
        }
    }

    /// <summary>Sorts the rows in place, the first <paramref name="most"/> at least.</summary>
    /// <returns>How many of the first are in order, as <see cref="RadixSort"/> has it.</returns>
    public static long Sort(Run run, long rows, bool isPacked, long count, long most)
    {
        var room = AllocateRows(run, count, isPacked);
        var sorted = isPacked
            ? RadixSort.Sort(run, (PackedIndex*)rows, (PackedIndex*)rows, (PackedIndex*)room, count, most)
            : RadixSort.Sort(run, (KeyedIndex*)rows, (KeyedIndex*)rows, (KeyedIndex*)room, count, most);
        run.Free((nint)room);
        return sorted;
    }

    /// <summary>Copies the first elements in the order of the rows.</summary>
    public static void Gather(Run run, long rows, bool isPacked, long source, long target, long count, int size)
    {
        var parts = count < ParallelRows ? 1 : 4L * run.Threads;
        Workers.Each(run, parts, (worker, part) =>
        {
            var (from, to) = ((long)((Int128)count * part / parts), (long)((Int128)count * (part + 1) / parts));
            if (isPacked)
            {
                GatherPart(worker, (PackedIndex*)rows, source, target, from, to, size);
            }
            else
            {
                GatherPart(worker, (KeyedIndex*)rows, source, target, from, to, size);
            }
        });
    }

    /// <summary>Copies elements in the order of the rows, from one of them up to another.</summary>
    private static void GatherPart<T>(Run run, T* rows, long source, long target, long from, long to, int size)
        where T : unmanaged
    {
        for (var i = from; i < to;)
        {
            run.ThrowIfStopped();
            var end = Math.Min(to, i + Step);
            switch (size)
            {
                case 8:
                    for (; i < end; i++)
                    {
                        ((long*)target)[i] = ((long*)source)[IndexOf(rows[i])];
                    }

                    break;
                case 16:
                    for (; i < end; i++)
                    {
                        ((Vector128<byte>*)target)[i] = ((Vector128<byte>*)source)[IndexOf(rows[i])];
                    }

                    break;
                default:
                    for (; i < end; i++)
                    {
                        Memory.Copy(target + (i * size), source + (IndexOf(rows[i]) * size), size);
                    }

                    break;
            }
        }
    }

    /// <summary>The first row from <paramref name="from"/> on, below <paramref name="most"/>, whose key is the next row's too; <paramref name="most"/> if there is none.</summary>
    public static long NextTie(Run run, long rows, bool isPacked, long from, long count, long most)
    {
        for (var i = from; i < most; i++)
        {
            LookAt(run, i);
            if (i + 1 < count && KeyAt(rows, isPacked, i) == KeyAt(rows, isPacked, i + 1))
            {
                return i;
            }
        }

        return most;
    }

    /// <summary>The first row behind <paramref name="from"/> with another key.</summary>
    public static long EndOfTie(Run run, long rows, bool isPacked, long from, long count)
    {
        var end = from + 1;
        for (; end < count && KeyAt(rows, isPacked, end) == KeyAt(rows, isPacked, from); end++)
        {
            LookAt(run, end);
        }

        return end;
    }

    private static ulong KeyAt(long rows, bool isPacked, long row) =>
        isPacked ? PackedIndex.KeyOf(((PackedIndex*)rows)[row]) : KeyedIndex.KeyOf(((KeyedIndex*)rows)[row]);

    private static long IndexOf<T>(T row)
        where T : unmanaged => sizeof(T) == sizeof(PackedIndex) ? (uint)Unsafe.BitCast<T, PackedIndex>(row).Bits : Unsafe.BitCast<T, KeyedIndex>(row).Index;

    private static void LookAt(Run run, long row)
    {
        if ((row & (Step - 1)) == 0)
        {
            run.ThrowIfStopped();
        }
    }
}
