using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Weld.Core.Diagnostics;
using Weld.Core.Types;
using Weld.Managed.Builders;
using Weld.Managed.Runtime;

namespace Weld.Bench.Peers.Llvm;

/// <summary>A run of a lowered program, as the functions that it calls see it.</summary>
/// <param name="run">The run: its memory and limits.</param>
/// <param name="dictionaries">The types of the dictionaries that it finishes, by number.</param>
internal sealed class LlvmCall(Run run, IReadOnlyList<DictionaryType> dictionaries)
{
    public Run Run { get; } = run;

    public IReadOnlyList<DictionaryType> Dictionaries { get; } = dictionaries;

    /// <summary>What ended the run; null while nothing did.</summary>
    public Exception? Failure { get; set; }
}

/// <summary>
/// What lowered programs call: memory, and the end of a run by an error. Native code cannot be unwound, so an exception waits in the <see cref="LlvmCall"/> while the
/// program returns. Every function takes the call's handle first; a result of 0 means failure.
/// </summary>
internal static unsafe class LlvmCallbacks
{
    /// <summary>The address of a function that allocates bytes: (call, bytes) → address.</summary>
    public static nint Allocate { get; } = (nint)(delegate* unmanaged<nint, long, nint>)&AllocateCore;

    /// <summary>(call, buffer or 0, bytes in use, bytes wanted) → address.</summary>
    public static nint Grow { get; } = (nint)(delegate* unmanaged<nint, nint, long, long, nint>)&GrowCore;

    /// <summary>(call, code, first detail, second, third, fourth, start, length): the run ends.</summary>
    public static nint Fail { get; } = (nint)(delegate* unmanaged<nint, long, long, long, long, long, long, long, void>)&FailCore;

    /// <summary>(call): the run was asked to stop.</summary>
    public static nint Stop { get; } = (nint)(delegate* unmanaged<nint, void>)&StopCore;

    /// <summary>(call, start, end, stride, length or −1 for a range, place, span) → the number of elements, −1 for failure.</summary>
    public static nint Count { get; } = (nint)(delegate* unmanaged<nint, long, long, long, long, long, long, long>)&CountCore;

    /// <summary>(call, data, length, bytes of an element, start, extents, their number, strides, their number, place, span) → the iterator's table (<see cref="NativeShape"/>).</summary>
    public static nint Shape { get; } = (nint)(delegate* unmanaged<nint, long, long, long, long, long, long, long, long, long, long, nint>)&ShapeCore;

    /// <summary>(call, table, bytes of an entry, bytes of what goes with it, hash) → the number of a new entry, −1 for failure.</summary>
    public static nint Add { get; } = (nint)(delegate* unmanaged<nint, NativeTable*, long, long, long, long>)&AddCore;

    /// <summary>(dictionary) → the address of its entries.</summary>
    public static nint Entries { get; } = (nint)(delegate* unmanaged<long, long>)&EntriesCore;

    /// <summary>(dictionary) → how many it has.</summary>
    public static nint EntryCount { get; } = (nint)(delegate* unmanaged<long, long>)&EntryCountCore;

    /// <summary>(call, table, number of the type) → a dictionary as hosts read it, −1 for failure.</summary>
    public static nint Finish { get; } = (nint)(delegate* unmanaged<nint, NativeTable*, long, long>)&FinishCore;

    [UnmanagedCallersOnly]
    private static nint AllocateCore(nint call, long bytes) => Try(call, c => c.Run.Allocate(bytes));

    [UnmanagedCallersOnly]
    private static nint GrowCore(nint call, nint old, long used, long wanted) => Try(call, c => c.Run.Grow(old, used, wanted));

    [UnmanagedCallersOnly]
    private static void FailCore(nint call, long code, long a, long b, long c, long d, long start, long length) => Try<nint>(call, _ =>
    {
        var (at, span) = ((int)start, (int)length);
        switch ((RuntimeCode)code)
        {
            case RuntimeCode.ArrayOutOfBounds when c < 0:
                Managed.Runtime.Fail.OutOfBounds(a, b, at, span);
                break;
            case RuntimeCode.ArrayOutOfBounds:
                Managed.Runtime.Fail.SliceOutOfBounds(a, b, c, at, span);
                break;
            case RuntimeCode.KeyNotFound:
                Managed.Runtime.Fail.KeyNotFound(at, span);
                break;
            case RuntimeCode.DivideByZero:
                Managed.Runtime.Fail.DivideByZero(at, span);
                break;
            case RuntimeCode.MismatchedZipSize:
                Managed.Runtime.Fail.MismatchedZip(a, b, at, span);
                break;
            case RuntimeCode.AssertionError:
                Managed.Runtime.Fail.AssertionFailed(at, span);
                break;
        }

        throw new WeldInternalException("llvm", $"expected a known error, found {code}");
    });

    [UnmanagedCallersOnly]
    private static void StopCore(nint call) => Try<nint>(call, c =>
    {
        c.Run.Stop();
        return 0;
    });

    [UnmanagedCallersOnly]
    private static long CountCore(nint call, long start, long end, long stride, long length, long at, long span) => Try(
        call,
        _ => length < 0 ? Iterators.CountRange(start, end, stride, (int)at, (int)span) : Iterators.Count(start, end, stride, length, (int)at, (int)span),
        -1L);

    [UnmanagedCallersOnly]
    private static nint ShapeCore(nint call, long data, long length, long size, long start, long shape, long rank, long strides, long strideRank, long at, long span) =>
        Try(call, c => (nint)NdTable.Make(c.Run, data, length, size, start, shape, rank, strides, strideRank, (int)at, (int)span));

    [UnmanagedCallersOnly]
    private static long AddCore(nint call, NativeTable* table, long size, long partialSize, long hash) => Try(call, c => table->Add(c.Run, size, partialSize, (uint)hash), -1L);

    [UnmanagedCallersOnly]
    private static long EntriesCore(long dictionary) => DictionaryTable.Entries(dictionary);

    [UnmanagedCallersOnly]
    private static long EntryCountCore(long dictionary) => DictionaryTable.CountOf(dictionary);

    [UnmanagedCallersOnly]
    private static long FinishCore(nint call, NativeTable* table, long type) => Try(call, c => table->Finish(c.Run, c.Dictionaries[(int)type]), -1L);

    private static T Try<T>(nint call, Func<LlvmCall, T> body, T failure = default!)
        where T : unmanaged
    {
        var state = Unsafe.As<LlvmCall>(GCHandle.FromIntPtr(call).Target)!;
        try
        {
            return body(state);
        }
        catch (Exception e)
        {
            state.Failure ??= e;
            return failure;
        }
    }
}
