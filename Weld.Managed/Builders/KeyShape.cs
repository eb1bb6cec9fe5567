using System.Runtime.CompilerServices;
using Weld.Core.IR;
using Weld.Core.Types;
using Weld.Managed.Layout;
using Weld.Managed.Runtime;

namespace Weld.Managed.Builders;

/// <summary>A stretch of a key in memory.</summary>
/// <param name="Offset">Where it starts.</param>
/// <param name="Bytes">Plain bytes to compare; 0 for a vector.</param>
/// <param name="Element">The shape of a vector's elements.</param>
/// <param name="ElementSize">The bytes of a vector's element.</param>
internal sealed record KeySegment(int Offset, int Bytes, KeyShape? Element, int ElementSize);

/// <summary>A scalar or a text among the parts of a key.</summary>
/// <param name="Offset">Where it starts.</param>
/// <param name="Kind">A scalar's kind; null for a text.</param>
/// <param name="ElementSize">The bytes of a text's element.</param>
internal sealed record KeyPart(int Offset, ScalarKind? Kind, int ElementSize);

/// <summary>
/// How keys of a type are hashed and compared: as bytes, since equal normalised keys have equal bytes but for padding and pointers, which the
/// segments leave out. The hash multiplies and folds 64-bit words (the scheme of wyhash by Wang Yi) by secrets of the process's own, so that
/// keys cannot be crafted to collide; no result depends on it.
/// </summary>
internal sealed unsafe class KeyShape
{
    /// <summary>A key of more parts is no key of parts: compiled code would not have them all in registers.</summary>
    private const int MostParts = 6;

    private readonly KeySegment[] _segments;

    /// <summary>The bytes of a text's element; 0 for other keys.</summary>
    private readonly int _element;

    private KeyShape(List<KeySegment> segments, int size, KeyPart[] parts)
    {
        _segments = [.. segments];
        IsPacked = _segments is [{ Element: null } only] && only.Bytes == size;
        Word = IsPacked && size is 1 or 2 or 4 or 8 ? size : 0;
        _element = _segments is [{ Offset: 0, Element.IsPacked: true } text] ? text.ElementSize : 0;
        Vectors = [.. _segments.Where(s => s.Element is not null).Select(s => s.Offset)];
        Parts = IsText ? [] : parts;
        Texts = IsText ? [new KeyPart(0, null, _element)] : [.. parts.Where(p => p.Kind is null)];
    }

    /// <summary>Whether a key is a vector of elements whose bytes all count (<see cref="TextKey"/>).</summary>
    public bool IsText => _element > 0;

    /// <summary>The bytes of a text's element; 0 for other keys.</summary>
    public int ElementSize => _element;

    /// <summary>The parts of a key of texts and scalars, at least one of them a text; none for other keys, and for a text alone.</summary>
    public KeyPart[] Parts { get; }

    /// <summary>The texts of a key that has nothing but texts and scalars.</summary>
    public KeyPart[] Texts { get; }

    /// <summary>Where in a key vectors are.</summary>
    public int[] Vectors { get; }

    /// <summary>Whether all bytes of the type count, so that vectors of it compare as bytes.</summary>
    public bool IsPacked { get; }

    /// <summary>1, 2, 4 or 8 for a key that is one machine word; else 0.</summary>
    public int Word { get; }

    /// <summary>The shape of keys of a type.</summary>
    public static KeyShape Of(WeldType type)
    {
        var segments = new List<KeySegment>();
        Collect(MemoryLayout.Of(type), 0, segments);
        return new KeyShape(segments, MemoryLayout.Of(type).Size, PartsOf(MemoryLayout.Of(type)));
    }

    /// <summary>Whether keys of the type have to be normalised.</summary>
    public static bool HoldsFloats(WeldType type) => type is ScalarType s ? s.Kind.IsFloat() : type.Parts.Any(HoldsFloats);

    /// <summary>Makes −0 to +0 and every NaN to one, in place; a vector that needs it is copied.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Normalize(Run run, MemoryLayout layout, long address)
    {
        switch (layout.Type)
        {
            case ScalarType { Kind: var kind } when kind.IsFloat():
                NormalizeFloat(kind, address);
                break;
            case StructType:
                for (var i = 0; i < layout.Parts.Count; i++)
                {
                    Normalize(run, layout.Parts[i], address + layout.Offsets[i]);
                }

                break;
            case VectorType { Element: var element } when HoldsFloats(element):
                var (data, count) = (Memory.Load<long>(address), Memory.Load<long>(address + MemoryLayout.LengthOffset));
                var (part, size) = (layout.Parts[0], layout.Parts[0].Size);
                var copy = Memory.Allocate(run, count, size);
                Memory.CopyLong(run, copy, data, count * size);
                for (long i = 0; i < count; i++)
                {
                    if (i % 4096 == 0)
                    {
                        Memory.Look(run);
                    }

                    Normalize(run, part, copy + (i * size));
                }

                Memory.Store(address, copy);
                break;
        }
    }

    /// <summary>The hash of the key at an address.</summary>
    public uint Hash(long key)
    {
        if (IsText)
        {
            var (first, last) = Digest(key);
            return (uint)TextKey.Hash(BytesOf(key), first, last);
        }

        if (Parts.Length > 0)
        {
            var folded = (long)KeyWords.Seed;
            foreach (var part in Parts)
            {
                folded = HashPart(folded, part.Kind is null ? HashOfText(part, key) : KeyWords.BitsAt(part.Kind.Value, key + part.Offset), KeyWords.Multiplier);
            }

            return (uint)HashEnd(folded);
        }

        var hash = Add(KeyWords.Seed, key);
        return (uint)(hash ^ (hash >> 32));
    }

    /// <summary>The hash of the parts of a key up to one, from that before: a scalar's bits, a text's hash.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long HashPart(long hash, long part, ulong multiplier) => KeyWords.Fold((ulong)(hash ^ part), multiplier);

    /// <summary>The hash, of 32 bits, of a key from that of all its parts.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long HashEnd(long hash) => (uint)(hash ^ (hash >>> 32));

    /// <summary>Writes the digests of a key's texts.</summary>
    public void WriteDigests(long key, long digests)
    {
        foreach (var text in Texts)
        {
            var (data, bytes) = TextAt(text, key);
            Memory.Store(digests, TextKey.First(data, bytes));
            Memory.Store(digests + sizeof(long), TextKey.Last(data, bytes));
            digests += TextKey.DigestBytes;
        }
    }

    /// <summary>A text's digest.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public (long First, long Last) Digest(long key)
    {
        var (data, bytes) = (Memory.Load<long>(key), BytesOf(key));
        return (TextKey.First(data, bytes), TextKey.Last(data, bytes));
    }

    /// <summary>Whether two keys are equal.</summary>
    public bool Equal(long x, long y)
    {
        if (IsText)
        {
            var count = Memory.Load<long>(x + MemoryLayout.LengthOffset);
            var (a, b) = (Memory.Load<long>(x), Memory.Load<long>(y));
            return count == Memory.Load<long>(y + MemoryLayout.LengthOffset) && (a == b || EqualBytes(a, b, count * _element));
        }

        switch (Word)
        {
            case 8:
                return *(ulong*)x == *(ulong*)y;
            case 4:
                return *(uint*)x == *(uint*)y;
        }

        foreach (var segment in _segments)
        {
            var (a, b) = (x + segment.Offset, y + segment.Offset);
            if (segment.Element is null ? !EqualBytes(a, b, segment.Bytes) : !EqualVectors(segment.Element, segment.ElementSize, a, b))
            {
                return false;
            }
        }

        return true;
    }

    private static void NormalizeFloat(ScalarKind kind, long address)
    {
        if (kind == ScalarKind.F64)
        {
            var x = *(double*)address;
            *(double*)address = double.IsNaN(x) ? BitConverter.UInt64BitsToDouble(0x7ff8_0000_0000_0000) : x == 0 ? 0.0 : x;
            return;
        }

        var y = *(float*)address;
        *(float*)address = float.IsNaN(y) ? BitConverter.UInt32BitsToSingle(0x7fc0_0000) : y == 0 ? 0f : y;
    }

    private static void Collect(MemoryLayout layout, int offset, List<KeySegment> segments)
    {
        switch (layout.Type)
        {
            case ScalarType:
                if (segments is [.., { Element: null } last] && last.Offset + last.Bytes == offset)
                {
                    segments[^1] = last with { Bytes = last.Bytes + layout.Size };
                }
                else
                {
                    segments.Add(new KeySegment(offset, layout.Size, null, 0));
                }

                break;
            case VectorType v:
                segments.Add(new KeySegment(offset, 0, Of(v.Element), layout.Parts[0].Size));
                break;
            default:
                for (var i = 0; i < layout.Parts.Count; i++)
                {
                    Collect(layout.Parts[i], offset + layout.Offsets[i], segments);
                }

                break;
        }
    }

    private static KeyPart[] PartsOf(MemoryLayout key)
    {
        var parts = new List<KeyPart>();
        return Collect(key, 0) && parts.Any(p => p.Kind is null) && parts.Count <= MostParts ? [.. parts] : [];

        bool Collect(MemoryLayout layout, int offset)
        {
            switch (layout.Type)
            {
                case ScalarType { Kind: var kind }:
                    parts.Add(new KeyPart(offset, kind, 0));
                    return true;
                case VectorType { Element: var element }:
                    parts.Add(new KeyPart(offset, null, layout.Parts[0].Size));
                    return Of(element).IsPacked;
                default:
                    return layout.Parts.Zip(layout.Offsets).All(p => Collect(p.First, offset + p.Second));
            }
        }
    }

    private static (long Data, long Bytes) TextAt(KeyPart text, long key) =>
        (Memory.Load<long>(key + text.Offset), Memory.Load<long>(key + text.Offset + MemoryLayout.LengthOffset) * text.ElementSize);

    private static long HashOfText(KeyPart text, long key)
    {
        var (data, bytes) = TextAt(text, key);
        return TextKey.Hash(bytes, TextKey.First(data, bytes), TextKey.Last(data, bytes));
    }

    private static ulong Mix(ulong hash, ulong word) => (ulong)KeyWords.Fold(hash ^ word, KeyWords.Multiplier);

    private static ulong AddBytes(ulong hash, long address, long count)
    {
        var p = (byte*)address;
        for (; count >= 8; count -= 8, p += 8)
        {
            hash = Mix(hash, *(ulong*)p);
        }

        return count == 0 ? hash : Mix(hash, Rest(p, count));
    }

    // Up to 7 bytes: those of two words, which may overlap, or the first, the middle and the last of up to 3.
    private static ulong Rest(byte* p, long count) =>
        count >= 4 ? ((ulong)*(uint*)p << 32) | *(uint*)(p + count - 4) : ((ulong)p[0] << 16) | ((ulong)p[count / 2] << 8) | p[count - 1];

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool EqualBytes(long x, long y, long count) => count is >= 8 and <= 16 ? Memory.EqualWords(x, y, count) : TextKey.EqualBytes(x, y, count);

    private static bool EqualVectors(KeyShape element, int size, long x, long y)
    {
        var (count, other) = (Memory.Load<long>(x + MemoryLayout.LengthOffset), Memory.Load<long>(y + MemoryLayout.LengthOffset));
        var (a, b) = (Memory.Load<long>(x), Memory.Load<long>(y));
        if (count != other || a == b)
        {
            return count == other;
        }

        if (element.IsPacked)
        {
            return EqualBytes(a, b, count * size);
        }

        for (long i = 0; i < count; i++)
        {
            if (!element.Equal(a + (i * size), b + (i * size)))
            {
                return false;
            }
        }

        return true;
    }

    private long BytesOf(long text) => Memory.Load<long>(text + MemoryLayout.LengthOffset) * _element;

    private ulong Add(ulong hash, long key)
    {
        switch (Word)
        {
            case 8:
                return Mix(hash, *(ulong*)key);
            case 4:
                return Mix(hash, *(uint*)key);
        }

        if (IsText)
        {
            var bytes = BytesOf(key);
            return AddBytes(Mix(hash, (ulong)bytes), Memory.Load<long>(key), bytes);
        }

        foreach (var segment in _segments)
        {
            var address = key + segment.Offset;
            if (segment.Element is null)
            {
                hash = AddBytes(hash, address, segment.Bytes);
                continue;
            }

            var (data, count) = (Memory.Load<long>(address), Memory.Load<long>(address + MemoryLayout.LengthOffset));
            hash = Mix(hash, (ulong)count);
            if (segment.Element.IsPacked)
            {
                hash = AddBytes(hash, data, count * segment.ElementSize);
                continue;
            }

            for (long i = 0; i < count; i++)
            {
                hash = segment.Element.Add(hash, data + (i * segment.ElementSize));
            }
        }

        return hash;
    }
}
