using System.Buffers;
using System.Runtime.InteropServices;
using Weld.Core.Types;
using Weld.Core.Values;
using Weld.Managed.Layout;
using Weld.Managed.Runtime;

namespace Weld.Managed;

/// <summary>
/// The value of a run. It keeps alive and in place all that it points into, also arguments, and outlives its module. Dispose of it to use its memory again at
/// once; otherwise the collector frees it. It may be an argument of other runs, without a copy; a builder in it is consumed by the run it is passed to.
/// </summary>
public sealed class WeldResult : IDisposable
{
    internal WeldResult(ResultMemory memory, MemoryLayout layout, nint address)
    {
        Memory = memory;
        Root = new WeldView(this, layout, address);
    }

    /// <summary>The value's type.</summary>
    public WeldType Type => Root.Type;

    /// <inheritdoc cref="WeldView.Length"/>
    public long Length => Root.Length;

    internal ResultMemory Memory { get; }

    internal WeldView Root { get; }

    /// <inheritdoc cref="WeldView.this[long]"/>
    public WeldView this[long index] => Root[index];

    /// <inheritdoc cref="WeldView.As{T}"/>
    public T As<T>() => Root.As<T>();

    /// <inheritdoc cref="WeldView.AsSpan{T}"/>
    public ReadOnlySpan<T> AsSpan<T>()
        where T : unmanaged => Root.AsSpan<T>();

    /// <inheritdoc cref="WeldView.AsMemory{T}"/>
    public ReadOnlyMemory<T> AsMemory<T>()
        where T : unmanaged => Root.AsMemory<T>();

    /// <inheritdoc cref="WeldView.ToValue"/>
    public Value ToValue() => Root.ToValue();

    /// <summary>Gives the memory back as soon as no run uses it. Reading the result afterwards is an error; spans taken before stay readable, but show whatever the memory is used for next.</summary>
    public void Dispose() => Memory.Dispose();
}

/// <summary>A result's elements as memory.</summary>
internal sealed unsafe class ResultElements<T>(WeldView view, int length) : MemoryManager<T>
    where T : unmanaged
{
    public override Memory<T> Memory => CreateMemory(length);

    public override Span<T> GetSpan()
    {
        var span = view.AsSpan<T>();
        return MemoryMarshal.CreateSpan(ref MemoryMarshal.GetReference(span), span.Length);
    }

    public override MemoryHandle Pin(int elementIndex = 0)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)elementIndex, (uint)length, nameof(elementIndex));
        view.Memory.Enter();
        fixed (T* first = view.AsSpan<T>())
        {
            return new MemoryHandle(first + elementIndex, default, this);
        }
    }

    public override void Unpin() => view.Memory.Leave();

    protected override void Dispose(bool disposing)
    {
    }
}

/// <summary>A builder in a result, as a value.</summary>
internal sealed record RunBuilderValue : BuilderValue
{
    internal RunBuilderValue(BuilderType type, WeldResult result, long handle)
        : base(type)
    {
        Result = result;
        Handle = handle;
    }

    public WeldResult Result { get; }

    public long Handle { get; }

    public override bool IsConsumed => Result.Memory.FindBuilder(Handle) is null;
}
