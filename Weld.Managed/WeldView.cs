using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Weld.Core.Types;
using Weld.Core.Values;
using Weld.Managed.Layout;
using Weld.Managed.Runtime;

namespace Weld.Managed;

/// <summary>A value inside a result: the whole, an element, or a field. It copies nothing until asked to, and works until the result is disposed of.</summary>
public readonly unsafe struct WeldView
{
    private readonly WeldResult _result;
    private readonly MemoryLayout _layout;

    internal WeldView(WeldResult result, MemoryLayout layout, nint address)
    {
        _result = result;
        _layout = layout;
        Address = address;
    }

    /// <summary>The value's type.</summary>
    public WeldType Type => _layout.Type;

    /// <summary>The number of elements of a vector, entries of a dictionary, or fields of a struct.</summary>
    /// <exception cref="InvalidOperationException">The value is a scalar or builder.</exception>
    /// <exception cref="ObjectDisposedException">The result was disposed of.</exception>
    public long Length
    {
        get
        {
            using var share = new Share(Memory);
            return Type is StructType s ? s.Fields.Count : Elements().Count;
        }
    }

    internal nint Address { get; }

    internal ResultMemory Memory => _result.Memory;

    /// <summary>An element of a vector, a <c>{key, value}</c> entry of a dictionary, or a field of a struct.</summary>
    /// <param name="index">0-based.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such element.</exception>
    /// <exception cref="ObjectDisposedException">The result was disposed of.</exception>
    public WeldView this[long index]
    {
        get
        {
            using var share = new Share(Memory);
            if (Type is StructType s)
            {
                Check(index, s.Fields.Count);
                return new WeldView(_result, _layout.Parts[(int)index], Address + _layout.Offsets[(int)index]);
            }

            var (element, data, count) = Elements();
            Check(index, count);
            return new WeldView(_result, element, data + (nint)(index * element.Size));
        }
    }

    /// <summary>A copy of the value as a type of the host: a number, string, array (of arrays), tuple, record, struct or dictionary.</summary>
    /// <typeparam name="T">The type.</typeparam>
    /// <exception cref="InvalidCastException">The value does not convert to it; the message says what it converts to.</exception>
    /// <exception cref="ObjectDisposedException">The result was disposed of.</exception>
    public T As<T>()
    {
        using var share = new Share(Memory);
        return HostReader.Read<T>(_layout, Address);
    }

    /// <summary>A vector's elements, or a dictionary's entries, where they lie. The span keeps its memory alive; its contents stand only until the result is disposed of.</summary>
    /// <typeparam name="T">A scalar, or a struct whose fields lie as C lays them out.</typeparam>
    /// <exception cref="InvalidCastException">The elements do not lie in memory as those of <typeparamref name="T"/> do.</exception>
    /// <exception cref="InvalidOperationException">There are more elements than a span can hold.</exception>
    /// <exception cref="ObjectDisposedException">The result was disposed of.</exception>
    public ReadOnlySpan<T> AsSpan<T>()
        where T : unmanaged
    {
        using var share = new Share(Memory);
        var (element, data, count) = Elements();
        if (FieldMap.Of(typeof(T), element) is not { IsIdentity: true })
        {
            throw HostReader.Mismatch(typeof(ReadOnlySpan<T>), Type);
        }

        return count == 0 ? [] : MemoryMarshal.CreateReadOnlySpan(ref Unsafe.AsRef<T>((void*)data), HostReader.Count(count, "a span"));
    }

    /// <summary>The same as <see cref="AsSpan{T}"/>, for as long as the result is not disposed of.</summary>
    /// <typeparam name="T">A scalar, or a struct whose fields lie as C lays them out.</typeparam>
    public ReadOnlyMemory<T> AsMemory<T>()
        where T : unmanaged => new ResultElements<T>(this, AsSpan<T>().Length).Memory;

    /// <summary>A copy of the value as a tree.</summary>
    /// <exception cref="ObjectDisposedException">The result was disposed of.</exception>
    public Value ToValue()
    {
        using var share = new Share(Memory);
        var result = _result;
        return ValueMarshal.Read(_layout, Address, (type, handle) => result.Memory.FindBuilder(handle) as Value ?? new RunBuilderValue(type, result, handle));
    }

    private (MemoryLayout Element, nint Data, long Count) Elements() => Type switch
    {
        VectorType => (_layout.Parts[0], *(nint*)Address, *(long*)(Address + MemoryLayout.LengthOffset)),
        DictionaryType => *(DictionaryHeader**)Address is var header && header is null ? (_layout.Parts[0], 0, 0) : (_layout.Parts[0], header->Entries, header->Count),
        _ => throw new InvalidOperationException($"expected a vector or dictionary, found {Type}"),
    };

    private static void Check(long index, long count)
    {
        if ((ulong)index >= (ulong)count)
        {
            throw new ArgumentOutOfRangeException(nameof(index), index, $"expected an index of 0 to {count - 1}, found {index}");
        }
    }

    private readonly ref struct Share
    {
        private readonly ResultMemory _memory;

        public Share(ResultMemory memory)
        {
            memory.Enter();
            _memory = memory;
        }

        public void Dispose() => _memory.Leave();
    }
}
