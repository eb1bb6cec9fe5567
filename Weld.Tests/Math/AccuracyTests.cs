using System.Globalization;
using System.Text.RegularExpressions;
using Weld.Bench.Accuracy;
using Weld.Core.Types;
using Weld.Tests.Repository;

namespace Weld.Tests.Elementary;

/// <summary>
/// The error of every function against <see cref="Reference"/>, which docs/math.md publishes: at most that on the same points.
/// 10⁶ points each, 10⁵ in a Debug build or with WELD_MATH=quick; with WELD_MATH=exhaustive every f32 instead, and then WELD_BLESS=1 writes the table.
/// </summary>
public class AccuracyTests
{
    private const string Document = "docs/math.md";
    private const double Allowed = 2;

    private static readonly string? Extent = Environment.GetEnvironmentVariable("WELD_MATH");
#if DEBUG
    private static readonly int Chunks = Extent == "full" ? 200 : 20;
#else
    private static readonly int Chunks = Extent == "quick" ? 20 : 200;
#endif
    private static readonly bool IsExhaustive = Extent == "exhaustive";
    private static readonly int Step = IsExhaustive ? 1 : 10_007;

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
        if (Checkout.Bless && IsExhaustive)
        {
            var rows = ElementaryFunctions.Names.Select(name => $"| {name} | {Cells(name, ScalarKind.F64)} | {Cells(name, ScalarKind.F32)} |");
            var table = string.Join('\n', rows.Prepend("|---|---|---|---|---|").Prepend("| function | f64: ulp | points | f32: ulp | points |"));
            var text = Regex.Replace(Checkout.Read(Document), @"(?<=<!-- ulps -->\n).*?(?=\n<!-- /ulps -->)", table, RegexOptions.Singleline);
            File.WriteAllText(Checkout.FullPath(Document), text);
        }

        Assert.All(ElementaryFunctions.Names, name => Assert.Matches($@"(?m)^\| {name} \| [\d.]+ \| [\d,]+ \| [\d.]+ \| [\d,]+ \|$", Checkout.Read(Document)));

        static string Cells(string name, ScalarKind kind)
        {
            if (kind == ScalarKind.F32 && ElementaryFunctions.Kernel(name, kind).Arity == 1)
            {
                return Cell(EveryF32.Worst(name, Step).Ulps, 1L << 32);
            }

            var worst = Measure(name, kind);
            return Cell(worst.Ulps, worst.Count);
        }

        static string Cell(double ulps, long count) => string.Create(CultureInfo.InvariantCulture, $"{Math.Ceiling(ulps * 1000) / 1000:0.000} | {count:N0}");
    }

    /// <summary>Every f32; in the usual run every 10,007th.</summary>
    [Theory]
    [MemberData(nameof(FunctionsOfOne))]
    public void EveryF32IsWithinTheBound(string name)
    {
        var isPublished = !Checkout.Bless && Regex.IsMatch(Checkout.Read(Document), $@"(?m)^\| {name} \|.*\| 4,294,967,296 \|$");
        var bound = isPublished ? Published(name, ScalarKind.F32) : Allowed;
        var (ulps, x) = EveryF32.Worst(name, Step);
        Assert.True(ulps <= bound, $"{name}: expected at most {bound} ulp, found {ulps:R} at {x:R}");
    }

    private static double Published(string name, ScalarKind kind)
    {
        var row = Regex.Match(Checkout.Read(Document), $@"(?m)^\| {name} \| ([\d.]+) \| [\d,]+ \| ([\d.]+) \|");
        Assert.True(row.Success, $"expected a row for {name} in {Document}");
        return double.Parse(row.Groups[kind == ScalarKind.F64 ? 1 : 2].Value, CultureInfo.InvariantCulture);
    }

    /// <summary>
    /// The greatest error over the points. An f32 function is held against our own f64 function first, whose error is nothing beside an ulp of f32;
    /// only where that says that the error may be the greatest yet is it measured.
    /// </summary>
    private static (double Ulps, double X, double Y, long Count) Measure(string name, ScalarKind kind)
    {
        var wide = ElementaryFunctions.Compile<double>(ElementaryFunctions.Kernel(name, ScalarKind.F64));
        var narrow = ElementaryFunctions.Compile<float>(ElementaryFunctions.Kernel(name, ScalarKind.F32));
        return Enumerable.Range(-1, Chunks + 1).AsParallel()
            .Select(chunk => Worst(chunk < 0 ? Points.Hard(name, kind) : Points.Chunk(name, kind, chunk)))
            .Aggregate((a, b) => (a.Ulps >= b.Ulps ? a : b) with { Count = a.Count + b.Count });

        (double Ulps, double X, double Y, long Count) Worst(IEnumerable<(double X, double Y)> points)
        {
            var worst = (Ulps: -1.0, X: 0.0, Y: 0.0, Count: 0L);
            foreach (var (x, y) in points)
            {
                worst.Count++;
                var actual = kind == ScalarKind.F64 ? wide(x, y) : narrow((float)x, (float)y);
                if (kind == ScalarKind.F32 && wide(x, y) is var near && double.IsFinite(actual) && Math.Abs(near - actual) < (worst.Ulps - 1e-6) * LeastUlpOfF32(near))
                {
                    continue;
                }

                var ulps = Reference.Error(Reference.Evaluate(name, x, y), actual, kind);
                worst = ulps > worst.Ulps ? (ulps, x, y, worst.Count) : worst;
            }

            return worst;
        }
    }

    /// <summary>The ulp of f32 at values near one, the smaller where there are two.</summary>
    private static double LeastUlpOfF32(double near) => Math.ScaleB(1, Math.Max(Math.ILogB(near * (1 - 1e-12)), -126) - 23);
}
