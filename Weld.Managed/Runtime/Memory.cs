using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Weld.Core.Types;
using Weld.Core.Values;
using Weld.Managed.Layout;

namespace Weld.Managed.Runtime;

/// <summary>
/// The loads and stores of compiled code. Invariant: compiled code forms an address only from the base of a live buffer of the run (or of an
/// argument or constant, which outlive it) and an index that was checked against that buffer's length, or that counts up to it. An address need not be a
/// multiple of the size: fields of packed keys and lanes that begin anywhere are not. Plain loads and stores of x86-64 and Arm64 take any address, and
/// nothing here is atomic or <c>volatile</c>; what wants more, such as <see cref="StoreFar256"/>, says so.
/// </summary>
internal static unsafe class Memory
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Load<T>(long address)
        where T : unmanaged => *(T*)address;

    /// <summary>A bool from memory: any byte but 0 is true.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool LoadBool(long address) => *(byte*)address != 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store<T>(long address, T value)
        where T : unmanaged => *(T*)address = value;

    /// <summary>Whether 8 to 16 bytes are the same: their first and their last words, which may overlap.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool EqualWords(long x, long y, long count) =>
        ((Load<ulong>(x) ^ Load<ulong>(y)) | (Load<ulong>(x + count - sizeof(ulong)) ^ Load<ulong>(y + count - sizeof(ulong)))) == 0;

    /// <summary>Stores a vector at a multiple of its size, past the caches; <see cref="FinishFar"/> comes after the last one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreFar128<T>(long address, Vector128<T> vector)
        where T : unmanaged => vector.StoreAlignedNonTemporal((T*)address);

    /// <summary>The same of 32 bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreFar256<T>(long address, Vector256<T> vector)
        where T : unmanaged => vector.StoreAlignedNonTemporal((T*)address);

    /// <summary>The same of 64 bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreFar512<T>(long address, Vector512<T> vector)
        where T : unmanaged => vector.StoreAlignedNonTemporal((T*)address);

    /// <summary>What was stored past the caches is there before whatever is stored from now on.</summary>
    public static void FinishFar()
    {
        if (Sse.IsSupported)
        {
            Sse.StoreFence();
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreBool(long address, bool value) => *(byte*)address = ToByte(value);

    /// <summary>0 or 1, without a branch.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static byte ToByte(bool value) => Unsafe.BitCast<bool, byte>(value);

    /// <summary>One of two scalars, without a branch: (x &amp; mask) | (y &amp; ~mask) on their bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Pick<T>(bool condition, T x, T y)
        where T : unmanaged
    {
        if (sizeof(T) == 8)
        {
            var mask = 0L - ToByte(condition);
            return Unsafe.BitCast<long, T>((Unsafe.BitCast<T, long>(x) & mask) | (Unsafe.BitCast<T, long>(y) & ~mask));
        }

        if (sizeof(T) == 4)
        {
            var mask = 0 - ToByte(condition);
            return Unsafe.BitCast<int, T>((Unsafe.BitCast<T, int>(x) & mask) | (Unsafe.BitCast<T, int>(y) & ~mask));
        }

        if (sizeof(T) == 2)
        {
            var mask = (short)(0 - ToByte(condition));
            return Unsafe.BitCast<short, T>((short)((Unsafe.BitCast<T, short>(x) & mask) | (Unsafe.BitCast<T, short>(y) & ~mask)));
        }

        var bytes = (byte)(0 - ToByte(condition));
        return Unsafe.BitCast<byte, T>((byte)((Unsafe.BitCast<T, byte>(x) & bytes) | (Unsafe.BitCast<T, byte>(y) & ~bytes)));
    }

    /// <summary>Whether a byte is not 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool ToBool(byte value) => value != 0;

    /// <summary>Asks for a line of memory ahead of its use, where the machine can; any address will do.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Prefetch(long address)
    {
        if (Sse.IsSupported)
        {
            Sse.Prefetch0((void*)address);
        }
    }

    /// <summary>Copies a few bytes, such as an element.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Copy(long target, long source, int bytes) => Unsafe.CopyBlockUnaligned((void*)target, (void*)source, (uint)bytes);

    /// <summary>Copies a cell or an entry, whose size the code does not know: a call would cost more than the copy.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void CopyCell(long target, long source, int bytes)
    {
        for (; bytes >= 8; bytes -= 8, target += 8, source += 8)
        {
            *(ulong*)target = *(ulong*)source;
        }

        for (; bytes > 0; bytes--, target++, source++)
        {
            *(byte*)target = *(byte*)source;
        }
    }

    /// <summary>Copies a few bytes to where they may overlap.</summary>
    public static void Move(long target, long source, int bytes) => Buffer.MemoryCopy((void*)source, (void*)target, bytes, bytes);

    /// <summary>Copies any number of bytes between buffers that do not overlap, looking in between whether to go on.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void CopyLong(Run run, long target, long source, long bytes) => run.Copy((nint)source, (nint)target, bytes);

    /// <summary>The same, past the caches.</summary>
    public static void CopyFar(Run run, long target, long source, long bytes)
    {
        var at = Math.Min(bytes, -target & (Block64.Size - 1));
        CopyLong(run, target, source, at);
        for (; at <= bytes - Block64.Size; at += Block64.Size)
        {
            LookEvery(run, at / Block64.Size);
            var (low, high) = (Load<Vector256<byte>>(source + at), Load<Vector256<byte>>(source + at + (Block64.Size / 2)));
            StoreFar256(target + at, low);
            StoreFar256(target + at + (Block64.Size / 2), high);
        }

        CopyLong(run, target + at, source + at, bytes - at);
        FinishFar();
    }

    /// <summary>Zeroes any number of bytes, looking in between whether to go on.</summary>
    public static void Clear(Run run, long target, long bytes) => run.Clear((nint)target, bytes);

    /// <summary>Whether a run was asked to stop; a read that no compiler moves out of a loop.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsStopped(long stopAddress) => Volatile.Read(ref *(int*)stopAddress) != 0;

    /// <summary>Ends the run if it was asked to stop.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Look(Run run)
    {
        if (IsStopped((long)run.StopFlag))
        {
            run.ThrowIfStopped();
        }
    }

    /// <summary>Ends the run if it was asked to stop; looks once in 4,096 steps.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void LookEvery(Run run, long step)
    {
        if (step % LoopDriver.ChunkSize == 0)
        {
            Look(run);
        }
    }

    /// <summary>A buffer of the run, for a count of elements of some size.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static long Allocate(Run run, long count, int size) => run.AllocateElements(count, size);

    /// <summary>The same, but exempt from the release of a region until it is published: a builder's, or a function's scratch.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static long AllocateOwned(Run run, long count, int size)
    {
        var bytes = Math.BigMul(count, size, out var low);
        return bytes == 0 && low >= 0 ? run.Allocate(low, owned: true) : run.Allocate(long.MaxValue);
    }

    /// <summary>The address of the run's stop flag.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static long StopAddress(Run run) => (long)run.StopFlag;

    /// <summary>Gives a buffer back.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Free(Run run, long address) => run.Free((nint)address);

    /// <summary>Makes a function's own buffer an ordinary one.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Publish(Run run, long address) => run.Publish((nint)address);

    /// <summary>Frees the ordinary buffers since the mark.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Release(Run run, long mark) => run.Release(mark, 0, MemoryLayout.Of(ScalarType.I64));

    /// <summary>Frees the ordinary buffers since the mark that the value at <paramref name="keep"/> does not reach.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void ReleaseBut(Run run, long mark, long keep, MemoryLayout layout) => run.Release(mark, (nint)keep, layout);

    /// <summary>A builder's buffer for more elements, which starts with the old one's; the old one is freed.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static long Grow(Run run, long old, long used, long count, int size)
    {
        var high = Math.BigMul(count, size, out var bytes);
        return run.Grow((nint)old, used * size, high == 0 && bytes >= 0 ? bytes : long.MaxValue, owned: true);
    }

    /// <summary>Copies bytes of the managed heap to a buffer.</summary>
    public static void CopyFrom(long target, ReadOnlySpan<byte> source) => source.CopyTo(new Span<byte>((void*)target, source.Length));

    /// <summary>Copies what follows the key in a cell.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void CopyCell(long target, byte[] source)
    {
        fixed (byte* first = source)
        {
            CopyCell(target, (long)first, source.Length);
        }
    }

    /// <summary>A scalar of a kind known only at run time.</summary>
    public static Scalar LoadScalar(ScalarKind kind, long address) => Scalar.FromBits(kind, kind.Size() switch
    {
        1 => *(byte*)address,
        2 => Load<ushort>(address),
        4 => Load<uint>(address),
        _ => Load<ulong>(address),
    });

    /// <summary>Stores a scalar of a kind known only at run time.</summary>
    public static void StoreScalar(long address, Scalar value)
    {
        var bits = value.Bits;
        Unsafe.CopyBlockUnaligned((void*)address, &bits, (uint)value.Kind.Size());
    }
}
