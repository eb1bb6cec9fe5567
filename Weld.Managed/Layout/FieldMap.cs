using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Weld.Core.Types;

namespace Weld.Managed.Layout;

/// <summary>
/// Where the scalars of a Weld value lie in a CLR value that holds no references. The CLR may lay out a struct in another order than C does (value tuples
/// are such), so each field's offset is measured; where all agree, arrays of the one are arrays of the other.
/// </summary>
[UnconditionalSuppressMessage("Trimming", "IL2067", Justification = "Boxed zeros of a value type need no constructor.")]
[UnconditionalSuppressMessage("Trimming", "IL2072", Justification = "As above.")]
internal sealed unsafe class FieldMap
{
    private static readonly ConcurrentDictionary<Pair, FieldMap?> Known = new();

    private readonly Move[] _moves;

    private FieldMap(int clrSize, int weldSize, Move[] moves)
    {
        ClrSize = clrSize;
        WeldSize = weldSize;
        _moves = moves;
        IsIdentity = clrSize == weldSize && moves.All(m => m.Clr == m.Weld);
    }

    private sealed record Pair(Type Clr, MemoryLayout Weld);

    private sealed record Move(int Clr, int Weld, int Size);

    /// <summary>Bytes of the CLR value.</summary>
    public int ClrSize { get; }

    /// <summary>Bytes of the Weld value.</summary>
    public int WeldSize { get; }

    /// <summary>Whether the bytes of one are the bytes of the other.</summary>
    public bool IsIdentity { get; }

    /// <summary>The map between a CLR type and a layout; null if the type holds references or has not the layout's fields.</summary>
    public static FieldMap? Of(Type clr, MemoryLayout layout) => Known.GetOrAdd(new(clr, layout), static k => Make(k.Clr, k.Weld));

    /// <summary>The first byte of a boxed value. Invariant: the caller touches no more than the value's size.</summary>
    public static ref byte Bytes(object boxed) => ref Unsafe.As<StrongBox<byte>>(boxed).Value;

    /// <summary>Copies CLR values to Weld values.</summary>
    public void ToWeld(ref byte clr, nint weld, long count)
    {
        if (IsIdentity)
        {
            fixed (byte* from = &clr)
            {
                Buffer.MemoryCopy(from, (void*)weld, count * WeldSize, count * WeldSize);
            }

            return;
        }

        for (var i = 0L; i < count; i++)
        {
            foreach (var move in _moves)
            {
                Unsafe.CopyBlockUnaligned(ref *((byte*)weld + (i * WeldSize) + move.Weld), ref Unsafe.Add(ref clr, (nint)((i * ClrSize) + move.Clr)), (uint)move.Size);
            }
        }
    }

    /// <summary>Copies Weld values to CLR values.</summary>
    public void ToClr(nint weld, ref byte clr, long count)
    {
        if (IsIdentity)
        {
            fixed (byte* to = &clr)
            {
                Buffer.MemoryCopy((void*)weld, to, count * WeldSize, count * WeldSize);
            }

            return;
        }

        for (var i = 0L; i < count; i++)
        {
            foreach (var move in _moves)
            {
                Unsafe.CopyBlockUnaligned(ref Unsafe.Add(ref clr, (nint)((i * ClrSize) + move.Clr)), ref *((byte*)weld + (i * WeldSize) + move.Weld), (uint)move.Size);
            }
        }
    }

    private static FieldMap? Make(Type clr, MemoryLayout layout)
    {
        if (!clr.IsValueType || layout.HoldsPointers || layout.HoldsBuilders)
        {
            return null;
        }

        var moves = new List<Move>();
        return Collect(clr, 0, layout, 0, moves) ? new FieldMap(RuntimeHelpers.SizeOf(clr.TypeHandle), layout.Size, Joined(moves)) : null;
    }

    private static bool Collect(Type clr, int clrBase, MemoryLayout layout, int weldBase, List<Move> moves)
    {
        if (layout.Type is ScalarType s)
        {
            moves.Add(new Move(clrBase, weldBase, layout.Size));
            return ClrShape.Scalar(clr) == s.Kind;
        }

        if (!clr.IsValueType || ClrShape.Of(clr) is null)
        {
            return false;
        }

        var fields = Flattened(clr, clrBase);
        if (fields.Count != layout.Parts.Count)
        {
            return false;
        }

        for (var i = 0; i < fields.Count; i++)
        {
            if (!Collect(fields[i].Type, fields[i].Offset, layout.Parts[i], weldBase + layout.Offsets[i], moves))
            {
                return false;
            }
        }

        return true;
    }

    private static List<(Type Type, int Offset)> Flattened(Type clr, int clrBase)
    {
        var all = new List<(Type, int)>();
        var isTuple = clr.Namespace == "System" && typeof(ITuple).IsAssignableFrom(clr);
        foreach (var field in ClrShape.FieldsOf(clr))
        {
            var offset = clrBase + Offset(clr, field);
            if (isTuple && field.Name == "Rest")
            {
                all.AddRange(Flattened(field.FieldType, offset));
            }
            else
            {
                all.Add((field.FieldType, offset));
            }
        }

        return all;
    }

    // The first byte that changes when the field alone is set to all ones. (A null boxes to nothing, and is no field of Weld's anyway.)
    private static int Offset(Type clr, FieldInfo field)
    {
        if (!field.FieldType.IsValueType || Nullable.GetUnderlyingType(field.FieldType) is not null || HoldsReferences(field.FieldType))
        {
            return 0;
        }

        var ones = RuntimeHelpers.GetUninitializedObject(field.FieldType);
        MemoryMarshal.CreateSpan(ref Bytes(ones), RuntimeHelpers.SizeOf(field.FieldType.TypeHandle)).Fill(0xff);
        var whole = RuntimeHelpers.GetUninitializedObject(clr);
        field.SetValue(whole, ones);
        return MemoryMarshal.CreateSpan(ref Bytes(whole), RuntimeHelpers.SizeOf(clr.TypeHandle)).IndexOfAnyExcept((byte)0);
    }

    /// <summary>Whether a value type has a reference in it, however deep.</summary>
    public static bool HoldsReferences(Type type) =>
        !type.IsPrimitive && !type.IsEnum && ClrShape.FieldsOf(type).Any(f => !f.FieldType.IsValueType || HoldsReferences(f.FieldType));

    private static Move[] Joined(List<Move> moves)
    {
        var joined = new List<Move>();
        moves.Sort(static (a, b) => a.Weld.CompareTo(b.Weld));
        foreach (var move in moves)
        {
            if (joined is [.., var last] && last.Clr + last.Size == move.Clr && last.Weld + last.Size == move.Weld)
            {
                joined[^1] = last with { Size = last.Size + move.Size };
            }
            else
            {
                joined.Add(move);
            }
        }

        return [.. joined];
    }
}
