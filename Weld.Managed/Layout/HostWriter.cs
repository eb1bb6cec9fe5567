using System.Collections;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using Weld.Core.Types;
using Weld.Core.Values;
using Weld.Managed.Runtime;

namespace Weld.Managed.Layout;

/// <summary>
/// Writes values of the host into a run's memory. What has a vector's layout already is pinned and not copied, unless it is small and nested; all else is
/// copied. Builders are only noted: the run takes them when everything has been accepted.
/// </summary>
/// <param name="run">The run.</param>
internal sealed unsafe class HostWriter(Run run)
{
    private const int LookEvery = 4096;

    /// <summary>Nested arrays of fewer bytes are copied: a pin costs more.</summary>
    private const long NestedPin = 1 << 16;

    private readonly List<object> _path = [];

    /// <summary>A builder of another run that this one will take.</summary>
    /// <param name="From">The memory that it lives in.</param>
    /// <param name="Handle">Its handle there.</param>
    /// <param name="At">Where its handle here goes.</param>
    public sealed record Guest(ResultMemory From, long Handle, nint At);

    /// <summary>The builders among the values written.</summary>
    public List<Guest> Guests { get; } = [];

    /// <summary>The builders of the interpreter among the values written, and where their handles go.</summary>
    public List<(BuilderValue Builder, nint At)> Others { get; } = [];

    /// <summary>Where in the value written last a mismatch was found, such as <c>[3].$1</c>.</summary>
    public string Path => string.Concat(_path.Select(p => p is int item ? $".${item}" : $"[{p}]"));

    /// <summary>Writes one value.</summary>
    /// <param name="value">The value.</param>
    /// <param name="layout">The layout it must have.</param>
    /// <param name="at">Where it goes.</param>
    /// <exception cref="MismatchException">The value is not of the type.</exception>
    public void Write(object? value, MemoryLayout layout, nint at) => Write(value, layout, at, mayPin: true);

    /// <summary>Writes a copy of one value.</summary>
    public void WriteCopy(object? value, MemoryLayout layout, nint at) => Write(value, layout, at, mayPin: false);

    /// <summary>Writes a copy of a span's elements, since no span outlives its call.</summary>
    /// <param name="clr">The element type; no reference is in it.</param>
    /// <param name="first">The first element.</param>
    /// <param name="length">The number of elements.</param>
    /// <param name="layout">The vector's layout.</param>
    /// <param name="at">Where the vector goes.</param>
    public void WriteSpan(Type clr, ref byte first, int length, MemoryLayout layout, nint at)
    {
        if (layout.Type is not VectorType || FieldMap.Of(clr, layout.Parts[0]) is not { } map)
        {
            throw new MismatchException(Expected(layout.Type), $"a span of {Name(clr)}");
        }

        var data = run.AllocateElements(length, layout.Parts[0].Size);
        map.ToWeld(ref first, data, length);
        SetVector(at, data, length);
    }

    private void Write(object? value, MemoryLayout layout, nint at, bool mayPin)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        switch (value)
        {
            case WeldResult result:
                WriteView(result.Root, layout, at);
                break;
            case WeldView view:
                WriteView(view, layout, at);
                break;
            case Value tree:
                ValueMarshal.Write(run, tree, layout, at, NoteGuest);
                break;
            default:
                switch (layout.Type)
                {
                    case ScalarType s:
                        WriteScalar(value, s, at);
                        break;
                    case VectorType v:
                        WriteVector(value, v, layout.Parts[0], at, mayPin);
                        break;
                    case DictionaryType:
                        WriteDictionary(value, layout, at, mayPin);
                        break;
                    case StructType:
                        WriteStruct(value, layout, at, mayPin);
                        break;
                    default:
                        throw Mismatch(layout.Type, value);
                }

                break;
        }
    }

    private static void WriteScalar(object? value, ScalarType type, nint at)
    {
        if (value is null || ClrShape.Scalar(value.GetType()) != type.Kind)
        {
            throw Mismatch(type, value);
        }

        Unsafe.CopyBlockUnaligned(ref *(byte*)at, ref FieldMap.Bytes(value), (uint)type.Kind.Size());
    }

    private void WriteVector(object? value, VectorType type, MemoryLayout element, nint at, bool mayPin)
    {
        switch (value)
        {
            case string text when ClrShape.IsText(type):
                var data = run.Allocate(Encoding.UTF8.GetByteCount(text));
                SetVector(at, data, Encoding.UTF8.GetBytes(text, new Span<byte>((void*)data, Encoding.UTF8.GetByteCount(text))));
                break;
            case string[] texts when element.Type is VectorType inner && ClrShape.IsText(inner):
                WriteTexts([.. texts], type, at);
                break;
            case NestedVector nested when element.Type is VectorType && nested.Fits(element.Parts[0]):
                var (vectors, count) = nested.Write(run);
                SetVector(at, vectors, count);
                break;
            case Array { Rank: 1 } array when array.GetType().IsSZArray:
                WriteArray(array, type, element, at, mayPin);
                break;
            case not null when HostMemory.Pin(value) is var (pin, length, clr):
                WriteMemory(pin, length, clr, type, element, at, mayPin);
                break;
            default:
                throw Mismatch(type, value);
        }
    }

    // All texts in one buffer, from a copy of the array that no one else can write to.
    private void WriteTexts(string?[] texts, VectorType type, nint at)
    {
        var size = 0L;
        for (var i = 0; i < texts.Length; i++)
        {
            size += Encoding.UTF8.GetByteCount(texts[i] ?? throw Mismatch(((VectorType)type.Element), null, i));
        }

        var vectors = run.AllocateElements(texts.Length, 2 * sizeof(long));
        var data = run.Allocate(size);
        for (var i = 0; i < texts.Length; i++)
        {
            if (i % LookEvery == 0)
            {
                run.ThrowIfStopped();
            }

            var length = Encoding.UTF8.GetBytes(texts[i], new Span<byte>((void*)data, (int)Math.Min(size, int.MaxValue)));
            SetVector(vectors + (nint)(i * 16L), data, length);
            (data, size) = (data + length, size - length);
        }

        SetVector(at, vectors, texts.Length);
    }

    private void WriteArray(Array array, VectorType type, MemoryLayout element, nint at, bool mayPin)
    {
        var length = array.Length;
        var clr = array.GetType().GetElementType()!;
        if (FieldMap.Of(clr, element) is not { } map)
        {
            WriteEach(array, type, element, at, mayPin);
            return;
        }

        var bytes = (long)length * element.Size;
        if (length == 0)
        {
            SetVector(at, 0, 0);
        }
        else if (map.IsIdentity && mayPin && (_path.Count == 0 || bytes >= NestedPin))
        {
            var pin = new ArrayPin(array, (nint)bytes);
            run.Attach(pin);
            SetVector(at, pin.Address, length);
        }
        else
        {
            var data = run.Allocate(bytes);
            map.ToWeld(ref MemoryMarshal.GetArrayDataReference(array), data, length);
            SetVector(at, data, length);
        }
    }

    private void WriteEach(Array array, VectorType type, MemoryLayout element, nint at, bool mayPin)
    {
        var clr = array.GetType().GetElementType()!;
        if (!ClrShape.Fits(clr, element.Type))
        {
            throw Mismatch(type, array);
        }

        var length = array.Length;
        var data = run.AllocateElements(length, element.Size);
        var references = array as object?[];
        _path.Add(0L);
        for (var i = 0; i < length; i++)
        {
            if (i % LookEvery == 0)
            {
                run.ThrowIfStopped();
            }

            _path[^1] = (long)i;
            Write(references is null ? array.GetValue(i) : references[i], element, data + (nint)((long)i * element.Size), mayPin);
        }

        _path.RemoveAt(_path.Count - 1);
        SetVector(at, data, length);
    }

    private void WriteMemory(MemoryPin pin, int length, Type clr, VectorType type, MemoryLayout element, nint at, bool mayPin)
    {
        if (FieldMap.Of(clr, element) is not { } map)
        {
            pin.Drop(toPool: true);
            throw new MismatchException(Expected(type), $"memory of {Name(clr)}");
        }

        if (map.IsIdentity && mayPin)
        {
            run.Attach(pin);
            SetVector(at, pin.Address, length);
            return;
        }

        try
        {
            var data = run.AllocateElements(length, element.Size);
            map.ToWeld(ref *(byte*)pin.Address, data, length);
            SetVector(at, data, length);
        }
        finally
        {
            pin.Drop(toPool: true);
        }
    }

    private void WriteStruct(object? value, MemoryLayout layout, nint at, bool mayPin)
    {
        if (value is null)
        {
            throw Mismatch(layout.Type, value);
        }

        if (FieldMap.Of(value.GetType(), layout) is { } map)
        {
            map.ToWeld(ref FieldMap.Bytes(value), at, 1);
            return;
        }

        var fields = value as object?[];
        var shape = fields is null ? ClrShape.Of(value.GetType()) : null;
        if ((fields?.Length ?? shape?.Fields.Length) != layout.Parts.Count)
        {
            throw Mismatch(layout.Type, value);
        }

        _path.Add(0);
        for (var i = 0; i < layout.Parts.Count; i++)
        {
            _path[^1] = i;
            Write(fields is null ? shape!.Get(value, i) : fields[i], layout.Parts[i], at + layout.Offsets[i], mayPin);
        }

        _path.RemoveAt(_path.Count - 1);
    }

    private void WriteDictionary(object? value, MemoryLayout layout, nint at, bool mayPin)
    {
        if (value is not IDictionary dictionary)
        {
            throw Mismatch(layout.Type, value);
        }

        var all = new List<(object Key, object? Value)>(dictionary.Count);
        foreach (DictionaryEntry e in dictionary)
        {
            all.Add((e.Key, e.Value));
        }

        var entry = layout.Parts[0];
        var entries = run.AllocateElements(all.Count, entry.Size);
        _path.Add(0L);
        for (var i = 0; i < all.Count; i++)
        {
            _path[^1] = all[i].Key;
            var to = entries + (nint)((long)i * entry.Size);
            Write(all[i].Key, entry.Parts[0], to + entry.Offsets[0], mayPin: false);
            Write(all[i].Value, entry.Parts[1], to + entry.Offsets[1], mayPin);
        }

        _path.RemoveAt(_path.Count - 1);
        *(nint*)at = DictionaryIndex.TryBuild(run, layout, entries, all.Count, out var made)
            ? made
            : throw new MismatchException(layout.Type, "a dictionary in which two keys are one to Weld, as -0.0 and 0.0 are");
    }

    private void WriteView(WeldView view, MemoryLayout layout, nint at)
    {
        if (view.Type != layout.Type)
        {
            throw new MismatchException(layout.Type, $"a result of type {view.Type}");
        }

        var lease = new ResultLease(view.Memory);
        run.Attach(lease);
        Unsafe.CopyBlockUnaligned((void*)at, (void*)view.Address, (uint)layout.Size);
        NoteGuests(view.Memory, layout, at);
    }

    private void NoteGuests(ResultMemory from, MemoryLayout layout, nint at)
    {
        if (layout.Type is BuilderType)
        {
            var handle = *(long*)at;
            if (from.FindBuilder(handle) is null or BuilderValue { IsConsumed: true } || Guests.Any(g => g.From == from && g.Handle == handle))
            {
                throw Consumed(layout.Type);
            }

            Guests.Add(new Guest(from, handle, at));
        }
        else if (layout.HoldsBuilders)
        {
            for (var i = 0; i < layout.Parts.Count; i++)
            {
                NoteGuests(from, layout.Parts[i], at + layout.Offsets[i]);
            }
        }
    }

    private void NoteGuest(BuilderValue builder, nint at)
    {
        switch (builder)
        {
            case RunBuilderValue b:
                run.Attach(new ResultLease(b.Result.Memory));
                *(long*)at = b.Handle;
                NoteGuests(b.Result.Memory, MemoryLayout.Of(b.Type), at);
                break;
            case { IsConsumed: false } when !Others.Exists(o => ReferenceEquals(o.Builder, builder)):
                Others.Add((builder, at));
                break;
            default:
                throw Consumed(builder.Type);
        }
    }

    private static MismatchException Consumed(WeldType type) => new($"a {type} that no run has taken", "one that was consumed when it was passed before");

    private static void SetVector(nint at, nint data, long length)
    {
        *(nint*)at = data;
        *(long*)(at + MemoryLayout.LengthOffset) = length;
    }

    private MismatchException Mismatch(WeldType type, object? found, long index)
    {
        _path.Add(index);
        return Mismatch(type, found);
    }

    private static MismatchException Mismatch(WeldType type, object? found) => new(Expected(type), found is null ? "null" : Name(found.GetType()));

    private static string Expected(WeldType type) => $"{type} ({ClrShape.Suggest(type)})";

    private static string Name(Type type) =>
        type.IsArray ? $"{Name(type.GetElementType()!)}[{new string(',', type.GetArrayRank() - 1)}]"
        : type.IsGenericType ? $"{type.Name[..type.Name.IndexOf('`')]}<{string.Join(", ", type.GetGenericArguments().Select(Name))}>"
        : ClrShape.Scalar(type) is { } kind && !type.IsEnum && type != typeof(char) ? ClrShape.Suggest(new ScalarType(kind))
        : type == typeof(string) ? "string"
        : type.Name;
}
