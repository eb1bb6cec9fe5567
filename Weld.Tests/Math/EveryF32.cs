using System.Collections.Concurrent;
using System.Runtime.Intrinsics;
using Weld.Core.Types;
using Weld.Managed.Emit;

namespace Weld.Tests.Elementary;

/// <summary>
/// The greatest error of a function over the numbers of f32, against our own f64 function, whose error of some 2⁻²⁸ ulp of f32 is added. Sixteen numbers
/// at a time; where one of them looks worse than all before, or is special, its group is looked at number by number.
/// </summary>
internal sealed class EveryF32
{
    private const double ErrorOfF64 = 1e-8;
    private const int BlockBits = 24;

    private static readonly ConcurrentDictionary<(string Name, int Step), (double Ulps, float X)> Known = new();

    private readonly Func<double, double, double> _wide;
    private readonly Func<float, float, float> _narrow;
    private readonly Func<Vector512<double>, Vector512<double>, Vector512<double>> _wides;
    private readonly Func<Vector512<float>, Vector512<float>, Vector512<float>> _narrows;

    private EveryF32(string name)
    {
        var (wide, narrow) = (ElementaryFunctions.Kernel(name, ScalarKind.F64), ElementaryFunctions.Kernel(name, ScalarKind.F32));
        (_wide, _narrow) = (ElementaryFunctions.Compile<double>(wide), ElementaryFunctions.Compile<float>(narrow));
        _wides = ElementaryFunctions.Compile<Vector512<double>>(wide, LaneTarget.Vector(ScalarKind.F64, 64));
        _narrows = ElementaryFunctions.Compile<Vector512<float>>(narrow, LaneTarget.Vector(ScalarKind.F32, 64));
    }

    /// <summary>The greatest error in ulps over every <paramref name="step"/>-th number, and where it is.</summary>
    public static (double Ulps, float X) Worst(string name, int step) => Known.GetOrAdd((name, step), static key =>
    {
        var function = new EveryF32(key.Name);
        var worst = Enumerable.Range(0, 1 << (32 - BlockBits)).AsParallel().Select(block => function.Worst((long)block << BlockBits, key.Step)).Max();
        return (worst.Ulps + ErrorOfF64, worst.X);
    });

    private (double Ulps, float X) Worst(long start, int step)
    {
        var worst = (Ulps: 0.0, X: 0f);
        var numbers = Vector512.Create((int)start) + (Vector512.CreateSequence(0, 1) * step);
        var next = Vector512.Create(16 * step);
        for (var bits = start; bits < start + (1L << BlockBits); bits += 16 * step, numbers += next)
        {
            var x = numbers.AsSingle();
            if (!AreWithin(x, worst.Ulps))
            {
                for (var lane = 0; lane < 16; lane++)
                {
                    var ulps = Error(x[lane]);
                    worst = ulps > worst.Ulps ? (ulps, x[lane]) : worst;
                }
            }
        }

        return worst;
    }

    /// <summary>Whether each result is the exact value rounded, or within so many ulps of it.</summary>
    private bool AreWithin(Vector512<float> x, double ulps)
    {
        var (low, high) = Vector512.Widen(x);
        var (exactLow, exactHigh, actual) = (_wides(low, low), _wides(high, high), _narrows(x, x));
        var isRounded = Vector512.Equals(Vector512.Narrow(exactLow, exactHigh).AsInt32(), actual.AsInt32());
        if (isRounded == Vector512<int>.AllBitsSet)
        {
            return true;
        }

        var (actualLow, actualHigh) = Vector512.Widen(actual);
        var (roundedLow, roundedHigh) = Vector512.Widen(isRounded);
        return (roundedLow | IsWithin(exactLow, actualLow, ulps)) == Vector512<long>.AllBitsSet && (roundedHigh | IsWithin(exactHigh, actualHigh, ulps)) == Vector512<long>.AllBitsSet;
    }

    // |exact − actual| ≤ ulps · 2^max(⌊log₂ |exact|⌋ − 23, −149), or both are NaN
    private static Vector512<long> IsWithin(Vector512<double> exact, Vector512<double> actual, double ulps)
    {
        var power = (exact.AsInt64() & Vector512.Create(0x7FF0_0000_0000_0000)).AsDouble();
        var ulp = Vector512.Max(power, Vector512.Create(Math.ScaleB(1, -126))) * Math.ScaleB(1, -23);
        var areNaN = ~(Vector512.Equals(exact, exact) | Vector512.Equals(actual, actual));
        return (Vector512.LessThanOrEqual(Vector512.Abs(exact - actual), ulp * ulps) | areNaN).AsInt64();
    }

    private double Error(float x)
    {
        var (exact, actual) = (_wide(x, 0), _narrow(x, 0));
        var same = actual.Equals((float)exact) && (float.IsNaN(actual) || float.IsNegative(actual) == double.IsNegative(exact));
        var ulps = Math.Abs(exact - actual) / Math.ScaleB(1, Math.Max(Math.ILogB(exact), -126) - 23);
        return same && !double.IsFinite(ulps) ? 0 : double.IsNaN(ulps) ? double.PositiveInfinity : ulps;
    }
}
