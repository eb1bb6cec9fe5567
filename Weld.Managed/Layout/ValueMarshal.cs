using System.Runtime.CompilerServices;
using Weld.Core.IR;
using Weld.Core.Types;
using Weld.Core.Values;
using Weld.Managed.Runtime;

namespace Weld.Managed.Layout;

/// <summary>Values between memory and trees of objects.</summary>
internal static unsafe class ValueMarshal
{
    /// <summary>The value of a layout at an address, as a tree.</summary>
    /// <param name="layout">The value's layout.</param>
    /// <param name="at">Where it stands.</param>
    /// <param name="builder">Gives the value of a builder with that handle.</param>
    public static Value Read(MemoryLayout layout, nint at, Func<BuilderType, long, Value> builder) => layout.Type switch
    {
        ScalarType s => new ScalarValue(ReadScalar(s.Kind, at)),
        VectorType => new VectorValue(ReadElements(layout.Parts[0], *(nint*)at, *(long*)(at + MemoryLayout.LengthOffset), builder)),
        DictionaryType => ReadDictionary(layout, *(nint*)at, builder),
        BuilderType b => builder(b, *(long*)at),
        _ when layout.IsDeep => StackGuard.Run(static a => ReadFields(a.layout, a.at, a.builder), (layout, at, builder)),
        _ => ReadFields(layout, at, builder),
    };

    /// <summary>Whether a value has at most so many scalars and vectors, which are taken from <paramref name="left"/>; it is not looked at further once there are more.</summary>
    /// <param name="layout">The value's layout.</param>
    /// <param name="at">Where it stands.</param>
    /// <param name="left">How many it may have.</param>
    public static bool IsWithin(MemoryLayout layout, nint at, ref long left)
    {
        switch (layout.Type)
        {
            case VectorType:
                return AreWithin(layout.Parts[0], *(nint*)at, *(long*)(at + MemoryLayout.LengthOffset), ref left);
            case DictionaryType when *(nint*)at != 0:
                var header = *(DictionaryHeader**)at;
                return AreWithin(layout.Parts[0], header->Entries, header->Count, ref left);
            case StructType when layout.IsDeep:
                return false;
            case StructType:
                for (var i = 0; i < layout.Parts.Count; i++)
                {
                    if (!IsWithin(layout.Parts[i], at + layout.Offsets[i], ref left))
                    {
                        return false;
                    }
                }

                return true;
            default:
                return --left >= 0;
        }
    }

    private static bool AreWithin(MemoryLayout element, nint data, long count, ref long left)
    {
        left -= count + 1;
        for (long i = 0; i < count && left >= 0 && element.Type is not ScalarType; i++)
        {
            if (!IsWithin(element, data + (nint)(i * element.Size), ref left))
            {
                return false;
            }
        }

        return left >= 0;
    }

    /// <summary>Writes a tree to memory.</summary>
    /// <param name="run">The run that vectors and dictionaries are allocated in.</param>
    /// <param name="value">The value.</param>
    /// <param name="layout">Its layout.</param>
    /// <param name="at">Where it goes.</param>
    /// <param name="builder">Writes a builder's handle to an address.</param>
    /// <exception cref="MismatchException">The value is not of the type.</exception>
    public static void Write(Run run, Value value, MemoryLayout layout, nint at, Action<BuilderValue, nint> builder)
    {
        switch (layout.Type, value)
        {
            case (ScalarType s, ScalarValue v) when v.Scalar.Kind == s.Kind:
                WriteScalar(v.Scalar, at);
                break;
            case (VectorType, VectorValue v):
                *(long*)(at + MemoryLayout.LengthOffset) = v.Elements.Length;
                *(nint*)at = WriteElements(run, v.Elements, layout.Parts[0], builder);
                break;
            case (DictionaryType, DictionaryValue v):
                *(nint*)at = WriteDictionary(run, v, layout, builder);
                break;
            case (StructType, StructValue v) when v.Fields.Count == layout.Parts.Count:
                _ = layout.IsDeep
                    ? StackGuard.Run(static a => WriteFields(a.run, a.v, a.layout, a.at, a.builder), (run, v, layout, at, builder))
                    : WriteFields(run, v, layout, at, builder);
                break;
            case (BuilderType, BuilderValue v) when v.Type == layout.Type:
                builder(v, at);
                break;
            default:
                throw new MismatchException(layout.Type, Describe(value));
        }
    }

    private static StructValue ReadFields(MemoryLayout layout, nint at, Func<BuilderType, long, Value> builder)
    {
        var fields = new Value[layout.Parts.Count];
        for (var i = 0; i < fields.Length; i++)
        {
            fields[i] = Read(layout.Parts[i], at + layout.Offsets[i], builder);
        }

        return new StructValue([.. fields]);
    }

    private static bool WriteFields(Run run, StructValue value, MemoryLayout layout, nint at, Action<BuilderValue, nint> builder)
    {
        for (var i = 0; i < layout.Parts.Count; i++)
        {
            Write(run, value.Fields[i], layout.Parts[i], at + layout.Offsets[i], builder);
        }

        return true;
    }

    public static Scalar ReadScalar(ScalarKind kind, nint at) => kind switch
    {
        ScalarKind.Bool or ScalarKind.I8 or ScalarKind.U8 => Scalar.FromBits(kind, *(byte*)at),
        ScalarKind.I16 or ScalarKind.U16 => Scalar.FromBits(kind, *(ushort*)at),
        ScalarKind.I32 or ScalarKind.U32 or ScalarKind.F32 => Scalar.FromBits(kind, *(uint*)at),
        _ => Scalar.FromBits(kind, *(ulong*)at),
    };

    public static void WriteScalar(Scalar value, nint at)
    {
        var bits = value.Bits;
        Unsafe.CopyBlockUnaligned((void*)at, &bits, (uint)value.Kind.Size());
    }

    private static Value[] ReadElements(MemoryLayout element, nint data, long count, Func<BuilderType, long, Value> builder)
    {
        if (count > Array.MaxLength)
        {
            throw new InvalidOperationException($"expected at most {Array.MaxLength} elements for a tree of values, found {count}");
        }

        var values = new Value[count];
        StackGuard.Run(
            static a =>
            {
                for (var i = 0; i < a.values.Length; i++)
                {
                    a.values[i] = Read(a.element, a.data + (nint)((long)i * a.element.Size), a.builder);
                }

                return true;
            },
            (values, element, data, builder));
        return values;
    }

    private static DictionaryValue ReadDictionary(MemoryLayout layout, nint at, Func<BuilderType, long, Value> builder)
    {
        if (at == 0)
        {
            return new DictionaryValue([]);
        }

        var header = *(DictionaryHeader*)at;
        var entries = ReadElements(layout.Parts[0], header.Entries, header.Count, builder);
        return new DictionaryValue(entries.Select(e => KeyValuePair.Create(((StructValue)e).Fields[0], ((StructValue)e).Fields[1])).ToSeq());
    }

    private static nint WriteElements(Run run, ReadOnlyMemory<Value> values, MemoryLayout element, Action<BuilderValue, nint> builder)
    {
        if (values.Length == 0)
        {
            return 0;
        }

        var data = run.AllocateElements(values.Length, element.Size);
        StackGuard.Run(
            static a =>
            {
                var span = a.values.Span;
                for (var i = 0; i < span.Length; i++)
                {
                    Write(a.run, span[i], a.element, a.data + (nint)((long)i * a.element.Size), a.builder);
                }

                return true;
            },
            (run, values, element, data, builder));
        return data;
    }

    private static nint WriteDictionary(Run run, DictionaryValue value, MemoryLayout layout, Action<BuilderValue, nint> builder)
    {
        var entry = layout.Parts[0];
        var data = run.AllocateElements(value.Entries.Count, entry.Size);
        for (var i = 0; i < value.Entries.Count; i++)
        {
            var at = data + (nint)((long)i * entry.Size);
            Write(run, value.Entries[i].Key, entry.Parts[0], at + entry.Offsets[0], builder);
            Write(run, value.Entries[i].Value, entry.Parts[1], at + entry.Offsets[1], builder);
        }

        return DictionaryIndex.TryBuild(run, layout, data, value.Entries.Count, out var dictionary)
            ? dictionary
            : throw new MismatchException(layout.Type, "a dictionary with a key twice");
    }

    private static string Describe(Value value) => value switch
    {
        ScalarValue s => s.Scalar.Kind.Name(),
        StructValue s => $"a struct of {s.Fields.Count} fields",
        VectorValue => "a vector",
        DictionaryValue => "a dictionary",
        BuilderValue b => b.Type.ToString(),
        _ => value.GetType().Name,
    };
}

/// <summary>A host's value is not of the type that the program asks for. Becomes an <see cref="ArgumentException"/> that names the parameter.</summary>
internal sealed class MismatchException(string expected, string found) : Exception($"expected {expected}, found {found}")
{
    public MismatchException(WeldType expected, string found)
        : this(expected.ToString(), found)
    {
    }
}
