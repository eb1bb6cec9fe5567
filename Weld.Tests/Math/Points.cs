using Weld.Core.Types;

namespace Weld.Tests.Elementary;

/// <summary>Arguments at which accuracy is measured: inside a function's domain, spread over its exponents, thick where it is hard.</summary>
internal static class Points
{
    /// <summary>The double, and its exponent, whose multiple of π/2 it is nearest to (Kahan); and near multiples for smaller exponents.</summary>
    private static readonly double[] NearHalfPi =
    [
        6381956970095103 * Math.ScaleB(1, 797), 5.319372648326541e255, 1.1984e3, 22, 355, 3.1415926535897931, 1.5707963267948966, 4.7123889803846899, 103993, 245850922, 80143857, 1e22,
        double.MaxValue, 268435455.99999997, 268435456, 4096, 4095.9997,
    ];

    /// <summary>Points for a function, the same on every machine: 5,000 for each chunk.</summary>
    public static IEnumerable<(double X, double Y)> Chunk(string name, ScalarKind kind, int chunk)
    {
        var random = new Random((name.Sum(c => c) * 1000) + (kind == ScalarKind.F32 ? 500 : 0) + (chunk * 7919));
        for (var i = 0; i < 5000; i++)
        {
            var (x, y) = Next(name, kind, random);
            if (kind == ScalarKind.F32)
            {
                (x, y) = ((float)x, (float)y);
            }

            if (IsInside(name, x, y))
            {
                yield return (x, y);
            }
        }
    }

    /// <summary>The arguments that are known to be hard.</summary>
    public static IEnumerable<(double X, double Y)> Hard(string name, ScalarKind kind)
    {
        foreach (var x in Inputs.Special64.Concat(NearHalfPi.SelectMany(v => new[] { v, -v })))
        {
            foreach (var y in name is "pow" or "atan2" ? Inputs.Special64 : [0])
            {
                var (a, b) = kind == ScalarKind.F32 ? ((float)x, (float)y) : (x, y);
                if (IsInside(name, a, b))
                {
                    yield return (a, b);
                }
            }
        }
    }

    /// <summary>Whether the function has a finite value there that is not an exact special value.</summary>
    private static bool IsInside(string name, double x, double y) => double.IsFinite(x) && double.IsFinite(y) && name switch
    {
        "log" or "log2" or "log10" => x > 0,
        "log1p" => x > -1,
        "asin" or "acos" => Math.Abs(x) <= 1,
        "exp" or "expm1" or "sinh" or "cosh" => Math.Abs(x) < 800,
        "exp2" => Math.Abs(x) < 1200,
        "pow" => x != 0 && Math.Abs(y * Math.Log2(Math.Abs(x))) < 1200 && (x > 0 || y == Math.Floor(y)),
        "atan2" => x != 0,
        _ => true,
    };

    private static (double X, double Y) Next(string name, ScalarKind kind, Random random)
    {
        var single = kind == ScalarKind.F32;
        return name switch
        {
            "pow" => NextPower(single, random),
            "atan2" => NextPair(single, random),
            "exp" or "expm1" or "sinh" or "cosh" => (NextUpTo(single ? 104 : 746, single, random), 0),
            "exp2" => (NextUpTo(single ? 150 : 1075, single, random), 0),
            "tanh" => (NextUpTo(single ? 10 : 22, single, random), 0),
            "erf" => (NextUpTo(single ? 4 : 6.5, single, random), 0),
            "asin" or "acos" => (random.Next(4) == 0 ? Math.CopySign(1 - Tiny(single, random), random.NextDouble() - 0.5) : NextUpTo(1, single, random), 0),
            "sin" or "cos" or "tan" => (NextAngle(single, random), 0),
            _ when name.StartsWith("log", StringComparison.Ordinal) => (NextForLogarithm(name, single, random), 0),
            _ => (random.Next(2) == 0 ? NextUpTo(10, single, random) : AnyExponent(single, random), 0),
        };
    }

    /// <summary>Half of them uniform, half with uniform exponents, of either sign.</summary>
    private static double NextUpTo(double limit, bool single, Random random) => random.Next(4) switch
    {
        0 => Signed(Math.ScaleB(1 + random.NextDouble(), random.Next(single ? -149 : -1074, 0)) * Math.Min(limit, 1), random),
        1 => Signed(Math.ScaleB(limit * random.NextDouble(), -random.Next(30)), random),
        _ => Signed(limit * random.NextDouble(), random),
    };

    private static double NextForLogarithm(string name, bool single, Random random)
    {
        var x = random.Next(3) switch
        {
            0 => Math.Abs(AnyExponent(single, random)),
            1 => 1 + Signed(Tiny(single, random), random),
            _ => random.NextDouble() * 4,
        };
        return name == "log1p" && random.Next(2) == 0 ? x - 1 : x;
    }

    private static double NextAngle(bool single, Random random) => random.Next(4) switch
    {
        0 => AnyExponent(single, random),
        1 => Math.Round(Math.ScaleB(random.NextDouble(), random.Next(1, 50))) * (Math.PI / 2),
        2 => Signed(random.NextDouble() * 10, random),
        _ => Signed(Math.ScaleB(random.NextDouble(), random.Next(-30, 40)), random),
    };

    /// <summary>Near 1 with a great exponent, near overflow, underflow and the subnormal results, negative bases with whole exponents, and the middle of the plane.</summary>
    private static (double X, double Y) NextPower(bool single, Random random)
    {
        var limit = single ? 150 : 1075;
        var x = random.Next(3) switch
        {
            0 => 1 + Signed(Tiny(single, random), random),
            1 => Math.Abs(AnyExponent(single, random)),
            _ => random.NextDouble() * 10,
        };
        x = single ? (float)x : x;
        return random.Next(4) switch
        {
            0 => (x, ((random.NextDouble() * 2) - 1) * limit / Math.Log2(x)),
            1 => (x, Math.CopySign(limit - (random.NextDouble() * 60), random.NextDouble() - 0.5) / Math.Log2(x)),
            2 => (-x, Math.Round(Math.Clamp(((random.NextDouble() * 2) - 1) * limit / Math.Log2(x), -1e6, 1e6))),
            _ => (x, Signed(random.NextDouble() * 20, random)),
        };
    }

    private static (double X, double Y) NextPair(bool single, Random random)
    {
        var y = AnyExponent(single, random);
        return random.Next(3) switch
        {
            0 => (y, AnyExponent(single, random)),
            1 => (y, Signed(y * Math.ScaleB(random.NextDouble() + 0.5, random.Next(-4, 5)), random)),
            _ => (Signed(random.NextDouble(), random), Signed(random.NextDouble(), random)),
        };
    }

    private static double Tiny(bool single, Random random) => Math.ScaleB(1 + random.NextDouble(), -random.Next(1, single ? 25 : 54));

    private static double AnyExponent(bool single, Random random) =>
        Signed(Math.ScaleB(1 + random.NextDouble(), random.Next(single ? -149 : -1074, single ? 128 : 1024)), random);

    private static double Signed(double x, Random random) => random.Next(2) == 0 ? x : -x;
}
