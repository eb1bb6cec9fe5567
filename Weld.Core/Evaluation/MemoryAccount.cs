using Weld.Core.Diagnostics;
using Weld.Core.IR;
using Weld.Core.Types;

namespace Weld.Core.Evaluation;

/// <summary>
/// What the vectors and dictionaries of a run take. A charge lasts as long as the object that <see cref="Charge"/> gives, which the charged value
/// holds on to; the garbage collector returns it. The run's limit counts the bytes that a compiled program would request; the budget that all
/// runs share counts about what the trees take here.
/// </summary>
internal sealed class MemoryAccount(long limit)
{
    /// <summary>About the bytes of an element's place, object and bits.</summary>
    private const long TreeSize = 48;

    /// <summary>Values smaller than this share a charge, which lasts until the last of them is gone.</summary>
    private const long PageSize = 1_024;

    private static readonly long Budget = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 4 * 3;
    private static long s_held;

    private Held? _page;
    private long _pageLeft;
    private long _requested;

    /// <summary>Charges a number of elements of a size.</summary>
    /// <returns>What the charged value must hold on to.</returns>
    /// <exception cref="WeldRuntimeException"><c>OutOfMemory</c>.</exception>
    public object Charge(long count, long size)
    {
        if (count > Array.MaxLength)
        {
            throw OutOfMemory(count, size);
        }

        var bytes = count * size;
        if (bytes > PageSize || limit < 64 * PageSize)
        {
            return Take(count, bytes);
        }

        if (_page is null || _pageLeft < bytes)
        {
            _page = Take(PageSize / 8, PageSize);
            _pageLeft = PageSize;
        }

        _pageLeft -= bytes;
        return _page;
    }

    /// <summary>The bytes of a value as an element of a vector, without what it points to and without padding.</summary>
    public static long SizeOf(WeldType type) => type switch
    {
        ScalarType s => s.Kind.Size(),
        StructType s => Math.Max(1, s.Fields.Sum(SizeOf)),
        VectorType => 16,
        _ => 8,
    };

    private Held Take(long count, long bytes)
    {
        var tree = count * TreeSize;
        if (!Fits(bytes, tree))
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            if (!Fits(bytes, tree))
            {
                throw OutOfMemory(1, bytes);
            }
        }

        return new Held(this, bytes, tree);
    }

    private bool Fits(long bytes, long tree) => Interlocked.Read(ref _requested) <= limit - bytes && Interlocked.Read(ref s_held) <= Budget - tree;

    private WeldRuntimeException OutOfMemory(long count, long size) => new(
        RuntimeCode.OutOfMemory,
        $"expected at most {limit} bytes, found a request for {(Int128)count * size} with {Interlocked.Read(ref _requested)} in use");

    /// <summary>A charge, returned when nothing holds on to it any more.</summary>
    private sealed class Held
    {
        private readonly MemoryAccount _account;
        private readonly long _bytes;
        private readonly long _tree;

        public Held(MemoryAccount account, long bytes, long tree)
        {
            (_account, _bytes, _tree) = (account, bytes, tree);
            Interlocked.Add(ref account._requested, bytes);
            Interlocked.Add(ref s_held, tree);
        }

        ~Held()
        {
            Interlocked.Add(ref _account._requested, -_bytes);
            Interlocked.Add(ref s_held, -_tree);
        }
    }
}
