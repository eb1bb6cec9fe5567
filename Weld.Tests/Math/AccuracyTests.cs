using System.Globalization;
using System.Text.RegularExpressions;
using Weld.Core.Types;
using Weld.Tests.Repository;

namespace Weld.Tests.Elementary;

/// <summary>
/// The error of every function against <see cref="Reference"/>, which docs/math.md publishes: at most that on the same points.
/// 10⁵ points each, 10⁶ with WELD_MATH=full; with WELD_MATH=exhaustive every f32 as well. WELD_BLESS=1 writes the table.
/// </summary>
public class AccuracyTests
{
    private const string Document = "docs/math.md";
    private const double Allowed = 2;

    private static readonly int Chunks = Environment.GetEnvironmentVariable("WELD_MATH") is "full" or "exhaustive" ? 200 : 20;

    public static IEnumerable<object[]> Functions => ElementaryFunctions.All;

    public static IEnumerable<object[]> FunctionsOfOne => ElementaryFunctions.Names.Except(["pow", "atan2"]).Select(name => new object[] { name });

    [Theory]
    [MemberData(nameof(Functions))]
    public void ErrorIsAtMostThePublishedOne(string name, ScalarKind kind)
    {
        var bound = Checkout.Bless ? Allowed : Published(name, kind);
        var worst = Measure(name, kind);
        Assert.True(bound <= Allowed, $"{name} on {kind.Name()} is published with {bound} ulp");
        Assert.True(worst.Ulps <= bound, $"{name} on {kind.Name()}: expected at most {bound} ulp, found {worst.Ulps:R} at ({worst.X:R}, {worst.Y:R}), where the value is {(double)Reference.Evaluate(name, worst.X, worst.Y):R}");
    }

    [Fact]
    public void TheTableIsWritten()
    {
        if (Checkout.Bless)
        {
            var rows = ElementaryFunctions.Names.Select(name => $"| {name} | {Cells(name, ScalarKind.F64)} | {Cells(name, ScalarKind.F32)} |");
            var table = string.Join('\n', rows.Prepend("|---|---|---|---|---|").Prepend("| function | f64: ulp | points | f32: ulp | points |"));
            var text = Regex.Replace(Checkout.Read(Document), @"(?<=<!-- ulps -->\n).*?(?=\n<!-- /ulps -->)", table, RegexOptions.Singleline);
            File.WriteAllText(Checkout.FullPath(Document), text);
        }

        Assert.All(ElementaryFunctions.Names, name => Assert.Matches($@"(?m)^\| {name} \| [\d.]+ \| [\d,]+ \| [\d.]+ \| [\d,]+ \|$", Checkout.Read(Document)));

        static string Cells(string name, ScalarKind kind)
        {
            var worst = Measure(name, kind);
            return string.Create(CultureInfo.InvariantCulture, $"{Math.Ceiling(worst.Ulps * 1000) / 1000:0.000} | {worst.Count:N0}");
        }
    }

    /// <summary>Every f32 (in the usual run every 10,007th), against our own f64 function, whose error is nothing beside an ulp of f32.</summary>
    [Theory]
    [MemberData(nameof(FunctionsOfOne))]
    public void EveryF32IsWithinTheBound(string name)
    {
        var step = Environment.GetEnvironmentVariable("WELD_MATH") == "exhaustive" ? 1 : 10_007;
        var wide = ElementaryFunctions.Compile<double>(ElementaryFunctions.Kernel(name, ScalarKind.F64));
        var narrow = ElementaryFunctions.Compile<float>(ElementaryFunctions.Kernel(name, ScalarKind.F32));
        var worst = Enumerable.Range(0, 1 << 8).AsParallel().Select(block => Worst((long)block << 24)).Max();
        Assert.True(worst.Ulps <= Allowed, $"{name}: expected at most {Allowed} ulp, found {worst.Ulps:R} at {worst.X:R}");

        (double Ulps, float X) Worst(long start)
        {
            var worst = (Ulps: 0.0, X: 0f);
            for (var bits = start; bits < start + (1 << 24); bits += step)
            {
                var x = BitConverter.Int32BitsToSingle((int)bits);
                var (exact, actual) = (wide(x, 0), narrow(x, 0));
                var same = actual.Equals((float)exact) && (float.IsNaN(actual) || float.IsNegative(actual) == double.IsNegative(exact));
                var ulps = Math.Abs(exact - actual) / Math.ScaleB(1, Math.Max(Math.ILogB(exact), -126) - 23);
                ulps = same && !double.IsFinite(ulps) ? 0 : double.IsNaN(ulps) ? double.PositiveInfinity : ulps;
                worst = ulps > worst.Ulps ? (ulps, x) : worst;
            }

            return worst;
        }
    }

    private static double Published(string name, ScalarKind kind)
    {
        var row = Regex.Match(Checkout.Read(Document), $@"(?m)^\| {name} \| ([\d.]+) \| [\d,]+ \| ([\d.]+) \|");
        Assert.True(row.Success, $"expected a row for {name} in {Document}");
        return double.Parse(row.Groups[kind == ScalarKind.F64 ? 1 : 2].Value, CultureInfo.InvariantCulture);
    }

    private static (double Ulps, double X, double Y, int Count) Measure(string name, ScalarKind kind)
    {
        var kernel = ElementaryFunctions.Kernel(name, kind);
        Func<double, double, double> function;
        if (kind == ScalarKind.F64)
        {
            function = ElementaryFunctions.Compile<double>(kernel);
        }
        else
        {
            var narrow = ElementaryFunctions.Compile<float>(kernel);
            function = (x, y) => narrow((float)x, (float)y);
        }

        return Enumerable.Range(-1, Chunks + 1).AsParallel()
            .Select(chunk => Worst(chunk < 0 ? Points.Hard(name, kind) : Points.Chunk(name, kind, chunk)))
            .Aggregate((a, b) => Count(a.Ulps >= b.Ulps ? a : b, a.Count + b.Count));

        (double Ulps, double X, double Y, int Count) Worst(IEnumerable<(double X, double Y)> points)
        {
            var worst = (Ulps: -1.0, X: 0.0, Y: 0.0, Count: 0);
            foreach (var (x, y) in points)
            {
                var ulps = Error(Reference.Evaluate(name, x, y), function(x, y), kind);
                worst = Count(ulps > worst.Ulps ? (ulps, x, y, 0) : worst, worst.Count + 1);
            }

            return worst;
        }
    }

    private static (double Ulps, double X, double Y, int Count) Count((double Ulps, double X, double Y, int Count) worst, int count) => (worst.Ulps, worst.X, worst.Y, count);

    /// <summary>In units of the last place at the exact value; ∞ for a wrong NaN, sign or infinity.</summary>
    private static double Error(BigFloat exact, double actual, ScalarKind kind)
    {
        var (digits, least, greatest) = kind == ScalarKind.F64 ? (53, -1074, 1024) : (24, -149, 128);
        if (double.IsInfinity(actual))
        {
            var rounded = BigFloat.One.Scale(greatest) - BigFloat.One.Scale(greatest - digits - 1);
            return double.IsNegative(actual) == exact.IsNegative && !(exact.Abs() < rounded) ? 0 : double.PositiveInfinity;
        }

        var isWrong = double.IsNaN(actual) || (!exact.IsZero && double.IsNegative(actual) != exact.IsNegative);
        return isWrong ? double.PositiveInfinity : exact.UlpsFrom(actual, digits, least);
    }
}
