using System.Runtime.CompilerServices;
using Weld.Core.IR;
using Weld.Core.Types;
using Weld.Managed.Layout;

namespace Weld.Managed.Runtime;

/// <summary>
/// Values in memory as bytes (language.md §4.12): scalars little-endian, structs field by field without padding, vectors and dictionaries behind an
/// i64 count. Invariant: a write never passes the size that the first pass counted, which lengths alone decide; a read never passes the end, which
/// every count is checked against before memory is asked for.
/// </summary>
internal static unsafe class Serializer
{
    private const int LookEvery = 4096;
    private const uint NaN32 = 0x7fc00000;
    private const ulong NaN64 = 0x7ff8000000000000;

    /// <summary>Serializes a value into a new buffer and stores the bytes as a vector.</summary>
    /// <param name="run">The run.</param>
    /// <param name="layout">The value's layout.</param>
    /// <param name="value">Where it stands.</param>
    /// <param name="result">Where the vector goes.</param>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Write(Run run, MemoryLayout layout, long value, long result)
    {
        var size = Size(layout, (nint)value);
        var buffer = run.Allocate(size);
        var end = new Writer(run, buffer).Value(layout, (nint)value);
        System.Diagnostics.Debug.Assert(end == buffer + size);
        *(nint*)result = buffer;
        *(long*)(result + MemoryLayout.LengthOffset) = size;
    }

    /// <summary>Reads a value from bytes, all of them.</summary>
    /// <param name="run">The run.</param>
    /// <param name="layout">The value's layout.</param>
    /// <param name="bytes">The first byte.</param>
    /// <param name="length">How many there are.</param>
    /// <param name="result">Where the value goes.</param>
    /// <param name="start">The operation's place, for errors.</param>
    /// <param name="span">The place's length.</param>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Read(Run run, MemoryLayout layout, long bytes, long length, long result, int start, int span)
    {
        var reader = new Reader(run, (nint)bytes, (nint)(bytes + length), start, span);
        reader.Value(layout, (nint)result);
        reader.End();
    }

    /// <summary>The number of bytes; negative when it cannot be counted.</summary>
    private static long Size(MemoryLayout layout, nint at)
    {
        switch (layout.Type)
        {
            case VectorType:
                return 8 + Sizes(layout.Parts[0], *(nint*)at, *(long*)(at + MemoryLayout.LengthOffset));
            case DictionaryType:
                var header = *(DictionaryHeader**)at;
                return header is null ? 8 : 8 + Sizes(layout.Parts[0], header->Entries, header->Count);
            case StructType when layout.HoldsPointers:
                return layout.IsDeep ? StackGuard.Run(static a => FieldSizes(a.layout, a.at), (layout, at)) : FieldSizes(layout, at);
            default:
                return layout.WireSize;
        }
    }

    private static long FieldSizes(MemoryLayout layout, nint at)
    {
        var sum = 0L;
        for (var i = 0; i < layout.Parts.Count; i++)
        {
            sum += Size(layout.Parts[i], at + layout.Offsets[i]);
        }

        return sum;
    }

    private static long Sizes(MemoryLayout element, nint data, long count) =>
        element.HoldsPointers ? StackGuard.Run(SumSizes, (Element: element, Data: data, Count: count)) : count * element.WireSize;

    private static long SumSizes((MemoryLayout Element, nint Data, long Count) region)
    {
        var sum = 0L;
        for (var i = 0L; i < region.Count && sum >= 0; i++)
        {
            sum += Size(region.Element, region.Data + (nint)(i * region.Element.Size));
        }

        return sum;
    }

    private sealed class Writer(Run run, nint to)
    {
        private nint _to = to;

        public nint Value(MemoryLayout layout, nint at)
        {
            switch (layout.Type)
            {
                case ScalarType s:
                    Scalar(s.Kind, at);
                    break;
                case VectorType:
                    Elements(layout.Parts[0], *(nint*)at, *(long*)(at + MemoryLayout.LengthOffset));
                    break;
                case DictionaryType:
                    var header = *(DictionaryHeader**)at;
                    Elements(layout.Parts[0], header is null ? 0 : header->Entries, header is null ? 0 : header->Count);
                    break;
                default:
                    _ = layout.IsDeep ? StackGuard.Run(static a => a.Self.Fields(a.layout, a.at), (Self: this, layout, at)) : Fields(layout, at);
                    break;
            }

            return _to;
        }

        private bool Fields(MemoryLayout layout, nint at)
        {
            for (var i = 0; i < layout.Parts.Count; i++)
            {
                Value(layout.Parts[i], at + layout.Offsets[i]);
            }

            return true;
        }

        private void Elements(MemoryLayout element, nint data, long count)
        {
            Put(count);
            if (element.IsWire)
            {
                run.Copy(data, _to, count * element.Size);
                _to += (nint)(count * element.Size);
            }
            else
            {
                StackGuard.Run(Each, (element, data, count));
            }
        }

        private bool Each((MemoryLayout Element, nint Data, long Count) region)
        {
            for (var i = 0L; i < region.Count; i++)
            {
                if (i % LookEvery == 0)
                {
                    run.ThrowIfStopped();
                }

                Value(region.Element, region.Data + (nint)(i * region.Element.Size));
            }

            return true;
        }

        private void Scalar(ScalarKind kind, nint at)
        {
            switch (kind)
            {
                case ScalarKind.Bool:
                    Put((byte)(*(byte*)at == 0 ? 0 : 1));
                    break;
                case ScalarKind.F32:
                    Put(float.IsNaN(*(float*)at) ? NaN32 : *(uint*)at);
                    break;
                case ScalarKind.F64:
                    Put(double.IsNaN(*(double*)at) ? NaN64 : *(ulong*)at);
                    break;
                default:
                    Unsafe.CopyBlockUnaligned((void*)_to, (void*)at, (uint)kind.Size());
                    _to += kind.Size();
                    break;
            }
        }

        private void Put<T>(T value)
            where T : unmanaged
        {
            Unsafe.WriteUnaligned((void*)_to, value);
            _to += sizeof(T);
        }
    }

    private sealed class Reader(Run run, nint from, nint to, int start, int span)
    {
        private readonly nint _first = from;
        private nint _from = from;

        private long Left => to - _from;

        public void Value(MemoryLayout layout, nint at)
        {
            switch (layout.Type)
            {
                case ScalarType s:
                    Scalar(s.Kind, at);
                    break;
                case VectorType:
                    (*(nint*)at, *(long*)(at + MemoryLayout.LengthOffset)) = Elements(layout.Parts[0]);
                    break;
                case DictionaryType:
                    *(nint*)at = Dictionary(layout);
                    break;
                default:
                    _ = layout.IsDeep ? StackGuard.Run(static a => a.Self.Fields(a.layout, a.at), (Self: this, layout, at)) : Fields(layout, at);
                    break;
            }
        }

        public void End()
        {
            if (Left != 0)
            {
                Fault($"expected the end of the bytes, found {Left} more");
            }
        }

        private bool Fields(MemoryLayout layout, nint at)
        {
            for (var i = 0; i < layout.Parts.Count; i++)
            {
                Value(layout.Parts[i], at + layout.Offsets[i]);
            }

            return true;
        }

        private (nint Data, long Count) Elements(MemoryLayout element)
        {
            var count = Get<long>();
            if (count < 0 || (element.WireSize > 0 && count > Left / element.WireSize))
            {
                Fault($"expected a count of elements of at least {element.WireSize} bytes that fit the {Left} bytes left, found {count}");
            }

            if (count == 0)
            {
                return (0, 0);
            }

            var data = run.AllocateElements(count, element.Size);
            if (element.IsWire)
            {
                run.Copy(_from, data, count * element.Size);
                _from += (nint)(count * element.Size);
            }
            else if (element.WireSize > 0)
            {
                StackGuard.Run(Each, (element, data, count));
            }

            return (data, count);
        }

        private bool Each((MemoryLayout Element, nint Data, long Count) region)
        {
            for (var i = 0L; i < region.Count; i++)
            {
                if (i % LookEvery == 0)
                {
                    run.ThrowIfStopped();
                }

                Value(region.Element, region.Data + (nint)(i * region.Element.Size));
            }

            return true;
        }

        private nint Dictionary(MemoryLayout layout)
        {
            var at = _from;
            if (layout.Parts[0].Parts[0].WireSize == 0 && Left >= sizeof(long) && Unsafe.ReadUnaligned<long>((void*)at) > 1)
            {
                Fault("expected at most one key of a struct of nothing, found more");
            }

            var (entries, count) = Elements(layout.Parts[0]);
            if (!DictionaryIndex.TryBuild(run, layout, entries, count, out var header))
            {
                _from = at;
                Fault($"expected each key of the dictionary once, found one twice");
            }

            return header;
        }

        private void Scalar(ScalarKind kind, nint at)
        {
            if (Left < kind.Size())
            {
                Fault($"expected {kind.Size()} bytes of {kind.Name()}, found {Left}");
            }

            switch (kind)
            {
                case ScalarKind.Bool:
                    var truth = *(byte*)_from;
                    if (truth > 1)
                    {
                        Fault($"expected a bool of 0 or 1, found {truth}");
                    }

                    *(byte*)at = truth;
                    break;
                case ScalarKind.F32:
                    var single = Unsafe.ReadUnaligned<uint>((void*)_from);
                    *(uint*)at = float.IsNaN(BitConverter.UInt32BitsToSingle(single)) ? NaN32 : single;
                    break;
                case ScalarKind.F64:
                    var number = Unsafe.ReadUnaligned<ulong>((void*)_from);
                    *(ulong*)at = double.IsNaN(BitConverter.UInt64BitsToDouble(number)) ? NaN64 : number;
                    break;
                default:
                    Unsafe.CopyBlockUnaligned((void*)at, (void*)_from, (uint)kind.Size());
                    break;
            }

            _from += kind.Size();
        }

        private T Get<T>()
            where T : unmanaged
        {
            if (Left < sizeof(T))
            {
                Fault($"expected {sizeof(T)} bytes, found {Left}");
            }

            var value = Unsafe.ReadUnaligned<T>((void*)_from);
            _from += sizeof(T);
            return value;
        }

        private void Fault(string detail) => Fail.Deserialization($"{detail}, at byte {_from - _first}", start, span);
    }
}
