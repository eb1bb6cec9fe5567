using System.Numerics;
using System.Runtime.CompilerServices;

namespace Weld.Managed.Runtime;

/// <summary>A digit of keys, as a radix sort reads it.</summary>
internal interface IRadixDigit
{
    /// <summary>The digit of a key.</summary>
    int Of(ulong key);
}

/// <summary>Neighbouring bits of keys.</summary>
/// <param name="Shift">The lowest.</param>
/// <param name="Mask">Ones, as many as there are bits.</param>
internal readonly record struct RunDigit(int Shift, ulong Mask) : IRadixDigit
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Of(ulong key) => (int)((key >> Shift) & Mask);
}

/// <summary>
/// A digit of keys: the highest bits in which they differ, of one run of such bits or of two. Bits that are the same in all keys, as there are in each letter of
/// a text, would leave most of a digit's values without keys.
/// </summary>
internal readonly record struct RadixDigit : IRadixDigit
{
    private readonly int _highShift;
    private readonly ulong _highMask;
    private readonly int _lowShift;
    private readonly ulong _lowMask;

    private RadixDigit(int highShift, ulong highMask, int lowShift, ulong lowMask) =>
        (_highShift, _highMask, _lowShift, _lowMask) = (highShift, highMask, lowShift, lowMask);

    /// <summary>The digit of the highest bits in which keys differ.</summary>
    /// <param name="differ">These bits, one at least; those below the digit are left.</param>
    /// <param name="bits">At most so many.</param>
    /// <param name="shift">The digit's lowest bit.</param>
    public static RadixDigit Take(ref ulong differ, int bits, out int shift)
    {
        var high = TakeRun(ref differ, bits, out var highShift);
        var low = high < bits && differ != 0 ? TakeRun(ref differ, bits - high, out shift) : TakeNone(highShift, out shift);
        return new RadixDigit(highShift - low, Ones(high) << low, shift, Ones(low));
    }

    /// <summary>Whether its bits are neighbours.</summary>
    public bool IsRun => _lowMask == 0;

    /// <summary>The same digit of neighbouring bits.</summary>
    public RunDigit Run => new(_highShift, _highMask);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Of(ulong key) => (int)(((key >> _highShift) & _highMask) | ((key >> _lowShift) & _lowMask));

    private static int TakeRun(ref ulong differ, int bits, out int shift)
    {
        var above = BitOperations.LeadingZeroCount(differ);
        var run = Math.Min(bits, BitOperations.LeadingZeroCount(~(differ << above)));
        shift = 64 - above - run;
        differ &= Ones(shift);
        return run;
    }

    private static int TakeNone(int highShift, out int shift)
    {
        shift = highShift;
        return 0;
    }

    private static ulong Ones(int bits) => (1UL << bits) - 1;
}
