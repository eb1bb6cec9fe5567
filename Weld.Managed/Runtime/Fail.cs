using System.Diagnostics.CodeAnalysis;
using Weld.Core.Diagnostics;

namespace Weld.Managed.Runtime;

/// <summary>How compiled code ends a run. Not kept from inlining: a call that the JIT knows never to return leaves the loop around it fast.</summary>
internal static class Fail
{
    [DoesNotReturn]
    public static void OutOfBounds(long index, long length, int start, int span) =>
        throw Error(RuntimeCode.ArrayOutOfBounds, $"index {index} is outside a vector of length {length}", start, span);

    [DoesNotReturn]
    public static void SliceOutOfBounds(long from, long count, long length, int start, int span) =>
        throw Error(RuntimeCode.ArrayOutOfBounds, $"expected a slice that starts at 0 to {length} with a count of 0 or more, found start {from} and count {count}", start, span);

    [DoesNotReturn]
    public static void KeyNotFound(int start, int span) =>
        throw Error(RuntimeCode.KeyNotFound, "expected a key of the dictionary, found one that it does not have", start, span);

    [DoesNotReturn]
    public static void DivideByZero(int start, int span) =>
        throw Error(RuntimeCode.DivideByZero, "expected a divisor other than 0, found 0", start, span);

    [DoesNotReturn]
    public static void BadIterator(long from, long to, long stride, long length, int start, int span) =>
        throw Error(
            RuntimeCode.BadIteratorLength,
            $"expected a range within 0 to {length} whose extent is a multiple of its stride, found start {from}, end {to}, stride {stride}",
            start,
            span);

    [DoesNotReturn]
    public static void BadRange(long from, long to, long stride, int start, int span) =>
        throw Error(RuntimeCode.BadIteratorLength, $"expected a range whose extent is a multiple of its stride, found start {from}, end {to}, stride {stride}", start, span);

    [DoesNotReturn]
    public static void BadShape(string detail, int start, int span) => throw Error(RuntimeCode.BadIteratorLength, detail, start, span);

    [DoesNotReturn]
    public static void MismatchedZip(long expected, long found, int start, int span) =>
        throw Error(RuntimeCode.MismatchedZipSize, $"expected zipped iterators of one count, found {expected} and {found}", start, span);

    [DoesNotReturn]
    public static void AssertionFailed(int start, int span) =>
        throw Error(RuntimeCode.AssertionError, "expected the condition to be true, found false", start, span);

    [DoesNotReturn]
    public static void Deserialization(string detail, int start, int span) => throw Error(RuntimeCode.DeserializationError, detail, start, span);

    [DoesNotReturn]
    public static void OutOfMemory(string detail) => throw new WeldRuntimeException(RuntimeCode.OutOfMemory, detail);

    [DoesNotReturn]
    public static void Foreign(string function, Exception thrown, int start, int span) =>
        throw new WeldRuntimeException(RuntimeCode.ForeignFunctionError, $"the host function {function} threw {thrown.GetType().Name}: {thrown.Message}", new SourceSpan(start, span), thrown);

    private static WeldRuntimeException Error(RuntimeCode code, string detail, int start, int span) => new(code, detail, new SourceSpan(start, span));
}
