using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using Weld.Core.Types;
using Weld.Managed.Runtime;

namespace Weld.Managed.Layout;

/// <summary>Reads values in memory as objects of the host: copies, all of them.</summary>
[UnconditionalSuppressMessage("Trimming", "IL2067", Justification = "The host has the types; zeros of a value type need no constructor, and a dictionary's is kept with it.")]
internal static unsafe class HostReader
{
    /// <summary>The value of a layout at an address as an object of a type.</summary>
    /// <param name="target">The type.</param>
    /// <param name="layout">The layout.</param>
    /// <param name="at">Where the value stands.</param>
    /// <exception cref="InvalidCastException">The type is none that values of the layout convert to.</exception>
    public static object Read(Type target, MemoryLayout layout, nint at) => layout.Type switch
    {
        ScalarType s when ClrShape.Scalar(target) == s.Kind => ReadScalar(target, s.Kind, at),
        VectorType v => ReadVector(target, v, layout.Parts[0], *(nint*)at, *(long*)(at + MemoryLayout.LengthOffset)),
        DictionaryType => ReadDictionary(target, layout, *(DictionaryHeader**)at),
        StructType => ReadStruct(target, layout, at),
        _ => throw Mismatch(target, layout.Type),
    };

    /// <summary>The value of a layout at an address as an object of a type.</summary>
    /// <typeparam name="T">The type.</typeparam>
    /// <param name="layout">The layout.</param>
    /// <param name="at">Where the value stands.</param>
    /// <exception cref="InvalidCastException">The type is none that values of the layout convert to.</exception>
    public static T Read<T>(MemoryLayout layout, nint at)
    {
        if (RuntimeHelpers.IsReferenceOrContainsReferences<T>() || FieldMap.Of(typeof(T), layout) is not { } map)
        {
            return (T)Read(typeof(T), layout, at);
        }

        T value = default!;
        map.ToClr(at, ref Unsafe.As<T, byte>(ref value), 1);
        return value;
    }

    /// <summary>Says what a value of a type converts to.</summary>
    public static InvalidCastException Mismatch(Type target, WeldType type) =>
        new($"expected a type that {type} converts to, such as {ClrShape.Suggest(type)}, found {target}");

    /// <summary>The number of elements as one that arrays and spans can have.</summary>
    public static int Count(long length, string form) =>
        length <= Array.MaxLength ? (int)length : throw new InvalidOperationException($"expected at most {Array.MaxLength} elements for {form}, found {length}; use the indexer");

    private static object ReadScalar(Type target, ScalarKind kind, nint at)
    {
        object value = kind switch
        {
            ScalarKind.Bool => *(byte*)at != 0,
            ScalarKind.I8 => *(sbyte*)at,
            ScalarKind.I16 => *(short*)at,
            ScalarKind.I32 => *(int*)at,
            ScalarKind.I64 => *(long*)at,
            ScalarKind.U8 => *(byte*)at,
            ScalarKind.U16 => *(ushort*)at,
            ScalarKind.U32 => *(uint*)at,
            ScalarKind.U64 => *(ulong*)at,
            ScalarKind.F32 => *(float*)at,
            _ => *(double*)at,
        };
        return target.IsEnum ? Enum.ToObject(target, value) : target == typeof(char) ? (char)*(ushort*)at : value;
    }

    private static object ReadVector(Type target, VectorType type, MemoryLayout element, nint data, long length)
    {
        if (target == typeof(string) && ClrShape.IsText(type))
        {
            return Encoding.UTF8.GetString(new ReadOnlySpan<byte>((void*)data, Count(length, "a string")));
        }

        if (!target.IsSZArray)
        {
            throw Mismatch(target, type);
        }

        var clr = target.GetElementType()!;
        if (!ClrShape.Fits(clr, element.Type))
        {
            throw Mismatch(target, type);
        }

        var array = Array.CreateInstanceFromArrayType(target, Count(length, "an array"));
        if (FieldMap.Of(clr, element) is { } map)
        {
            map.ToClr(data, ref MemoryMarshal.GetArrayDataReference(array), length);
        }
        else if (array is object?[] references)
        {
            for (var i = 0; i < references.Length; i++)
            {
                references[i] = Read(clr, element, data + (nint)((long)i * element.Size));
            }
        }
        else
        {
            for (var i = 0; i < array.Length; i++)
            {
                array.SetValue(Read(clr, element, data + (nint)((long)i * element.Size)), i);
            }
        }

        return array;
    }

    private static object ReadStruct(Type target, MemoryLayout layout, nint at)
    {
        if (FieldMap.Of(target, layout) is { } map)
        {
            var made = RuntimeHelpers.GetUninitializedObject(target);
            map.ToClr(at, ref FieldMap.Bytes(made), 1);
            return made;
        }

        if (ClrShape.Of(target) is not { } shape || shape.Fields.Length != layout.Parts.Count)
        {
            throw Mismatch(target, layout.Type);
        }

        var fields = new object?[shape.Fields.Length];
        for (var i = 0; i < fields.Length; i++)
        {
            fields[i] = Read(shape.Fields[i], layout.Parts[i], at + layout.Offsets[i]);
        }

        return shape.Make(fields);
    }

    private static object ReadDictionary(Type target, MemoryLayout layout, DictionaryHeader* header)
    {
        if (ClrShape.KeyAndValue(target) is not var (key, value) || !ClrShape.Fits(target, layout.Type))
        {
            throw Mismatch(target, layout.Type);
        }

        var entry = layout.Parts[0];
        var dictionary = NewDictionary(target);
        for (var i = 0L; header is not null && i < header->Count; i++)
        {
            var at = header->Entries + (nint)(i * entry.Size);
            dictionary.Add(Read(key, entry.Parts[0], at), Read(value, entry.Parts[1], at + entry.Offsets[1]));
        }

        return dictionary;
    }

    private static IDictionary NewDictionary(Type type) => (IDictionary)Activator.CreateInstance(type)!;
}
