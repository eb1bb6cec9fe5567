using System.Linq.Expressions;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Weld.Managed.Emit;
using Weld.Managed.Layout;
using Weld.Managed.Runtime;

namespace Weld.Managed.Builders;

/// <summary>
/// Texts as keys: vectors whose elements' bytes all count. A text's digest is two words, which are all bytes of a text of up to 16: of such texts those with the same
/// length and digest are equal. A longer one has a hash of all its bytes, and its last ones. Hashes multiply and fold (the scheme of wyhash by Wang Yi) by secrets of
/// the process's own.
/// Invariant: an address is that of as many live bytes as said. No others are read.
/// </summary>
internal static unsafe class TextKey
{
    /// <summary>The bytes of a text that its digest holds, and of a digest.</summary>
    public const int DigestBytes = 2 * sizeof(long);

    private const int Half = sizeof(uint);

    /// <summary>The digest's first word.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long First(long data, long bytes) =>
        (ulong)(bytes - Half) <= DigestBytes - Half ? Pair(data, data + Apart(bytes))
        : bytes > DigestBytes ? HashLong(data, bytes)
        : FirstOfFew(data, bytes);

    /// <summary>The digest's second word.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long Last(long data, long bytes) =>
        (ulong)(bytes - Half) <= DigestBytes - Half ? Pair(data + bytes - Half, data + bytes - Half - Apart(bytes))
        : bytes > DigestBytes ? *(long*)(data + bytes - sizeof(long))
        : 0;

    /// <summary>The hash, of 32 bits, of a text with this digest.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long Hash(long bytes, long first, long last, ulong seed, ulong secondSeed, ulong multiplier)
    {
        var hash = bytes <= DigestBytes ? KeyWords.Fold((ulong)first ^ seed, (ulong)last ^ secondSeed) : first;
        hash = KeyWords.Fold((ulong)(hash ^ bytes), multiplier);
        return (uint)(hash ^ (hash >>> 32));
    }

    /// <inheritdoc cref="Hash(long, long, long, ulong, ulong, ulong)"/>
    public static long Hash(long bytes, long first, long last) => Hash(bytes, first, last, KeyWords.Seed, KeyWords.SecondSeed, KeyWords.Multiplier);

    /// <summary>Whether texts of as many bytes with the same digest are equal.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool EqualBeyondDigest(long x, long y, long bytes) => bytes <= DigestBytes || x == y || EqualBytes(x, y, bytes);

    /// <summary>Whether a text of as many bytes is equal to one with this digest.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Equal(long x, long y, long bytes, long first, long last) =>
        (ulong)(bytes - Half) <= DigestBytes - Half
            ? ((Pair(x, x + Apart(bytes)) ^ first) | (Pair(x + bytes - Half, x + bytes - Half - Apart(bytes)) ^ last)) == 0
            : x == y || EqualBytes(x, y, bytes);

    /// <summary>Whether so many bytes are the same.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static bool EqualBytes(long x, long y, long bytes)
    {
        for (; bytes > int.MaxValue; bytes -= 1 << 30, x += 1 << 30, y += 1 << 30)
        {
            if (!MemoryMarshal.CreateReadOnlySpan(ref *(byte*)x, 1 << 30).SequenceEqual(MemoryMarshal.CreateReadOnlySpan(ref *(byte*)y, 1 << 30)))
            {
                return false;
            }
        }

        return new ReadOnlySpan<byte>((void*)x, (int)bytes).SequenceEqual(new ReadOnlySpan<byte>((void*)y, (int)bytes));
    }

    // 4 to 7 bytes: the first four, and the last four, both twice; 8 to 16: as four words of four, which may overlap.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static long Apart(long bytes) => bytes >> 3 << 2;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static long Pair(long low, long high) => *(uint*)low | ((long)*(uint*)high << 32);

    // The first, the middle and the last of up to three bytes.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static long FirstOfFew(long data, long bytes)
    {
        var p = (byte*)data;
        return bytes == 0 ? 0 : ((long)p[0] << 16) | ((long)p[bytes / 2] << 8) | p[bytes - 1];
    }

    // Two words at a time; the last two may overlap those before.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static long HashLong(long data, long bytes)
    {
        var p = (ulong*)data;
        var end = (ulong*)(data + bytes - DigestBytes);
        var hash = KeyWords.Seed;
        for (; p < end; p += 2)
        {
            hash = (ulong)KeyWords.Fold(p[0] ^ KeyWords.SecondSeed, p[1] ^ hash);
        }

        return KeyWords.Fold(end[0] ^ KeyWords.SecondSeed, end[1] ^ hash);
    }
}

/// <summary>A text that compiled code has in variables.</summary>
/// <param name="Data">Where it lies.</param>
/// <param name="Length">Its elements.</param>
/// <param name="Bytes">Its bytes.</param>
/// <param name="First">Its digest's first word.</param>
/// <param name="Last">Its digest's second word.</param>
/// <param name="Hash">Its hash.</param>
internal sealed record TextVariables(Expression Data, Expression Length, Expression Bytes, Expression First, Expression Last, Expression Hash)
{
    /// <summary>Emits the reading of a normalised text.</summary>
    public static TextVariables Emit(FunctionEmitter emitter, VectorOperand text, int elementSize)
    {
        var (data, length) = (emitter.Hold(text.Data), emitter.Hold(text.Length));
        var bytes = elementSize == 1 ? length : emitter.Local(Expression.Multiply(length, Expression.Constant((long)elementSize)), "bytes");
        var first = emitter.Local(Clr.Call(typeof(TextKey), nameof(TextKey.First), data, bytes), "first");
        var last = emitter.Local(Clr.Call(typeof(TextKey), nameof(TextKey.Last), data, bytes), "last");
        Expression[] arguments = [bytes, first, last, Expression.Constant(KeyWords.Seed), Expression.Constant(KeyWords.SecondSeed), Expression.Constant(KeyWords.Multiplier)];
        var hash = emitter.Local(Expression.Call(typeof(TextKey).GetMethod(nameof(TextKey.Hash), [.. arguments.Select(a => a.Type)])!, arguments), "hash");
        return new(data, length, bytes, first, last, hash);
    }

    // (cell.first ^ first) | (cell.last ^ last) | (cell.length ^ length)
    /// <summary>What is not 0 where the text of a cell has another length, or another digest, if the cell has one.</summary>
    public Expression EmitDiffer(Expression cell, int offset, int? digest)
    {
        var length = Differ(cell, offset + MemoryLayout.LengthOffset, Length);
        return digest is { } at ? Expression.Or(Expression.Or(Differ(cell, at, First), Differ(cell, at + sizeof(long), Last)), length) : length;
    }

    /// <summary>Whether the text of a cell with the same length is equal, of one with a digest with the same digest, too.</summary>
    public Expression EmitEqual(Expression cell, int offset, bool hasDigest) => hasDigest
        ? Clr.Call(typeof(TextKey), nameof(TextKey.EqualBeyondDigest), Clr.LoadLong(Clr.At(cell, offset)), Data, Bytes)
        : Clr.Call(typeof(TextKey), nameof(TextKey.Equal), Clr.LoadLong(Clr.At(cell, offset)), Data, Bytes, First, Last);

    private static Expression Differ(Expression cell, int at, Expression value) => Expression.ExclusiveOr(Clr.LoadLong(Clr.At(cell, at)), value);
}
