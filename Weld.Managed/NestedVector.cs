using Weld.Core.Types;
using Weld.Managed.Layout;
using Weld.Managed.Runtime;

namespace Weld.Managed;

/// <summary>
/// Many vectors in one memory, one after the other: an argument for <c>vec[vec[T]]</c> whose elements are not copied, such as the texts of a column or the rows of
/// a matrix. Bytes may stand for i8 too.
/// </summary>
public abstract class NestedVector
{
    private protected NestedVector()
    {
    }

    /// <summary>Pins the memory and writes where each vector lies.</summary>
    /// <returns>The vectors and their number.</returns>
    /// <exception cref="MismatchException">An offset is outside the memory or less than the one before.</exception>
    internal abstract (nint Data, long Length) Write(Run run);

    /// <summary>Whether a vector's elements lie as these do.</summary>
    internal abstract bool Fits(MemoryLayout element);
}

/// <inheritdoc/>
/// <typeparam name="T">A scalar's type.</typeparam>
/// <param name="values">The elements of all vectors.</param>
/// <param name="offsets">Vector i is the elements from offset i up to, not including, offset i + 1: one offset more than vectors, none descending.</param>
public sealed class NestedVector<T>(ReadOnlyMemory<T> values, ReadOnlyMemory<int> offsets) : NestedVector
    where T : unmanaged
{
    private const int LookEvery = 4096;

    internal override unsafe (nint Data, long Length) Write(Run run)
    {
        var count = offsets.Length - 1;
        if (count < 0)
        {
            throw new MismatchException("one offset more than vectors", "no offset");
        }

        var pin = new MemoryPin(values.Pin(), (nint)((long)values.Length * sizeof(T)));
        run.Attach(pin);
        var vectors = run.AllocateElements(count, 2 * sizeof(long));
        var ends = offsets.Span;
        for (int i = 0, start = ends[0]; i < count; i++)
        {
            if (i % LookEvery == 0)
            {
                run.ThrowIfStopped();
            }

            // Read once: the host may write to the offsets meanwhile, and each vector must lie within the memory that is pinned.
            var end = ends[i + 1];
            if (start < 0 || end < start || end > values.Length)
            {
                throw new MismatchException($"ascending offsets up to {values.Length}", $"{end} after {start}");
            }

            ((nint*)vectors)[2 * (nint)i] = pin.Address + (nint)((long)start * sizeof(T));
            ((long*)vectors)[(2 * (nint)i) + 1] = end - start;
            start = end;
        }

        return (vectors, count);
    }

    internal override bool Fits(MemoryLayout element) =>
        FieldMap.Of(typeof(T), element) is { IsIdentity: true } || (typeof(T) == typeof(byte) && element.Type.Is(ScalarKind.I8));
}
