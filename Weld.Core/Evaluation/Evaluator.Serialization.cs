using System.Buffers;
using System.Buffers.Binary;
using Weld.Core.Diagnostics;
using Weld.Core.IR;
using Weld.Core.Types;
using Weld.Core.Values;

namespace Weld.Core.Evaluation;

/// <summary>
/// Values as bytes (language.md §4.12): scalars little-endian; a struct's fields in order without padding; a vector's i64 count and elements; a
/// dictionary's i64 count and key, value, … in the order of its entries.
/// </summary>
internal sealed partial class Evaluator
{
    private VectorValue EvaluateSerialize(Serialize node)
    {
        var value = Evaluate(node.Operand);
        var size = SerializedSize(value);
        var owner = _memory.Charge(size, sizeof(byte));
        var output = new ArrayBufferWriter<byte>((int)Math.Max(1, size));
        Write(value, output);
        return VectorValue.OfBytes(output.WrittenSpan, ScalarKind.U8) with { Owner = owner };
    }

    private long SerializedSize(Value value)
    {
        _watch.Look();
        return value switch
        {
            ScalarValue s => s.Scalar.Kind.Size(),
            StructValue s => s.Fields.Sum(SerializedSize),
            VectorValue v => sizeof(long) + SerializedSize(v.Elements.Span),
            DictionaryValue d => sizeof(long) + d.Entries.Sum(e => SerializedSize(e.Key) + SerializedSize(e.Value)),
            _ => throw new InvalidOperationException($"expected a value that serializes, found {value}"),
        };
    }

    private long SerializedSize(ReadOnlySpan<Value> values)
    {
        long size = 0;
        foreach (var value in values)
        {
            size += SerializedSize(value);
        }

        return size;
    }

    private void Write(Value value, ArrayBufferWriter<byte> output)
    {
        _watch.Look();
        switch (value)
        {
            case ScalarValue { Scalar: var scalar }:
                WriteBits(scalar.Bits, scalar.Kind.Size(), output);
                break;
            case StructValue { Fields: var fields }:
                foreach (var field in fields.Span)
                {
                    Write(field, output);
                }

                break;
            case VectorValue { Elements: var elements }:
                WriteBits((ulong)elements.Length, sizeof(long), output);
                foreach (var element in elements.Span)
                {
                    Write(element, output);
                }

                break;
            case DictionaryValue { Entries: var entries }:
                WriteBits((ulong)entries.Count, sizeof(long), output);
                foreach (var (key, held) in entries.Span)
                {
                    Write(key, output);
                    Write(held, output);
                }

                break;
        }
    }

    /// <summary>The low bytes of a scalar, the lowest first.</summary>
    private static void WriteBits(ulong bits, int size, ArrayBufferWriter<byte> output)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(output.GetSpan(sizeof(ulong)), bits);
        output.Advance(size);
    }

    private Value EvaluateDeserialize(Deserialize node)
    {
        var vector = EvaluateVector(node.Operand);
        var bytes = new byte[vector.Count];
        for (var i = 0; i < bytes.Length; i++)
        {
            _watch.Look();
            bytes[i] = (byte)((ScalarValue)vector.Elements.Span[i]).Scalar.Bits;
        }

        var position = 0;
        var value = Read(node.ResultType, bytes, ref position, node);
        return position == bytes.Length
            ? value
            : throw Error(RuntimeCode.DeserializationError, node, $"expected {position} bytes for {node.ResultType}, found {bytes.Length}");
    }

    private Value Read(WeldType type, byte[] bytes, ref int position, Deserialize node)
    {
        _watch.Look();
        return type switch
        {
            ScalarType s => ReadScalar(s.Kind, bytes, ref position, node),
            StructType s => ReadStruct(s, bytes, ref position, node),
            VectorType v => ReadVector(v, bytes, ref position, node),
            DictionaryType d => ReadDictionary(d, bytes, ref position, node),
            _ => throw new InvalidOperationException($"expected a type that serializes, found {type}"),
        };
    }

    private static ScalarValue ReadScalar(ScalarKind kind, byte[] bytes, ref int position, Deserialize node)
    {
        var bits = ReadBits(kind.Size(), bytes, ref position, node);
        return kind != ScalarKind.Bool || bits <= 1
            ? new ScalarValue(Scalar.FromBits(kind, bits))
            : throw Error(RuntimeCode.DeserializationError, node, $"expected 0 or 1 for a bool at byte {position - 1}, found {bits}");
    }

    private StructValue ReadStruct(StructType type, byte[] bytes, ref int position, Deserialize node)
    {
        var fields = new Value[type.Fields.Count];
        for (var i = 0; i < fields.Length; i++)
        {
            fields[i] = Read(type.Fields[i], bytes, ref position, node);
        }

        return new StructValue(fields.ToSeq());
    }

    private VectorValue ReadVector(VectorType type, byte[] bytes, ref int position, Deserialize node)
    {
        var count = ReadCount(MinimumSize(type.Element), bytes, ref position, node);
        var owner = _memory.Charge(count, MemoryAccount.SizeOf(type.Element));
        var elements = new Value[count];
        for (var i = 0; i < elements.Length; i++)
        {
            elements[i] = Read(type.Element, bytes, ref position, node);
        }

        return new VectorValue(elements) { Owner = owner };
    }

    private DictionaryValue ReadDictionary(DictionaryType type, byte[] bytes, ref int position, Deserialize node)
    {
        var count = ReadCount(MinimumSize(type.Key) + MinimumSize(type.Value), bytes, ref position, node);
        if (count > 1 && MinimumSize(type.Key) == 0)
        {
            throw Error(RuntimeCode.DeserializationError, node, $"expected at most one key of {type.Key}, found {count}");
        }

        var owner = _memory.Charge(count, MemoryAccount.SizeOf(type.Key) + MemoryAccount.SizeOf(type.Value));
        var entries = new List<KeyValuePair<Value, Value>>();
        var index = new Dictionary<Value, int>();
        for (var i = 0; i < count; i++)
        {
            var start = position;
            var key = Keys.Normalize(Read(type.Key, bytes, ref position, node));
            if (!index.TryAdd(key, i))
            {
                throw Error(RuntimeCode.DeserializationError, node, $"expected each key once, found {key} again at byte {start}");
            }

            entries.Add(new(key, Read(type.Value, bytes, ref position, node)));
        }

        return new DictionaryValue(entries.ToSeq(), index) { Owner = owner };
    }

    /// <summary>A count of things that take at least <paramref name="least"/> bytes each, so that no count asks for more than the bytes can hold.</summary>
    private static long ReadCount(long least, byte[] bytes, ref int position, Deserialize node)
    {
        var start = position;
        var count = (long)ReadBits(sizeof(long), bytes, ref position, node);
        return count >= 0 && (least == 0 || count <= (bytes.Length - position) / least)
            ? count
            : throw Error(RuntimeCode.DeserializationError, node, $"the count {count} at byte {start} does not fit the {bytes.Length - position} bytes after it");
    }

    private static ulong ReadBits(int size, byte[] bytes, ref int position, Deserialize node)
    {
        if (bytes.Length - position < size)
        {
            throw Error(RuntimeCode.DeserializationError, node, $"expected {size} bytes at byte {position}, found {bytes.Length - position}");
        }

        Span<byte> padded = stackalloc byte[sizeof(ulong)];
        padded.Clear();
        bytes.AsSpan(position, size).CopyTo(padded);
        position += size;
        return BinaryPrimitives.ReadUInt64LittleEndian(padded);
    }

    /// <summary>The fewest bytes that a value of the type takes; 0 only for a struct of nothing.</summary>
    private static long MinimumSize(WeldType type) => type switch
    {
        ScalarType s => s.Kind.Size(),
        StructType s => s.Fields.Sum(MinimumSize),
        _ => sizeof(long),
    };
}
